"""Undoes simple disguises, for matching only: base64, rot13, reversed text, leet and letters apart.

Bounded on purpose: a few stretches, one step deep. What is decoded is never shown, and
that something was hidden is itself a finding.
"""

from __future__ import annotations

import base64
import binascii
import codecs
import re
from collections.abc import Iterator
from typing import Final

_LONGEST: Final = 4000
_MOST: Final = 8
_BASE64: Final = re.compile(r"[A-Za-z0-9+/_-]{16,}={0,2}")
_QUOTED: Final = re.compile(r"[:\"']\s*([a-z][a-z ,.?']{11,400})")
_SPACED: Final = re.compile(r"\b(?:[a-z][ .*_-]){3,}[a-z]\b")
_LEET: Final = str.maketrans("013457@$!", "oieastasi")
_COMMON: Final = frozenset(
    "the a an to of and in is it i my me you how much many what can do take for on with or not this that be tell "
    "dose should want ignore all your rules instructions".split()
)


def decoded(text: str, letters: str) -> Iterator[str]:
    """What was encoded in a text. `letters` is the same text in lower case without accents."""
    for match in list(_BASE64.finditer(text))[:_MOST]:
        plain = _from_base64(match[0])
        if plain and _looks_like_words(plain):
            yield plain[:_LONGEST]
    letters = letters[:_LONGEST]
    if _common_share(letters) < 0.15:
        for other in (codecs.decode(letters, "rot13"), letters[::-1]):
            if _common_share(other) >= 0.25:
                yield other
    # A short encoded stretch inside a readable message: only words after a colon or in quotation marks.
    for match in list(_QUOTED.finditer(letters))[:_MOST]:
        other = codecs.decode(match[1], "rot13")
        if _common_share(match[1]) < 0.1 and _common_share(other) >= 0.25:
            yield other


def from_leet(sentence: str) -> str:
    """A folded sentence with the figures inside words read as letters."""
    words = sentence.split()
    return " ".join(w.translate(_LEET) if re.search("[a-z]", w) and re.search("[0-9]", w) else w for w in words)


def joined_letters(letters: str) -> str:
    """A text with l e t t e r s   a p a r t put together."""
    return _SPACED.sub(lambda m: re.sub(r"[ .*_-]", "", m[0]), letters)


def _from_base64(token: str) -> str | None:
    token = token.replace("-", "+").replace("_", "/").rstrip("=")
    try:
        return base64.b64decode(token + "=" * (-len(token) % 4), validate=True).decode("utf-8")
    except (binascii.Error, ValueError):
        return None


def _looks_like_words(text: str) -> bool:
    letters = sum(c.isalpha() or c.isspace() for c in text)
    return len(text) >= 8 and letters / len(text) > 0.7 and " " in text and text.isprintable()


def _common_share(text: str) -> float:
    words = re.findall(r"[a-z]+", text)
    return sum(w in _COMMON for w in words) / len(words) if len(words) >= 3 else 0.0
