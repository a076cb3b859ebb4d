"""The medicines that any text names, a passage or a question."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from askms.guardrails.medicines import annotate
from askms.remembering import Remembered

_WORD: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_known: Final = Remembered[frozenset[str]](65_536)
"""By the hash of the text: questions are looked at too, and 65,536 of them would be 650 MB of what people typed."""


def named_medicines(text: str) -> frozenset[str]:
    """Generic names of the medicines that a text names, by generic name, brand or a near spelling of either."""
    name = _known.name(text)
    if (known := _known.get(name)) is not None:
        return known
    found = _named(text)
    _known.put(name, found)
    return found


def _named(text: str) -> frozenset[str]:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return frozenset(annotate(" ".join(_WORD.findall(plain)))[1])
