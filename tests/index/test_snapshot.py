"""A snapshot is read back as written, or refused with the command that cures it."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from askms.build import build_index
from askms.chunks import embedded_sentence, embedded_text
from askms.errors import IndexCorrupt, UnknownSource
from askms.index import Snapshot, live_snapshot_folder, load_snapshot, write_snapshot
from askms.index.manifest import checksums, load_manifest
from askms.sources import load_corpus
from askms.terms import terms
from askms.testing import FakeEmbedder, corpus_file

FILES = (
    "asked_vectors.npy",
    "dense.faiss",
    "documents.json",
    "keywords/data.csc.index.npy",
    "keywords/indices.csc.index.npy",
    "keywords/indptr.csc.index.npy",
    "keywords/vocab.index.json",
    "passage_vectors.npy",
    "passages.json",
    "sentence_vectors.npy",
)


@pytest.fixture
def folder(index: Path) -> Path:
    """The live snapshot's folder."""
    return live_snapshot_folder(index)


def reseal(folder: Path, **changes: Any) -> None:
    """Make the manifest agree with the files, as somebody who can write to the folder would."""
    manifest = load_manifest(folder)
    replace(manifest, files=checksums(folder), **changes).save(folder)


def assert_corrupt(folder: Path, because: str) -> None:
    with pytest.raises(IndexCorrupt, match=because) as caught:
        load_snapshot(folder)
    assert str(caught.value).endswith("Run: askms index build")


def test_snapshot_holds_these_files(folder: Path) -> None:
    assert tuple(sorted(load_manifest(folder).files)) == FILES


def test_documents_are_read_back_as_the_corpus_holds_them(snapshot: Snapshot, corpus: Path) -> None:
    assert tuple(snapshot.documents.values()) == load_corpus(corpus)


def test_passages_are_read_back_with_the_words_of_their_documents(snapshot: Snapshot) -> None:
    for passage in snapshot.passages:
        assert snapshot.document(passage.source_id).body[passage.start : passage.end] == passage.text


def test_vectors_are_read_back_in_the_order_of_passages_and_sentences(
    snapshot: Snapshot, embedder: FakeEmbedder
) -> None:
    for row, passage in enumerate(snapshot.passages):
        assert np.array_equal(snapshot.passage_vectors[row], embedder.embed_question(embedded_text(passage)))
        sentences = snapshot.sentence_vectors_of(passage)
        assert len(sentences) == len(passage.sentences)
        for i, vector in enumerate(sentences):
            assert np.array_equal(vector, embedder.embed_question(embedded_sentence(passage, i)))


def test_both_searches_answer_about_the_same_passages(snapshot: Snapshot, embedder: FakeEmbedder) -> None:
    (nearest,) = snapshot.dense.nearest(embedder.embed_question("What is a relapse?"), 1)
    by_words = int(snapshot.keywords.scores(terms("relapse")).argmax())

    assert snapshot.row_of[nearest.stable_id] == by_words
    assert snapshot.passages[by_words].source_id == "relapse"


def test_every_kind_of_field_survives(tmp_path: Path, embedder: FakeEmbedder) -> None:
    corpus_file(
        tmp_path / "corpus",
        "odd",
        doi="10.1000/x",
        pmid="1",
        nct="NCT03500289",
        year=None,
        n=None,
        title='Quotes " and é, 日本, \u2028',
        conflicts_with=[{"source": "plain", "on": "everything"}],
    )
    answer = {"source": "plain", "sentence": "Heat slows nerves."}
    disputed = [{"sentence": "Heat cures MS.", "why": "No.", "answered_by": [answer]}]
    body = "## Why?\n\nHeat cures MS. Heat slows nerves.\n"
    corpus_file(tmp_path / "corpus", "plain", body, disputed_by=disputed)

    build_index(tmp_path / "corpus", tmp_path / "index", embedder)

    built = load_snapshot(live_snapshot_folder(tmp_path / "index"))
    assert tuple(built.documents.values()) == load_corpus(tmp_path / "corpus")


def test_loading_twice_gives_equal_parts(folder: Path) -> None:
    one, other = load_snapshot(folder), load_snapshot(folder)

    assert (one.manifest, one.passages, one.documents) == (other.manifest, other.passages, other.documents)
    assert np.array_equal(one.sentence_vectors, other.sentence_vectors)


@pytest.mark.parametrize("file", [*FILES, "manifest.json"])
def test_missing_file_is_corrupt(folder: Path, file: str) -> None:
    (folder / file).unlink()

    assert_corrupt(folder, f"{file} is missing")


