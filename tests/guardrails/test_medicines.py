"""Names of medicines, spelt well and badly."""

from __future__ import annotations

import pytest

from askms.guardrails.medicines import annotate, looks_like_medicine, tagged
from askms.guardrails.names import named_medicines


@pytest.mark.parametrize(
    ("text", "generic"),
    [
        ("tysabri", "natalizumab"),
        ("ocrelizamab", "ocrelizumab"),
        ("tecfidra", "dimethyl fumarate"),
        ("baclophen", "baclofen"),
        ("gabapentine", "gabapentin"),
        ("low dose naltrexone", "naltrexone"),
        ("vit d", "vitamin d"),
    ],
)
def test_brands_and_slips_lead_to_the_generic_name(text: str, generic: str) -> None:
    assert annotate(text)[1] == (generic,)


@pytest.mark.parametrize("word", ["fatigue", "relapse", "baseline", "someone", "medicine", "symptoms", "trial"])
def test_ordinary_words_are_no_medicines(word: str) -> None:
    assert annotate(word) == (word, ())


def test_marks_carry_tags() -> None:
    assert annotate("is tysabri ok")[0] == "is RX_natalizumab_dmt_infusion_pml ok"


def test_unlisted_medicines_are_known_by_their_ending() -> None:
    assert looks_like_medicine("secukinumab")
    assert not looks_like_medicine("telephone")
    assert annotate("secukinumab") == ("RX_unlisted", ())


def test_tags() -> None:
    assert tagged(("natalizumab",), "pml")
    assert not tagged(("ketamine", "unknown"), "dmt")


def test_a_swap_is_one_slip_and_a_short_name_is_allowed_one() -> None:
    assert annotate("bacolfen")[1] == ("baclofen",)
    assert annotate("bacolfne")[1] == ()


def test_names_in_a_passage() -> None:
    assert named_medicines("Ketamine (Spravato) and Ocrevus.") == {"ketamine", "esketamine", "ocrelizumab"}
