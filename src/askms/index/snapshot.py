"""One built index: immutable in memory, a folder of checked files on disk.

`documents.json` and `passages.json` hold the words, `*.npy` the vectors (plain arrays,
pickle off), `dense.faiss` and `keywords/` the search structures, `manifest.json` the
checksums of all of them.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import TypeAdapter, ValidationError

from askms.errors import IndexCorrupt, UnknownSource
from askms.index.keywords import KeywordIndex
from askms.index.kinds import EXACT_UP_TO, kind_for
from askms.index.manifest import Manifest, checksums, load_manifest
from askms.index.vectors import VectorIndex
from askms.types import Document, Passage

MAPPED_FROM: Final = EXACT_UP_TO
"""Passages beyond which their vectors stay in their files, outside the memory of the process."""
_DOCUMENTS: Final = TypeAdapter(tuple[Document, ...])
_PASSAGES: Final = TypeAdapter(tuple[Passage, ...])


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """Everything a question needs, read-only."""

    manifest: Manifest
    documents: Mapping[str, Document]
    """By source id."""
    passages: tuple[Passage, ...]
    passage_vectors: NDArray[np.float32]
    """Shape (passages, dimension); row i belongs to `passages[i]`."""
    sentence_vectors: NDArray[np.float32]
    """Shape (sentences, dimension), passage by passage."""
    asked_vectors: NDArray[np.float32]
    """Vectors of the questions that passages are known to answer, passage by passage."""
    dense: VectorIndex
    keywords: KeywordIndex

    @property
    def name(self) -> str:
        """Hash of what it was built from."""
        return self.manifest.snapshot

    @cached_property
    def row_of(self) -> Mapping[int, int]:
        """Row of a passage by its stable id."""
        return {passage.stable_id: row for row, passage in enumerate(self.passages)}

    @cached_property
    def _row_of_key(self) -> Mapping[str, int]:
        return {passage.key: row for row, passage in enumerate(self.passages)}

    @cached_property
    def _first_sentence(self) -> NDArray[np.int64]:
        counts = [len(passage.sentences) for passage in self.passages]
        return np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)

    @cached_property
    def _rows_asked(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Rows of the passages with known questions, and where the questions of each begin."""
        counts = np.array([len(passage.asked_as) for passage in self.passages], dtype=np.int64)
        starts = np.concatenate([[0], np.cumsum(counts)[:-1]])
        return np.flatnonzero(counts), starts[counts > 0]

    @cached_property
    def _rows_of_source(self) -> Mapping[str, tuple[int, ...]]:
        rows: dict[str, list[int]] = {}
        for row, passage in enumerate(self.passages):
            rows.setdefault(passage.source_id, []).append(row)
        return {source: tuple(of) for source, of in rows.items()}

    def passage(self, key: str) -> Passage:
        """The passage of that key.

        Raises:
            UnknownSource: no such passage in this snapshot.
        """
        row = self._row_of_key.get(key)
        if row is None:
            raise UnknownSource(f"No passage {key!r} in snapshot {self.name}. It may belong to an older index.")
        return self.passages[row]

    def document(self, source_id: str) -> Document:
        """The source of that id.

        Raises:
            UnknownSource: no such source in this snapshot.
        """
        document = self.documents.get(source_id)
        if document is None:
            raise UnknownSource(f"No source {source_id!r} in snapshot {self.name}. See: askms index status")
        return document

    def sources_quoted(self, sentences: Collection[str]) -> frozenset[str]:
        """The sources of which a sentence stands among these."""
        return frozenset(source for sentence in sentences for source in self._sources_of_sentence.get(sentence, ()))

    @cached_property
    def _sources_of_sentence(self) -> Mapping[str, frozenset[str]]:
        sources: dict[str, set[str]] = {}
        for passage in self.passages:
            for position in range(len(passage.sentences)):
                sources.setdefault(passage.sentence(position), set()).add(passage.source_id)
        return {sentence: frozenset(of) for sentence, of in sources.items()}

    def passages_of(self, source_id: str) -> tuple[Passage, ...]:
        """The passages of one source, in reading order."""
        return tuple(self.passages[row] for row in self._rows_of_source.get(source_id, ()))

    def sentence_vectors_of(self, passage: Passage) -> NDArray[np.float32]:
        """Vectors of a passage's sentences, shape (sentences of it, dimension)."""
        row = self.row_of[passage.stable_id]
        return self.sentence_vectors[self._first_sentence[row] : self._first_sentence[row + 1]]

    def asked(self, vector: NDArray[np.float32]) -> NDArray[np.float32]:
        """Cosine of a question with the nearest question that each passage is known to answer; 0 where none is."""
        rows, starts = self._rows_asked
        best = np.zeros(len(self.passages), dtype=np.float32)
        if len(rows):
            best[rows] = np.maximum.reduceat(self.asked_vectors @ vector, starts)
        return best


