"""What readers made of sentences for other questions, and how a new question borrows it."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from askms.errors import ModelUnavailable
from askms.index import Snapshot
from askms.precedents.precedents import (
    CARD,
    TABLES,
    USUAL,
    USUALLY_ANSWERED,
    Precedents,
    name_of,
    packaged_precedents,
)

HEAT, COLD = np.eye(3, dtype=np.float32)[:2]
"""Vectors of two questions that have nothing in common."""
ELSEWHERE = np.eye(3, dtype=np.float32)[2]
GOOD, BAD = "Heat slows signals in the nerves.", "MS is more common in the north."


def written(folder: Path, **other: NDArray[Any]) -> Path:
    """Two graded questions: to one GOOD is the answer and BAD is not, to the other neither is."""
    tables: dict[str, NDArray[Any]] = {
        "vectors": np.array([[127, 0, 0], [0, 127, 0]], dtype=np.int8),
        "scale": np.full(2, 1 / 127, dtype=np.float32),
        "answered": np.array([True, False]),
        "names": np.array([name_of("heat", GOOD), name_of("north", BAD)]),
        "starts": np.array([0, 2, 4], dtype=np.int32),
        "questions": np.array([0, 1, 0, 1], dtype=np.int32),
        "gains": np.array([1, 0, 0, 0], dtype=np.float16),
        **other,
    }
    np.savez_compressed(folder / TABLES, **tables)  # type: ignore[arg-type]
    card = {"sha256": sha256((folder / TABLES).read_bytes()).hexdigest()}
    (folder / CARD).write_text(json.dumps(card), encoding="utf-8")
    return folder


@pytest.fixture
def precedents(tmp_path: Path) -> Precedents:
    """Those two questions."""
    return Precedents(written(tmp_path))


def test_the_same_question_finds_its_own_grades(precedents: Precedents) -> None:
    near = precedents.near(HEAT)

    assert near.wanted("heat", GOOD) > 0.9
    assert near.wanted("north", BAD) < 0.02
    assert near.answered > 0.9
    assert precedents.near(COLD).answered < 0.1


def test_of_a_question_unlike_any_other_nothing_is_known(precedents: Precedents) -> None:
    near = precedents.near(ELSEWHERE)

    assert near.wanted("heat", GOOD) == pytest.approx(USUAL, abs=0.01)
    assert near.answered == pytest.approx(USUALLY_ANSWERED, abs=0.01)


@pytest.mark.parametrize(("source", "sentence"), [("heat", GOOD.upper()), ("cold", GOOD), ("heat", "")])
def test_of_a_sentence_that_nobody_graded_nothing_is_known(precedents: Precedents, source: str, sentence: str) -> None:
    assert precedents.near(HEAT).wanted(source, sentence) == USUAL


def test_the_nearer_a_question_the_more_its_grades_count(precedents: Precedents) -> None:
    angles = np.linspace(0, np.pi / 2, 12)
    found = [precedents.near(np.cos(angle) * HEAT + np.sin(angle) * ELSEWHERE).wanted("heat", GOOD) for angle in angles]

    assert found == sorted(found, reverse=True)
    assert found[2] > 0.8
    assert found[-1] < 0.2


@pytest.mark.parametrize(
    "other",
    [
        {"names": np.array(["only-one#0123456789ab"])},
        {"starts": np.array([0, 2, 5])},
        {"gains": np.zeros(3)},
        {"answered": np.array([True])},
        {"vectors": np.zeros((3, 3), dtype=np.int8), "scale": np.ones(3)},
    ],
)
def test_tables_that_do_not_fit_are_refused(tmp_path: Path, other: dict[str, NDArray[Any]]) -> None:
    with pytest.raises(ModelUnavailable, match="Install askms again"):
        Precedents(written(tmp_path, **other))


@pytest.mark.parametrize("name", [CARD, TABLES])
def test_a_file_that_was_altered_or_is_missing_is_refused(tmp_path: Path, name: str) -> None:
    written(tmp_path)
    file = tmp_path / name
    file.write_bytes(file.read_bytes()[:-9])
    with pytest.raises(ModelUnavailable, match="Install askms again"):
        Precedents(tmp_path)
    file.unlink()
    with pytest.raises(ModelUnavailable, match="Install askms again"):
        Precedents(tmp_path)


def test_the_packaged_ones_are_of_sentences_that_the_corpus_holds(real_snapshot: Snapshot) -> None:
    precedents = packaged_precedents()
    known = [
        precedents.place_of(passage.source_id, passage.sentence(at)) is not None
        for passage in real_snapshot.passages
        for at in range(len(passage.sentences))
    ]

    assert sum(known) > 0.9 * len(known)
    assert packaged_precedents() is precedents
