"""The readability suite grades replies that state something."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import pytest

from askms import Turn
from askms.entailment import Judgement
from evals.cases import Case
from evals.responses import Response, Said
from evals.running import Run
from evals.suites.readability import scores


class Silent:
    """A judge and a target that are not asked anything."""

    name = "silent"

    def judge(self, pairs: Sequence[tuple[str, str]]) -> list[Judgement]:
        raise AssertionError("grades need no judge")

    def ask(self, question: str, history: Sequence[Turn] = ()) -> Response:
        raise AssertionError("everything was asked before")


def plainly(items: Iterable[Any], what: str, of: int) -> Iterator[Any]:
    return iter(items)


def test_replies_that_abstain_are_no_items_and_failed_ones_are_unscored() -> None:
    responses = {
        "said": Response(text="", said=(Said(text="Ocrelizumab works."),)),
        "abstained": Response(text="", said=(Said(text="I found nothing.", fixed=True),), answered=False),
        "down": Response(text="", answered=False, error="down"),
    }
    run = Run(
        target=Silent(),
        cases=[Case(id=name, kind="answerable", question="?") for name in responses],
        dialogues=(),
        responses=responses,
        judge=Silent(),
        set_name="dev",
        progress=plainly,
    )

    found = {(score.item, score.metric): score.value for score in scores(run)}

    assert found == {
        ("said", "grade"): pytest.approx(0.39 * 2 + 11.8 * 3 - 15.59),
        ("said", "grade_without_medicines"): pytest.approx(0.39 + 11.8 - 15.59),
        ("down", "grade"): None,
        ("down", "grade_without_medicines"): None,
    }
