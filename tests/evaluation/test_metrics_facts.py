"""A fact is stated by its words, or by the judge for targets that quote nothing."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from askms.entailment import Judgement
from evals.cases import Case, Evidence, Fact
from evals.metrics.facts import first, first_missed, missed, recall, stated
from evals.responses import Quoted, Response, Said

SLEEP = "In MS, sleep is more often bad than in other people."
NIGHTS = "About half of the people with MS have bad nights."
REST = "Short rests eased tiredness in a trial of 30 people."
CASE = Case(
    id="c",
    kind="answerable",
    question="?",
    facts=(
        Fact(
            fact="Sleep is often bad.", evidence=(Evidence(source="a", quote=SLEEP), Evidence(source="b", quote=NIGHTS))
        ),
        Fact(fact="Rest helps.", evidence=(Evidence(source="c", quote=REST),)),
    ),
)


class Always:
    """Says the same of everything, and remembers what it was asked."""

    name = "always"

    def __init__(self, holds: bool) -> None:
        self.holds, self.asked = holds, list[tuple[str, str]]()

    def judge(self, pairs: Sequence[tuple[str, str]]) -> list[Judgement]:
        self.asked += pairs
        return [Judgement(supported=float(self.holds), contradicted=0.0) for _ in pairs]


def cites(source: str, quote: str, text: str = "See the source.") -> Said:
    return Said(text=text, citations=(Quoted(source=source, passage=quote, quote=quote),))


def reply(*said: Said) -> Response:
    return Response(text=" ".join(one.text for one in said), said=said)


@pytest.mark.parametrize(
    ("said", "share"),
    [
        ((cites("a", SLEEP),), 1 / 2),
        ((cites("b", f"First. {NIGHTS}"),), 1 / 2),
        ((cites("a", SLEEP), cites("b", NIGHTS)), 1 / 2),
        ((cites("a", SLEEP), cites("c", REST)), 1),
        ((cites("z", SLEEP),), 0),  # the words, of another source
        ((cites("z", "Something else.", text=REST),), 1 / 2),
        ((cites("a", "In MS, sleep is"),), 0),
    ],
)
def test_the_share_of_stated_facts(said: tuple[Said, ...], share: float) -> None:
    judge = Always(True)

    assert recall(CASE, reply(*said), judge) == pytest.approx(share)
    assert judge.asked == []  # who quotes is not judged


def test_what_is_missed_is_named() -> None:
    response = reply(cites("c", REST))

    assert first(CASE, response, Always(True)) == 0
    assert first_missed(CASE, response, Always(True)) == ("not stated: Sleep is often bad.",)
    assert missed(CASE, response, Always(True)) == ("not stated: Sleep is often bad.",)
    assert first(CASE, reply(cites("b", NIGHTS)), Always(True)) == 1


@pytest.mark.parametrize("holds", [True, False])
def test_the_judge_decides_where_nothing_is_quoted(holds: bool) -> None:
    judge = Always(holds)
    points = Said(text="Nights are hard.", citations=(Quoted(source="a", passage=SLEEP),))

    for response in (Response(text="Nights are hard."), reply(points)):
        assert stated(CASE.facts[0], response, judge) is holds
    assert judge.asked == [("Nights are hard.", "Sleep is often bad.")] * 2


def test_an_abstention_states_nothing_and_is_not_judged() -> None:
    judge = Always(True)
    fixed = Response(text="I found nothing.", said=(Said(text="I found nothing.", fixed=True),))

    for response in (Response(text="I do not know.", answered=False), fixed):
        assert recall(CASE, response, judge) == 0
    assert judge.asked == []
