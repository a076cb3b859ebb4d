"""Two texts side by side."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from askms.api.staff.comparing import compare

LINES = st.lists(st.sampled_from(["a b c d", "a b c e", "x y", "", "  z "]), max_size=5).map("\n".join)


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


@pytest.mark.parametrize("text", ["", "one", "one\ntwo\n"])
def test_the_same_text_has_no_marks(text: str) -> None:
    assert compare(text, text).same


@given(LINES, LINES)
def test_each_side_is_the_whole_of_its_text(before: str, after: str) -> None:
    sides = compare(before, after)

    assert "".join(stretch.text for stretch in sides.before) == before
    assert "".join(stretch.text for stretch in sides.after) == after
    assert sides.same == (before == after)
    unmarked = [[stretch.text for stretch in side if not stretch.only_here] for side in (sides.before, sides.after)]
    assert "".join(unmarked[0]) == "".join(unmarked[1])
