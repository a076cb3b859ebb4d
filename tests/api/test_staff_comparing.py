"""Two texts side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from difflib import SequenceMatcher

import pytest
from hypothesis import given
from hypothesis import strategies as st

from askms.api.staff import comparing
from askms.api.staff.comparing import MOST_LINES, MOST_WORDS, Mark, compare
from askms.api.staff.contrasting import contrasts
from tests.records.made import receipt

LINES = st.lists(st.sampled_from(["a b c d", "a b  c e", " a b c d ", "x y", "", "  z "]), max_size=5).map("\n".join)


@pytest.fixture
def matched(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many lines or words each matcher was given, both sides together."""
    sizes: list[int] = []

    class Watched(SequenceMatcher[str]):
        def __init__(self, isjunk: None, a: Sequence[str], b: Sequence[str], *, autojunk: bool) -> None:
            sizes.append(len(a) + len(b))
            super().__init__(isjunk, a, b, autojunk)

    monkeypatch.setattr(comparing, "SequenceMatcher", Watched)
    return sizes


def only(side: tuple[object, ...]) -> list[str]:
    return [stretch.text for stretch in side if stretch.only_here]  # type: ignore[attr-defined]


def test_one_word_of_a_line_is_marked_alone() -> None:
    sides = compare("It lasts 24 hours or more.\nAsk.", "It lasts 48 hours or more.\nAsk.")

    assert (only(sides.before), only(sides.after)) == (["24"], ["48"])
    assert not sides.same


def test_lines_with_little_in_common_are_marked_whole() -> None:
    sides = compare("A relapse is a new symptom.\n\nBye.", "The sources do not answer a thing.\n\nBye.")

    assert only(sides.before) == ["A relapse is a new symptom.\n"]
    assert only(sides.after) == ["The sources do not answer a thing.\n"]


def test_words_that_any_two_sentences_share_do_not_make_them_alike() -> None:
    one = "Nobody knows yet whether ketamine helps MS fatigue, because the 2021 trial had only 18 people with MS."
    other = "Ketamine is not approved for MS fatigue, and the 2021 trial in 18 people with MS was a small first test."

    sides = compare(one, other)

    assert (only(sides.before), only(sides.after)) == ([one], [other])


def test_the_end_of_a_line_does_not_mark_its_last_word() -> None:
    shorter, longer = "one two three four", "one too three four\nfive"

    sides, turned = compare(shorter, longer), compare(longer, shorter)

    assert (only(sides.before), only(sides.after)) == (["two"], ["too", "\nfive"])
    assert (turned.after, turned.before) == (sides.before, sides.after)


def numbered(count: int, *, every: int = 10, name: str = "x") -> str:
    """So many words, of which one in `every` is of this text alone."""
    return " ".join(f"{name}{at}" if at % every == 0 else "a" for at in range(count))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (numbered(3_500), numbered(3_500, name="y")),
        ("a " * 50_000, "a " * 49_999),
        ("a\n" * 50_000, "a\n" * 49_999),
        ("\n" * 100_000, "\n" * 99_999),
        (" " * 100_000, "\t" * 100_000),
        ("a\nb\n" * 25_000, "b\na\n" * 25_000),
        ("a" * 100_000, "b" * 100_000),
        (f"same\n{numbered(3_500)}\nsame", f"same\n{numbered(3_500, name='y')}\nsame"),
    ],
)
def test_long_texts_are_not_matched_word_by_word(matched: list[int], before: str, after: str) -> None:
    sides = compare(before, after)

    assert not sides.same
    assert max(matched) <= max(MOST_LINES, MOST_WORDS)
    assert "".join(stretch.text for stretch in sides.before) == before
    assert "".join(stretch.text for stretch in sides.after) == after


def test_the_same_long_text_is_not_matched_at_all(matched: list[int]) -> None:
    assert compare("\n" * 100_000, "\n" * 100_000).same
    assert max(matched) <= 2


def test_short_lines_between_lines_too_long_keep_their_words(matched: list[int]) -> None:
    long = numbered(MOST_WORDS)

    sides = compare(f"{long}\n\nIt lasts 24 hours.", f"{long} z\n\nIt lasts 48 hours.")

    assert (only(sides.before), only(sides.after)) == ([f"{long}\n", "24"], [f"{long} z\n", "48"])
    assert matched[1:] == [8]