def write_snapshot(
    folder: Path,
    *,
    documents: Sequence[Document],
    passages: Sequence[Passage],
    passage_vectors: NDArray[np.float32],
    sentence_vectors: NDArray[np.float32],
    asked_vectors: NDArray[np.float32],
    keyword_texts: Sequence[str],
) -> dict[str, str]:
    """Write every file of a snapshot but its manifest; return their checksums."""
    folder.mkdir(parents=True)
    (folder / "documents.json").write_bytes(_DOCUMENTS.dump_json(tuple(documents)))
    (folder / "passages.json").write_bytes(_PASSAGES.dump_json(tuple(passages)))
    np.save(folder / "passage_vectors.npy", passage_vectors, allow_pickle=False)
    np.save(folder / "sentence_vectors.npy", sentence_vectors, allow_pickle=False)
    np.save(folder / "asked_vectors.npy", asked_vectors, allow_pickle=False)
    ids = np.array([passage.stable_id for passage in passages], dtype=np.int64)
    VectorIndex.build(passage_vectors, ids, kind_for(len(passages))).save(folder / "dense.faiss")
    KeywordIndex.build(keyword_texts).save(folder / "keywords")
    for path in folder.rglob("*"):
        if path.is_file():
            _flush(path)
    return checksums(folder)


def load_snapshot(folder: Path) -> Snapshot:
    """Read a snapshot, checking every file against its checksum first.

    Raises:
        IndexCorrupt: a file is missing, altered or unreadable, or the parts disagree.
    """
    manifest = load_manifest(folder)
    verify_snapshot(folder, manifest)
    try:
        documents = _DOCUMENTS.validate_json((folder / "documents.json").read_bytes())
        passages = _PASSAGES.validate_json((folder / "passages.json").read_bytes())
        # Of many vectors a question needs few, and the system reads those when they are needed.
        mode: Literal["r"] | None = None if len(passages) <= MAPPED_FROM else "r"
        passage_vectors = np.asarray(np.load(folder / "passage_vectors.npy", mmap_mode=mode, allow_pickle=False))
        sentence_vectors = np.asarray(np.load(folder / "sentence_vectors.npy", mmap_mode=mode, allow_pickle=False))
        asked_vectors = np.load(folder / "asked_vectors.npy", allow_pickle=False)
    except (OSError, EOFError, ValidationError, ValueError) as exc:
        raise IndexCorrupt(f"{folder} cannot be read ({exc}). Run: askms index build") from exc
    dense = VectorIndex.load(folder / "dense.faiss")
    if dense.kind != manifest.vectors:
        raise IndexCorrupt(
            f"{folder / 'dense.faiss'} is of kind {dense.kind}, its manifest says {manifest.vectors}. "
            "Run: askms index build"
        )
    sentences = sum(len(passage.sentences) for passage in passages)
    vectors = (passage_vectors, sentence_vectors, asked_vectors)
    found = (*(one.shape for one in vectors), (len(dense), dense.dimension), (len(passages), sentences))
    width = manifest.dimension
    rows, asked = (manifest.passages, width), sum(len(passage.asked_as) for passage in passages)
    stated = (rows, (manifest.sentences, width), (asked, width), rows, (manifest.passages, manifest.sentences))
    if found != stated:
        raise IndexCorrupt(f"{folder} holds rows of {found}, its manifest says {stated}. Run: askms index build")
    return Snapshot(
        manifest=manifest,
        documents={document.id: document for document in documents},
        passages=passages,
        passage_vectors=passage_vectors,
        sentence_vectors=sentence_vectors,
        asked_vectors=asked_vectors,
        dense=dense,
        keywords=KeywordIndex.load(folder / "keywords", len(passages)),
    )


def verify_snapshot(folder: Path, manifest: Manifest) -> None:
    """Compare every file with its checksum.

    Raises:
        IndexCorrupt: a file is missing, altered or was added.
    """
    found = checksums(folder)
    for name in sorted(manifest.files.keys() | found.keys()):
        if found.get(name) != manifest.files.get(name):
            known = name in manifest.files
            state = "is missing" if name not in found else "was altered" if known else "was not built"
            raise IndexCorrupt(f"{folder / name} {state}. Run: askms index build")


def _flush(path: Path) -> None:
    """Make sure the bytes are on the disk before the snapshot is named as live."""
    with path.open("rb") as file:
        os.fsync(file.fileno())
