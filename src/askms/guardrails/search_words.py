"""The words of a question that a ready-made search elsewhere may hold.

A name that masking missed must not come back in a link (P8), so a search holds only words that are known to mean
something: ordinary ones, medicines, registry numbers, short figures, and abbreviations that the sources use.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from askms.guardrails.identifiers.words import fold, is_ordinary
from askms.terms import terms

_WORD: Final = re.compile(r"[^\W_](?:[\w.'’-]*[^\W_])?")
_MASK: Final = re.compile(r"\[[a-z ]+\]")
_FIGURE: Final = re.compile(r"NCT\d{8}|\d{1,3}(?:\.\d)?")


def search_words(text: str, holds: Callable[[str], bool]) -> str:
    """The words of a text that a search may hold, in their order.

    Args:
        text: identifiers masked.
        holds: says of a term (`askms.terms`) whether the sources use it.
    """
    return " ".join(word for word in _WORD.findall(_MASK.sub(" ", text)) if _may_show(word, holds))


def _may_show(word: str, holds: Callable[[str], bool]) -> bool:
    if _FIGURE.fullmatch(word) or is_ordinary(fold(word)):
        return True
    return word.isupper() and len(word) > 2 and all(holds(term) for term in terms(word) or [word])
