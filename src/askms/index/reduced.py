"""A snapshot as it would be if some sources or passages were not held, for staff who try what hangs on them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import numpy as np

from askms.chunks import keyword_text
from askms.errors import UnknownSource
from askms.index.keywords import KeywordIndex
from askms.index.snapshot import Snapshot
from askms.index.vectors import VectorIndex
from askms.types import Document


def without(snapshot: Snapshot, dropped: Collection[str]) -> Snapshot:
    """The snapshot without some of its words, searched as if it had been built so.

    Args:
        snapshot: stays as it is.
        dropped: ids of sources and keys of passages.

    Raises:
        UnknownSource: one of them is not held, or nothing would be left.
    """
    rows = [row for row, p in enumerate(snapshot.passages) if p.key not in dropped and p.source_id not in dropped]
    known = {p.key for p in snapshot.passages} | snapshot.documents.keys()
    for name in dropped:
        if name not in known:
            raise UnknownSource(f"No source or passage {name!r} in snapshot {snapshot.name}. Look for it on its page.")
    if not rows:
        raise UnknownSource("Nothing would be left to search. Drop fewer sources.")
    documents = {key: _alone(one, dropped) for key, one in snapshot.documents.items() if key not in dropped}
    passages = tuple(snapshot.passages[row] for row in rows)
    vectors = snapshot.passage_vectors[rows]
    sentences = [vector for passage in passages for vector in snapshot.sentence_vectors_of(passage)]
    return Snapshot(
        manifest=replace(
            snapshot.manifest,
            snapshot=f"{snapshot.name} without {', '.join(sorted(dropped))}",
            passages=len(passages),
            sentences=len(sentences),
        ),
        documents=documents,
        passages=passages,
        passage_vectors=vectors,
        sentence_vectors=np.stack(sentences),
        asked_vectors=snapshot.asked_vectors[_rows_asked(snapshot, rows)],
        dense=VectorIndex.build(vectors, np.array([passage.stable_id for passage in passages], dtype=np.int64)),
        keywords=KeywordIndex.build([keyword_text(documents[passage.source_id], passage) for passage in passages]),
    )


def _alone(document: Document, dropped: Collection[str]) -> Document:
    """A document that names no source that is dropped."""
    return replace(
        document,
        conflicts_with=tuple(one for one in document.conflicts_with if one.source_id not in dropped),
        disputed_by=tuple(
            replace(one, answered_by=tuple(answer for answer in one.answered_by if answer.source_id not in dropped))
            for one in document.disputed_by
        ),
    )


def _rows_asked(snapshot: Snapshot, rows: Collection[int]) -> list[int]:
    """Rows of the vectors of the questions that these passages are known to answer."""
    found: list[int] = []
    kept, first = set(rows), 0
    for row, passage in enumerate(snapshot.passages):
        if row in kept:
            found += range(first, first + len(passage.asked_as))
        first += len(passage.asked_as)
    return found
