"""The one seam of the input side: a rail reads a message and says what it found.

Rails see a `Message` (already normalised and masked) and never change it. Which route wins
is decided in `screen`. The learned rail comes last and is told what the others suspect.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from askms.types import Flag, Route, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """One sentence of a message, folded for matching: lower case, no accents, single spaces."""

    text: str
    general: bool
    """Asks about people or studies at large and says nothing of the asker or of somebody near them."""
    past: bool
    """Tells of something that is over, years ago."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What rails read. Holds no identifier, but for `unmasked`: masking comes first."""

    display: str
    """Clean text with identifiers masked; what is searched with."""
    sentences: tuple[Sentence, ...]
    medicines: tuple[str, ...] = ()
    """Generic names mentioned in this message."""
    medicine_in_play: bool = False
    """A medicine is mentioned here or in one of the last three user turns."""
    refused_dosing: bool = False
    """One of the last three user turns was on the dosing route."""
    earlier: str = ""
    """The last turns of the conversation, folded, for follow-ups such as "that is what I have"."""
    previous: str = ""
    """The user's turn before this one, as `display`; what a short follow-up leans on."""
    hidden: bool = False
    """Part of the message was encoded (base64, rot13, reversed)."""
    masked: bool = False
    """An identifier was taken out."""
    unmasked: Message | None = None
    """The same with what was taken out, where anything was: a mask must not hide a danger. Never leaves the screen."""
    suspected: frozenset[Route] = frozenset()
    """What the rails that were asked before found; known to the learned rail only."""

    @property
    def folded(self) -> str:
        """All sentences as one text."""
        return " ".join(s.text for s in self.sentences)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What a rail found. `rule` is a short name, never words of the patient."""

    rule: str = "clear"
    route: Route | None = None
    flags: frozenset[Flag] = frozenset()
    variant: str | None = None
    sure: bool = True
    """An unsure finding counts only where no sure one says more than BOUNDARY or OFFTOPIC."""

    yields_to_boundary: bool = False
    """Counts as BOUNDARY where another rail found that; for what a kind of question makes harmless."""

    unlikely: frozenset[Route] = frozenset()
    """Routes that this rail all but rules out. They turn another rail's finding of advice into BOUNDARY, and one of
    danger into a line that says whom to call should it be happening now; never into less, but for `plain`."""
    plain: bool = False
    """What this rail rules out of advice leaves not even BOUNDARY behind: the message is surely a plain question."""

    stands: bool = False
    """No other rail's doubt counts against it."""
    also: Route | None = None
    """A second danger, less grave, that needs its card too."""

    def verdict(self, guard: str) -> Verdict:
        """The finding as it is kept in a receipt."""
        return Verdict(guard=guard, allowed=self.route is None, reason=self.rule)


CLEAR = Finding()


class Rail(Protocol):
    """One question asked of every message."""

    @property
    def name(self) -> str:
        """Short name used in verdicts."""
        ...

    def judge(self, message: Message) -> Finding:
        """Say what was found; CLEAR when nothing was. May raise: `screen` then fails closed."""
        ...
