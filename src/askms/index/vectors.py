"""Nearest vectors by cosine: the only place that imports faiss.

Ids are our own (a passage's `stable_id`), never row numbers, because rows shift when a
flat index removes one. Which kind of index it is depends on how many there are (`kinds`).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol

import faiss
import numpy as np
from numpy.typing import NDArray

from askms.errors import IndexCorrupt
from askms.index.kinds import Kind, kind_for

# A second thread made single queries slower (measured up to four times).
faiss.omp_set_num_threads(1)
_TRAINED_ON: Final = 100_000
"""Vectors, about, by which the cells are laid out; more where that would be too few for so many cells."""
_TRAINED_ON_A_CELL: Final = 39
"""Vectors a cell at least; faiss warns of fewer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Near:
    """One neighbour: its stable id and its cosine with the question."""

    stable_id: int
    cosine: float
    """Off by a hundredth or so where the index does not hold the vectors whole."""


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
    def build(
        cls, vectors: NDArray[np.float32], stable_ids: NDArray[np.int64], kind: Kind | None = None
    ) -> VectorIndex:
        """Index unit vectors of shape (n, dimension) under n distinct ids.

        Args:
            vectors: to be found.
            stable_ids: one each.
            kind: of index; none: the one for so many.
        """
        if len(np.unique(stable_ids)) != len(stable_ids):
            raise ValueError("two passages share a stable id")
        kind = kind or kind_for(len(vectors))
        held = np.ascontiguousarray(vectors, dtype=np.float32)
        inner = faiss.index_factory(held.shape[1], kind.name, faiss.METRIC_INNER_PRODUCT)
        if not inner.is_trained:
            # Evenly spread, and not all: faiss would copy a million vectors to leave most of them.
            cells = inner.nlist if isinstance(inner, faiss.IndexIVF) else 0
            enough = max(_TRAINED_ON, _TRAINED_ON_A_CELL * cells)
            inner.train(np.ascontiguousarray(held[:: max(1, len(held) // enough)]))
        index = faiss.IndexIDMap2(inner)
        index.add_with_ids(held, stable_ids)
        made = cls(index)
        if kind.probes:
            made.probe(kind.probes)
        return made

    def __len__(self) -> int:
        """How many vectors are held."""
        return int(self._index.ntotal)

    @property
    def kind(self) -> str:
        """What kind of index it is, as `Kind.name` says it; the class of faiss where it is none of ours."""
        inner: Any = faiss.downcast_index(self._index.index)
        match type(inner).__name__:
            case "IndexFlat" | "IndexFlatIP":
                return "Flat"
            case "IndexIVFScalarQuantizer":
                return f"IVF{inner.nlist},SQ8"
            case other:
                return str(other)

    def probe(self, cells: int) -> None:
        """Search so many cells for each question from now on. It is saved with the index."""
        inner: Any = faiss.downcast_index(self._index.index)
        inner.nprobe = cells

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
