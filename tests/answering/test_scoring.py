"""Sentences are scored by meaning, rare words and kind; order is the same every time."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from askms.answering.question import Question
from askms.answering.scoring import READ, Candidate, candidates, coverage, read_with
from askms.testing import SmallIndex, small_index
from tests.precedented import precedents_of

HEAT = {"body": "## Heat and MS\n\nHeat slows nerves. Cooling vests help.\n", "plain_title": "Heat", "topics": ["heat"]}


@pytest.fixture
def small(tmp_path: Path) -> SmallIndex:
    return small_index(tmp_path, {"trial": {}, "heat": HEAT})


def ranked(small: SmallIndex, text: str) -> list[Candidate]:
    question = Question.of(text)
    return candidates(small.snapshot, question, small.embedder.embed_question(text), small.hits(text))


def test_what_readers_found_to_answer_such_a_question_speaks_for_a_sentence(small: SmallIndex, tmp_path: Path) -> None:
    text = "Do cooling vests help?"
    vector = small.embedder.embed_question(text)
    known = precedents_of(tmp_path / "graded", small.embedder, {text: ("heat", "Heat slows nerves.")})
    without = {c.text: c for c in ranked(small, text)}
    found = candidates(small.snapshot, Question.of(text), vector, small.hits(text), known.near(vector))

    for candidate in found:
        graded = candidate.text == "Heat slows nerves."
        assert ((candidate.signals.graded or 0) > 0.9) is graded
        assert without[candidate.text].signals.graded is None
    now = {c.text: c.score for c in found}
    before = {text: c.score for text, c in without.items()}
    assert (
        now["Heat slows nerves."] / now["Cooling vests help."]
        > 2 * before["Heat slows nerves."] / before["Cooling vests help."]
    )


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
    ("fields", "weak", "old"),
    [({"trust": "D"}, 1, 0), ({"status": "outdated"}, 0, 1), ({"status": "corrected"}, 0, 0), ({}, 0, 0)],
)
def test_weak_and_old_sources_are_marked(tmp_path: Path, fields: dict[str, str], weak: int, old: int) -> None:
    signals = ranked(small_index(tmp_path, {"trial": fields}), "ketamine")[0].signals

    assert (signals.weak, signals.old) == (weak, old)


class LikesShort:
    """A ranker to which a short sentence is the better one."""

    name = "short"

    def __init__(self) -> None:
        self.read: list[tuple[str, str]] = []

    def scores(self, question: str, sentences: Sequence[tuple[str, str]]) -> NDArray[np.float64]:
        self.read += sentences
        return np.array([-float(len(words)) for _, words in sentences])


def test_what_the_ranker_likes_best_comes_first(small: SmallIndex) -> None:
    found = read_with(LikesShort(), Question.of("heat ketamine"), ranked(small, "heat ketamine fatigue MS"))

    assert found[0].text == min((c.text for c in found), key=len)
    assert all(candidate.logit == -len(candidate.text) for candidate in found)


def test_only_the_likeliest_are_read_and_the_others_come_after_them(tmp_path: Path) -> None:
    facts = "\n".join(f"Ketamine fact number {n} is about nerve {n * 7}." for n in range(READ + 9))
    many = ranked(small_index(tmp_path, {"many": {"body": f"## Facts\n\n{facts}\n"}}), "ketamine nerve fact")
    ranker = LikesShort()

    found = read_with(ranker, Question.of("ketamine nerve fact"), many)

    assert len(ranker.read) == READ < len(many) == len(found)
    assert [candidate.logit is None for candidate in found] == [False] * READ + [True] * (len(many) - READ)
    assert [c.score for c in found] == sorted((c.score for c in found), reverse=True)


def test_of_no_candidates_none_are_read(small: SmallIndex) -> None:
    assert read_with(LikesShort(), Question.of("ketamine"), []) == []
