"""Never one side alone: the source that says otherwise, and the answer to a disputed claim."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from askms.answering.choice import Pick, with_companions
from askms.answering.question import Question
from askms.answering.scoring import Candidate, candidates, coverage
from askms.index import Snapshot
from askms.terms import terms
from askms.types import Dispute, Document, Hit, Passage

ON_POINT: Final = 0.78
"""Cosine of question and point of conflict from which the question is taken to be about it."""
ABOUT: Final = 0.45
"""Cosine that a side's sentence must have with the point of conflict."""
OWN_WORDS: Final = 0.4
"""Weight of the share of the point's rare terms that a side's sentence holds itself."""
CLOSE: Final = 0.6
"""A disputed claim is shown when it has this share of the best other sentence's score, or more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PointOfConflict:
    """What two sources disagree on."""

    one: str
    other: str
    on: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Disagreement:
    """What each side says on the point."""

    one: Pick
    other: Pick


def conflict_on_point(
    snapshot: Snapshot, vector: NDArray[np.float32], points: Mapping[str, NDArray[np.float32]], picks: Sequence[Pick]
) -> PointOfConflict | None:
    """The recorded conflict that the question is about, if one of the picks is a side of it.

    Args:
        snapshot: where the picks come from.
        vector: the question's.
        points: vector of each recorded point of conflict.
        picks: what was chosen to be quoted.
    """
    found = [
        (
            float(points[conflict.on] @ vector),
            PointOfConflict(one=pick.source_id, other=conflict.source_id, on=conflict.on),
        )
        for pick in picks
        for conflict in pick.candidate.document.conflicts_with
        if snapshot.document(conflict.source_id).status.is_quotable
    ]
    nearness, conflict = max(found, key=lambda item: item[0], default=(0.0, None))
    return conflict if nearness >= ON_POINT else None


def both_sides(
    snapshot: Snapshot,
    question: Question,
    on: NDArray[np.float32],
    conflict: PointOfConflict,
    shown: Callable[[Candidate], bool],
) -> Disagreement | None:
    """The sentence of each side that comes nearest to the point (`on` is its vector); none if a side has none."""
    sides, point = [], terms(conflict.on)
    for source_id in (conflict.one, conflict.other):
        found = [c for c in candidates(snapshot, question, on, hits_of(snapshot, on, source_id)) if shown(c)]
        # The header is the same for a whole section, so the sentence's own words decide within it.
        best = max(found, key=lambda c: c.signals.cosine + OWN_WORDS * coverage(snapshot, point, c.text), default=None)
        if best is None or best.signals.cosine < ABOUT:
            return None
        sides.append(Pick(candidate=best, positions=with_companions(best.passage, best.position)))
    return Disagreement(one=sides[0], other=sides[1])


def dispute_of(document: Document, sentence: str) -> Dispute | None:
    """What answers a sentence of a weak source, if it is disputed."""
    return next((dispute for dispute in document.disputed_by if dispute.sentence == sentence), None)


def find_sentence(snapshot: Snapshot, source_id: str, sentence: str) -> tuple[Passage, int] | None:
    """Where a sentence stands among the passages of a source; none when its passage was quarantined."""
    for passage in snapshot.passages_of(source_id):
        for position in range(len(passage.sentences)):
            if passage.sentence(position) == sentence:
                return passage, position
    return None


def hits_of(snapshot: Snapshot, vector: NDArray[np.float32], source_id: str) -> list[Hit]:
    """Every passage of one source as a hit of this question, by meaning only."""
    found = []
    for passage in snapshot.passages_of(source_id):
        near = float(snapshot.passage_vectors[snapshot.row_of[passage.stable_id]] @ vector)
        found.append(Hit(passage=passage, dense=near, asked=near, keyword=0.0, fused=0.0))
    return found
