"""Where a hit stands in each of the rankings that it was fused from."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranks:
    """Places among all passages of the snapshot; 1 is the best."""

    dense: int
    """By meaning."""
    keyword: int | None
    """By words; none where no word of the question occurs."""
    asked: int | None
    """By the questions that it is known to answer; none where there are none."""
    fused: int
    """After fusing, before near-duplicates, withdrawn sources and too many of one source were left out."""
