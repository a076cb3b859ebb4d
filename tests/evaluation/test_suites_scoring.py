"""Suites score the cases that a metric is about, say why a score is bad, and drop nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import pytest

from askms import DISCLAIMER, Turn
from askms.entailment import Judgement
from evals.cases import Case, Evidence, Fact
from evals.responses import Found, Quoted, Response, Said
from evals.running import Run
from evals.scores import Score, measures
from evals.suites import answers, faithfulness, retrieval

SLEEP = "In MS, sleep is more often bad than in other people."
REST = "Short rests eased tiredness in a trial of 30 people."
FACTS = (
    Fact(fact="Sleep is often bad.", evidence=(Evidence(source="a", quote=SLEEP),)),
    Fact(fact="Rest helps.", evidence=(Evidence(source="c", quote=REST),)),
)
ANSWERABLE = Case(id="c1", kind="answerable", question="?", facts=FACTS, must_not_say=("Nobody sleeps badly.",))
CONTESTED = Case(id="c2", kind="contested", question="?", facts=FACTS, sides=((0,), (1,)))
WRONG = Case(id="c3", kind="false_premise", question="?", facts=FACTS, correction=1)
UNANSWERABLE = Case(id="c4", kind="unanswerable", question="?")
CASES = (ANSWERABLE, CONTESTED, WRONG, UNANSWERABLE)


class Unasked:
    """A target whose responses are known already."""

    name = "unasked"

    def ask(self, question: str, history: Sequence[Turn] = ()) -> Response:
        raise AssertionError(question)


class Unsure:
    """Supports and contradicts nothing."""

    name = "unsure"

    def judge(self, pairs: Sequence[tuple[str, str]]) -> list[Judgement]:
        return [Judgement(supported=0.0, contradicted=0.0) for _ in pairs]


def silent(items: Iterable[Any], what: str, of: int) -> Iterator[Any]:
    yield from items


def run(response: Response) -> Run:
    return Run(
        target=Unasked(),
        cases=CASES,
        dialogues=(),
        responses={case.id: response for case in CASES},
        judge=Unsure(),
        set_name="dev",
        progress=silent,
    )


def by_place(scores: Iterable[Score]) -> dict[tuple[str, str], Score]:
    return {(score.item, score.metric): score for score in scores}


GOOD = Response(
    text=f"{SLEEP}\n\n{DISCLAIMER}",
    said=(
        Said(
            text=SLEEP,
            citations=(Quoted(source="a", passage=SLEEP, quote=SLEEP, start=0, end=len(SLEEP), level="survey"),),
        ),
    ),
    found=(Found(source="z", passage="Noise."), Found(source="a", passage=SLEEP)),
)
ABSTAINED = Response(text=DISCLAIMER, said=(Said(text="I hold nothing.", fixed=True),), answered=False)
FAILED = Response(text="", answered=False, error="Timeout: 60 s")


def test_answers_of_each_case_by_the_metrics_that_are_about_it() -> None:
    found = by_place(answers.scores(run(GOOD)))

    of = {case.id: {metric for item, metric in found if item == case.id} for case in CASES}
    everywhere = {"contradiction", "overclaim", "levels_shown", "disclaimer", "words"}
    assert of["c1"] == everywhere | {"fact_recall", "any_fact", "must_not_say"}
    assert of["c2"] == everywhere | {"fact_recall", "any_fact", "all_sides"}
    assert of["c3"] == everywhere | {"fact_recall", "any_fact", "premise_corrected"}
    assert of["c4"] == everywhere


def test_values_of_answers_and_what_is_told_of_bad_ones() -> None:
    found = by_place(answers.scores(run(GOOD)))

    recall = found["c1", "fact_recall"]
    assert (recall.value, recall.why, recall.kind, recall.suite) == (
        0.5,
        "not stated: Rest helps.",
        "answerable",
        "answers",
    )
    assert (found["c1", "any_fact"].value, found["c1", "any_fact"].why) == (1, "")
    assert (found["c2", "all_sides"].value, found["c2", "all_sides"].why) == (0, "side not shown: Rest helps.")
    assert (found["c3", "premise_corrected"].value, found["c3", "premise_corrected"].why) == (
        0,
        "not corrected: Rest helps.",
    )
    assert found["c4", "words"].value == 11
    assert [found["c1", name].value for name in ("levels_shown", "disclaimer", "overclaim")] == [1, 1, 0]


def test_an_abstention_states_no_fact_and_has_nothing_to_measure_of_statements() -> None:
    found = by_place(answers.scores(run(ABSTAINED)))

    assert found["c1", "fact_recall"].value == 0
    assert found["c1", "fact_recall"].why == "not stated: Sleep is often bad.; not stated: Rest helps."
    assert (found["c1", "words"].value, found["c1", "words"].why) == (None, "nothing stated")
    assert found["c1", "disclaimer"].value == 1


def test_faithfulness_of_quotations_is_perfect_without_a_judge() -> None:
    found = by_place(faithfulness.scores(run(GOOD)))

    assert {score.value for score in found.values()} == {1.0}
    assert {metric for _, metric in found} == {metric.name for metric in faithfulness.METRICS}
    assert {item for item, _ in found} == {"c1", "c2", "c3", "c4"}


def test_faithfulness_names_the_quotation_that_is_not_exact() -> None:
    wrong = Said(text=SLEEP, citations=(Quoted(source="a", passage=REST, quote=SLEEP, start=0, end=len(SLEEP)),))
    found = by_place(faithfulness.scores(run(Response(text="", said=(wrong,)))))

    assert found["c1", "quotation_integrity"].value == 0
    assert found["c1", "quotation_integrity"].why == f"not exact: a [0:{len(SLEEP)}]: {SLEEP}"
    assert found["c1", "citation_recall"].why == f"not entailed: {SLEEP}"


def test_retrieval_is_measured_of_cases_with_facts() -> None:
    found = by_place(retrieval.scores(run(GOOD)))

    assert {item for item, _ in found} == {"c1", "c2", "c3"}
    assert found["c1", "fact_recall@5"].value == 0.5
    assert found["c1", "fact_recall@5"].why == "not in the first 5 passages: Rest helps."
    assert (found["c1", "R@5"].value, found["c1", "RR"].value) == (0.5, 0.5)


@pytest.mark.parametrize("suite", [answers, faithfulness, retrieval])
def test_a_failed_response_is_unscored_by_every_metric_and_counted(suite: Any) -> None:
    found = list(suite.scores(run(FAILED)))

    assert {(score.value, score.why) for score in found} == {(None, "no reply: Timeout: 60 s")}
    assert {score.metric for score in found} == {metric.name for metric in suite.METRICS}
    summed = [one for one in measures(found, {metric.name: metric for metric in suite.METRICS}) if one.kind == "all"]
    assert {one.of for one in summed} == {0}
    assert sum(one.unscored for one in summed) == len(found)


def test_no_two_metrics_have_one_name() -> None:
    names = [metric.name for suite in (answers, faithfulness, retrieval) for metric in suite.METRICS]

    assert len(names) == len(set(names))
