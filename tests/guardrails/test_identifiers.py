"""What names a person goes; what names a paper stays."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from askms.guardrails.identifiers import mask
from askms.guardrails.screen import screen


@pytest.mark.parametrize(
    ("text", "gone"),
    [
        ("I'm Jane Smith DOB 12/03/71", ("Jane", "Smith", "12/03/71")),
        ("NHS 943 476 5919", ("943 476 5919",)),
        ("my MRN is 884213", ("884213",)),
        ("mail me at jane.smith+ms@mail.example.co.uk", ("jane.smith", "example")),
        ("ring me on 07700 900123", ("07700", "900123")),
        ("call +44 20 7946 0958 please", ("7946",)),
        ("(555) 123-4567 is my phone", ("123-4567",)),
        ("ssn 123-45-6789", ("123-45-6789",)),
        ("i live at 22 Baker Street", ("22 Baker",)),
        ("postcode is SW1A 1AA", ("SW1A 1AA",)),
        ("my name is carlos vega, what is ms", ("carlos", "vega")),
        ("my husband John Miller takes copaxone", ("John", "Miller")),
        ("je m'appelle Marie Dupont", ("Marie", "Dupont")),
        ("ich heiße Anna Weber", ("Anna", "Weber")),
        ("born on 3 March 1971, is late onset common", ("3 March 1971",)),
    ],
)
def test_identifiers_are_masked(text: str, gone: tuple[str, ...]) -> None:
    masked = mask(text)

    assert masked.found
    assert not any(part in masked.text for part in gone)


@pytest.mark.parametrize(
    "text",
    [
        "Who was first author, Fitzgerald?",
        "NCT05378100",
        "what did PMID 32633662 find",
        "see doi 10.1177/1352458520936226",
        "born in 1971, is late onset common?",
        "6909 people took part, p = 0.04, 95% CI 2.0 to 25.0",
        "I'm Really Tired Today",
        "i am on Ocrevus Infusions",
        "was it 2021 or 2022",
        "12/03 was my last infusion",
    ],
)
def test_what_is_asked_about_stays(text: str) -> None:
    assert mask(text).text == text


def test_the_question_is_kept() -> None:
    assert mask("I'm Jane Smith, does ketamine help fatigue?").text.endswith("does ketamine help fatigue?")


@given(
    st.from_regex(r"[a-z]{3,8}\.[a-z]{3,8}@[a-z]{3,8}\.(com|org)", fullmatch=True),
    st.from_regex(r"07[0-9]{9}", fullmatch=True),
    st.text(alphabet="abc ,.\n", max_size=30),
)
def test_no_mail_or_phone_survives(mail: str, phone: str, between: str) -> None:
    question = screen(f"what is ms {mail} {between} {phone}").question

    assert mail not in question
    assert phone not in question
