"""Sentences are scored by meaning, rare words and kind; order is the same every time."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from askms.answering.question import Question
from askms.answering.scoring import OLD, WEAK, Candidate, candidates, coverage
from askms.testing import SmallIndex, small_index

HEAT = {"body": "## Heat and MS\n\nHeat slows nerves. Cooling vests help.\n", "plain_title": "Heat", "topics": ["heat"]}


@pytest.fixture
def small(tmp_path: Path) -> SmallIndex:
    return small_index(tmp_path, {"trial": {}, "heat": HEAT})


def ranked(small: SmallIndex, text: str) -> list[Candidate]:
    question = Question.of(text)
    return candidates(small.snapshot, question, small.embedder.embed_question(text), small.hits(text))


def test_the_sentence_with_the_questions_words_comes_first(small: SmallIndex) -> None:
    assert ranked(small, "Do cooling vests help?")[0].text == "Cooling vests help."


def test_every_sentence_of_every_hit_is_a_candidate(small: SmallIndex) -> None:
    found = ranked(small, "heat ketamine fatigue MS")

    assert len(found) == sum(len(hit.passage.sentences) for hit in small.hits("heat ketamine fatigue MS")) == 4


def test_candidates_are_in_the_order_of_their_scores_and_stay_so(small: SmallIndex) -> None:
    one, other = ranked(small, "Does ketamine help fatigue?"), ranked(small, "Does ketamine help fatigue?")

    assert [c.text for c in one] == [c.text for c in other]
    assert [c.score for c in one] == sorted((c.score for c in one), reverse=True)


def test_a_sentences_vector_is_the_one_of_the_index(small: SmallIndex) -> None:
    for candidate in ranked(small, "heat"):
        expected = small.snapshot.sentence_vectors_of(candidate.passage)[candidate.position]
        assert np.array_equal(candidate.vector, expected)


def test_coverage_weighs_rare_words_more(small: SmallIndex) -> None:
    terms = Question.of("ketamine vests").terms

    assert coverage(small.snapshot, terms, "ketamine vests") == 1.0
    assert coverage(small.snapshot, terms, "nothing of it") == 0.0
    assert 0 < coverage(small.snapshot, terms, "ketamine") < 1
    assert coverage(small.snapshot, (), "ketamine") == 0.0


@pytest.mark.parametrize(
    ("fields", "cost"),
    [
        ({"trust": "D"}, WEAK),
        ({"status": "outdated"}, OLD),
        ({"status": "corrected"}, 0),
    ],
)
def test_weak_and_old_sources_cost(tmp_path: Path, fields: dict[str, str], cost: float) -> None:
    plain = small_index(tmp_path / "plain", {"trial": {}})
    marked = small_index(tmp_path / "marked", {"trial": fields})

    assert ranked(plain, "ketamine")[0].score - ranked(marked, "ketamine")[0].score == pytest.approx(cost)
