"""How well each sentence of the retrieved passages answers a question: by its signals, then by reading the likeliest.

Vectors come from the index, so that an answer embeds only the question.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from askms.answering.question import Kind, Question, defines, fit
from askms.answering.relevance import relevance
from askms.index import Snapshot
from askms.precedents import Near
from askms.ranking import Ranker
from askms.terms import terms
from askms.types import Document, Hit, Passage, SourceStatus, Trust

READ: Final = 10
"""Candidates that the ranker reads, the likeliest by their signals; reading costs about 6 ms each on two cores."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signals:
    """What speaks for a sentence without reading it; each 0 to 1 or nearly so."""

    cosine: float
    """Of the sentence, under its header, with the question."""
    passage: float
    """Of its passage with the question."""
    asked: float
    """Of the nearest question that its section is known to answer with the question."""
    graded: float | None
    """What readers made of it for questions like this one; none without precedents."""
    coverage: float
    """Share of the question's terms (weighted by rarity) that the sentence or its header holds."""
    own_coverage: float
    """The same for the sentence without its header: within a section, the sentence's own words decide."""
    fit: float
    """Whether it is the kind of statement asked for."""
    defines: float
    """Whether it defines the very thing asked about."""
    first: float
    """Whether it is its passage's first sentence, which often answers the heading."""
    weak: float
    """Whether its source is opinion, news or marketing: a study on the same point should win."""
    old: float
    """Whether its source is out of date."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One sentence that could be quoted."""

    document: Document
    passage: Passage
    position: int
    """Which sentence of the passage."""
    vector: NDArray[np.float32]
    signals: Signals
    logit: float | None
    """What the ranker makes of it; none where it was not read."""
    score: float
    """Probability, 0 to 1, that it is wanted in an answer."""

    @property
    def text(self) -> str:
        """The sentence's words."""
        return self.passage.sentence(self.position)


def candidates(
    snapshot: Snapshot, question: Question, vector: NDArray[np.float32], hits: Sequence[Hit], near: Near | None = None
) -> list[Candidate]:
    """Score every sentence of the hits, best first.

    Args:
        snapshot: where the hits come from.
        question: what is asked.
        vector: the question's.
        hits: what was found.
        near: the precedents of the question, if there are any.
    """
    found = [
        _candidate(snapshot, question, vector, hit, position, near)
        for hit in hits
        for position in range(len(hit.passage.sentences))
    ]
    return sorted(found, key=_order)


def coverage(snapshot: Snapshot, question_terms: Sequence[str], text: str) -> float:
    """Share of the question's terms found in a text, each weighted by its rarity among passages."""
    wanted = {term: snapshot.keywords.idf(term) for term in question_terms}
    total = sum(wanted.values())
    if total == 0:
        return 0.0
    present = set(terms(text))
    return sum(weight for term, weight in wanted.items() if term in present) / total


def read_with(ranker: Ranker, question: Question, found: Sequence[Candidate]) -> list[Candidate]:
    """The likeliest candidates read by the ranker and scored anew, best first; then the others, which it did not read.

    Those keep their order and may not pass the last that was read.
    """
    likeliest = found[:READ]
    logits = ranker.scores(question.text, [(candidate.passage.header, candidate.text) for candidate in likeliest])
    read = [
        replace(candidate, logit=float(logit), score=relevance(asdict(candidate.signals), float(logit)))
        for candidate, logit in zip(likeliest, logits, strict=True)
    ]
    last = min((candidate.score for candidate in read), default=0.0)
    unread = [replace(candidate, score=min(candidate.score, last)) for candidate in found[READ:]]
    return [*sorted(read, key=_order), *unread]


def _candidate(
    snapshot: Snapshot, question: Question, vector: NDArray[np.float32], hit: Hit, position: int, near: Near | None
) -> Candidate:
    signals = signals_of(snapshot, question, vector, hit, position, near)
    return Candidate(
        document=snapshot.document(hit.passage.source_id),
        passage=hit.passage,
        position=position,
        vector=snapshot.sentence_vectors_of(hit.passage)[position],
        signals=signals,
        logit=None,
        score=relevance(asdict(signals), None),
    )


def signals_of(
    snapshot: Snapshot, question: Question, vector: NDArray[np.float32], hit: Hit, position: int, near: Near | None
) -> Signals:
    """The signals of one sentence of a hit; `vector` is the question's."""
    passage = hit.passage
    document = snapshot.document(passage.source_id)
    sentence = passage.sentence(position)
    named_by = f"{' '.join(document.authors)} {document.year or ''} {document.nct or ''}"
    return Signals(
        cosine=float(snapshot.sentence_vectors_of(passage)[position] @ vector),
        passage=hit.dense,
        asked=hit.asked,
        graded=None if near is None else near.wanted(document.id, sentence),
        coverage=coverage(snapshot, question.terms, f"{passage.header} {sentence} {named_by}"),
        own_coverage=coverage(snapshot, question.terms, sentence),
        fit=fit(question.kinds, sentence),
        defines=float(Kind.WHAT_IS in question.kinds and defines(question.asked, sentence)),
        first=float(position == 0),
        weak=float(document.trust in (Trust.C, Trust.D)),
        old=float(document.status is SourceStatus.OUTDATED),
    )


def _order(candidate: Candidate) -> tuple[float, str, int]:
    return -candidate.score, candidate.passage.key, candidate.position
