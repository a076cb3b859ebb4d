"""The one who stands at the door: counts requests, keeps the places, and knows when the server ends."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from starlette.requests import HTTPConnection

from askms.api.limits.rates import Kind, MemoryRates, Rate, Rates
from askms.api.limits.refusal import Refusal
from askms.api.limits.slots import Closed, Full, Slots
from askms.errors import LimitsUnavailable

_OTHERS: Final = {Kind.CHANGE: Rate(client=10, everybody=60), Kind.READ: Rate(client=300, everybody=6000)}
"""Rates of everything but questions. A widget reads a passage for each quotation that is opened."""
_CHARACTERS: Final = 20_000
"""Characters that count as one more question: reading a megabyte of chat takes eight seconds of a processor."""
FULL_SECONDS: Final = 10
"""When it is worth trying again after the room was full."""
_SCREENINGS: Final = 4
"""Messages read at once. It takes milliseconds, and everybody's comes first: it decides who gets a card."""
_LATE_SCREENINGS: Final = 1
"""The same for those who ask too often. Whatever they send, it keeps one core busy at most."""
_WAITING: Final = 500
"""Messages that wait to be read. Far more than wait for an answer: among those who will be refused is whoever needs a
card, and each takes milliseconds only."""
_LATE_WAITING: Final = 50
_BRIEFS: Final = 4
"""Briefs looked up at once. Writing one takes seconds, and a message that needs a card needs a thread too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Protection:
    """How much is let in. The defaults are for tests and for those who build an application of their own."""

    rate: Rate | None = None
    """Questions a minute; None: nothing is counted."""
    redis: str | None = None
    """Address of the Redis that counts for several servers."""
    at_once: int = 4
    """Answers worked out at the same time."""
    waiting: int = 32
    """Questions that wait for that."""
    seconds: float = 60.0
    """The most that a question takes, waiting included."""
    locale: str = "unknown"
    """Whose emergency number to name when a request names no locale."""


def _in_redis(url: str) -> Rates:
    try:
        from askms.api.limits.shared import SharedRates
    except ImportError as exc:
        raise LimitsUnavailable(
            "ASKMS_REDIS is set, but the client of Redis is not installed. Run: pip install 'askms[redis]'"
        ) from exc
    try:
        return SharedRates(url)
    except ValueError as exc:  # not quoted: it may hold a password
        raise LimitsUnavailable("ASKMS_REDIS is no address of a Redis. Write redis://HOST:PORT/N.") from exc


class Guard:
    """Lets requests in or turns them away."""

    def __init__(self, protection: Protection) -> None:
        """Open the door.

        Raises:
            LimitsUnavailable: requests are to be counted in Redis, and its client is not installed or cannot read the
                address.
        """
        self.locale, self.seconds = protection.locale, protection.seconds
        self._asking = protection.rate
        self._rates: Rates = MemoryRates()
        if protection.redis is not None:
            self._rates = _in_redis(protection.redis)
        self.answers = Slots(protection.at_once, protection.waiting)
        self.screenings = Slots(_SCREENINGS, _WAITING)
        self.late_screenings = Slots(_LATE_SCREENINGS, _LATE_WAITING)
        self.briefs = Slots(_BRIEFS, protection.waiting)

    async def wait(self, kind: Kind, connection: HTTPConnection, characters: int = 0) -> float:
        """Count a request and return 0, or the seconds until it may be made.

        Args:
            kind: what is asked for.
            connection: by whom.
            characters: how much there is to read; a long message and a long chat count as several questions.
        """
        if self._asking is None:
            return 0.0
        rate = _OTHERS.get(kind, self._asking)
        address = connection.client.host if connection.client else ""
        weight = min(1 + characters // _CHARACTERS, max(1, rate.client // 2))
        return await self._rates.wait(kind, rate, address, weight)

    async def admit(self, kind: Kind, connection: HTTPConnection) -> None:
        """Let a request in that is no question.

        Raises:
            Refusal: there were too many.
        """
        if seconds := await self.wait(kind, connection):
            raise Refusal("other", self.locale, seconds)

    async def take_place(self, locale: str, seconds: float) -> None:
        """Wait for a place to work out an answer.

        Raises:
            Refusal: there is none, or the server ends.
        """
        try:
            await self.answers.take(seconds)
        except Full:
            raise Refusal("full", locale, FULL_SECONDS) from None
        except Closed:
            raise Refusal("stopping", locale, FULL_SECONDS) from None

    def require_open(self) -> None:
        """Raises Refusal if the server ends."""
        if self.answers.closed:
            raise Refusal("stopping", self.locale, FULL_SECONDS)

    def close(self) -> None:
        """Let go of Redis; the server has ended."""
        self._rates.close()

    def shut(self) -> None:
        """Take no new question. Answers under way are finished, and cards are still given."""
        self.answers.close()
