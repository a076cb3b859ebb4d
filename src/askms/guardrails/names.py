"""The medicines that any text names, a passage or a question."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

from askms.guardrails.medicines import annotate

_WORD: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


@lru_cache(maxsize=65_536)
def named_medicines(text: str) -> frozenset[str]:
    """Generic names of the medicines that a text names, by generic name, brand or a near spelling of either."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return frozenset(annotate(" ".join(_WORD.findall(plain)))[1])
