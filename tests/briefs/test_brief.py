"""A brief holds fixed sentences and exact quotations only, and ends with the disclaimer."""

from __future__ import annotations

from dataclasses import replace

import pytest

from askms.briefs import Brief, Part, Quoted
from askms.reply import DISCLAIMER
from askms.testing import document
from askms.types import Citation, Claim
from askms.wording import wording

SOURCE = document()
FIRST = "In a 2021 trial of 18 people with MS, one ketamine infusion did not change daily fatigue over 7 days."
SECOND = "However, in the same trial a fatigue score was lower after ketamine than after midazolam on day 28."


def quotation(text: str, start: int) -> Claim:
    citation = Citation(
        source_id=SOURCE.id,
        passage_key="a" * 16,
        start=start,
        end=start + len(text),
        quote=text,
        evidence_level=SOURCE.evidence_level,
        year=SOURCE.year,
        n=SOURCE.n,
        checked_on=SOURCE.checked_on,
    )
    return Claim(text=text, citations=(citation,))


ONE = quotation(FIRST, 0)
TWO = quotation(SECOND, len(FIRST) + 1)


def brief(*sentences: Claim, before: tuple[Claim, ...] = ()) -> Brief:
    words = wording().brief
    part = Part(
        id="studied",
        heading="What was studied in MS",
        note=None,
        quoted=(Quoted(source=SOURCE, before=before, sentences=sentences),),
    )
    return Brief(
        topic="ketamine",
        title="Ketamine and MS",
        lead=tuple(Claim(text=text) for text in words.lead),
        parts=(part,),
        questions_heading=words.questions_heading,
        questions=tuple(Claim(text=text) for text in words.questions["medicine"]),
        snapshot="s",
    )


def test_the_disclaimer_is_last_whatever_the_brief_holds() -> None:
    made = brief(ONE)

    assert made.text.endswith(f"\n\n{DISCLAIMER}")
    assert made.text.count(DISCLAIMER) == 1
    assert made.to_dict()["disclaimer"] == DISCLAIMER
    with pytest.raises(TypeError):
        replace(made, disclaimer="none")  # type: ignore[call-arg]


@pytest.mark.parametrize(
    "made_up",
    [Claim(text="Ketamine cures MS."), replace(ONE, text=FIRST.replace("did not change", "changed"))],
    ids=["not cited", "not the quotation"],
)
def test_a_sentence_of_nobodys_makes_no_brief(made_up: Claim) -> None:
    with pytest.raises(ValueError, match="neither fixed nor a quotation"):
        brief(ONE, made_up)
    with pytest.raises(ValueError, match="neither fixed nor a quotation"):
        brief(ONE, before=(Claim(text="This is proof."),))


def test_the_badge_says_kind_year_people_and_day_in_words() -> None:
    assert brief(ONE).parts[0].quoted[0].badge == (
        "Small early trial, 2021, 18 studied. True as of 2021. Checked on 21 November 2026."
    )


@pytest.mark.parametrize(
    ("as_of", "in_words"), [("2021", "2021"), ("2025-08", "August 2025"), ("2025-08-05", "5 August 2025")]
)
def test_a_day_is_said_in_words(as_of: str, in_words: str) -> None:
    quoted = Quoted(source=replace(SOURCE, as_of=as_of), before=(), sentences=(ONE,))

    assert f"True as of {in_words}. " in quoted.badge


def test_sentences_that_follow_each_other_make_one_run_and_others_do_not() -> None:
    (together,) = brief(ONE, TWO).parts[0].quoted[0].runs
    far = quotation(SECOND, len(FIRST) + 40)

    assert (together.start, together.end) == (0, len(FIRST) + 1 + len(SECOND))
    assert together.text == f"{FIRST} {SECOND}"
    assert [run.text for run in brief(ONE, far).parts[0].quoted[0].runs] == [FIRST, SECOND]


def test_the_wire_form_holds_every_sentence_of_the_text() -> None:
    made = brief(ONE, TWO).to_dict()

    (part,) = made["parts"]
    assert [sentence["text"] for sentence in part["quoted"][0]["sentences"]] == [FIRST, SECOND]
    assert part["quoted"][0]["sentences"][0]["citations"][0]["quote"] == FIRST
    assert all(sentence["text"] in made["text"] for sentence in (*made["lead"], *made["questions"]))
