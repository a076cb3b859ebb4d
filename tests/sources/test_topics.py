"""A text is about what it names often for its length."""

from __future__ import annotations

import json
from importlib.resources import files

import pytest

from askms.sources.front_matter import TOPICS
from askms.sources.topics import topics_in

OTHER = "One more sentence about nothing that this list knows of. "


def test_a_text_is_about_what_it_names_often() -> None:
    assert topics_in("Fatigue is common. Fatigue can be treated, and so can pain.") == ("fatigue",)


def test_topics_come_most_often_named_first() -> None:
    assert topics_in("Pain, pain and pain. Fatigue and fatigue.") == ("pain", "fatigue")


def test_a_long_text_must_name_a_topic_more_often() -> None:
    named = "Fatigue is common. Fatigue is treated. "

    assert topics_in(named + OTHER * 30) == ("fatigue",)
    assert topics_in(named + OTHER * 100) == ("unsorted",)


def test_only_whole_words_count() -> None:
    assert topics_in("Painting is fun. Painters paint. Scanty wheat, heathen heather.") == ("unsorted",)


def test_words_of_several_parts_count_once() -> None:
    assert topics_in("Vitamin D is cheap. Vitamin\nD is sold everywhere.") == ("vitamin-d",)


def test_esketamine_is_not_ketamine() -> None:
    assert topics_in("Esketamine is a spray. Esketamine is sold as Spravato.") == ("esketamine",)


def test_capitals_and_curly_apostrophes_do_not_matter() -> None:
    assert topics_in("UHTHOFF’S sign. Uhthoff's sign.") == ("heat",)


@pytest.mark.parametrize("text", ["", "   ", "Nothing here."])
def test_a_text_that_names_nothing_is_unsorted(text: str) -> None:
    assert topics_in(text) == ("unsorted",)


def test_at_most_six_topics_are_given() -> None:
    named = "pain fatigue sleep anxiety vertigo tremor insomnia heat bladder bowel"

    assert len(topics_in(" ".join([named] * 3))) == 6


def test_every_topic_of_the_table_is_one_of_the_corpus_and_has_words() -> None:
    words = json.loads(files("askms.sources").joinpath("topics.json").read_text(encoding="utf-8"))["words"]

    assert set(words) == TOPICS - {"unsorted"}
    assert all(one == " ".join(one.lower().split()) for given in words.values() for one in given)
    assert all(given for given in words.values())
