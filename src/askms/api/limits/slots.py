"""Room for work: so many at once, so many in a queue, and nobody else."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass
from threading import Lock


class Full(Exception):
    """All places are taken, those in the queue too, or waiting took too long."""


class Closed(Exception):
    """The server ends; nobody new is let in."""


@dataclass(eq=False, slots=True)
class _Waiting:
    loop: asyncio.AbstractEventLoop
    turn: asyncio.Future[None]
    given: bool = False
    """A place was handed over, even if word of it has not arrived yet."""

    def call(self, error: Exception | None = None) -> bool:
        """Say from any thread that it is their turn, or that it will never be. Whether anybody is there to hear."""
        try:
            self.loop.call_soon_threadsafe(self._settle, error)
        except RuntimeError:  # their event loop has ended
            return False
        return True

    def _settle(self, error: Exception | None) -> None:
        if self.turn.done():
            return
        if error is None:
            self.turn.set_result(None)
        else:
            self.turn.set_exception(error)


class Slots:
    """Places, given in the order of asking. Safe to share between threads and event loops."""

    def __init__(self, at_once: int, waiting: int) -> None:
        """Make room.

        Args:
            at_once: places.
            waiting: the most that wait for one.
        """
        self._places = self._free = at_once
        self._most_waiting = waiting
        self._queue: deque[_Waiting] = deque()
        self._lock = Lock()
        self.closed = False
        """Nobody new is let in."""

    @property
    def taken(self) -> int:
        """Places that are in use."""
        return self._places - self._free

    @property
    def waiting(self) -> int:
        """How many wait."""
        return len(self._queue)

    async def take(self, seconds: float) -> None:
        """Take a place, after waiting for it if need be; every place taken is given back with `give_back`.

        Args:
            seconds: the most to wait.

        Raises:
            Full: no room, or not in time.
            Closed: nobody is let in any more.
        """
        with self._lock:
            if self.closed:
                raise Closed
            if self._free:
                self._free -= 1
                return
            if len(self._queue) >= self._most_waiting:
                raise Full
            loop = asyncio.get_running_loop()
            me = _Waiting(loop, loop.create_future())
            self._queue.append(me)
        try:
            async with asyncio.timeout(seconds):
                await me.turn
        except BaseException as exc:
            self._leave(me)
            if isinstance(exc, TimeoutError):
                raise Full from None
            raise

    def give_back(self) -> None:
        """Let the next one in."""
        with self._lock:
            self._pass_on()

    def close(self) -> None:
        """Let nobody new in, and send away those who wait. Those inside finish."""
        with self._lock:
            self.closed = True
            while self._queue:
                self._queue.popleft().call(Closed())

    def _leave(self, me: _Waiting) -> None:
        """Stop waiting. Whoever was let in at this very moment hands the place on."""
        with self._lock:
            if me in self._queue:
                self._queue.remove(me)
            elif me.given:
                self._pass_on()

    def _pass_on(self) -> None:
        while self._queue:
            first = self._queue.popleft()
            first.given = first.call()
            if first.given:
                return
        self._free += 1
