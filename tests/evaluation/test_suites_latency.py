"""The latency suite times the replies, and askms against the baseline."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import pytest

from askms import Turn
from askms.entailment import Judgement
from evals.cases import Case
from evals.responses import Response, Target
from evals.running import Run
from evals.suites.latency import MOST, scores
from evals.targets.own import Own

ORDER: list[tuple[str, str]] = []


class Silent:
    """A judge that is not asked anything."""

    name = "silent"

    def judge(self, pairs: Sequence[tuple[str, str]]) -> list[Judgement]:
        raise AssertionError("times need no judge")


class Clocked:
    """Takes as long as it is told."""

    def __init__(self, name: str, ms: float) -> None:
        self.name, self.ms = name, ms

    def ask(self, question: str, history: Sequence[Turn] = ()) -> Response:
        ORDER.append((self.name, question))
        return Response(text="", ms=self.ms)


class OwnClocked(Own):
    """askms, without anything behind it."""

    def __init__(self, ms: float) -> None:
        self._clocked = Clocked("askms", ms)

    @property
    def name(self) -> str:
        return "askms"

    def ask(self, question: str, history: Sequence[Turn] = ()) -> Response:
        return self._clocked.ask(question, history)


def plainly(items: Iterable[Any], what: str, of: int) -> Iterator[Any]:
    return iter(items)


def run(target: Target, cases: Sequence[Case]) -> Run:
    responses = {case.id: Response(text="", ms=10.0 * at) for at, case in enumerate(cases, 1)}
    return Run(
        target=target, cases=cases, dialogues=(), responses=responses, judge=Silent(), set_name="dev", progress=plainly
    )


def cases(of: int) -> list[Case]:
    return [Case(id=f"c{at}", kind="answerable", question=f"does heat hurt {at}") for at in range(of)]


def never() -> Target:
    raise AssertionError("there is nothing to compare with")


def test_replies_are_timed_as_they_came(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        found = [(score.item, score.metric, score.value) for score in scores(run(Clocked("other", 1), cases(2)), never)]

    assert found == [
        ("c0", "ms_p50", 10.0),
        ("c0", "ms_p95", 10.0),
        ("c1", "ms_p50", 20.0),
        ("c1", "ms_p95", 20.0),
    ]
    assert "other is not askms" in caplog.text


def test_askms_and_the_baseline_take_turns_on_questions_that_neither_heard_before() -> None:
    ORDER.clear()
    asked = cases(3)
    found = list(scores(run(OwnClocked(90), asked), lambda: Clocked("baseline", 30)))

    assert [name for name, _ in ORDER] == ["baseline", "askms", "askms", "baseline", "baseline", "askms"]
    assert not {question for _, question in ORDER} & {case.question for case in asked}
    assert [question for name, question in ORDER if name == "askms"] == [
        question for name, question in ORDER if name == "baseline"
    ]
    assert [score.value for score in found if score.metric == "times_baseline"] == [3.0] * 3
    assert [score.value for score in found if score.metric == "baseline_ms"] == [30.0] * 3


def test_only_a_part_of_many_questions_is_asked_again() -> None:
    ORDER.clear()
    list(scores(run(OwnClocked(1), cases(3 * MOST)), lambda: Clocked("baseline", 1)))

    assert len(ORDER) == 2 * MOST
