"""Abstention, and the area under the risk-coverage curve, against values worked out by hand."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from askms.entailment import Judgement
from evals.cases import Case, Evidence, Fact
from evals.metrics.abstention import abstained, answered, aurc, aurc_interval, confidence, right, risk_coverage
from evals.responses import Quoted, Response, Said
from evals.scores import Unscored

SLOW = "Heat slows signals in nerves that MS has damaged."
COOL = "Cooling the body brings them back after a while."
CASE = Case(
    id="1",
    kind="answerable",
    question="Why does heat make it worse?",
    facts=(
        Fact(fact="Heat slows signals.", evidence=(Evidence(source="heat", quote=SLOW),)),
        Fact(fact="Cooling helps.", evidence=(Evidence(source="heat", quote=COOL),)),
    ),
)
NOTHING = Case(id="2", kind="unanswerable", question="Does ginger help?")
BROKEN = Response(text="", answered=False, error="down")
PAIRS = st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=30)


class NoJudge:
    """Fails the test when it is asked."""

    name = "none"

    def judge(self, pairs: Sequence[tuple[str, str]]) -> list[Judgement]:
        raise AssertionError("nothing is left to judge")


def quoting(*quotes: str) -> Response:
    said = tuple(Said(text=quote, citations=(Quoted(source="heat", passage=quote, quote=quote),)) for quote in quotes)
    return Response(text=" ".join(quotes), said=said, answered=bool(quotes), confidence=0.7)


def test_what_is_answered_is_not_abstained_from() -> None:
    assert (answered(CASE, quoting(SLOW)), abstained(CASE, quoting(SLOW))) == (1.0, 0.0)
    assert (answered(NOTHING, quoting()), abstained(NOTHING, quoting())) == (0.0, 1.0)


def test_any_fact_makes_a_reply_right_and_none_can_where_there_is_none() -> None:
    assert right(CASE, quoting(COOL), NoJudge()) == 1.0
    assert right(CASE, quoting("Most people tire in the afternoon, with or without MS."), NoJudge()) == 0.0
    assert right(CASE, quoting(), NoJudge()) == 0.0
    assert right(NOTHING, quoting(SLOW), NoJudge()) == 0.0


def test_what_cannot_be_scored_says_why() -> None:
    for metric in (answered, abstained, confidence):
        with pytest.raises(Unscored, match="down"):
            metric(CASE, BROKEN)
    with pytest.raises(Unscored, match="down"):
        right(CASE, BROKEN, NoJudge())
    with pytest.raises(Unscored, match="no confidence"):
        confidence(CASE, Response(text="Yes."))
    assert confidence(CASE, quoting(SLOW)) == 0.7


def test_the_curve_starts_at_the_most_confident() -> None:
    # Most confident first: right, wrong, right, wrong.
    found = risk_coverage([0.6, 0.9, 0.7, 0.8], [0, 1, 1, 0])

    assert [coverage for coverage, _ in found] == [0.25, 0.5, 0.75, 1.0]
    assert [risk for _, risk in found] == pytest.approx([0, 1 / 2, 1 / 3, 1 / 2])
    assert aurc([0.6, 0.9, 0.7, 0.8], [0, 1, 1, 0]) == pytest.approx((0 + 1 / 2 + 1 / 3 + 1 / 2) / 4)


def test_confidence_that_sorts_well_beats_one_that_sorts_badly() -> None:
    assert aurc([0.9, 0.8, 0.2, 0.1], [1, 1, 0, 0]) == pytest.approx((0 + 0 + 1 / 3 + 2 / 4) / 4)
    assert aurc([0.1, 0.2, 0.8, 0.9], [1, 1, 0, 0]) == pytest.approx((1 + 1 + 2 / 3 + 2 / 4) / 4)
    assert aurc([0.4, 0.9], [1, 1]) == 0.0
    assert aurc([0.4, 0.9], [0, 0]) == 1.0


def test_equal_confidences_have_the_mean_risk_in_any_order() -> None:
    # One sure and right; then a tie of one right and one wrong, half wrong each: risks 0, 0.25, 1/3.
    for rights in ([1, 1, 0], [1, 0, 1]):
        assert aurc([0.9, 0.5, 0.5], rights) == pytest.approx((0 + 0.25 + 1 / 3) / 3)


@given(PAIRS, st.randoms())
def test_the_order_of_items_changes_nothing_and_the_value_is_a_share(
    pairs: list[tuple[float, bool]], chance: object
) -> None:
    shuffled = sorted(pairs, key=lambda _: chance.random())  # type: ignore[attr-defined]
    value = aurc([c for c, _ in pairs], [float(r) for _, r in pairs])

    assert value == pytest.approx(aurc([c for c, _ in shuffled], [float(r) for _, r in shuffled]))
    assert -1e-12 <= value <= 1 + 1e-12


def test_the_interval_holds_the_value_narrows_with_items_and_stays_the_same() -> None:
    few = aurc_interval([0.9, 0.8, 0.3, 0.1] * 3, [1, 0, 1, 0] * 3)
    many = aurc_interval([0.9, 0.8, 0.3, 0.1] * 30, [1, 0, 1, 0] * 30)

    assert few.low < few.value < few.high
    assert many.high - many.low < (few.high - few.low) / 2
    assert few == aurc_interval([0.9, 0.8, 0.3, 0.1] * 3, [1, 0, 1, 0] * 3)
    assert aurc_interval([0.5], [1]).high == 0.0


def test_nothing_has_no_area() -> None:
    with pytest.raises(ValueError, match="no items"):
        aurc([], [])
