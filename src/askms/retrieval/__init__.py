"""Find the passages that may answer a question."""

from __future__ import annotations

from askms.retrieval.fusion import Fusion, fuse
from askms.retrieval.hybrid import HybridRetriever, Retriever
from askms.retrieval.ranks import Ranks

__all__ = ["Fusion", "HybridRetriever", "Ranks", "Retriever", "fuse"]
