"""Never one side alone: the source that says otherwise, and the answer to a disputed claim."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from askms.answering.choice import Pick, with_companions
from askms.answering.question import Question
from askms.answering.scoring import Candidate, candidates, coverage
from askms.index import Snapshot
from askms.types import Dispute, Document, Hit, Passage, SourceStatus

ON_POINT: Final = 0.25
"""Share of the question's rare terms that a conflict must be about to be shown."""
NEAR: Final = 0.75
"""How near the other side's best sentence must come to the first side's score."""
CLOSE: Final = 0.98
"""A disputed claim is shown when it comes this near the best other sentence's score."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Disagreement:
    """Two picks whose sources contradict each other."""

    one: Pick
    other: Pick


def other_side(
    snapshot: Snapshot,
    question: Question,
    vector: NDArray[np.float32],
    picks: Sequence[Pick],
    shown: Callable[[Candidate], bool],
) -> Disagreement | None:
    """The first disagreement that bears on the question, if a picked source is part of one."""
    for pick in picks:
        for conflict in pick.candidate.document.conflicts_with:
            if coverage(snapshot, question.terms, conflict.on) < ON_POINT:
                continue
            already = next((p for p in picks if p.source_id == conflict.source_id), None)
            if already is not None:
                return Disagreement(one=pick, other=already)
            if snapshot.document(conflict.source_id).status is SourceStatus.RETRACTED:
                continue
            found = [
                c for c in candidates(snapshot, question, vector, hits_of(snapshot, vector, conflict.source_id)) if shown(c)
            ]
            if found and found[0].score >= NEAR * pick.candidate.score:
                best = found[0]
                other = Pick(candidate=best, positions=with_companions(best.passage, best.position))
                return Disagreement(one=pick, other=other)
    return None


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
    return [
        Hit(
            passage=passage,
            dense=float(snapshot.passage_vectors[snapshot.row_of[passage.stable_id]] @ vector),
            keyword=0.0,
            fused=0.0,
        )
        for passage in snapshot.passages_of(source_id)
    ]
