"""What a statement changes of its quotation is found, and what it may change is not."""

from __future__ import annotations

import pytest

from askms.wording import study_dose
from evals.cases import Case
from evals.metrics.consistency import changed, changed_negations, kept, new_medicines, new_numbers
from evals.responses import Quoted, Response, Said
from evals.scores import Unscored

CASE = Case(id="c", kind="answerable", question="?")


def reply(text: str, *quotes: str) -> Response:
    citations = tuple(Quoted(source="s", passage=quote, quote=quote) for quote in quotes)
    return Response(text=text, said=(Said(text=text, citations=citations),))


@pytest.mark.parametrize(
    ("said", "quote", "new"),
    [
        ("Of 18 people, 12 slept better.", "12 of 18 people slept better.", set()),
        ("Two relapses.", "2 relapses.", set()),
        ("Of 18 people, 21 slept better.", "12 of 18 people slept better.", {"21"}),
        ("Half slept better.", "Some slept better.", {"half"}),
    ],
)
def test_numbers(said: str, quote: str, new: set[str]) -> None:
    assert new_numbers(said, quote) == new


def test_medicines_by_brand_and_generic_name() -> None:
    assert new_medicines("Natalizumab is given by drip.", "Tysabri is given by drip.") == set()
    assert new_medicines("Ocrelizumab is given by drip.", "Tysabri is given by drip.") == {"ocrelizumab"}


@pytest.mark.parametrize(
    ("said", "quote"),
    [
        ("Vitamin D did not reduce relapses.", "In the trial vitamin D did not reduce relapses."),
        ("There was no benefit.", "There was no clear benefit."),
        ("It can't be used.", "It cannot be used."),
        ("Sleep was better.", "Sleep was better, but fatigue was not better."),
    ],
)
def test_negations_that_are_kept(said: str, quote: str) -> None:
    assert changed_negations(said, quote) == set()


@pytest.mark.parametrize(
    ("said", "quote"),
    [
        ("Vitamin D reduced relapses.", "Vitamin D did not reduce relapses."),
        ("Vitamin D did not reduce relapses.", "Vitamin D reduced relapses."),
        ("There was a clear benefit.", "There was no clear benefit."),
        ("It was ineffective.", "It was effective."),
        ("Fatigue improved.", "Sleep was longer, but fatigue never improved."),
    ],
)
def test_negations_that_are_not(said: str, quote: str) -> None:
    assert changed_negations(said, quote)


def test_a_reply_is_consistent_when_no_statement_changes_anything() -> None:
    good, bad = reply("Of 18 people.", "There were 18 people."), reply("Of 81 people.", "There were 18 people.")

    assert kept(CASE, good, new_numbers) == 1
    assert kept(CASE, bad, new_numbers) == 0
    assert changed(CASE, bad, new_numbers) == ("81 differs from the citation: Of 81 people.",)
    mixed = Response(text="", said=good.said + bad.said)
    assert kept(CASE, mixed, new_numbers) == 0


def test_a_framed_study_dose_adds_nothing_of_its_own() -> None:
    framed = reply(study_dose("Trial of 2021", "It gave 0.5 mg/kg."), "It gave 0.5 mg/kg.")

    assert kept(CASE, framed, new_numbers) == 1
    assert kept(CASE, framed, changed_negations) == 1


def test_an_uncited_statement_beside_a_cited_one_has_nothing_for_its_numbers() -> None:
    both = Response(text="", said=(*reply("It was new.", "It was new.").said, Said(text="It helped 7 people.")))

    assert kept(CASE, both, new_numbers) == 0


def test_a_reply_without_citations_is_unscored() -> None:
    with pytest.raises(Unscored, match="nothing cited"):
        kept(CASE, reply("It helped 7 people."), new_numbers)
