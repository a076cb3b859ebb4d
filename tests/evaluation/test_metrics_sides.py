"""Each side of a contested question must be shown."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from askms.entailment import Judgement
from evals.cases import Case, Evidence, Fact
from evals.metrics.sides import METRIC, missed, shown
from evals.responses import Quoted, Response, Said
from evals.scores import Unscored

QUOTES = (
    "A review of 15 trials found that amantadine eased tiredness.",
    "A second review found that amantadine eased tiredness a little.",
    "A trial of 141 people found amantadine no better than placebo.",
)
FACTS = tuple(Fact(fact=f"fact {at}", evidence=(Evidence(source="s", quote=quote),)) for at, quote in enumerate(QUOTES))
CASE = Case(id="c", kind="contested", question="?", facts=FACTS, sides=((0, 1), (2,)))


class Never:
    """Must not be asked."""

    name = "never"

    def judge(self, pairs: Sequence[tuple[str, str]]) -> list[Judgement]:
        raise AssertionError(pairs)


def reply(*at: int) -> Response:
    said = (QUOTES[one] for one in at)
    return Response(
        text="", said=tuple(Said(text=q, citations=(Quoted(source="s", passage=q, quote=q),)) for q in said)
    )


@pytest.mark.parametrize(("quoted", "value"), [((0, 2), 1), ((2, 1), 1), ((0, 1), 0), ((2,), 0)])
def test_one_fact_of_each_side_is_enough_and_both_of_one_are_not(quoted: tuple[int, ...], value: float) -> None:
    assert shown(CASE, reply(*quoted), Never()) == value


def test_the_missing_side_is_named() -> None:
    assert missed(CASE, reply(2), Never()) == ("side not shown: fact 0 / fact 1",)
    assert METRIC.floor == 0.90


def test_a_case_without_sides_is_unscored() -> None:
    with pytest.raises(Unscored, match="names no sides"):
        shown(Case(id="c", kind="contested", question="?", facts=FACTS), reply(0), Never())
