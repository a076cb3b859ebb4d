"""Sentences are found with their offsets; nothing but headings and list marks falls between them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from askms.sentences import limits_previous, needs_previous, sentence_spans, split_sentences


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("Fatigue is a symptom of MS. Having it is hard.", ["Fatigue is a symptom of MS.", "Having it is hard."]),
        (
            "The U.S. Food and Drug Administration approved it. It is a nasal spray.",
            ["The U.S. Food and Drug Administration approved it.", "It is a nasal spray."],
        ),
        ("Smith et al. found a fall. Others did not.", ["Smith et al. found a fall.", "Others did not."]),
        ("People took vitamin D. However, it did not help.", ["People took vitamin D.", "However, it did not help."]),
        ("He had hepatitis B. The drug was stopped.", ["He had hepatitis B.", "The drug was stopped."]),
        ("The ratio was 0.9. The interval was wide.", ["The ratio was 0.9.", "The interval was wide."]),
        ("Low levels of vitamin D. MS was rarer.", ["Low levels of vitamin D.", "MS was rarer."]),
        ("Vitamin D. MS was rarer.", ["Vitamin D.", "MS was rarer."]),
        ("Hepatitis B. MRI was done.", ["Hepatitis B.", "MRI was done."]),
        ("The ratio was 0.9. MS was rarer.", ["The ratio was 0.9.", "MS was rarer."]),
        ("It fell by 13.5 points. A fall is good.", ["It fell by 13.5 points.", "A fall is good."]),
        ("It began in 2021. MS was known.", ["It began in 2021.", "MS was known."]),
        ("Dr. Smith ran it. It ended early.", ["Dr. Smith ran it.", "It ended early."]),
        ("Does it help? Nobody knows! More is needed.", ["Does it help?", "Nobody knows!", "More is needed."]),
        ("No full stop at the end", ["No full stop at the end"]),
    ],
)
def test_prose_is_split_at_sentence_ends_only(text: str, sentences: list[str]) -> None:
    assert split_sentences(text) == sentences


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("- one\n- two. Three\n* four", ["one", "two.", "Three", "four"]),
        ("Signs are\n- pain\n- numbness", ["Signs are", "pain", "numbness"]),
        ("First block\n\nsecond block", ["First block", "second block"]),
        ("## Why?\n\nBecause.", ["Because."]),
        ("## Why?\nBecause. So.", ["Because.", "So."]),
        ("One.\n## Why?\nTwo.\n\n## How?\n\n- three", ["One.", "Two.", "three"]),
        ("## Only a heading", []),
        ("", []),
        (" \n\n ", []),
    ],
)
def test_blank_lines_list_items_and_headings_end_a_sentence(text: str, sentences: list[str]) -> None:
    assert split_sentences(text) == sentences


@given(st.text(alphabet=st.sampled_from("ab M.S?!-#*0 \n\tÅé’"), max_size=80))
def test_spans_lie_in_order_inside_the_text_and_do_not_overlap(text: str) -> None:
    edges = [edge for span in sentence_spans(text) for edge in (span.start, span.end)]

    assert edges == sorted(edges)
    assert all(0 <= edge <= len(text) for edge in edges)
    assert all(text[span.start : span.end].strip() for span in sentence_spans(text))


@given(st.text(alphabet=st.sampled_from("ab M.S?!0 \nÅé’()"), max_size=80))
def test_no_character_of_prose_is_lost_but_space(text: str) -> None:
    assert "".join("".join(split_sentences(text)).split()) == "".join(text.split())


def test_text_without_a_full_stop_ends_before_its_last_line_break() -> None:
    assert split_sentences("No full stop\n") == ["No full stop"]


@pytest.mark.parametrize("sentence", ["However, it failed.", "But it failed.", "In contrast, heat harms."])
def test_turning_sentence_limits_the_one_before_it(sentence: str) -> None:
    assert limits_previous(sentence)
    assert needs_previous(sentence)


@pytest.mark.parametrize("sentence", ["It failed.", "They felt better.", "The study was small.", "Also, it failed."])
def test_pointing_sentence_needs_the_one_before_it_and_does_not_limit_it(sentence: str) -> None:
    assert needs_previous(sentence)
    assert not limits_previous(sentence)


@pytest.mark.parametrize("sentence", ["Heat harms.", "Italy has many cases.", "Button pressing was slow.", ""])
def test_sentence_that_only_begins_with_the_same_letters_stands_alone(sentence: str) -> None:
    assert not needs_previous(sentence)
