"""Keyword scores are BM25 as published, checked against a second implementation written here."""

from __future__ import annotations

import math
import pickle
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from askms.errors import IndexCorrupt
from askms.index.keywords import KeywordIndex
from askms.terms import terms

TEXTS = ["heat fatigue heat", "ketamine fatigue", "sleep"]


def reference(texts: list[list[str]], question: list[str], k1: float = 1.5, b: float = 0.75) -> list[float]:
    """BM25 as Lucene counts it (without the constant factor k1 + 1), straight from the formula."""
    average = sum(map(len, texts)) / len(texts)
    scores = []
    for text in texts:
        count = Counter(text)
        score = 0.0
        for term in question:
            holding = sum(term in other for other in texts)
            idf = math.log(1 + (len(texts) - holding + 0.5) / (holding + 0.5))
            score += idf * count[term] / (count[term] + k1 * (1 - b + b * len(text) / average))
        scores.append(score)
    return scores


@pytest.fixture
def keywords() -> KeywordIndex:
    return KeywordIndex.build(TEXTS)


def test_score_is_the_one_worked_out_by_hand(keywords: KeywordIndex) -> None:
    # "heat": in 1 of 3 texts, twice in the first, which has 3 terms; the average is 2.
    # idf = ln(1 + 2.5/1.5) = 0.980829; tf part = 2 / (2 + 1.5 * (0.25 + 0.75 * 1.5)) = 0.492308.
    assert keywords.scores(["heat"]).tolist() == pytest.approx([0.980829 * 0.492308, 0, 0], abs=1e-5)


_word = st.sampled_from("heat nerve fatigue sleep trial infusion ketamine".split())


@given(st.lists(st.lists(_word, min_size=1, max_size=12), min_size=1, max_size=8), st.lists(_word, max_size=6))
def test_scores_are_those_of_the_formula(texts: list[list[str]], question: list[str]) -> None:
    index = KeywordIndex.build([" ".join(text) for text in texts])
    stemmed = [terms(" ".join(text)) for text in texts]
    asked = terms(" ".join(question))

    assert index.scores(asked).tolist() == pytest.approx(reference(stemmed, asked), abs=1e-5)


def test_question_without_a_known_term_scores_nothing(keywords: KeywordIndex) -> None:
    assert keywords.scores(["zebra"]).tolist() == [0, 0, 0]
    assert keywords.scores([]).tolist() == [0, 0, 0]


def test_unknown_term_does_not_change_the_scores_of_known_ones(keywords: KeywordIndex) -> None:
    assert keywords.scores(["heat", "zebra", ""]).tolist() == keywords.scores(["heat"]).tolist()


def test_term_asked_twice_counts_twice(keywords: KeywordIndex) -> None:
    assert keywords.scores(["heat", "heat"]) == pytest.approx(2 * keywords.scores(["heat"]))


def test_idf_of_a_term_never_seen_is_the_highest(keywords: KeywordIndex) -> None:
    assert keywords.idf("zebra") == pytest.approx(math.log(1 + 3.5 / 0.5))
    assert keywords.idf("heat") == pytest.approx(math.log(1 + 2.5 / 1.5))
    assert keywords.idf("fatigu") == pytest.approx(math.log(1 + 1.5 / 2.5))


def test_idf_of_a_term_in_every_text_is_above_zero() -> None:
    assert KeywordIndex.build(["heat", "heat cold"]).idf("heat") == pytest.approx(math.log(1 + 0.5 / 2.5))


def test_terms_held_are_those_of_the_texts(keywords: KeywordIndex) -> None:
    assert [keywords.holds(term) for term in ("heat", "sleep", "zebra", "")] == [True, True, False, False]


def test_text_of_common_words_only_scores_nothing() -> None:
    index = KeywordIndex.build(["the of", "ketamine fatigue"])

    assert index.scores(["ketamin"])[0] == 0
    assert index.scores([""]).tolist() == [0, 0]
    assert not index.holds("")


def test_saved_index_is_read_back_the_same(keywords: KeywordIndex, tmp_path: Path) -> None:
    keywords.save(tmp_path / "keywords")

    loaded = KeywordIndex.load(tmp_path / "keywords", 3)

    for term in ("heat", "fatigu", "zebra"):
        assert np.array_equal(loaded.scores([term]), keywords.scores([term]))
        assert loaded.idf(term) == keywords.idf(term)
        assert loaded.holds(term) == keywords.holds(term)


def test_no_file_is_a_pickle(keywords: KeywordIndex, tmp_path: Path) -> None:
    keywords.save(tmp_path / "keywords")

    for path in (tmp_path / "keywords").iterdir():
        with pytest.raises((pickle.UnpicklingError, EOFError, ValueError, IndexError, KeyError, AttributeError)):
            pickle.loads(path.read_bytes())  # noqa: S301


def test_every_missing_or_emptied_file_is_corrupt(keywords: KeywordIndex, tmp_path: Path) -> None:
    keywords.save(tmp_path / "keywords")

    for path in sorted((tmp_path / "keywords").iterdir()):
        content = path.read_bytes()
        for damage in (path.unlink, lambda path=path: path.write_bytes(b"")):
            damage()
            with pytest.raises(IndexCorrupt, match=r"is not a readable keyword index\. Run: askms index build"):
                KeywordIndex.load(tmp_path / "keywords", 3)
            path.write_bytes(content)


def test_pickled_array_is_refused(keywords: KeywordIndex, tmp_path: Path) -> None:
    keywords.save(tmp_path / "keywords")
    np.save(tmp_path / "keywords" / "data.csc.index.npy", np.array([{"a": 1}], dtype=object), allow_pickle=True)

    with pytest.raises(IndexCorrupt):
        KeywordIndex.load(tmp_path / "keywords", 3)
