"""Keeps the promise of how long words are kept: at the start of a server, and once a day."""

from __future__ import annotations

import logging
import time
from threading import Event, Thread
from typing import Final

from askms.errors import RecordsError
from askms.records.records import Records

DAY: Final = 24 * 60 * 60.0
HOUR: Final = 60 * 60.0
_log = logging.getLogger(__name__)


class Retention:
    """Runs the purge in a thread of its own. What fails is tried again an hour later."""

    def __init__(self, records: Records, *, every: float = DAY, again: float = HOUR) -> None:
        """Set up; `start` begins.

        Args:
            records: what to purge.
            every: seconds between purges.
            again: seconds after which a failed one, or an erasing not yet overwritten on the disk, is tried again.
        """
        self._records, self._every, self._again = records, every, again
        self._stopped = Event()
        self._thread = Thread(target=self._run, name="askms-retention", daemon=True)

    def start(self) -> None:
        """Purge now, and then every day."""
        self._thread.start()

    def stop(self) -> None:
        """Stop after the purge that is under way."""
        self._stopped.set()
        self._thread.join()

    def _run(self) -> None:
        due = time.monotonic()
        while True:
            try:
                if time.monotonic() >= due:
                    self._records.purge()
                    due = time.monotonic() + self._every
                else:
                    self._records.wipe()
            except RecordsError as exc:
                _log.error("words that are too old could not be taken out: %s", exc)
            except Exception as exc:  # noqa: BLE001 - it must be tried again; the text may quote what is stored
                _log.error("words that are too old could not be taken out (%s)", type(exc).__name__)
            if self._stopped.wait(self._again):
                return
