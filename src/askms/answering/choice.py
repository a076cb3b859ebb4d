"""Choose which sentences to quote: few, different from each other, none cut off from its qualifier."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final

from askms.answering.scoring import Candidate
from askms.sentences import limits_previous, needs_previous
from askms.types import Passage

MOST: Final = 5
"""Sentences chosen for themselves; companions come on top."""
MOST_WITH_COMPANIONS: Final = 7
PER_SOURCE: Final = 4
RELATIVE_FLOOR: Final = 0.5
"""A sentence scoring under this share of the best one is left out."""
REPEATS: Final = 0.95
"""Cosine above which sentences of two passages say the same. Within one each says something of its own, though their
vectors, which carry the same header, lie close."""


class Fate(Enum):
    """What became of a candidate, in words for whoever asks why."""

    CHOSEN = "chosen"
    NO_ANSWER = "nothing is quoted: the best sentences are not likely enough to answer"
    NOT_SHOWABLE = "may not be shown as it is: an amount, an instruction or a disputed claim, its own or a neighbour's"
    OTHER_MEDICINE = "is not about the medicine asked about, and others are"
    FAR_BELOW = "far below the best"
    REPEATS = "says what a chosen sentence says"
    ENOUGH_OF_SOURCE = "enough is quoted from its source"
    NO_ROOM = "no room for it and the neighbours it needs"
    ENOUGH = "enough is quoted"
    ANOTHER_FORM = (
        "gave way to another form of answer: a study's framed amount, or a disputed claim with what answers it"
    )


Note = Callable[[Candidate, Fate], None]


def _nobody_asks(candidate: Candidate, fate: Fate) -> None:
    """Forget it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pick:
    """A chosen sentence with the neighbours that it needs to mean what it says."""

    candidate: Candidate
    positions: tuple[int, ...]
    """Sentences of the passage to quote, in order; the chosen one is among them."""

    @property
    def source_id(self) -> str:
        """The source quoted."""
        return self.candidate.document.id

    def overlaps(self, other: Pick) -> bool:
        """Whether both quote a sentence in common."""
        same_passage = self.candidate.passage.key == other.candidate.passage.key
        return same_passage and bool(set(self.positions) & set(other.positions))


def choose(ranked: Sequence[Candidate], note: Note = _nobody_asks, most: int = MOST) -> list[Pick]:
    """Pick the best sentences that say something new, in the order of their scores.

    Args:
        ranked: candidates that may be shown, best first.
        note: is told what became of each.
        most: how many to choose for themselves.
    """
    floor = ranked[0].score * RELATIVE_FLOOR if ranked else 0.0
    pool = [candidate for candidate in ranked if candidate.score >= floor]
    for candidate in ranked[len(pool) :]:
        note(candidate, Fate.FAR_BELOW)
    picks: list[Pick] = []
    for best in pool:
        pick = Pick(candidate=best, positions=with_companions(best.passage, best.position))
        fate = _fate(pick, picks, most)
        note(best, fate)
        if fate is Fate.CHOSEN:
            picks.append(pick)
    return picks


def _fate(pick: Pick, picks: Sequence[Pick], most: int) -> Fate:
    if len(picks) >= most:
        return Fate.ENOUGH
    if _repeats(pick.candidate, picks):
        return Fate.REPEATS
    if sum(other.source_id == pick.source_id for other in picks) >= PER_SOURCE:
        return Fate.ENOUGH_OF_SOURCE
    taken = sum(len(other.positions) for other in picks)
    return Fate.NO_ROOM if picks and taken + len(pick.positions) > MOST_WITH_COMPANIONS else Fate.CHOSEN


def with_companions(passage: Passage, position: int) -> tuple[int, ...]:
    """The sentence, the ones before that it leans on, and the ones after that limit it."""
    first = last = position
    while first > 0 and needs_previous(passage.sentence(first)):
        first -= 1
    while last + 1 < len(passage.sentences) and limits_previous(passage.sentence(last + 1)):
        last += 1
    return tuple(range(first, last + 1))


def _repeats(candidate: Candidate, picks: Sequence[Pick]) -> bool:
    return any(
        candidate.position in pick.positions
        if candidate.passage.key == pick.candidate.passage.key
        else float(candidate.vector @ pick.candidate.vector) > REPEATS
        for pick in picks
    )
