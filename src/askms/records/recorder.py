"""Writes replies one batch after another in a thread of its own, so that a patient never waits for long.

What cannot be written now stays in memory, up to a bound, and is tried again. Nothing is
put into a second file: that would be one more place with patients' words to keep and erase.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from threading import Condition, Thread
from typing import Final

from askms.errors import RecordsError
from askms.records.waiting import Waiting

PATIENCE: Final = 2.0
"""Seconds that a reply waits for its record."""
AGAIN: Final = 1.0
"""Seconds between tries while the database cannot be used."""
MOST_WAITING: Final = 32_000_000
"""Characters of text held in memory, some thousand replies; what comes on top of that is not recorded."""
_BATCH: Final = 64
_log = logging.getLogger(__name__)

Write = Callable[[Sequence[Waiting]], None]
"""Writes all or nothing. Raises RecordsError when it is worth trying again, anything else when it is not."""


class Recorder:
    """Keeps the order in which replies came. Safe to share between threads."""

    def __init__(self, write: Write, most_waiting: int = MOST_WAITING) -> None:
        self._write, self._most_waiting = write, most_waiting
        self._queue: list[Waiting] = []
        self._changed = Condition()
        self._thread: Thread | None = None
        self._failing = self._closing = False
        self._lost = 0

    @property
    def waiting(self) -> int:
        """Replies that are not written yet."""
        return len(self._queue)

    @property
    def lost(self) -> int:
        """Replies that were not recorded and will not be."""
        return self._lost

    def add(self, waiting: Waiting, patience: float) -> None:
        """Take a reply, and wait until it is written, or it is clear that this will take a while.

        Args:
            waiting: the reply; its `recorded` says how it went.
            patience: the most seconds to wait.
        """
        with self._changed:
            held = sum(each.size for each in self._queue)
            if self._closing or held + waiting.size > self._most_waiting:
                self._drop("too many replies wait to be recorded")
                return
            self._queue.append(waiting)
            if self._thread is None:
                self._thread = Thread(target=self._run, name="askms-records", daemon=True)
                self._thread.start()
            self._changed.notify_all()
            known_to_fail = self._failing
        if not known_to_fail and patience and not waiting.tried.wait(patience):
            self._note_silence(waiting)

    def drain(self, patience: float) -> bool:
        """Wait until what waits now is written, whatever comes after it. Whether that came about."""
        with self._changed:
            last = self._queue[-1] if self._queue else None
            return self._changed.wait_for(lambda: last not in self._queue, patience)

    def close(self) -> None:
        """Try once more to write what waits, then stop. What is left is lost, and said to be."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        if self._thread is not None:
            self._thread.join()
        if self._queue:
            self._lost += len(self._queue)
            _log.error("%d replies were not recorded", len(self._queue))
            self._queue.clear()

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._queue or self._closing)
                batch, last_try = self._queue[:_BATCH], self._closing
            if not batch:
                return
            try:
                self._attempt(batch)
            except RecordsError as exc:
                self._note_failure(batch, exc)
                if last_try:
                    return
                self._pause()
            else:
                self._note_success()

    def _attempt(self, batch: Sequence[Waiting]) -> None:
        try:
            self._write(batch)
        except RecordsError:
            raise
        except Exception as exc:  # noqa: BLE001 - one reply that cannot be written must not keep back the others
            if len(batch) > 1:
                for each in batch:
                    self._attempt([each])
                return
            with self._changed:
                self._drop(f"a reply cannot be recorded ({type(exc).__name__})")
                self._settle(batch)
            return
        with self._changed:
            for each in batch:
                each.recorded = True
            self._settle(batch)

    def _settle(self, batch: Sequence[Waiting]) -> None:
        del self._queue[: len(batch)]  # a batch is always the head of the queue
        for each in batch:
            each.tried.set()
        self._changed.notify_all()

    def _drop(self, why: str) -> None:
        self._lost += 1
        _log.error("%s; %d lost since the start", why, self._lost)

    def _note_failure(self, batch: Sequence[Waiting], exc: RecordsError) -> None:
        with self._changed:
            if not self._failing:
                _log.error("replies are not recorded for now: %s", exc)
            self._failing = True
            for each in batch:
                each.tried.set()

    def _note_silence(self, waiting: Waiting) -> None:
        """Nothing was heard of a write for as long as a reply waits: those that come after need not wait as long."""
        with self._changed:
            if waiting.tried.is_set():  # at the last moment; how it went is noted by who tried
                return
            if not self._failing:
                _log.error("replies are not recorded for now: the database does not answer")
            self._failing = True

    def _note_success(self) -> None:
        with self._changed:
            if self._failing:
                _log.warning("replies are recorded again; %d still wait", len(self._queue))
            self._failing = False

    def _pause(self) -> None:
        until = time.monotonic() + AGAIN
        with self._changed:
            while not self._closing and (left := until - time.monotonic()) > 0:
                self._changed.wait(left)
