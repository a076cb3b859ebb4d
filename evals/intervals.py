"""Intervals: how far a share measured on some items may be off."""

from __future__ import annotations

from math import sqrt

Z95 = 1.959964


def wilson(hits: int, of: int, z: float = Z95) -> tuple[float, float]:
    """Interval of a proportion, 95% unless `z` says otherwise (Wilson, JASA 1927); (0, 1) when nothing was counted."""
    if of == 0:
        return 0.0, 1.0
    p = hits / of
    middle = (p + z * z / (2 * of)) / (1 + z * z / of)
    half = z * sqrt(p * (1 - p) / of + z * z / (4 * of * of)) / (1 + z * z / of)
    return max(0.0, middle - half), min(1.0, middle + half)
