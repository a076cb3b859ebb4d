"""Nearest vectors are the true nearest by cosine, under ids of our own."""

from __future__ import annotations

from pathlib import Path

import faiss
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from askms.errors import IndexCorrupt
from askms.index.vectors import Near, VectorIndex


def unit(rows: int, dimension: int, seed: int) -> NDArray[np.float32]:
    vectors = np.random.default_rng(seed).normal(size=(rows, dimension)).astype(np.float32)
    scaled: NDArray[np.float32] = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return scaled


def ids(*numbers: int) -> NDArray[np.int64]:
    return np.array(numbers, dtype=np.int64)


@pytest.fixture
def three() -> VectorIndex:
    """Three vectors in the plane: east, north, and north-east by hand."""
    vectors = np.array([[1, 0], [0, 1], [0.6, 0.8]], dtype=np.float32)
    return VectorIndex.build(vectors, ids(2**62, 7, 30))


def test_cosines_are_those_worked_out_by_hand(three: VectorIndex) -> None:
    near = three.nearest(np.array([1, 0], dtype=np.float32), 3)

    assert [n.stable_id for n in near] == [2**62, 30, 7]
    assert [n.cosine for n in near] == pytest.approx([1.0, 0.6, 0.0])


@pytest.mark.parametrize("scale", [5.0, 1.0, 0.01])
def test_stored_vector_has_cosine_one_with_itself_at_any_length(scale: float) -> None:
    vectors = unit(50, 16, seed=1)
    index = VectorIndex.build(vectors, ids(*range(100, 150)))

    (best,) = index.nearest(vectors[17] * np.float32(scale), 1)

    assert best.stable_id == 117
    assert best.cosine == pytest.approx(1.0, abs=1e-6)


def test_searching_does_not_change_the_question(three: VectorIndex) -> None:
    question = np.array([3, 4], dtype=np.float32)

    three.nearest(question, 1)

    assert question.tolist() == [3, 4]


@given(st.integers(1, 60), st.integers(2, 24), st.integers(1, 70), st.integers(0, 2**32 - 1))
def test_result_is_that_of_brute_force(rows: int, dimension: int, limit: int, seed: int) -> None:
    vectors = unit(rows + 1, dimension, seed)
    stored, question = vectors[:-1], vectors[-1]
    cosines = stored.astype(np.float64) @ question.astype(np.float64)
    best = np.sort(cosines)[::-1][:limit]

    near = VectorIndex.build(stored, np.arange(rows, dtype=np.int64) + 1000).nearest(question, limit)

    assert [n.cosine for n in near] == pytest.approx(best.tolist(), abs=1e-5)
    assert [cosines[n.stable_id - 1000] for n in near] == pytest.approx(best.tolist(), abs=1e-5)


@pytest.mark.parametrize(("limit", "found"), [(0, 0), (-1, 0), (2, 2), (3, 3), (1000, 3)])
def test_limit_is_kept_and_nothing_is_made_up(three: VectorIndex, limit: int, found: int) -> None:
    assert len(three.nearest(np.array([1, 0], dtype=np.float32), limit)) == found


def test_ids_do_not_depend_on_the_order_of_building() -> None:
    vectors, names = unit(20, 8, seed=3), np.arange(20, dtype=np.int64) * 11
    order = np.random.default_rng(0).permutation(20)

    one = VectorIndex.build(vectors, names).nearest(vectors[4], 5)
    other = VectorIndex.build(vectors[order], names[order]).nearest(vectors[4], 5)

    assert [n.stable_id for n in one] == [n.stable_id for n in other]


def test_two_passages_of_one_id_are_refused() -> None:
    with pytest.raises(ValueError, match="two passages share a stable id"):
        VectorIndex.build(unit(2, 4, seed=0), ids(5, 5))


def test_saved_index_is_read_back_the_same(three: VectorIndex, tmp_path: Path) -> None:
    three.save(tmp_path / "dense.faiss")
    question = np.array([0.8, 0.6], dtype=np.float32)

    loaded = VectorIndex.load(tmp_path / "dense.faiss")

    assert (len(loaded), loaded.dimension) == (3, 2)
    assert loaded.nearest(question, 3) == three.nearest(question, 3)


@pytest.mark.parametrize("content", [None, b"", b"not an index", b"IxM2" + b"\xff" * 60])
def test_unreadable_file_is_corrupt(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "dense.faiss"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(IndexCorrupt, match=r"dense\.faiss .*Run: askms index build"):
        VectorIndex.load(path)


def test_index_cut_short_is_corrupt(three: VectorIndex, tmp_path: Path) -> None:
    path = tmp_path / "dense.faiss"
    three.save(path)
    whole = path.read_bytes()

    for length in range(0, len(whole), 7):
        path.write_bytes(whole[:length])
        with pytest.raises(IndexCorrupt):
            VectorIndex.load(path)


def test_index_that_would_answer_with_row_numbers_is_corrupt(tmp_path: Path) -> None:
    flat = faiss.IndexFlatIP(4)
    flat.add(unit(3, 4, seed=0))
    faiss.write_index(flat, str(tmp_path / "dense.faiss"))

    with pytest.raises(IndexCorrupt, match="without ids of its own"):
        VectorIndex.load(tmp_path / "dense.faiss")


def test_neighbours_are_values() -> None:
    assert Near(stable_id=1, cosine=0.5) == Near(stable_id=1, cosine=0.5)
