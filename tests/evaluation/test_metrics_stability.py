"""What counts as the same reply to a question put otherwise."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from askms.entailment import Judgement
from evals.cases import Case, Evidence, Fact
from evals.metrics.stability import same_route, same_sources, still_right
from evals.responses import Quoted, Response, Said
from evals.scores import Unscored

TRUE = "Heat slows signals in nerves that MS has damaged."
OTHER = "Most people with MS tire more in the afternoon."
CASE = Case(
    id="1",
    kind="answerable",
    question="Why does heat make it worse?",
    facts=(Fact(fact="Heat slows signals.", evidence=(Evidence(source="heat", quote=TRUE),)),),
)
BROKEN = Response(text="", answered=False, error="down")


class NoJudge:
    """Fails the test when it is asked."""

    name = "none"

    def judge(self, pairs: Sequence[tuple[str, str]]) -> list[Judgement]:
        raise AssertionError("nothing is left to judge")


def reply(quote: str, *sources: str, route: str = "answer") -> Response:
    cited = tuple(Quoted(source=source, passage=quote, quote=quote) for source in sources)
    return Response(text=quote, said=(Said(text=quote, citations=cited),), answered=bool(sources), route=route)


def test_right_is_right_still_when_the_first_fact_is_stated_again() -> None:
    assert still_right(CASE, reply(TRUE, "heat"), reply(TRUE, "heat"), NoJudge()) == 1.0
    assert still_right(CASE, reply(TRUE, "heat"), reply(OTHER, "heat"), NoJudge()) == 0.0


def test_nothing_is_lost_that_was_not_there() -> None:
    with pytest.raises(Unscored, match="does not state it: Heat slows signals"):
        still_right(CASE, reply(OTHER, "heat"), reply(TRUE, "heat"), NoJudge())


def test_routes_are_compared_where_there_are_routes() -> None:
    assert same_route(CASE, reply(TRUE, "heat"), reply(OTHER, "heat")) == 1.0
    assert same_route(CASE, reply(TRUE, "heat"), reply(OTHER, "heat", route="offtopic")) == 0.0
    with pytest.raises(Unscored, match="no route"):
        same_route(CASE, reply(TRUE, "heat", route=""), reply(OTHER, "heat", route=""))


def test_shared_sources_are_a_share_of_all() -> None:
    assert same_sources(CASE, reply(TRUE, "a", "b"), reply(TRUE, "b", "c")) == pytest.approx(1 / 3)
    assert same_sources(CASE, reply(TRUE, "a"), reply(TRUE)) == 0.0
    with pytest.raises(Unscored, match="cites nothing"):
        same_sources(CASE, reply(TRUE), reply(TRUE, "a"))


def test_a_failure_on_either_side_is_unscored() -> None:
    for pair in ((BROKEN, reply(TRUE, "heat")), (reply(TRUE, "heat"), BROKEN)):
        with pytest.raises(Unscored, match="down"):
            still_right(CASE, *pair, NoJudge())
        with pytest.raises(Unscored, match="down"):
            same_route(CASE, *pair)
        with pytest.raises(Unscored, match="down"):
            same_sources(CASE, *pair)
