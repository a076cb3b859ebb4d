"""What somebody is told who has to wait: fixed words, when to come back, whom to call in an emergency."""

from __future__ import annotations

from math import ceil
from typing import Final

from askms.wording import wording

_STATUS: Final = {"asking": 429, "other": 429, "full": 503, "stopping": 503, "slow": 503}


class Refusal(Exception):
    """The server does not do it now. No fault of anybody: it is said in the reader's words, with `Retry-After`."""

    def __init__(self, why: str, locale: str, seconds: float) -> None:
        """Say no.

        Args:
            why: `asking` (this client or all together ask too often), `other` (the same for anything but questions),
                `full` (no room to answer or to wait), `stopping` (the server ends) or `slow` (an answer took too long).
            locale: whose emergency number to name.
            seconds: when it is worth trying again.
        """
        self.why = why
        self.seconds = max(1, ceil(seconds))
        self.message = wording().wait(why, locale, self.seconds)
        super().__init__(why)

    @property
    def status(self) -> int:
        """HTTP status: 429 where the client may do something about it, 503 where it may not."""
        return _STATUS[self.why]

    @property
    def kind(self) -> str:
        """Name of the error in the body."""
        return "TooManyRequests" if self.status == 429 else "Busy"

    @property
    def headers(self) -> dict[str, str]:
        """When to come back, for programs."""
        return {"retry-after": str(self.seconds)}
