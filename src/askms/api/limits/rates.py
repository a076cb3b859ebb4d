"""How often is too often: an allowance that refills evenly, for each client and for all of them together.

One number a client is kept, the time at which its allowance will be whole again; it is
forgotten then. It is counted by a clock that nobody sets, as a wall clock that jumps
back would lock everybody out.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from threading import Lock
from time import monotonic
from typing import Final, Protocol

from askms.api.limits.clients import DailyKey, name_of

WINDOW: Final = 60.0
"""Seconds in which a whole allowance comes back."""
ALL: Final = "*"
"""The name under which all clients count together; no client can have it."""


class Kind(Enum):
    """What is counted apart."""

    ASK = "ask"
    CHANGE = "change"
    """Feedback, and erasing, which rewrites a whole SQLite file."""
    READ = "read"
    """Pages, sources and passages."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """Requests a minute."""

    client: int
    everybody: int


class Rates(Protocol):
    """Counts requests."""

    async def wait(self, kind: Kind, rate: Rate, address: str, weight: int = 1) -> float:
        """Count a request, and return 0; or do not count it, and return the seconds until it may be made.

        Args:
            kind: what is asked for.
            rate: how often it may be.
            address: where it comes from; it is not kept.
            weight: as how many it counts; at most what a client has in a minute.
        """
        ...

    def close(self) -> None:
        """Let go of what is held."""
        ...


class MemoryRates:
    """Counts in this process. Safe to share between threads."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock, self._key = clock, DailyKey(clock)
        self._whole_at: dict[tuple[Kind, str], float] = {}
        self._lock = Lock()
        self._tidy_at = 0.0

    def __len__(self) -> int:
        """How many numbers are kept."""
        return len(self._whole_at)

    async def wait(self, kind: Kind, rate: Rate, address: str, weight: int = 1) -> float:
        """As in `Rates`."""
        now, client = self._clock(), name_of(address, self._key.current())
        with self._lock:
            self._tidy(now)
            after = {}
            for who, most in ((client, rate.client), (ALL, rate.everybody)):
                whole_at = max(now, self._whole_at.get((kind, who), now)) + weight * WINDOW / most
                if whole_at > now + WINDOW:
                    return whole_at - now - WINDOW
                after[kind, who] = whole_at
            self._whole_at.update(after)
        return 0.0

    def close(self) -> None:
        """Forget everybody."""
        self._whole_at.clear()

    def _tidy(self, now: float) -> None:
        """Forget clients whose allowance is whole. Refusals are not counted, so what is kept is a minute's at most."""
        if now < self._tidy_at:
            return
        self._tidy_at = now + WINDOW
        self._whole_at = {who: at for who, at in self._whole_at.items() if at > now}
