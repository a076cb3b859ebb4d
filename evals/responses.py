"""What any system under test answers, in one form: so that askms and others are scored by the same code."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Protocol

from askms import Turn


@dataclass(frozen=True, slots=True, kw_only=True)
class Quoted:
    """A citation: the passage it names, and the words it quotes (empty when it only points)."""

    source: str
    passage: str
    """The whole passage as the system holds it."""
    quote: str = ""
    start: int = 0
    """Where the system says the quote stands in the passage."""
    end: int = 0
    level: str = ""
    """Evidence level that the reply shows for it; empty when it shows none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One sentence of a reply."""

    text: str
    citations: tuple[Quoted, ...] = ()
    fixed: bool = False
    """Whether it is an approved sentence that states nothing from a source."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A passage that the system retrieved."""

    source: str
    passage: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """What came back for one question."""

    text: str
    """The whole reply as a person reads it."""
    said: tuple[Said, ...] = ()
    found: tuple[Found, ...] = ()
    """Retrieved passages, best first."""
    answered: bool = True
    """Whether it says something about the matter, rather than that it cannot."""
    route: str = ""
    """Route of askms; empty for others."""
    confidence: float | None = None
    """Probability, 0 to 1, that it answers; none where the system gives none."""
    ms: float = 0.0
    """Time from question to whole reply."""
    trace: Mapping[str, Any] = field(default_factory=dict)
    """Everything the system tells about how it came to this, for the report."""
    error: str = ""
    """What went wrong, when nothing came back; such a response is unscored, and counted."""

    @property
    def statements(self) -> tuple[Said, ...]:
        """The sentences that state something."""
        return tuple(one for one in self.said if not one.fixed)

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self)


def read_response(row: Mapping[str, Any]) -> Response:
    """Read what `to_dict` wrote."""
    said = tuple(
        Said(text=one["text"], fixed=one["fixed"], citations=tuple(Quoted(**quoted) for quoted in one["citations"]))
        for one in row["said"]
    )
    return Response(**{**row, "said": said, "found": tuple(Found(**one) for one in row["found"])})


class Target(Protocol):
    """A system under test."""

    @property
    def name(self) -> str:
        """Name for reports, with its version or model."""
        ...

    def ask(self, question: str, history: Sequence[Turn] = ()) -> Response:
        """Put one question. A failure comes back as a response with `error`, never as an exception."""
        ...
