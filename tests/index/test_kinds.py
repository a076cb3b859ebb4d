"""A large index is searched in cells: chosen by size, named in the manifest, and near enough to exact."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import faiss
import numpy as np
import pytest
from numpy.typing import NDArray

from askms.assistant import Assistant
from askms.build import build_index
from askms.errors import IndexCorrupt
from askms.index import LiveIndex, live_snapshot_folder, load_snapshot
from askms.index import snapshot as snapshots
from askms.index import without as reduced
from askms.index.kinds import EXACT, EXACT_UP_TO, Kind, kind_for
from askms.index.manifest import load_manifest
from askms.index.vectors import VectorIndex
from askms.settings import Settings
from askms.testing import FakeEmbedder, corpus_file

QUESTION = "What is a relapse?"
CELLS = Kind(name="IVF20,SQ8", probes=10)


@pytest.fixture
def few_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two passages are more than are searched exactly."""
    monkeypatch.setattr("askms.index.kinds.EXACT_UP_TO", 2)
    monkeypatch.setattr("askms.index.kinds._CELL", 2)
    monkeypatch.setattr(snapshots, "MAPPED_FROM", 2)


@pytest.fixture
def large(few_are_many: None, corpus: Path, tmp_path: Path) -> Path:
    """An index of a few sources, built as one of many is."""
    for number in range(8):
        corpus_file(corpus, f"extra{number}", plain_title=f"Extra trial {number}")
    build_index(corpus, tmp_path / "large", FakeEmbedder())
    return tmp_path / "large"


def around(centres: int, each: int) -> NDArray[np.float32]:
    """Unit vectors in groups."""
    random = np.random.default_rng(4)
    middle = random.normal(size=(centres, 48))
    vectors = np.repeat(middle, each, axis=0) + 0.5 * random.normal(size=(centres * each, 48))
    found: NDArray[np.float32] = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    return found


@pytest.mark.parametrize(
    ("count", "name"),
    [(0, "Flat"), (1096, "Flat"), (EXACT_UP_TO, "Flat"), (EXACT_UP_TO + 1, "IVF100,SQ8"), (1_000_000, "IVF1000,SQ8")],
)
def test_the_kind_goes_by_size(count: int, name: str) -> None:
    kind = kind_for(count)

    assert kind.name == name
    assert (kind.probes > 0) == (kind != EXACT)


def test_cells_find_nearly_all_of_the_nearest_under_ids_of_our_own() -> None:
    vectors = around(40, 100)
    ids = np.arange(len(vectors), dtype=np.int64) * 7 + 2**40
    exact, cells = VectorIndex.build(vectors, ids), VectorIndex.build(vectors, ids, CELLS)
    asked = vectors[::80] + np.float32(0.05)

    found = []
    for question in asked:
        true = {near.stable_id for near in exact.nearest(question, 20)}
        found.append(len(true & {near.stable_id for near in cells.nearest(question, 60)}) / 20)

    assert (exact.kind, cells.kind) == ("Flat", "IVF20,SQ8")
    assert np.mean(found) >= 0.97


@pytest.mark.parametrize(("at_least", "trained_on"), [(100, 800), (780, 800), (1000, 1000), (10_000, 4000)])
def test_cells_are_laid_out_on_enough_vectors_for_so_many(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], at_least: int, trained_on: int
) -> None:
    rows, train = [], faiss.IndexIVFScalarQuantizer.train

    def watched(index: faiss.IndexIVFScalarQuantizer, vectors: NDArray[np.float32]) -> None:
        rows.append(len(vectors))
        train(index, vectors)

    monkeypatch.setattr(faiss.IndexIVFScalarQuantizer, "train", watched)
    monkeypatch.setattr("askms.index.vectors._TRAINED_ON", at_least)
    vectors = around(40, 100)

    VectorIndex.build(vectors, np.arange(len(vectors), dtype=np.int64), CELLS)

    assert rows == [trained_on]  # 780 is 39 for each of 20 cells; every fifth of 4,000 is the next that is even
    assert "please provide at least" not in capfd.readouterr().err


def test_more_cells_probed_find_no_less() -> None:
    vectors = around(40, 100)
    index = VectorIndex.build(vectors, np.arange(len(vectors), dtype=np.int64), Kind(name="IVF20,SQ8", probes=1))
    one_cell = len(index.nearest(vectors[0], 4000))
    index.probe(20)

    assert one_cell < len(index.nearest(vectors[0], 4000)) == 4000


def test_how_many_cells_are_probed_is_saved(tmp_path: Path) -> None:
    vectors = around(40, 100)
    index = VectorIndex.build(vectors, np.arange(len(vectors), dtype=np.int64), CELLS)
    index.save(tmp_path / "dense.faiss")

    loaded = VectorIndex.load(tmp_path / "dense.faiss")

    assert loaded.kind == CELLS.name
    assert loaded.nearest(vectors[5], 4000) == index.nearest(vectors[5], 4000)
    assert 0 < len(loaded.nearest(vectors[5], 4000)) < 4000


def test_a_large_index_names_its_kind_answers_and_is_read_from_its_files(large: Path) -> None:
    folder = live_snapshot_folder(large)
    snapshot = load_snapshot(folder)
    kind = kind_for(len(snapshot.passages))

    assert kind.name.startswith("IVF")
    assert load_manifest(folder).vectors == snapshot.dense.kind == kind.name
    assert isinstance(snapshot.passage_vectors.base, np.memmap)
    assistant = Assistant(Settings(index_dir=large, min_confidence=0), FakeEmbedder(), LiveIndex(large))
    assert "relapse" in {source.id for source in assistant.ask(QUESTION).sources}


def test_a_small_index_is_exact_and_in_memory(index: Path) -> None:
    folder = live_snapshot_folder(index)
    snapshot = load_snapshot(folder)

    assert load_manifest(folder).vectors == snapshot.dense.kind == EXACT.name
    assert not isinstance(snapshot.passage_vectors.base, np.memmap)


def test_an_index_of_another_kind_than_its_manifest_says_is_corrupt(large: Path) -> None:
    folder = live_snapshot_folder(large)
    replace(load_manifest(folder), vectors=EXACT.name).save(folder)

    with pytest.raises(IndexCorrupt, match=r"dense\.faiss is of kind IVF.*says Flat.*Run: askms index build"):
        load_snapshot(folder)


def test_an_index_from_before_kinds_were_named_is_exact(index: Path) -> None:
    folder = live_snapshot_folder(index)
    manifest = folder / "manifest.json"
    written = manifest.read_text(encoding="utf-8")
    assert written.count('"vectors": "Flat"') == 1
    manifest.write_text(written.replace(',\n  "vectors": "Flat"', ""), encoding="utf-8")

    assert load_snapshot(folder).manifest.vectors == EXACT.name


def test_a_large_index_without_a_source_is_of_the_kind_for_what_is_left(large: Path) -> None:
    snapshot = load_snapshot(live_snapshot_folder(large))

    smaller = reduced(snapshot, ["extra0"])

    assert smaller.dense.kind == kind_for(len(smaller.passages)).name
    assert smaller.dense.kind.startswith("IVF")
