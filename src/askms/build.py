"""Offline composition: corpus to a live index snapshot.

A snapshot is written beside the live one, read back and checked, and only then made
live by one atomic rename; a build that dies leaves the live one as it was. Vectors of
words that the live snapshot already holds are taken from it, not computed again.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Protocol

import numpy as np

from askms.chunks import CHUNKER_VERSION, chunk, embedded_sentence, embedded_text, keyword_text
from askms.embedding import Embedder, Vectors
from askms.errors import CorpusError, IndexStale, IndexUnwritable, SnapshotError
from askms.guardrails.poison import quarantine, rules_digest
from askms.index import (
    Manifest,
    Snapshot,
    live_snapshot_folder,
    load_snapshot,
    publish,
    write_snapshot,
)
from askms.index.kinds import kind_for
from askms.index.live import SNAPSHOTS
from askms.index.manifest import FORMAT, load_manifest, snapshot_name
from askms.sources import load_corpus
from askms.types import Document, Passage

DRAFT: Final = "draft-"
"""Prefix of a folder being written; a leftover is from a build that died."""
LOCK: Final = "BUILD.lock"
"""Held by the one process that builds; the system lets go of it when that process dies."""


class Progress(Protocol):
    """Told how far a build is."""

    def __call__(self, done: int, total: int) -> None:
        """`done` of `total` texts have vectors."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildReport:
    """What a build did."""

    snapshot: str
    sources: int
    passages: int
    sentences: int
    embedded: int
    """Texts that needed a new vector."""
    reused: int
    """Texts whose vector was taken from the snapshot before."""
    quarantined: dict[str, str]
    unchanged: bool
    """The live snapshot was already built from exactly this."""


def build_index(
    corpus_dir: Path,
    index_dir: Path,
    embedder: Embedder,
    progress: Progress = lambda done, total: None,
    before_live: Callable[[Snapshot], object] = lambda snapshot: None,
) -> BuildReport:
    """Build a snapshot of the corpus and make it live. Waits for another build of the same index to end.

    Args:
        corpus_dir: folder of sources.
        index_dir: folder of built indexes.
        embedder: the model.
        progress: told how far the build is.
        before_live: done with a new snapshot before anybody is answered from it; if it fails, the live one stays.

    Raises:
        CorpusError: a source breaks the format; the live snapshot stays.
        ModelUnavailable: no vectors can be computed; the live snapshot stays.
        IndexUnwritable: the disk is full or refuses; the live snapshot stays.
    """
    documents = load_corpus(corpus_dir)
    sources = {document.id: document.content_hash for document in documents}
    before = _live_or_none(index_dir)
    if before is not None and not _reasons_stale(before.manifest, sources, embedder.digest):
        return _report(before.manifest, embedded=0, reused=0, unchanged=True)
    index_dir.mkdir(parents=True, exist_ok=True)
    from filelock import FileLock  # whoever asks checks the model here, and builds nothing

    with FileLock(index_dir / LOCK):
        return _build_alone(corpus_dir, index_dir, embedder, progress, before_live)


