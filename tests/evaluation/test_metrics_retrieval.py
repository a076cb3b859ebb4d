"""Measures of retrieval give what is worked out by hand."""

from __future__ import annotations

from math import log2

import pytest
from ir_measures import RR, R, nDCG

from evals.cases import Case, Evidence, Fact
from evals.metrics.retrieval import METRICS, fact_recall, missed, ranked
from evals.responses import Found, Response
from evals.scores import Unscored

NOISE = [Found(source="n", passage=f"Noise {at}.") for at in range(12)]
CASE = Case(
    id="c1",
    kind="answerable",
    question="?",
    facts=(
        Fact(
            fact="Sleep is worse.",
            evidence=(Evidence(source="a", quote="Sleep is worse."), Evidence(source="b", quote="Nights are bad.")),
        ),
        Fact(fact="Rest helps.", evidence=(Evidence(source="c", quote="Rest does help."),)),
    ),
)
SLEEP = Found(source="a", passage="In MS. Sleep\nis worse. So it goes.")
REST = Found(source="c", passage="Rest does help.")


def response(*found: Found) -> Response:
    return Response(text="", found=found)


def test_what_was_not_found_counts_among_the_relevant() -> None:
    found = response(NOISE[0], SLEEP, REST)  # of three sentences, "Nights are bad." stands in no passage

    assert ranked(CASE, found, R @ 5) == pytest.approx(2 / 3)
    assert ranked(CASE, found, RR) == pytest.approx(1 / 2)
    best = 1 + 1 / log2(3) + 1 / log2(4)
    assert ranked(CASE, found, nDCG @ 10) == pytest.approx((1 / log2(3) + 1 / log2(4)) / best)


def test_only_the_first_five_or_ten_count() -> None:
    found = response(*NOISE[:4], SLEEP, *NOISE[4:8], REST)  # ranks 5 and 10

    assert ranked(CASE, found, R @ 5) == pytest.approx(1 / 3)
    assert ranked(CASE, found, R @ 10) == pytest.approx(2 / 3)


def test_a_search_that_finds_nothing_right_has_zero() -> None:
    found = response(*NOISE, Found(source="z", passage="Sleep is worse."))  # the words, of another source

    assert [ranked(CASE, found, measure) for measure in (R @ 5, R @ 10, RR, nDCG @ 10)] == [0, 0, 0, 0]
    assert fact_recall(CASE, found) == 0


def test_one_passage_with_two_sentences_is_one_relevant_passage_found_once() -> None:
    case = Case(
        id="c",
        kind="answerable",
        question="?",
        facts=(Fact(fact="f", evidence=(Evidence(source="a", quote="One."), Evidence(source="a", quote="Two."))),),
    )
    both = Found(source="a", passage="One. Two.")

    assert ranked(case, response(both), R @ 5) == 1
    assert ranked(case, response(both, both, both), R @ 5) == 1


def test_a_fact_is_found_by_any_of_its_alternatives_among_the_first_five_distinct_passages() -> None:
    one_of_two = response(*NOISE[:4], SLEEP, REST)
    assert fact_recall(CASE, one_of_two) == pytest.approx(1 / 2)
    assert missed(CASE, one_of_two) == ("not in the first 5 passages: Rest helps.",)
    assert fact_recall(CASE, response(NOISE[0], NOISE[0], *NOISE[1:3], SLEEP, REST)) == 1


def test_a_target_that_tells_no_passages_is_unscored() -> None:
    with pytest.raises(Unscored, match="no passages told"):
        fact_recall(CASE, response())
    with pytest.raises(Unscored, match="no passages told"):
        ranked(CASE, response(), R @ 5)


def test_the_floor_is_on_facts() -> None:
    assert {metric.name: metric.floor for metric in METRICS} == {
        "fact_recall@5": 0.95,
        "R@5": None,
        "R@10": None,
        "RR": None,
        "nDCG@10": None,
    }
