"""How vectors are searched, by how many there are: exactly while that is quick, in cells after that.

What was tried is in `docs/decisions/0027-a-million-passages.md`; `benchmarks/scale.py` measures it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

EXACT_UP_TO: Final = 100_000
"""Vectors that are all compared with a question; a million of them would take a tenth of a second."""
_CELL: Final = 1000
"""Vectors a cell, about."""
_SHARE: Final = 16
"""One cell in so many is searched."""
_LEAST_PROBES: Final = 32
"""But never fewer, of cells that are so few."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of index."""

    name: str
    """As `faiss.index_factory` names it; the manifest of a snapshot says it too."""
    probes: int = 0
    """Cells that are searched for a question; 0 where there are none."""


EXACT: Final = Kind(name="Flat")


def kind_for(count: int) -> Kind:
    """The kind for so many vectors: cells, each number in one byte instead of four, beyond `EXACT_UP_TO`."""
    if count <= EXACT_UP_TO:
        return EXACT
    cells = count // _CELL
    return Kind(name=f"IVF{cells},SQ8", probes=min(cells, max(_LEAST_PROBES, cells // _SHARE)))
