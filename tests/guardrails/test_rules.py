"""The language of the rule files."""

from __future__ import annotations

import pytest

from askms.guardrails.context import read
from askms.guardrails.rules import Cue, Heard, RuleBook, RuleError, pattern, rule_book

BOOKS = (
    "crisis", "emergency", "urgent", "misuse", "dosing", "decision", "diagnosis", "boundary", "scope", "injection"
)  # fmt: skip


@pytest.mark.parametrize("name", BOOKS)
def test_every_rule_file_loads_and_names_its_rules_once(name: str) -> None:
    names = [rule.name for rule in rule_book(name).rules]

    assert names
    assert len(names) == len(set(names))


@pytest.mark.parametrize("name", BOOKS)
def test_every_pattern_of_every_rule_is_a_regular_expression(name: str) -> None:
    for rule in rule_book(name).rules:
        assert all(callable(cue.search) for cue in rule.cues), rule.name


def test_a_damaged_pattern_is_named() -> None:
    with pytest.raises(RuleError, match=r"'dose\(' of a rule is damaged: .*Correct the rule"):
        Cue("dose(").search("dose")


@pytest.mark.parametrize("name", BOOKS)
def test_no_rule_fires_on_nothing(name: str) -> None:
    book: RuleBook = rule_book(name)

    assert [rule.name for rule in book.rules if rule.fires(Heard(read("lorem ipsum")))] == []


def test_gaps_allow_words_between() -> None:
    assert pattern("one ~ two").search("one a b two")
    assert pattern("one ~ two").search("one two")
    assert not pattern("one ~ two").search("one a b c d e f g two")
    assert pattern("one (?:~ )?two").search("one a b two")


def test_words_have_boundaries() -> None:
    assert not pattern("dose").search("overdoses")
    assert pattern("^what ").search("what is")


@pytest.mark.parametrize(
    ("text", "general"),
    [
        ("what is anaphylaxis", True),
        ("how common is suicide in ms", True),
        ("i read that ketamine helps", False),
        ("is my throat closing", False),
        ("can barely breathe", False),
        ("were there seizures in the trial", True),
    ],
)
def test_general_questions_say_nothing_of_anybody(text: str, general: bool) -> None:
    assert read(text).sentences[0].general is general


def test_the_past_is_past_only_when_nothing_is_going_on() -> None:
    assert read("in 2018 i had optic neuritis and got it back").sentences[0].past
    assert not read("in 2018 i had optic neuritis and now it is back").sentences[0].past
