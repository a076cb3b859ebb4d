"""Can a tired reader follow what is stated?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from evals.metrics import readability
from evals.running import Run
from evals.scores import Score
from evals.suites import Scorer, by_words, score_cases, untold

NAME: Final = "readability"
METRICS: Final = readability.METRICS
_SCORERS: Final = (
    Scorer(metric=readability.GRADE, value=by_words(readability.grade), why=untold),
    Scorer(metric=readability.GRADE_WITHOUT_MEDICINES, value=by_words(readability.grade_without_medicines), why=untold),
)


def scores(run: Run) -> Iterator[Score]:
    """Score every reply that states something; one that abstains is no item."""
    stating = [case for case, response in run.answered_cases() if response.error or response.answered]
    return score_cases(NAME, _SCORERS, replace(run, cases=stating))
