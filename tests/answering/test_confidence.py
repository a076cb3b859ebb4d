"""Confidence is a probability that rises with what speaks for an answer and falls with what does not."""

from __future__ import annotations

import json
from dataclasses import asdict, fields, replace
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from askms.answering.confidence import Features, confidence, features
from askms.answering.question import Question
from askms.answering.scoring import candidates
from askms.guardrails import named_medicines
from askms.testing import SmallIndex, small_index
from tests.precedented import precedents_of

MIDDLE = Features(**dict.fromkeys((field.name for field in fields(Features)), 0.5))
BAD_SIGNS = ("unseen", "missing_medicines")
GOOD_SIGNS = ("best", "second", "some")
SHARES = st.floats(0, 1)


@given(st.builds(Features, **dict.fromkeys(asdict(MIDDLE), SHARES)), st.booleans())
def test_confidence_is_a_probability(measured: Features, was_read: bool) -> None:
    assert 0 < confidence(measured, was_read=was_read) < 1


@pytest.mark.parametrize("was_read", [True, False])
@pytest.mark.parametrize("name", GOOD_SIGNS)
def test_more_of_a_good_sign_is_surer(name: str, was_read: bool) -> None:
    better = replace(MIDDLE, **{name: 0.9})

    assert confidence(better, was_read=was_read) > confidence(MIDDLE, was_read=was_read)


@pytest.mark.parametrize("was_read", [True, False])
@pytest.mark.parametrize("name", BAD_SIGNS)
def test_what_no_source_holds_makes_it_less_sure(name: str, was_read: bool) -> None:
    worse = replace(MIDDLE, **{name: 1.0})

    assert confidence(worse, was_read=was_read) < confidence(MIDDLE, was_read=was_read)


@pytest.fixture
def small(tmp_path: Path) -> SmallIndex:
    return small_index(tmp_path, {"trial": {}, "heat": {"body": "## Heat\n\nHeat slows nerves that MS has damaged.\n"}})


def measure(small: SmallIndex, text: str) -> Features:
    question, hits = Question.of(text), small.hits(text)
    ranked = candidates(small.snapshot, question, small.embedder.embed_question(text), hits)
    return features(small.snapshot, question, hits, ranked, named_medicines)


def test_a_question_like_one_that_had_an_answer_is_known_to_have_one(small: SmallIndex, tmp_path: Path) -> None:
    text = "Does heat slow nerves?"
    vector, hits, question = small.embedder.embed_question(text), small.hits(text), Question.of(text)
    near = precedents_of(tmp_path / "graded", small.embedder, {text: ("heat", "Heat.")}).near(vector)
    ranked = candidates(small.snapshot, question, vector, hits, near)

    assert features(small.snapshot, question, hits, ranked, named_medicines, near).answered == pytest.approx(
        1, abs=0.05
    )
    assert measure(small, text).answered is None


def test_words_that_occur_nowhere_are_unseen(small: SmallIndex) -> None:
    assert measure(small, "Does ketamine help fatigue?").unseen == 0
    assert measure(small, "Does ketamine help zebras?").unseen > 0.4


def test_a_medicine_that_no_hit_names_is_missing(small: SmallIndex) -> None:
    assert measure(small, "Does ketamine help fatigue?").missing_medicines == 0
    assert measure(small, "Does naltrexone help fatigue?").missing_medicines == 1


def test_an_answerable_question_is_surer_than_a_near_miss(small: SmallIndex) -> None:
    near, held = measure(small, "Does naltrexone help fatigue?"), measure(small, "Does ketamine help fatigue?")

    assert confidence(held, was_read=False) > confidence(near, was_read=False)


def test_features_lie_in_their_range(small: SmallIndex) -> None:
    for text in ("ketamine", "Does heat slow nerves?", "zebra"):
        hits = small.hits(text)
        if hits:
            values = asdict(measure(small, text))
            assert all(-1 <= value <= 2 for value in values.values() if value is not None)


@pytest.mark.parametrize("precedents", [True, False])
@pytest.mark.parametrize("kind", ["signals", "ranker"])
def test_every_feature_has_a_fitted_weight_and_no_other(kind: str, precedents: bool) -> None:
    fitted = json.loads(files("askms.answering").joinpath("confidence.json").read_text(encoding="utf-8"))

    wanted = {field.name for field in fields(Features)} - (set() if precedents else {"answered"})
    assert set(fitted[f"{kind}+precedents" if precedents else kind]["weights"]) == wanted
