"""Does the search find the evidence? Of cases that the corpus answers."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Final

from evals.metrics import retrieval
from evals.running import Run
from evals.scores import Score
from evals.suites import Scorer, by_words, has_answer, score_cases, told_by_words, untold

NAME: Final = "retrieval"
METRICS: Final = retrieval.METRICS
_SCORERS: Final = (
    Scorer(
        metric=retrieval.FACT_RECALL,
        value=by_words(retrieval.fact_recall),
        why=told_by_words(retrieval.missed),
        applies=has_answer,
    ),
    *(
        Scorer(
            metric=metric, value=by_words(partial(retrieval.ranked, measure=measure)), why=untold, applies=has_answer
        )
        for measure, metric in retrieval.RANKED.items()
    ),
)


def scores(run: Run) -> Iterator[Score]:
    """Score the passages found for each case with facts."""
    return score_cases(NAME, _SCORERS, run)
