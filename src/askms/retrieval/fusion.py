"""Combine dense and keyword scores into one order.

Two ways, so that both stay measurable: a convex combination of normalised scores (the
default; it won every measurement) and reciprocal rank fusion.
"""

from __future__ import annotations

from enum import Enum
from typing import Final

import numpy as np
from numpy.typing import NDArray

RANK_CONSTANT: Final = 60
"""k of reciprocal rank fusion (Cormack, Clarke and Buettcher, SIGIR 2009)."""

Scores = NDArray[np.float32]


class Fusion(Enum):
    """How two rankings become one."""

    SCORE = "score"
    RANK = "rank"


def fuse(dense: Scores, keyword: Scores, *, fusion: Fusion, dense_weight: float) -> Scores:
    """Combine two score arrays over the same passages into one, 0 to 1.

    Args:
        dense: cosines, -1 to 1.
        keyword: BM25 scores, 0 upwards.
        fusion: by score or by rank.
        dense_weight: share of the dense side, 0 to 1.
    """
    if fusion is Fusion.SCORE:
        combined = dense_weight * _unit(dense, floor=-1.0) + (1 - dense_weight) * _unit(keyword, floor=0.0)
    else:
        combined = dense_weight * _reciprocal(dense) + (1 - dense_weight) * _reciprocal(keyword)
        combined *= RANK_CONSTANT + 1
    return combined.astype(np.float32)


def _unit(scores: Scores, *, floor: float) -> Scores:
    """Scale to 0..1 from the score's own least possible value to the best one found.

    Theoretical minimum rather than the least seen, so that one more bad candidate does not move the others (Bruch,
    Gai and Ingber, "An analysis of fusion functions for hybrid retrieval", TOIS 2023).
    """
    best = float(scores.max(initial=floor))
    if best <= floor:
        return np.zeros_like(scores)
    return (scores - floor) / (best - floor)


def _reciprocal(scores: Scores) -> Scores:
    order = np.argsort(-scores, kind="stable")
    ranks = np.empty(len(scores), dtype=np.float32)
    ranks[order] = np.arange(1, len(scores) + 1)
    return (1.0 / (RANK_CONSTANT + ranks)).astype(np.float32)
