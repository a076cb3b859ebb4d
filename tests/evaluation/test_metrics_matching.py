"""Two texts match when they say the same in the same words, and not when they nearly do."""

from __future__ import annotations

import pytest

from askms.wording import connecting, study_dose
from evals.metrics.matching import asserted, evidence_of, holds, own_words, same_words, some_statements, statements
from evals.responses import Quoted, Response, Said
from evals.scores import Unscored

EVIDENCE = "In a 2021 trial of 18 people, ketamine was not better than placebo for tiredness."


@pytest.mark.parametrize(
    "text",
    [
        EVIDENCE,
        f" “{EVIDENCE}” ",
        EVIDENCE.replace(" people", "\n  people"),
        f"It was tried once. {EVIDENCE} More is planned.",
        EVIDENCE.replace("2021 trial of", "2021 trial, of"),
        "trial of 18 people, ketamine was not better than placebo",
    ],
)
def test_the_same_words_match(text: str) -> None:
    assert same_words(text, EVIDENCE)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ketamine",
        "was not better than placebo for",  # 31 characters, but less than half of the sentence
        EVIDENCE.replace("not ", ""),
        EVIDENCE.replace("18", "81"),
        "In a 2019 trial of 40 people, sleep was better after a course of exercise in water.",
    ],
)
def test_other_words_do_not(text: str) -> None:
    assert not same_words(text, EVIDENCE)


LONG = (
    "In the largest of the trials of 2021, esketamine made tiredness more common in people with multiple sclerosis who"
    " took part for a whole year, and sleep was better."
)


@pytest.mark.parametrize(
    ("old", "new", "same"),
    [
        ("people with", "people, with", True),
        ("trials", "trails", True),
        ("more common", "less common", False),
        ("esketamine", "arketamine", False),
        ("2021", "2012", False),
        ("was better", "was not better", False),
        ("better", "worse", False),
    ],
)
def test_a_few_letters_of_many_may_differ_unless_they_turn_the_sense(old: str, new: str, same: bool) -> None:
    assert same_words(LONG.replace(old, new), LONG) is same


def test_a_part_that_cuts_the_negation_off_is_not_the_sentence() -> None:
    assert not same_words(
        "that ketamine eases tiredness in people with MS.",
        "It is not shown that ketamine eases tiredness in people with MS.",
    )


def test_no_passage_holds_an_empty_quote() -> None:
    assert holds("One\ntwo three.", "two three")
    assert not holds("One two three.", " ")
    assert not holds("One two three.", "two four")


def test_an_invented_quote_is_replaced_by_its_passage() -> None:
    passage = "Sleep was worse."

    assert evidence_of(Quoted(source="s", passage=passage, quote="Sleep was")) == "Sleep was"
    assert evidence_of(Quoted(source="s", passage=passage, quote="Sleep was better.")) == passage
    assert evidence_of(Quoted(source="s", passage=passage)) == passage


def test_of_a_framed_study_dose_only_the_words_inside_count() -> None:
    assert own_words(Said(text=study_dose("A trial, 2021", "It gave 0.5 mg/kg once."))) == "It gave 0.5 mg/kg once."
    assert own_words(Said(text="It was given once.")) == "It was given once."


def test_a_reply_without_sentences_is_cut_into_them_unless_it_abstains() -> None:
    assert [one.text for one in statements(Response(text="It helps. It is new."))] == ["It helps.", "It is new."]
    assert statements(Response(text="I cannot say.", answered=False)) == ()
    fixed = Response(text="Hello. It helps.", said=(Said(text="Hello.", fixed=True), Said(text="It helps.")))
    assert [one.text for one in statements(fixed)] == ["It helps."]


def test_a_reply_that_states_nothing_is_unscored() -> None:
    with pytest.raises(Unscored, match="nothing stated"):
        some_statements(Response(text="I cannot say.", answered=False))


def test_a_disputed_claim_is_not_asserted_and_its_answer_is() -> None:
    said = (
        Said(text="It is new."),
        Said(text=connecting("disputed"), fixed=True),
        Said(text=connecting("opinion"), fixed=True),
        Said(text="It cures MS."),
        Said(text=connecting("better_sources"), fixed=True),
        Said(text="It does not cure MS."),
    )

    assert [one.text for one in asserted(Response(text="", said=said))] == ["It is new.", "It does not cure MS."]