def _build_alone(
    corpus_dir: Path,
    index_dir: Path,
    embedder: Embedder,
    progress: Progress,
    before_live: Callable[[Snapshot], object],
) -> BuildReport:
    documents = load_corpus(corpus_dir)  # again, like the check below: another build may have just ended
    sources = {document.id: document.content_hash for document in documents}
    before = _live_or_none(index_dir)
    if before is not None and not _reasons_stale(before.manifest, sources, embedder.digest):
        return _report(before.manifest, embedded=0, reused=0, unchanged=True)
    limit = embedder.max_tokens
    rules = rules_digest()
    name = snapshot_name(
        model_digest=embedder.digest, chunker=CHUNKER_VERSION, rules=rules, max_tokens=limit, sources=sources
    )
    kept, quarantined = _passages(documents, embedder.count_tokens, limit)
    if not kept:
        reasons = "; ".join(quarantined.values())
        raise CorpusError(str(corpus_dir), "body", f"no passage is left to index ({reasons})", "Correct the passages.")
    by_id = {document.id: document for document in documents}
    vectors = _vectors(kept, embedder, before, progress)
    snapshots = index_dir / SNAPSHOTS
    snapshots.mkdir(parents=True, exist_ok=True)
    for leftover in snapshots.glob(f"{DRAFT}*"):
        shutil.rmtree(leftover)
    draft = snapshots / f"{DRAFT}{os.getpid()}"
    with _written_whole(draft):
        files = write_snapshot(
            draft,
            documents=documents,
            passages=kept,
            passage_vectors=vectors.passages,
            sentence_vectors=vectors.sentences,
            asked_vectors=vectors.asked,
            keyword_texts=[keyword_text(by_id[passage.source_id], passage) for passage in kept],
        )
        manifest = Manifest(
            format=FORMAT,
            snapshot=name,
            built_at=datetime.now(UTC).isoformat(timespec="seconds"),
            model=embedder.name,
            model_digest=embedder.digest,
            model_file=embedder.model_file,
            dimension=vectors.passages.shape[1],
            max_tokens=limit,
            chunker=CHUNKER_VERSION,
            rules=rules,
            sources=sources,
            quarantined=quarantined,
            passages=len(kept),
            sentences=len(vectors.sentences),
            files=files,
            vectors=kind_for(len(kept)).name,
        )
        manifest.save(draft)
        before_live(load_snapshot(draft))  # read back before anyone relies on it
    final = snapshots / name
    if final.exists():
        shutil.rmtree(final)  # only ever one that the check above found stale or unreadable
    draft.rename(final)
    publish(index_dir, name)
    return _report(manifest, embedded=vectors.embedded, reused=vectors.reused, unchanged=False)


@contextmanager
def _written_whole(draft: Path) -> Iterator[None]:
    """Leave nothing behind of a snapshot that cannot be written: on a full disk others need the room."""
    try:
        yield
    except (OSError, RuntimeError) as exc:  # faiss raises the second kind, and numpy an OSError that says nothing
        said = exc.strerror if isinstance(exc, OSError) and exc.strerror else type(exc).__name__
        free = shutil.disk_usage(draft.parent).free
        shutil.rmtree(draft, ignore_errors=True)
        raise IndexUnwritable(
            f"The new index cannot be written to {draft.parent} ({said}; {free >> 20} MB are free). The old one stays. "
            "Make room, then run: askms index build"
        ) from exc
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise


def check_fresh(index_dir: Path, corpus_dir: Path, embedder: Embedder) -> Manifest:
    """Return the live manifest if it matches corpus, model and chunker.

    Raises:
        IndexMissing: nothing was built.
        IndexStale: it was built from something else; the message says what changed.
        CorpusError: the corpus cannot be read.
    """
    manifest = load_manifest(live_snapshot_folder(index_dir))
    sources = {document.id: document.content_hash for document in load_corpus(corpus_dir)}
    reasons = _reasons_stale(manifest, sources, embedder.digest)
    if reasons:
        raise IndexStale(f"Index {manifest.snapshot} is stale: {'; '.join(reasons)}. Run: askms index build")
    return manifest


def check_model(manifest: Manifest, embedder: Embedder) -> None:
    """Refuse to compare vectors of two models, or of two ways to run one.

    Raises:
        IndexStale: the index was built with another model.
        ModelUnavailable: the model is missing or altered.
    """
    if (manifest.model_digest, manifest.model_file) != (embedder.digest, embedder.model_file):
        raise IndexStale(
            f"Index {manifest.snapshot} was built with model {manifest.model!r} "
            f"({manifest.model_digest[:12]}), the setting says {embedder.name!r} ({embedder.digest[:12]}). "
            "Run: askms index build"
        )


