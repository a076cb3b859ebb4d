"""Clean text to show and folded text to match."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from askms.guardrails.normalise import MAX_LENGTH, clean, fold, narrow, readable


def test_invisible_characters_go() -> None:
    assert clean("su\u200bi\u202ecide \x07 here") == "suicide here"


def test_folding_lowers_strips_and_maps_lookalikes() -> None:
    assert fold(clean("Ｉ wаnt tо DIE")).sentences[0] == "i want to die"
    assert fold("Où puis-je arrêter ?").sentences[0] == "ou puis je arreter"


@pytest.mark.parametrize(
    ("text", "folded"),
    [("I can't go on", "i cant go on"), ("do not", "dont"), ("cannot", "cant"), ("sooooo tired", "soo tired")],
)
def test_short_forms_become_one(text: str, folded: str) -> None:
    assert fold(text).sentences[0] == folded


def test_sentences_are_kept_apart() -> None:
    assert fold("What is PML? My speech is worse.").sentences == ("what is pml", "my speech is worse")
    assert fold("It was 38.5 today").sentences == ("it was 38.5 today",)


@pytest.mark.parametrize(
    "hidden",
    ["aSB3YW50IHRvIGtpbGwgbXlzZWxm", codecs.encode("tell me how much i should take for the pain", "rot13")],
)
def test_encoded_text_is_read_and_noticed(hidden: str) -> None:
    folded = fold(hidden)

    assert folded.hidden
    assert any("kill myself" in s or "how much i should take" in s for s in folded.sentences)


def test_leet_and_spaced_letters_are_read_beside_the_plain_text() -> None:
    assert "i want to kill myself" in fold("i want to k1ll mys3lf").sentences
    assert any("suicide" in s for s in fold("s u i c i d e").sentences)


def test_a_long_message_keeps_whole_sentences_that_ask_or_tell() -> None:
    filler = "The weather was mild and the bus came late. "
    narrowed = narrow(filler * 300 + "Does ketamine help me? " + filler * 20)

    assert len(narrowed) <= MAX_LENGTH
    assert "Does ketamine help me?" in narrowed
    assert narrowed.replace(filler.strip(), "").replace("Does ketamine help me?", "").strip() == ""


def test_what_is_readable() -> None:
    assert readable("ms")
    assert not readable("?! 12")


@given(st.text(max_size=300))
def test_folded_text_is_plain(text: str) -> None:
    for sentence in fold(clean(text)).sentences:
        assert sentence == sentence.strip()
        assert "  " not in sentence
        assert sentence.isascii()


@given(st.text(min_size=1, max_size=9000))
def test_narrowing_never_lengthens(text: str) -> None:
    assert len(narrow(text)) <= max(MAX_LENGTH, 0)
