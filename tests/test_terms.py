"""Search terms: what patients and papers call the same thing is one term."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from askms.terms import STOPWORDS, spell_out, terms


def test_terms_are_lower_case_stems_in_order_with_repeats() -> None:
    assert terms("Infusions, infusion: INFUSED") == ["infus", "infus", "infus"]


def test_common_words_are_dropped() -> None:
    assert terms("What is the cause of it?") == ["caus"]


@pytest.mark.parametrize("word", ["tired", "Tiredness", "exhausted", "fatigued", "knackered"])
def test_patients_word_and_papers_word_are_one_term(word: str) -> None:
    assert terms(word) == terms("fatigue")


@pytest.mark.parametrize(("text", "kept"), [("NCT03500289", "nct03500289"), ("0.9", "0.9"), ("13.5 points", "13.5")])
def test_trial_numbers_and_figures_stay_whole(text: str, kept: str) -> None:
    assert terms(text)[0] == kept


def test_accents_and_possessives_make_no_difference() -> None:
    assert terms("Sjögren's uveïtis") == terms("sjogren uveitis")


@pytest.mark.parametrize("text", ["", "?!…", "the of and", "日本"])
def test_text_without_content_has_no_terms(text: str) -> None:
    assert terms(text) == []


@given(st.text())
def test_no_term_is_empty_or_a_space(text: str) -> None:
    assert all(term and not term.isspace() for term in terms(text))


def test_stopwords_are_written_as_words_are_found() -> None:
    assert all(word == word.lower() for word in STOPWORDS)


def test_abbreviation_is_spelled_out_beside_itself() -> None:
    assert spell_out("Does RRMS hurt?") == "Does RRMS (relapsing-remitting MS) hurt?"


def test_abbreviation_followed_by_a_mark_is_spelled_out() -> None:
    assert spell_out("What is LDN?") == "What is LDN? (low-dose naltrexone)"


def test_abbreviation_whose_long_form_is_there_is_left() -> None:
    assert spell_out("low-dose naltrexone (LDN)") == "low-dose naltrexone (LDN)"


def test_other_words_are_left() -> None:
    assert spell_out("heat and sleep") == "heat and sleep"


@pytest.mark.parametrize(
    ("asked", "read"),
    [
        ("can i have kids with ms", "can i have kids with ms (pregnancy)"),
        ("Could we still have another baby?", "Could we still have another baby? (pregnancy)"),
        ("i wet myself at work", "i wet myself at work (bladder leaks)"),
        ("does ms shorten your life", "does ms shorten your life (life expectancy)"),
        ("life expectancy: will I die young", "life expectancy: will I die young"),
        ("my kids have colds", "my kids have colds"),
    ],
)
def test_an_everyday_phrase_is_put_as_sources_put_it(asked: str, read: str) -> None:
    assert spell_out(asked) == read
