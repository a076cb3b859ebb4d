"""BM25 over passages: the only place that imports bm25s.

Rows follow the snapshot's order of passages. Files are plain arrays and JSON, read with
pickle switched off.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import bm25s
import numpy as np
from numpy.typing import NDArray

from askms.errors import IndexCorrupt
from askms.terms import terms


class KeywordIndex:
    """BM25 (Lucene's variant, k1 1.5, b 0.75) over the terms of passages."""

    def __init__(self, index: bm25s.BM25, size: int) -> None:
        self._index, self._size = index, size

    @classmethod
    def build(cls, texts: Sequence[str]) -> KeywordIndex:
        """Index texts; their order is the order of scores."""
        index = bm25s.BM25(method="lucene", auto_compile=False)
        index.index([terms(text) for text in texts], show_progress=False)
        return cls(index, len(texts))

    def scores(self, question_terms: Sequence[str]) -> NDArray[np.float32]:
        """Score of every passage, 0 where no term occurs."""
        known = [term for term in question_terms if self.holds(term)]
        if not known:
            return np.zeros(self._size, dtype=np.float32)
        scores: NDArray[np.float32] = self._index.get_scores(known)
        return scores

    def holds(self, term: str) -> bool:
        """Whether any passage holds the term."""
        return self._count(term) > 0

    def idf(self, term: str) -> float:
        """How rare a term is among passages (Robertson and Sparck Jones); highest for a term never seen."""
        count = self._count(term)
        return math.log(1 + (self._size - count + 0.5) / (count + 0.5))

    def _count(self, term: str) -> int:
        column = self._index.vocab_dict.get(term)
        edges = self._index.scores["indptr"]
        if column is None or column + 1 >= len(edges):  # bm25s adds an empty term that has no column
            return 0
        return int(edges[column + 1] - edges[column])

    def save(self, folder: Path) -> None:
        """Write plain arrays and JSON."""
        self._index.save(folder, show_progress=False, allow_pickle=False)

    @classmethod
    def load(cls, folder: Path, size: int) -> KeywordIndex:
        """Read what `save` wrote.

        Raises:
            IndexCorrupt: a file is missing or unreadable.
        """
        try:
            index = bm25s.BM25.load(folder, show_progress=False, allow_pickle=False)
        except (OSError, EOFError, ValueError, KeyError) as exc:
            raise IndexCorrupt(f"{folder} is not a readable keyword index. Run: askms index build") from exc
        return cls(index, size)