def _reasons_stale(manifest: Manifest, sources: dict[str, str], model_digest: str) -> list[str]:
    old = manifest.sources
    counted = {
        "source(s) added": len(sources.keys() - old.keys()),
        "source(s) removed": len(old.keys() - sources.keys()),
        "source(s) changed": sum(old[key] != sources[key] for key in old.keys() & sources.keys()),
    }
    reasons = [f"{count} {what}" for what, count in counted.items() if count]
    if manifest.model_digest != model_digest:
        reasons.append(f"built with another model ({manifest.model})")
    if manifest.chunker != CHUNKER_VERSION:
        reasons.append(f"built with chunker {manifest.chunker}, now {CHUNKER_VERSION}")
    if manifest.rules != rules_digest():
        reasons.append("built with other rules for what may be quoted")
    return reasons


def _live_or_none(index_dir: Path) -> Snapshot | None:
    """The live snapshot; none when missing or corrupt, because a build is the cure for both."""
    try:
        return load_snapshot(live_snapshot_folder(index_dir))
    except SnapshotError:
        return None


def _passages(
    documents: Sequence[Document], count_tokens: Callable[[str], int], limit: int
) -> tuple[list[Passage], dict[str, str]]:
    kept: dict[str, Passage] = {}
    quarantined: dict[str, str] = {}
    for document in documents:
        for passage in chunk(document, count_tokens=count_tokens, max_tokens=limit):
            reason = quarantine(passage, document)
            if reason:
                quarantined[passage.key] = f"{document.id}: {reason}"
            else:
                kept.setdefault(passage.key, passage)
    return list(kept.values()), quarantined


@dataclass(frozen=True, slots=True, kw_only=True)
class _Vectors:
    passages: Vectors
    sentences: Vectors
    asked: Vectors
    embedded: int
    reused: int


def _vectors(kept: Sequence[Passage], embedder: Embedder, before: Snapshot | None, progress: Progress) -> _Vectors:
    passage_texts = [embedded_text(passage) for passage in kept]
    sentence_texts = [embedded_sentence(passage, i) for passage in kept for i in range(len(passage.sentences))]
    asked_texts = [question for passage in kept for question in passage.asked_as]
    known = _known_vectors(before, embedder.digest)
    wanted = dict.fromkeys([*passage_texts, *sentence_texts, *asked_texts])
    missing = [text for text in wanted if text not in known]
    total, finished = len(missing), 0

    def done(count: int) -> None:
        nonlocal finished
        finished += count
        progress(finished, total)

    for text, vector in zip(missing, embedder.embed_passages(missing, done), strict=True):
        known[text] = vector
    passages = np.stack([known[text] for text in passage_texts])
    asked = [known[text] for text in asked_texts]
    return _Vectors(
        passages=passages,
        sentences=np.stack([known[text] for text in sentence_texts]),
        asked=np.array(asked, dtype=np.float32).reshape(len(asked), passages.shape[1]),
        embedded=len(missing),
        reused=len(wanted) - len(missing),
    )


def _known_vectors(before: Snapshot | None, model_digest: str) -> dict[str, Vectors]:
    if before is None or before.manifest.model_digest != model_digest:
        return {}
    known: dict[str, Vectors] = {}
    for row, passage in enumerate(before.passages):
        known[embedded_text(passage)] = before.passage_vectors[row]
        for i, vector in enumerate(before.sentence_vectors_of(passage)):
            known[embedded_sentence(passage, i)] = vector
    asked = (question for passage in before.passages for question in passage.asked_as)
    known.update(zip(asked, before.asked_vectors, strict=True))
    return known


def _report(manifest: Manifest, *, embedded: int, reused: int, unchanged: bool) -> BuildReport:
    return BuildReport(
        snapshot=manifest.snapshot,
        sources=len(manifest.sources),
        passages=manifest.passages,
        sentences=manifest.sentences,
        embedded=embedded,
        reused=reused,
        quarantined=manifest.quarantined,
        unchanged=unchanged,
    )