@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize("at", [0, -1])
def test_file_altered_by_one_bit_is_corrupt(folder: Path, file: str, at: int) -> None:
    content = bytearray((folder / file).read_bytes())
    content[at] ^= 1
    (folder / file).write_bytes(content)

    assert_corrupt(folder, f"{file} was altered")


@pytest.mark.parametrize("file", FILES)
def test_emptied_file_is_corrupt(folder: Path, file: str) -> None:
    (folder / file).write_bytes(b"")

    assert_corrupt(folder, f"{file} was altered")


@pytest.mark.parametrize("file", ["notes.txt", "keywords/extra.npy", "keywords/manifest.json", "vectors.pkl"])
def test_added_file_is_corrupt(folder: Path, file: str) -> None:
    (folder / file).write_text("extra")

    assert_corrupt(folder, f"{file} was not built")


@pytest.mark.parametrize("file", FILES)
def test_emptied_file_is_corrupt_even_when_the_manifest_agrees(folder: Path, file: str) -> None:
    (folder / file).write_bytes(b"")
    reseal(folder)

    assert_corrupt(folder, str(folder))


@pytest.mark.parametrize("file", ["passage_vectors.npy", "sentence_vectors.npy", "keywords/data.csc.index.npy"])
def test_pickle_is_never_loaded(folder: Path, tmp_path: Path, file: str) -> None:
    class Bomb:
        def __reduce__(self) -> tuple[Any, ...]:
            return os.mkdir, (str(tmp_path / "exploded"),)

    np.save(folder / file, np.array([Bomb()], dtype=object), allow_pickle=True)
    reseal(folder)

    assert_corrupt(folder, str(folder))
    assert not (tmp_path / "exploded").exists()


@pytest.mark.parametrize("shape", [(), (4,), (3, 64), (5, 64), (4, 63)])
def test_vectors_of_another_shape_are_corrupt(folder: Path, shape: tuple[int, ...]) -> None:
    assert np.load(folder / "passage_vectors.npy").shape == (4, 64)
    np.save(folder / "passage_vectors.npy", np.zeros(shape, dtype=np.float32))
    reseal(folder)

    assert_corrupt(folder, "its manifest says")


@pytest.mark.parametrize("changes", [{"passages": 5}, {"sentences": 1}, {"dimension": 384}])
def test_manifest_that_counts_otherwise_is_corrupt(folder: Path, changes: dict[str, int]) -> None:
    reseal(folder, **changes)

    assert_corrupt(folder, "its manifest says")


def test_documents_that_break_the_format_are_corrupt(folder: Path) -> None:
    (folder / "documents.json").write_text('[{"id": "heat"}]')
    reseal(folder)

    assert_corrupt(folder, "cannot be read")


def test_passage_is_found_by_its_key(snapshot: Snapshot) -> None:
    for passage in snapshot.passages:
        assert snapshot.passage(passage.key) is passage


def test_unknown_passage_and_source_are_named(snapshot: Snapshot) -> None:
    with pytest.raises(UnknownSource, match=f"No passage 'gone' in snapshot {snapshot.name}"):
        snapshot.passage("gone")
    with pytest.raises(UnknownSource, match="No source 'gone' in snapshot"):
        snapshot.document("gone")


def test_passages_of_a_source_come_in_reading_order(snapshot: Snapshot) -> None:
    assert [p.start for p in snapshot.passages_of("fatigue")] == sorted(
        p.start for p in snapshot.passages_of("fatigue")
    )
    assert {p.source_id for p in snapshot.passages_of("fatigue")} == {"fatigue"}
    assert snapshot.passages_of("gone") == ()


def test_folder_that_exists_is_never_written_into(snapshot: Snapshot, folder: Path) -> None:
    with pytest.raises(FileExistsError):
        write_snapshot(
            folder,
            documents=tuple(snapshot.documents.values()),
            passages=snapshot.passages,
            passage_vectors=snapshot.passage_vectors,
            sentence_vectors=snapshot.sentence_vectors,
            asked_vectors=snapshot.asked_vectors,
            keyword_texts=[embedded_text(passage) for passage in snapshot.passages],
        )


def test_the_real_snapshot_is_whole_and_its_vectors_have_length_one(real_snapshot: Snapshot) -> None:
    assert len(real_snapshot.documents) >= 100
    assert np.linalg.norm(real_snapshot.passage_vectors, axis=1) == pytest.approx(1, abs=1e-4)
    assert np.linalg.norm(real_snapshot.sentence_vectors, axis=1) == pytest.approx(1, abs=1e-4)
    assert real_snapshot.manifest.quarantined == {}
