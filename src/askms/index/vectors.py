"""Nearest vectors by cosine: the only place that imports faiss.

Ids are our own (a passage's `stable_id`), never row numbers, because rows shift when a
flat index removes one. Exact search is right up to about 100,000 passages.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import faiss
import numpy as np
from numpy.typing import NDArray

from askms.errors import IndexCorrupt

# A second thread made single queries slower (measured up to four times).
faiss.omp_set_num_threads(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Near:
    """One neighbour: its stable id and its cosine with the question."""

    stable_id: int
    cosine: float


class NearestVectors(Protocol):
    """Anything that holds vectors under stable ids and finds the nearest."""

    def nearest(self, vector: NDArray[np.float32], limit: int) -> list[Near]:
        """The `limit` nearest vectors, best first; fewer when fewer are held. The question may have any length."""
        ...


class VectorIndex:
    """Unit vectors under stable ids; inner product of unit vectors is their cosine."""

    def __init__(self, index: faiss.IndexIDMap2) -> None:
        self._index = index

    @classmethod
    def build(cls, vectors: NDArray[np.float32], stable_ids: NDArray[np.int64]) -> VectorIndex:
        """Index unit vectors of shape (n, dimension) under n distinct ids."""
        if len(np.unique(stable_ids)) != len(stable_ids):
            raise ValueError("two passages share a stable id")
        index = faiss.IndexIDMap2(faiss.IndexFlatIP(vectors.shape[1]))
        index.add_with_ids(np.ascontiguousarray(vectors), stable_ids)
        return cls(index)

    def __len__(self) -> int:
        """How many vectors are held."""
        return int(self._index.ntotal)

    @property
    def dimension(self) -> int:
        """Length of each vector."""
        return int(self._index.d)

    def nearest(self, vector: NDArray[np.float32], limit: int) -> list[Near]:
        """The `limit` nearest vectors, best first; fewer when fewer are held. The question may have any length."""
        limit = min(limit, len(self))
        if limit <= 0:
            return []
        question = np.array(vector, dtype=np.float32).reshape(1, -1)
        faiss.normalize_L2(question)
        cosines, ids = self._index.search(question, limit)
        return [Near(stable_id=int(i), cosine=float(c)) for i, c in zip(ids[0], cosines[0], strict=True) if i >= 0]

    def save(self, path: Path) -> None:
        """Write faiss' own binary format."""
        faiss.write_index(self._index, str(path))

    @classmethod
    def load(cls, path: Path) -> VectorIndex:
        """Read what `save` wrote.

        Raises:
            IndexCorrupt: the file is not a faiss index.
        """
        try:
            index = faiss.read_index(str(path))
        except (RuntimeError, MemoryError) as exc:  # a damaged length asks for more memory than there is
            raise IndexCorrupt(f"{path} is not a readable faiss index. Run: askms index build") from exc
        if not isinstance(index, faiss.IndexIDMap2):  # it would answer with row numbers
            raise IndexCorrupt(f"{path} is an index without ids of its own. Run: askms index build")
        return cls(index)
