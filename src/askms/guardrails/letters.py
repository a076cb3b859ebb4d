"""Whether the rules can read a text at all: invisible characters, look-alike letters, other languages.

The scans know English in Latin letters. What they cannot read they cannot clear, so a
passage that hides something from them or is in another language is kept out.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Set
from functools import cache
from typing import Final
from urllib.parse import unquote

_HIDDEN: Final = frozenset({"Cf", "Co", "Cs"})
_SOFT_HYPHEN: Final = "\u00ad"
_SELECTORS: Final = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
"""Variation selectors: invisible, and able to carry a text of their own."""
_LETTERS: Final = re.compile(r"[^\W\d_]+")
_GREEK_TWINS: Final = frozenset("οΟνΑΒΕΖΗΙΚΜΝΡΤΥΧ")
"""Greek letters that look Latin; the others stand in honest names such as TNFα."""
_OTHER_SCRIPT: Final = 3
"""Letters of neither Latin nor Greek script from which a text counts as not read."""
_SHORTEST: Final = 5
"""Words from which the language of a sentence can be told."""


def plain(text: str) -> str:
    """One spelling for each letter, and what HTML and addresses write with & and % as what it stands for."""
    return unicodedata.normalize("NFKC", unquote(html.unescape(unicodedata.normalize("NFKC", text))))


def hides(text: str) -> bool:
    """Whether a text holds characters that nobody sees."""
    if text.isascii():
        return False
    unseen = any(unicodedata.category(c) in _HIDDEN and c != _SOFT_HYPHEN for c in text)
    return unseen or _SELECTORS.search(text) is not None


def looks_alike(text: str) -> bool:
    """Whether a Latin word holds letters of another script that only look Latin."""
    return not text.isascii() and any(map(_is_mixed, _LETTERS.findall(text)))


def other_script(text: str) -> bool:
    """Whether a text is in part written in letters that are neither Latin nor Greek."""
    if text.isascii():
        return False
    return sum(_script(c) == "OTHER" for word in _LETTERS.findall(text) for c in word) >= _OTHER_SCRIPT


def other_language(sentence: str, english: Set[str], foreign: Set[str]) -> bool:
    """Whether a sentence is in another language, told by its small words.

    Args:
        sentence: in Latin letters.
        english: common English words, lower case.
        foreign: common words of other languages, lower case.
    """
    words = [word.lower() for word in _LETTERS.findall(sentence) if not word.isupper()]
    if len(words) < _SHORTEST:
        return False
    strange = len(foreign & set(words))
    ours = sum(word in english for word in words)
    if ours:  # names of hospitals stand in honest English sentences
        return strange >= 3 and strange > ours
    return strange >= 2 or sum(not c.isascii() for word in words for c in word) >= 3


def _is_mixed(word: str) -> bool:
    scripts = {_script(c) for c in word}
    return "LATIN" in scripts and ("OTHER" in scripts or not _GREEK_TWINS.isdisjoint(word))


@cache
def _script(letter: str) -> str:
    if letter.isascii():
        return "LATIN"
    if unicodedata.category(letter) == "Lm":  # an apostrophe that counts as a letter
        return "MARK"
    name = unicodedata.name(letter, "")
    return next((script for script in ("LATIN", "GREEK") if name.startswith(script)), "OTHER")
