"""The robustness suite asks changed questions, and compares with the plain one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from askms import Turn
from askms.entailment import Judgement
from evals.cases import Case, Evidence, Fact
from evals.perturbing import changes
from evals.responses import Quoted, Response, Said
from evals.running import Run
from evals.suites.robustness import MOST, scores

TRUE = "Heat slows signals in nerves that MS has damaged."
QUESTION = "Why does heat make my vision worse?"


class Silent:
    """A judge that is not asked anything."""

    name = "silent"

    def judge(self, pairs: Sequence[tuple[str, str]]) -> list[Judgement]:
        raise AssertionError("nothing is left to judge")


class Touchy:
    """Knows the answer unless it is shouted at."""

    name = "touchy"

    def __init__(self) -> None:
        self.asked: list[str] = []

    def ask(self, question: str, history: Sequence[Turn] = ()) -> Response:
        self.asked.append(question)
        if question.isupper():
            return Response(text="Calm down.", answered=False, route="offtopic")
        cited = (Quoted(source="heat", passage=TRUE, quote=TRUE),)
        return Response(text=TRUE, said=(Said(text=TRUE, citations=cited),), route="answer")


def plainly(items: Iterable[Any], what: str, of: int) -> Iterator[Any]:
    return iter(items)


def case(number: str, kind: str = "answerable", history: tuple[Turn, ...] = ()) -> Case:
    fact = Fact(fact="Heat slows signals.", evidence=(Evidence(source="heat", quote=TRUE),))
    return Case(id=number, kind=kind, question=QUESTION, facts=(fact,), history=history)


def run(target: Touchy, cases: Sequence[Case]) -> Run:
    return Run(
        target=target,
        cases=cases,
        dialogues=(),
        responses={one.id: Touchy().ask(one.question) for one in cases},
        judge=Silent(),
        set_name="dev",
        progress=plainly,
    )


def test_each_change_is_scored_against_the_plain_question() -> None:
    target = Touchy()
    found = {(score.item, score.metric): score for score in scores(run(target, [case("c1")]))}

    assert target.asked == [one.text for one in changes(QUESTION)]
    assert {(item, score.kind) for (item, _), score in found.items()} == {
        (f"c1/{one.kind}", one.kind) for one in changes(QUESTION)
    }
    for metric in ("still_right", "same_route", "same_sources"):
        assert found["c1/twice", metric].value == 1.0
        assert found["c1/twice", metric].why == ""
        assert found["c1/shouting", metric].value == 0.0
        assert found["c1/shouting", metric].why.startswith(f"asked: {QUESTION.upper()}; ")
    assert found["c1/shouting", "still_right"].why.endswith("not stated: Heat slows signals.")
    assert found["c1/shouting", "same_route"].why.endswith("answer became offtopic")
    assert found["c1/shouting", "same_sources"].why.endswith("heat became none")


def test_only_answerable_questions_that_stand_alone_are_changed() -> None:
    target = Touchy()
    said = (Turn(role="user", content="hi"),)

    assert list(scores(run(target, [case("c1", kind="partly"), case("c2", history=said)]))) == []
    assert target.asked == []


def test_no_more_are_changed_than_there_is_time_for() -> None:
    found = {score.item.partition("/")[0] for score in scores(run(Touchy(), [case(f"c{at}") for at in range(130)]))}

    assert len(found) == MOST
