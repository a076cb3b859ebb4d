"""BM25 over passages: the only place that imports bm25s, which computes every score when an index is built.

A question only adds such scores up. Importing bm25s for that would take longer than loading the whole index. Rows
follow the snapshot's order of passages. Files are plain arrays and JSON, read with pickle switched off.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from askms.errors import IndexCorrupt
from askms.terms import terms

_ARRAYS: Final = {"weights": "data.csc.index.npy", "rows": "indices.csc.index.npy", "edges": "indptr.csc.index.npy"}
_TERMS: Final = "vocab.index.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeywordIndex:
    """BM25 (Lucene's variant, k1 1.5, b 0.75) over the terms of passages, as a sparse table with a column a term."""

    columns: Mapping[str, int]
    """Term to its column."""
    edges: NDArray[np.int32]
    """Column c is from `edges[c]` to `edges[c + 1]` of `rows` and `weights`."""
    rows: NDArray[np.int32]
    weights: NDArray[np.float32]
    size: int
    """How many passages there are."""

    @classmethod
    def build(cls, texts: Sequence[str]) -> KeywordIndex:
        """Index texts; their order is the order of scores."""
        import bm25s

        index = bm25s.BM25(method="lucene", auto_compile=False)
        index.index([terms(text) for text in texts], show_progress=False)
        table: Mapping[str, Any] = index.scores
        return cls(
            columns=index.vocab_dict,
            edges=np.asarray(table["indptr"], dtype=np.int32),
            rows=np.asarray(table["indices"], dtype=np.int32),
            weights=np.asarray(table["data"], dtype=np.float32),
            size=len(texts),
        )

    def scores(self, question_terms: Sequence[str]) -> NDArray[np.float32]:
        """Score of every passage, 0 where no term occurs."""
        total = np.zeros(self.size, dtype=np.float32)
        for term in question_terms:
            column = self._column(term)
            total[self.rows[column]] += self.weights[column]
        return total

    def holds(self, term: str) -> bool:
        """Whether any passage holds the term."""
        return self._count(term) > 0

    def idf(self, term: str) -> float:
        """How rare a term is among passages (Robertson and Sparck Jones); highest for a term never seen."""
        count = self._count(term)
        return math.log(1 + (self.size - count + 0.5) / (count + 0.5))

    def _count(self, term: str) -> int:
        column = self._column(term)
        return int(column.stop - column.start)

    def _column(self, term: str) -> slice:
        column = self.columns.get(term)
        if column is None or column + 1 >= len(self.edges):  # bm25s adds an empty term that has no column
            return slice(0, 0)
        return slice(int(self.edges[column]), int(self.edges[column + 1]))

    def save(self, folder: Path) -> None:
        """Write plain arrays and JSON."""
        folder.mkdir(parents=True, exist_ok=True)
        arrays = {"weights": self.weights, "rows": self.rows, "edges": self.edges}
        for name, file in _ARRAYS.items():
            np.save(folder / file, arrays[name], allow_pickle=False)
        (folder / _TERMS).write_text(json.dumps(dict(self.columns), ensure_ascii=False), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path, size: int) -> KeywordIndex:
        """Read what `save` wrote.

        Raises:
            IndexCorrupt: a file is missing or unreadable.
        """
        try:
            arrays = {name: np.load(folder / file, allow_pickle=False) for name, file in _ARRAYS.items()}
            columns = json.loads((folder / _TERMS).read_text(encoding="utf-8"))
        except (OSError, EOFError, ValueError) as exc:
            raise IndexCorrupt(f"{folder} is not a readable keyword index. Run: askms index build") from exc
        return cls(columns=columns, edges=arrays["edges"], rows=arrays["rows"], weights=arrays["weights"], size=size)
