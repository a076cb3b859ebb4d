"""A calibrated probability that the best sentences answer the question.

Logistic regression over features of one search, fitted by `training/confidence.py` on
questions with and without an answer in the corpus, with ranker and precedents and without. No
single similarity is enough: near misses ("does naltrexone help MS?" when nothing is held on it) score high on all of
them but on the rare terms that no passage holds.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

from askms.answering.logistic import probability
from askms.answering.question import Question
from askms.answering.scoring import Candidate
from askms.index import Snapshot
from askms.precedents import Near
from askms.terms import terms
from askms.types import Hit


@dataclass(frozen=True, slots=True, kw_only=True)
class Features:
    """What one search says about whether it found an answer; each 0 to 1 or nearly so."""

    best: float
    """Relevance of the best sentence."""
    second: float
    """Relevance of the second best: what several sentences speak of is seldom off the point."""
    some: float
    """Probability that one of the best four sentences is wanted, were they independent."""
    sentence: float
    """Best cosine of a sentence with the question."""
    passage: float
    """Best cosine of a passage with the question."""
    asked: float
    """Best cosine of a question that a passage is known to answer with the question."""
    answered: float | None
    """How often the corpus held an answer to the graded questions that lie near; none without precedents."""
    keyword: float
    """Best BM25 score, per unit of the question's rarity."""
    best_coverage: float
    """Rarity-weighted share of the question's terms in the best three sentences, each on its own."""
    missing: float
    """Share of the question's rarity in the rarest of its terms that none of the best four sentences holds."""
    unseen: float
    """Share of the question's rarity that occurs nowhere in the corpus."""
    missing_medicines: float
    """How many medicines the question names that no hit names."""


def features(
    snapshot: Snapshot,
    question: Question,
    hits: Sequence[Hit],
    ranked: Sequence[Candidate],
    names: Callable[[str], frozenset[str]],
    near: Near | None = None,
) -> Features:
    """Measure one search.

    Args:
        snapshot: what was searched.
        question: what is asked.
        hits: what was found; not empty.
        ranked: the sentences of the hits, best first.
        names: finds the medicines in a text.
        near: the precedents of the question, if there are any.
    """
    rarity = {term: snapshot.keywords.idf(term) for term in question.terms}
    total = sum(rarity.values()) or 1.0
    held = frozenset[str]().union(*(names(f"{hit.passage.header} {hit.passage.text}") for hit in hits))
    said = set(terms(" ".join(f"{c.passage.header} {c.text}" for c in ranked[:4])))
    scores = [candidate.score for candidate in ranked[:4]]
    return Features(
        best=scores[0],
        second=scores[1] if len(scores) > 1 else 0.0,
        some=1 - math.prod(1 - score for score in scores),
        sentence=max(candidate.signals.cosine for candidate in ranked),
        passage=max(hit.dense for hit in hits),
        asked=max(hit.asked for hit in hits),
        answered=None if near is None else near.answered,
        keyword=min(2.0, max(hit.keyword for hit in hits) / total),
        best_coverage=max(candidate.signals.coverage for candidate in ranked[:3]),
        missing=max((weight for term, weight in rarity.items() if term not in said), default=0.0) / total,
        unseen=sum(weight for term, weight in rarity.items() if not snapshot.keywords.holds(term)) / total,
        missing_medicines=float(len(names(question.text) - held)),
    )


def confidence(measured: Features, *, was_read: bool) -> float:
    """Probability, 0 to 1, that the question is answered; `was_read` says whether a ranker read the sentences."""
    return probability("confidence", asdict(measured), was_read=was_read)
