"""How well each sentence of the retrieved passages fits a question.

Weights were chosen on questions written for development and checked on others (see
`evals/README.md`). Vectors come from the index, so that an answer embeds only the question.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from askms.answering.question import Kind, Question, defines, fit
from askms.index import Snapshot
from askms.terms import terms
from askms.types import Document, Hit, Passage, SourceStatus, Trust

MEANING: Final = 0.60
"""Weight of the sentence's own cosine with the question."""
PASSAGE: Final = 0.20
"""Weight of its passage's cosine."""
WORDS: Final = 0.14
"""Weight of the share of the question's rare terms that the sentence or its header holds."""
OWN_WORDS: Final = 0.05
"""The same for the sentence without its header: within a section, the sentence's own words decide."""
FIT: Final = 0.07
"""Weight of being the kind of statement asked for."""
DEFINES: Final = 0.15
"""A definition of the very thing asked about."""
FIRST: Final = 0.04
"""A section's first sentence answers its heading."""
WEAK: Final = 0.06
"""Taken off for opinion, news and marketing, so that a study on the same point wins."""
OLD: Final = 0.10
"""Taken off for sources that are out of date."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One sentence that could be quoted."""

    document: Document
    passage: Passage
    position: int
    """Which sentence of the passage."""
    vector: NDArray[np.float32]
    cosine: float
    coverage: float
    """Share, 0 to 1, of the question's terms (weighted by rarity) in sentence and header."""
    score: float

    @property
    def text(self) -> str:
        """The sentence's words."""
        return self.passage.sentence(self.position)


def candidates(
    snapshot: Snapshot, question: Question, vector: NDArray[np.float32], hits: Sequence[Hit]
) -> list[Candidate]:
    """Score every sentence of the hits, best first."""
    found = [
        _candidate(snapshot, question, vector, hit, position)
        for hit in hits
        for position in range(len(hit.passage.sentences))
    ]
    return sorted(found, key=lambda candidate: (-candidate.score, candidate.passage.key, candidate.position))


def coverage(snapshot: Snapshot, question_terms: Sequence[str], text: str) -> float:
    """Share of the question's terms found in a text, each weighted by its rarity among passages."""
    wanted = {term: snapshot.keywords.idf(term) for term in question_terms}
    total = sum(wanted.values())
    if total == 0:
        return 0.0
    present = set(terms(text))
    return sum(weight for term, weight in wanted.items() if term in present) / total


def _candidate(
    snapshot: Snapshot, question: Question, vector: NDArray[np.float32], hit: Hit, position: int
) -> Candidate:
    passage = hit.passage
    document = snapshot.document(passage.source_id)
    sentence = passage.sentence(position)
    own = snapshot.sentence_vectors_of(passage)[position]
    cosine = float(own @ vector)
    named_by = f"{' '.join(document.authors)} {document.year or ''} {document.nct or ''}"
    covered = coverage(snapshot, question.terms, f"{passage.header} {sentence} {named_by}")
    score = (
        MEANING * cosine
        + PASSAGE * hit.dense
        + WORDS * covered
        + OWN_WORDS * coverage(snapshot, question.terms, sentence)
        + FIT * fit(question.kinds, sentence)
        + (DEFINES if Kind.WHAT_IS in question.kinds and defines(question.asked, sentence) else 0.0)
        + (FIRST if position == 0 else 0.0)
        - (WEAK if document.trust in (Trust.C, Trust.D) else 0.0)
        - (OLD if document.status is SourceStatus.OUTDATED else 0.0)
    )
    return Candidate(
        document=document,
        passage=passage,
        position=position,
        vector=own,
        cosine=cosine,
        coverage=covered,
        score=score,
    )
