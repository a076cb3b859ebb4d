"""Does a reply keep to its sources? Quotations, citations, and what statements change of what they cite."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Final

from evals.metrics import citations, consistency, quotations
from evals.running import Run
from evals.scores import Score
from evals.suites import Scorer, by_words, score_cases, told_by_words

NAME: Final = "faithfulness"
METRICS: Final = (*quotations.METRICS, *citations.METRICS, *consistency.METRICS)
_SCORERS: Final = (
    Scorer(metric=quotations.EXACT, value=by_words(quotations.exact), why=told_by_words(quotations.inexact)),
    Scorer(metric=quotations.INTEGRITY, value=by_words(quotations.integrity), why=told_by_words(quotations.inexact)),
    Scorer(metric=citations.RECALL, value=citations.recall, why=citations.not_recalled),
    Scorer(metric=citations.PRECISION, value=citations.precision, why=citations.not_precise),
    *(
        Scorer(
            metric=metric,
            value=by_words(partial(consistency.kept, differ=differ)),
            why=told_by_words(partial(consistency.changed, differ=differ)),
        )
        for metric, differ in consistency.CHECKS.items()
    ),
)


def scores(run: Run) -> Iterator[Score]:
    """Score the reply to every case."""
    return score_cases(NAME, _SCORERS, run)
