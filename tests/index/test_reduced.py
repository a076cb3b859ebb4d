"""A snapshot without some of its words is the one that would be built without them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from askms.errors import UnknownSource
from askms.index import Snapshot, without
from askms.terms import terms
from askms.testing import small_index

HEAT = """\
## Why does heat make MS worse?

Heat slows signals in nerves that MS has damaged.

## What helps against heat?

A fan and cold drinks help many people with MS.
"""
SOURCES: dict[str, dict[str, Any]] = {
    "fatigue": {"asked_as": {"Does ketamine help MS fatigue?": ["special k for tiredness", "party drug and energy"]}},
    "heat": {
        "body": HEAT,
        "asked_as": {
            "Why does heat make MS worse?": ["sauna and numb feet"],
            "What helps against heat?": ["cool down quick", "summer is awful"],
        },
    },
    "relapse": {
        "body": "## What is a relapse?\n\nA relapse is a new symptom of MS.\n",
        "asked_as": {"What is a relapse?": ["what is an attack"]},
        "conflicts_with": [{"source": "heat", "on": "whether heat brings a relapse"}],
    },
}


@pytest.fixture
def whole(tmp_path: Path) -> Snapshot:
    """An index of three sources."""
    return small_index(tmp_path / "whole", SOURCES).snapshot


def same(one: Snapshot, other: Snapshot) -> None:
    """Check that two snapshots find alike."""
    assert [passage.key for passage in one.passages] == [passage.key for passage in other.passages]
    for vectors in ("passage_vectors", "sentence_vectors", "asked_vectors"):
        np.testing.assert_array_equal(getattr(one, vectors), getattr(other, vectors))
    for question in ("What helps against heat?", "a relapse of MS", "ketamine"):
        np.testing.assert_array_equal(one.keywords.scores(terms(question)), other.keywords.scores(terms(question)))
    question = one.asked_vectors[0]
    np.testing.assert_array_equal(one.asked(question), other.asked(question))
    assert one.dense.nearest(question, 9) == other.dense.nearest(question, 9)


@pytest.mark.parametrize("dropped", [{"fatigue"}, {"fatigue", "relapse"}])
def test_without_a_source_it_is_the_index_that_was_built_without_it(
    whole: Snapshot, tmp_path: Path, dropped: set[str]
) -> None:
    kept = {name: fields for name, fields in SOURCES.items() if name not in dropped}

    reduced = without(whole, dropped)

    same(reduced, small_index(tmp_path / "other", kept).snapshot)
    assert reduced.documents.keys() == kept.keys()
    assert reduced.name == f"{whole.name} without {', '.join(sorted(dropped))}"


def test_without_a_passage_the_others_keep_their_vectors_and_questions(whole: Snapshot, tmp_path: Path) -> None:
    first, second = whole.passages_of("heat")
    rest = {**SOURCES["heat"], "body": HEAT[HEAT.index("## What helps") :]}
    rest["asked_as"] = {"What helps against heat?": ["cool down quick", "summer is awful"]}

    reduced = without(whole, {first.key})

    assert reduced.passages_of("heat") == (second,)
    np.testing.assert_array_equal(reduced.sentence_vectors_of(second), whole.sentence_vectors_of(second))
    other = small_index(tmp_path / "other", {**SOURCES, "heat": rest}).snapshot
    np.testing.assert_array_equal(reduced.asked_vectors, other.asked_vectors)


def test_what_is_left_names_nothing_that_is_gone(whole: Snapshot) -> None:
    assert whole.document("relapse").conflicts_with
    assert without(whole, {"heat"}).document("relapse").conflicts_with == ()


def test_the_whole_stays_as_it_was(whole: Snapshot) -> None:
    before = len(whole.passages), len(whole.documents), whole.name

    without(whole, {"heat"})

    assert (len(whole.passages), len(whole.documents), whole.name) == before


@pytest.mark.parametrize(
    ("dropped", "said"),
    [({"nowhere"}, "No source or passage 'nowhere'"), (set(SOURCES), "Nothing would be left")],
)
def test_what_is_not_there_or_everything_cannot_be_dropped(whole: Snapshot, dropped: set[str], said: str) -> None:
    with pytest.raises(UnknownSource, match=said):
        without(whole, dropped)
