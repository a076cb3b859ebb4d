"""Does a reply say what it should, and nothing that it should not?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from evals.cases import Case
from evals.metrics import contradiction, disclaimer, facts, length, levels, overclaim, premise, sides
from evals.running import Run
from evals.scores import Score
from evals.suites import Scorer, by_words, has_answer, score_cases, told_by_words, untold


def _is_contested(case: Case) -> bool:
    return case.kind == "contested"


def _has_wrong_premise(case: Case) -> bool:
    return case.kind in premise.KINDS


def _forbids(case: Case) -> bool:
    return bool(case.must_not_say)


NAME: Final = "answers"
_SCORERS: Final = (
    Scorer(metric=facts.RECALL, value=facts.recall, why=facts.missed, applies=has_answer),
    Scorer(metric=facts.ANY, value=facts.first, why=facts.first_missed, applies=has_answer),
    Scorer(metric=sides.METRIC, value=sides.shown, why=sides.missed, applies=_is_contested),
    Scorer(metric=premise.METRIC, value=premise.corrected, why=premise.why, applies=_has_wrong_premise),
    Scorer(metric=contradiction.CONTRADICTION, value=contradiction.contradicts, why=contradiction.contradictions),
    Scorer(
        metric=contradiction.MUST_NOT_SAY,
        value=contradiction.says_forbidden,
        why=contradiction.forbidden,
        applies=_forbids,
    ),
    Scorer(metric=overclaim.METRIC, value=by_words(overclaim.overclaims), why=told_by_words(overclaim.overclaimed)),
    Scorer(metric=levels.METRIC, value=by_words(levels.shown), why=told_by_words(levels.missing)),
    Scorer(metric=disclaimer.METRIC, value=by_words(disclaimer.ends_with_it), why=told_by_words(disclaimer.faults)),
    Scorer(metric=length.METRIC, value=by_words(length.words), why=untold),
)
METRICS: Final = tuple(scorer.metric for scorer in _SCORERS)


def scores(run: Run) -> Iterator[Score]:
    """Score the reply to every case by each metric that applies to it."""
    return score_cases(NAME, _SCORERS, run)
