"""The abstention suite takes each metric of the cases it is meant for, and sums up what is of the whole set."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import pytest

from askms import Turn
from askms.entailment import Judgement
from evals.cases import Case, Evidence, Fact
from evals.responses import Quoted, Response, Said
from evals.running import Run
from evals.scores import Score
from evals.suites.abstention import METRICS, NAME, overall, scores, sureness

TRUE = "Heat slows signals in nerves that MS has damaged."


class Silent:
    """A judge and a target that are not asked anything."""

    name = "silent"

    def judge(self, pairs: Sequence[tuple[str, str]]) -> list[Judgement]:
        raise AssertionError("nothing is left to judge")

    def ask(self, question: str, history: Sequence[Turn] = ()) -> Response:
        raise AssertionError("everything was asked before")


def plainly(items: Iterable[Any], what: str, of: int) -> Iterator[Any]:
    return iter(items)


def case(number: str, kind: str) -> Case:
    facts = (Fact(fact="Heat slows signals.", evidence=(Evidence(source="heat", quote=TRUE),)),)
    return Case(id=number, kind=kind, question="?", facts=() if kind in ("unanswerable", "offtopic") else facts)


def reply(confidence: float | None, *, quote: str = "", error: str = "") -> Response:
    said = (Said(text=quote, citations=(Quoted(source="heat", passage=quote, quote=quote),)),) if quote else ()
    return Response(text=quote, said=said, answered=bool(quote), confidence=confidence, error=error)


def run(*asked: tuple[Case, Response]) -> Run:
    return Run(
        target=Silent(),
        cases=[one for one, _ in asked],
        dialogues=(),
        responses={one.id: response for one, response in asked},
        judge=Silent(),
        set_name="dev",
        progress=plainly,
    )


RUN = run(
    (case("right", "answerable"), reply(0.9, quote=TRUE)),
    (case("wrong", "partly"), reply(0.8, quote="Most people with MS tire more in the afternoon.")),
    (case("silent", "answerable"), reply(0.5)),
    (case("false", "unanswerable"), reply(0.7, quote=TRUE)),
    (case("well", "unanswerable"), reply(0.2)),
    (case("off", "offtopic"), reply(None)),
    (case("down", "answerable"), reply(None, error="down")),
)


def found(metric: str) -> dict[str, float | None]:
    return {score.item: score.value for score in scores(RUN) if score.metric == metric}


@pytest.mark.parametrize(
    ("metric", "expected"),
    [
        ("unanswerable_abstained", {"false": 0.0, "well": 1.0}),
        ("offtopic_abstained", {"off": 1.0}),
        ("answerable_answered", {"right": 1.0, "silent": 0.0, "down": None}),
        ("answered", {"right": 1.0, "wrong": 1.0, "silent": 0.0, "down": None}),
        ("states_a_fact", {"right": 1.0, "wrong": 0.0, "silent": 0.0, "down": None}),
        (
            "confidence",
            {"right": 0.9, "wrong": 0.8, "silent": 0.5, "false": 0.7, "well": 0.2, "off": None, "down": None},
        ),
    ],
)
def test_each_metric_is_of_its_cases(metric: str, expected: dict[str, float | None]) -> None:
    assert found(metric) == expected


def test_a_reader_is_told_what_was_said_and_how_sure_it_was() -> None:
    told = {(score.item, score.metric): score.why for score in scores(RUN)}

    assert told["false", "unanswerable_abstained"] == f"answered: {TRUE}"
    assert told["well", "unanswerable_abstained"] == ""
    assert told["silent", "answerable_answered"] == "abstained; route none, confidence 0.50"
    assert told["off", "confidence"] == "no confidence was given"


def test_the_whole_set_has_an_area_and_a_calibration() -> None:
    measured = {measure.metric.name: measure for measure in overall(scores(RUN))}

    # Most confident first: right, wrong, false, silent, well, off; only the first states a fact that is asked for.
    aurc = measured["aurc"]
    assert (aurc.suite, aurc.kind, aurc.of, aurc.unscored) == (NAME, "all", 6, 1)
    assert aurc.value == pytest.approx((0 + 1 / 2 + 2 / 3 + 3 / 4 + 4 / 5 + 5 / 6) / 6)
    # Of those answered: 0.9 came true, 0.8 and 0.7 did not.
    assert measured["brier"].of == 3
    assert measured["brier"].value == pytest.approx((0.1**2 + 0.8**2 + 0.7**2) / 3)
    assert measured["calibration_error"].value == pytest.approx((0.1 + 0.8 + 0.7) / 3)
    assert set(measured) <= {metric.name for metric in METRICS}


def test_only_scores_of_this_suite_count_and_none_make_no_measure() -> None:
    elsewhere = Score(suite="answers", item="right", kind="answerable", metric="confidence", value=0.1)

    assert len(sureness([*scores(RUN), elsewhere])) == 6
    assert overall([elsewhere]) == []
    assert [m.metric.name for m in overall(scores(run((case("well", "unanswerable"), reply(0.2)))))] == ["aurc"]


def test_what_is_declined_unasked_is_surely_declined_and_what_is_answered_unasked_tells_nothing() -> None:
    known = sureness(
        scores(
            run(
                (case("sure", "answerable"), reply(0.9, quote=TRUE)),
                (case("declined", "answerable"), reply(None)),
                (case("untold", "answerable"), reply(None, quote=TRUE)),
            )
        )
    )

    assert [(one.confidence, one.right, one.answered) for one in known] == [(0.9, 1.0, True), (0.0, 0.0, False)]
    assert sureness(scores(run((case("declined", "answerable"), reply(None))))) == []