@pytest.mark.parametrize(("most", "marked"), [(MOST_WORDS, "one word"), (MOST_WORDS + 2, "the line")])
def test_up_to_a_bound_words_are_marked(most: int, marked: str) -> None:
    same = "a " * (most // 2 - 1)

    sides = compare(same + "one", same + "other")

    assert only(sides.before) == ["one" if marked == "one word" else same + "one"]


@pytest.mark.parametrize(("most", "marked"), [(MOST_LINES, "two lines"), (MOST_LINES + 2, "all")])
def test_up_to_a_bound_lines_are_told_apart(most: int, marked: str) -> None:
    same = "a b c d e f\n" * (most // 2 - 2)
    before, after = f"one\n{same}two", f"eins\n{same}zwei"

    sides = compare(before, after)

    assert only(sides.before) == (["one\n", "two"] if marked == "two lines" else [before])


def test_receipts_of_long_questions_are_compared_within_the_bounds(matched: list[int]) -> None:
    told = contrasts(receipt(numbered(3_500)), receipt(numbered(3_500, name="y")))

    assert "question" in {each.field for each in told}
    assert max(matched) <= max(MOST_LINES, MOST_WORDS)


@pytest.mark.parametrize("text", ["", "one", "one\ntwo\n"])
def test_the_same_text_has_no_marks(text: str) -> None:
    assert compare(text, text).same


@given(LINES, LINES)
def test_each_side_is_the_whole_of_its_text(before: str, after: str) -> None:
    sides = compare(before, after)

    assert "".join(stretch.text for stretch in sides.before) == before
    assert "".join(stretch.text for stretch in sides.after) == after
    assert sides.same == (before == after)
    both = (sides.before, sides.after)
    unmarked = [[stretch.text for stretch in side if stretch.mark is Mark.SAME] for side in both]
    assert "".join(unmarked[0]) == "".join(unmarked[1])
    moved = [sorted("".join(each.text for each in side if each.moved).splitlines(keepends=True)) for side in both]
    assert moved[0] == moved[1]


SOURCES = ["[1] Heat (survey, 2020).", "[2] Sleep (trial, 2021)."]


def marked(side: tuple[comparing.Stretch, ...]) -> list[tuple[str, str]]:
    return [(stretch.mark.value, stretch.text) for stretch in side if stretch.mark is not Mark.SAME]


def test_a_sentence_with_another_number_is_the_same_sentence() -> None:
    before = "Heat slows nerves. [1]\n\nSleep helps. [2]\n\n" + "\n".join(SOURCES)
    after = "Heat slows nerves. [2]\n\nSleep helps. [1] [2]\n\n[2] Heat (survey, 2020).\n[1] Sleep (trial, 2021)."

    assert compare(before, after, numbered=True).same
    assert not compare(before, after).same


def test_a_sentence_that_moved_is_neither_gone_nor_new() -> None:
    before = "Heat slows nerves. [1]\n\nSleep helps. [2]\n\nAsk your nurse."
    after = "Sleep helps. [1]\n\nHeat slows nerves. [2]\n\nAsk your nurse."

    sides = compare(before, after, numbered=True)

    assert not sides.same
    assert sides.same_lines
    assert [mark for mark, _ in marked(sides.before)] == [mark for mark, _ in marked(sides.after)] == ["moved"]


def test_a_sentence_that_went_is_told_from_those_that_moved_up() -> None:
    before = "Cold helps. [1]\n\nHeat slows nerves. [2]\n\nSleep helps. [3]"
    after = "Heat slows nerves. [1]\n\nSleep helps. [2]"

    sides = compare(before, after, numbered=True)

    assert [text.strip() for _, text in marked(sides.before)] == ["Cold helps. [1]"]
    assert marked(sides.after) == []


def test_a_word_is_marked_and_the_number_behind_it_is_not() -> None:
    sides = compare("It lasts 24 hours or more. [1]", "It lasts 48 hours or more. [2]", numbered=True)

    assert (only(sides.before), only(sides.after)) == (["24"], ["48"])


def test_a_line_that_comes_twice_is_moved_once() -> None:
    sides = compare("a b\nx y\nc d", "c d\na b\na b\nz z")

    texts = [(mark, text.strip()) for mark, text in marked(sides.after)]
    assert ("only here", "z z") in texts or any(mark == "only here" and "z z" in text for mark, text in texts)
    assert sum(text.split().count("a") for mark, text in texts if mark == "only here") == 1


@given(LINES, LINES)
def test_each_side_is_the_whole_of_its_text_also_with_numbers(before: str, after: str) -> None:
    sides = compare(before, after, numbered=True)

    assert "".join(stretch.text for stretch in sides.before) == before
    assert "".join(stretch.text for stretch in sides.after) == after


def test_scores_that_shift_do_not_make_other_passages() -> None:
    one = receipt()
    hit = one.hits[0]
    shifted = replace(one, hits=(replace(hit, fused=0.71),)).sealed()
    other = replace(one, hits=(replace(hit, passage_key="other"),)).sealed()

    assert [each.name for each in contrasts(one, shifted)] == ["Scores of the same passages"]
    assert only(contrasts(one, shifted)[0].sides.before) == ["0.7,"]
    assert [each.name for each in contrasts(one, other)] == ["Passages found"]
