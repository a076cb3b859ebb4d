"""Which engine searches the vectors of a snapshot: the one in the snapshot itself, or one that the settings name."""

from __future__ import annotations

from typing import Final

from askms.index.snapshot import Snapshot
from askms.index.vectors import NearestVectors

FAISS: Final = "faiss"
MILVUS: Final = "milvus:"


def open_vectors(engine: str, token: str, snapshot: Snapshot) -> NearestVectors:
    """The vectors of a snapshot in an engine.

    Args:
        engine: `faiss`, or `milvus:` and an address.
        token: what the engine wants to let askms in; empty if nothing.
        snapshot: whose vectors are wanted.

    Raises:
        VectorsUnavailable: the engine cannot be reached, or its client is not installed.
        IndexStale: it does not hold this snapshot.
    """
    if engine == FAISS:
        return snapshot.dense
    from askms.index.milvus import MilvusVectors  # an optional extra, and a second to import

    return MilvusVectors.open(engine.removeprefix(MILVUS), token, snapshot)


def push_vectors(engine: str, token: str, snapshot: Snapshot) -> int:
    """Fill an engine with the vectors of a snapshot; returns how many it holds then. `faiss` needs no filling: 0.

    Raises:
        VectorsUnavailable: the engine cannot be reached, or its client is not installed.
    """
    if engine == FAISS:
        return 0
    from askms.index.milvus import push

    return push(engine.removeprefix(MILVUS), token, snapshot)
