"""Suites: which metrics are taken of which cases, and the scores they give."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from askms.entailment import Judge
from evals.cases import Case
from evals.responses import Response
from evals.running import Run
from evals.scores import Metric, Score, Unscored

Value = Callable[[Case, Response, Judge], float]
Why = Callable[[Case, Response, Judge], tuple[str, ...]]


def always(case: Case) -> bool:
    """Every case is an item."""
    return True


def has_answer(case: Case) -> bool:
    """Only cases that the corpus answers, at least in part, are items."""
    return case.has_answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Scorer:
    """A metric, how it is computed, and of which cases."""

    metric: Metric
    value: Value
    why: Why
    """What a reader wants to know of a bad value; nothing of a good one."""
    applies: Callable[[Case], bool] = always


def by_words(metric: Callable[[Case, Response], float]) -> Value:
    """A metric that asks no judge, as a `Value`."""
    return lambda case, response, judge: metric(case, response)


def told_by_words(why: Callable[[Case, Response], tuple[str, ...]]) -> Why:
    """The reasons of a metric that asks no judge, as a `Why`."""
    return lambda case, response, judge: why(case, response)


def untold(case: Case, response: Response, judge: Judge) -> tuple[str, ...]:
    """No reasons: the value says it all."""
    return ()


def score_cases(suite: str, scorers: Sequence[Scorer], run: Run) -> Iterator[Score]:
    """Score the response to each case by each metric that applies to it; a failed one is unscored by all."""
    for case, response in run.answered_cases():
        for scorer in scorers:
            if scorer.applies(case):
                yield _score(suite, scorer, case, response, run.judge)


def _score(suite: str, scorer: Scorer, case: Case, response: Response, judge: Judge) -> Score:
    value: float | None
    try:
        if response.error:
            raise Unscored(f"no reply: {response.error}")
        value = scorer.value(case, response, judge)
        why = "; ".join(scorer.why(case, response, judge))
    except Unscored as exc:
        value, why = None, str(exc)
    return Score(suite=suite, item=case.id, kind=case.kind, metric=scorer.metric.name, value=value, why=why)
