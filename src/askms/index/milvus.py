"""Nearest vectors by cosine in Milvus, for collections that outgrow one machine: the only place that imports pymilvus.

Each snapshot has a collection of its own, named after it, under the same stable ids as in faiss. It is filled beside
and renamed when it is whole, so that a push that dies leaves nothing that could be taken for it. `milvus:FILE.db` is
Milvus Lite, the same engine in a file of this machine.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from askms.errors import IndexStale, VectorsUnavailable
from askms.index.snapshot import Snapshot
from askms.index.vectors import Near

try:
    from pymilvus import DataType, MilvusClient, MilvusException
except ImportError as exc:
    raise VectorsUnavailable("Milvus needs a package that is not installed. Run: pip install 'askms[milvus]'") from exc

EXACT_TO: Final = 100_000
"""Vectors up to which the search is exact; beyond, Milvus chooses an approximate index."""
BATCH: Final = 1_000
"""Vectors sent at once."""
SECONDS: Final = 5.0
"""How long a search may take."""
_DRAFT: Final = "_draft"
_LITE: Final = {"grpc.keepalive_time_ms": 600_000, "grpc.keepalive_permit_without_calls": False}
"""Milvus Lite hangs up on a client that asks every ten seconds whether it is there, as the client does by itself."""


class MilvusVectors:
    """The vectors of one snapshot in Milvus. Safe to share between threads."""

    def __init__(self, client: MilvusClient, collection: str, count: int) -> None:
        self._client, self._collection, self._count = client, collection, count

    @classmethod
    def open(cls, address: str, token: str, snapshot: Snapshot) -> MilvusVectors:
        """Open the collection of a snapshot.

        Args:
            address: `http://HOST:19530`, or a file for Milvus Lite.
            token: `USER:PASSWORD` or a key; empty where the server asks for none.
            snapshot: whose vectors are wanted.

        Raises:
            VectorsUnavailable: Milvus cannot be reached or refuses.
            IndexStale: it does not hold this snapshot, or not all of it.
        """
        name = _name(snapshot)
        with _client(address, token) as client:
            found = _count(client, name) if client.has_collection(name) else 0
            if found != len(snapshot.passages):
                raise IndexStale(
                    f"Milvus at {address} holds {found} of the {len(snapshot.passages)} vectors of snapshot "
                    f"{snapshot.name}. Run: askms index push"
                )
            client.load_collection(name)
            return cls(client, name, found)

    def nearest(self, vector: NDArray[np.float32], limit: int) -> list[Near]:
        """The `limit` nearest vectors, best first; fewer when fewer are held. The question may have any length.

        Raises:
            VectorsUnavailable: Milvus cannot be reached or refuses.
        """
        limit = min(limit, self._count)
        if limit <= 0:
            return []
        with _translated("search"):
            (found,) = self._client.search(
                self._collection,
                data=[np.asarray(vector, dtype=np.float32)],
                anns_field="vector",
                limit=limit,
                output_fields=["id"],
                timeout=SECONDS,
            )
        near = [Near(stable_id=int(one["id"]), cosine=float(one["distance"])) for one in found]
        return sorted(near, key=lambda one: -one.cosine)


def push(address: str, token: str, snapshot: Snapshot) -> int:
    """Fill the collection of a snapshot; one that is there already is replaced. Returns how many vectors it holds.

    Raises:
        VectorsUnavailable: Milvus cannot be reached or refuses; what was there stays.
    """
    name = _name(snapshot)
    draft = name + _DRAFT
    with _client(address, token) as client, _translated("push"):
        client.drop_collection(draft)
        _create(client, draft, snapshot)
        for at in range(0, len(snapshot.passages), BATCH):
            passages, vectors = snapshot.passages[at : at + BATCH], snapshot.passage_vectors[at : at + BATCH]
            rows = zip(passages, vectors, strict=True)
            client.insert(draft, [{"id": one.stable_id, "vector": vector} for one, vector in rows])
        client.flush(draft)
        client.load_collection(draft)
        held = _count(client, draft)
        if held != len(snapshot.passages):
            raise VectorsUnavailable(
                f"Milvus at {address} kept {held} of {len(snapshot.passages)} vectors. Push again."
            )
        client.drop_collection(name)
        client.rename_collection(draft, name)
        return held


def _create(client: MilvusClient, name: str, snapshot: Snapshot) -> None:
    schema = client.create_schema(auto_id=False, enable_dynamic_field=False)
    schema.add_field("id", DataType.INT64, is_primary=True)
    schema.add_field("vector", DataType.FLOAT_VECTOR, dim=snapshot.manifest.dimension)
    index = client.prepare_index_params()
    kind = "FLAT" if len(snapshot.passages) <= EXACT_TO else "AUTOINDEX"
    index.add_index("vector", index_type=kind, metric_type="COSINE")
    client.create_collection(name, schema=schema, index_params=index, consistency_level="Strong")


def _count(client: MilvusClient, name: str) -> int:
    client.load_collection(name)
    (row,) = client.query(name, filter="", output_fields=["count(*)"])
    return int(row["count(*)"])


def _name(snapshot: Snapshot) -> str:
    return f"askms_{snapshot.name}"


@contextmanager
def _client(address: str, token: str) -> Iterator[MilvusClient]:
    """A client, its failures translated."""
    options = {}
    if "://" not in address:
        Path(address).parent.mkdir(parents=True, exist_ok=True)
        options = {"grpc_options": _LITE}
    with _translated("open"):
        yield MilvusClient(address, token=token, timeout=SECONDS, **options)


@contextmanager
def _translated(what: str) -> Iterator[None]:
    try:
        yield
    except (MilvusException, OSError) as exc:
        raise VectorsUnavailable(f"Milvus: {what} failed: {exc}. Check ASKMS_VECTORS and the server.") from exc
