"""Milvus finds what faiss finds, and says so when it holds another index or none, or is not there."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from askms.errors import IndexStale, VectorsUnavailable
from askms.index import Snapshot, open_vectors, push_vectors
from askms.index.vectors import NearestVectors
from askms.testing import small_index

pytest.importorskip("pymilvus")
pytest.importorskip("milvus_lite")


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """Forty passages."""
    sources = {
        f"source{i}": {"body": f"## What does heat do to {word}?\n\nHeat harms {word} in MS number {i}.\n"}
        for i, word in enumerate(["nerves", "bladder", "sleep", "walking", "vision", "memory", "speech", "balance"] * 5)
    }
    return small_index(tmp_path_factory.mktemp("many"), sources).snapshot


@pytest.fixture(scope="module")
def engine(snapshot: Snapshot, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Milvus Lite, filled with the snapshot."""
    engine = f"milvus:{tmp_path_factory.mktemp('milvus') / 'vectors.db'}"
    assert push_vectors(engine, "", snapshot) == len(snapshot.passages)
    return engine


@pytest.fixture(scope="module")
def milvus(engine: str, snapshot: Snapshot) -> NearestVectors:
    """Its vectors."""
    return open_vectors(engine, "", snapshot)


def questions(snapshot: Snapshot) -> list[NDArray[np.float32]]:
    drawn = np.random.default_rng(5).normal(size=(10, snapshot.manifest.dimension)).astype(np.float32)
    return [*drawn, *snapshot.passage_vectors[:10]]


@pytest.mark.parametrize("limit", [1, 5, 60])
def test_it_finds_what_faiss_finds(milvus: NearestVectors, snapshot: Snapshot, limit: int) -> None:
    for question in questions(snapshot):
        here, there = snapshot.dense.nearest(question, limit), milvus.nearest(question, limit)

        assert [near.cosine for near in there] == pytest.approx([near.cosine for near in here], abs=1e-5)
        by_id = {near.stable_id: near.cosine for near in snapshot.dense.nearest(question, 1000)}
        assert [by_id[near.stable_id] for near in there] == pytest.approx([near.cosine for near in there], abs=1e-5)


@pytest.mark.parametrize("scale", [5.0, 1.0, 0.01])
def test_a_stored_vector_has_cosine_one_with_itself_at_any_length(
    milvus: NearestVectors, snapshot: Snapshot, scale: float
) -> None:
    (best,) = milvus.nearest(snapshot.passage_vectors[17] * np.float32(scale), 1)

    assert best.cosine == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize(("limit", "found"), [(0, 0), (-1, 0), (2, 2), (1000, 40)])
def test_the_limit_is_kept_and_nothing_is_made_up(
    milvus: NearestVectors, snapshot: Snapshot, limit: int, found: int
) -> None:
    assert len(milvus.nearest(snapshot.passage_vectors[0], limit)) == found


def test_a_second_push_replaces_the_first(engine: str, snapshot: Snapshot) -> None:
    assert push_vectors(engine, "", snapshot) == len(snapshot.passages)
    assert len(open_vectors(engine, "", snapshot).nearest(snapshot.passage_vectors[0], 1000)) == len(snapshot.passages)


def test_another_snapshot_is_stale_until_it_is_pushed(engine: str, snapshot: Snapshot) -> None:
    other = replace(snapshot, manifest=replace(snapshot.manifest, snapshot="feedfacefeedface"))

    with pytest.raises(IndexStale, match=r"holds 0 of the 40 vectors .*Run: askms index push"):
        open_vectors(engine, "", other)
    push_vectors(engine, "", other)
    assert open_vectors(engine, "", other).nearest(snapshot.passage_vectors[0], 1)
    assert open_vectors(engine, "", snapshot).nearest(snapshot.passage_vectors[0], 1)


def test_a_push_that_dies_leaves_nothing_that_is_taken_for_whole(
    snapshot: Snapshot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = f"milvus:{tmp_path / 'vectors.db'}"
    monkeypatch.setattr("askms.index.milvus.BATCH", 10)

    class Died(BaseException):
        """Not caught by anybody, as a kill is not."""

    def die(*_: object, **__: object) -> None:
        raise Died

    with monkeypatch.context() as here:
        here.setattr("pymilvus.MilvusClient.flush", die)
        with pytest.raises(Died):
            push_vectors(engine, "", snapshot)
    with pytest.raises(IndexStale, match="holds 0 of the 40"):
        open_vectors(engine, "", snapshot)
    assert push_vectors(engine, "", snapshot) == 40


def test_a_server_that_is_not_there_is_unavailable(snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("askms.index.milvus.SECONDS", 1.0)

    with pytest.raises(VectorsUnavailable, match="ASKMS_VECTORS"):
        open_vectors("milvus:http://127.0.0.1:9", "", snapshot)


def test_faiss_needs_no_filling(snapshot: Snapshot) -> None:
    assert push_vectors("faiss", "", snapshot) == 0
    assert open_vectors("faiss", "", snapshot) is snapshot.dense


def test_a_missing_client_names_the_command_that_installs_it() -> None:
    program = (
        "import sys; sys.modules['pymilvus'] = None\n"
        "from askms.index import push_vectors\n"
        "from askms.errors import VectorsUnavailable\n"
        "try: push_vectors('milvus:x.db', '', None)\n"
        "except VectorsUnavailable as exc: print(exc)"
    )

    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert "pip install 'askms[milvus]'" in ran.stdout


def test_faiss_does_not_import_milvus() -> None:
    program = "import askms, askms.build, sys; assert not {'pymilvus', 'pandas', 'grpc'} & sys.modules.keys()"

    subprocess.run([sys.executable, "-c", program], check=True)
