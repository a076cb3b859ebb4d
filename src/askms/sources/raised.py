"""Figures set above the line: a power stays one, a mark that points at a reference is left out.

Written on the line, 10⁶ would become 106, and "18 people³" 18 people3.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_RAISED: Final = str.maketrans("0123456789+-\u2212\u2013", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁻")
_SIGNS: Final = "+-\u2212\u2013"
_MARK: Final = re.compile(r"(?:[\d,;\s*†‡§¶#|\[\]\u2013\u2212+-]|(?<![a-z])[a-h](?![a-z]))+")
"""What stands raised to point at a reference, a footnote or an affiliation."""
_POWER_OF: Final = re.compile(r"(?:[\d+\u2212]|(?<![^\W\d])(?:[kcmnµμ]?m|s|[RrNnIxχ])|^|[\s(\[])$")
"""Behind a number, a unit or a symbol of statistics a raised figure is a power; on its own, that of an isotope."""


def raised(text: str, before: str) -> str:
    """Text that stands raised, as it can be written on the line.

    Args:
        text: what stands raised.
        before: the line up to it.
    """
    mark = text.strip()
    if not _MARK.fullmatch(mark):
        return text
    lead, tail = text[: text.index(mark)], text[text.index(mark) + len(mark) :]
    charged = mark[0] in _SIGNS or mark[-1] in _SIGNS
    power = charged or _POWER_OF.search(unicodedata.normalize("NFKC", before + lead)) is not None
    return text.translate(_RAISED) if power else lead + tail
