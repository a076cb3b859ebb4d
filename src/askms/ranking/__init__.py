"""How well a sentence answers a question, by a small network that reads both together."""

from __future__ import annotations

from askms.ranking.ranker import MOST_TOKENS, PackagedRanker, Ranker, as_read, packaged_ranker

__all__ = ["MOST_TOKENS", "PackagedRanker", "Ranker", "as_read", "packaged_ranker"]
