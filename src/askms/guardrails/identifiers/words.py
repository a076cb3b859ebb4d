"""Lists that identifiers are told by, and what they say about a word.

The lists stand in `words.json`, to be read by a reviewer. What is said about a word is not remembered: it is asked of
words as they were typed, names among them, and remembering saved no time that can be seen.
"""

from __future__ import annotations

import json
import re
import unicodedata
from functools import cache
from importlib.resources import files
from typing import Any, Final

from askms.guardrails.medicines import formulary, looks_like_medicine

_UNMARKED: Final = str.maketrans("łøđıß", "lodis", "'’`´.-‐")
_UNTYPED: Final = {"'": "['’]?", "º": "º", "°": "°"}
_ENDINGS: Final = ("ing", "ness", "ful", "less", "ies", "est", "ed", "er", "es", "ly", "s", "d", "y")
_LEARNED: Final = re.compile(
    r"\w{2,}(?:olog(?:y|ist|ists|ical)|itis|osis|a?emia|pathy|ectomy|ations?|ical|ism|is(?:ed|ing)|iz(?:ed|ing)|[ai]bly|ously|ively)"
)
"""Endings that names do not have."""
_SHORTEST_STEM: Final = 3
_LONG_ENOUGH_FOR_A_SLIP: Final = 5


@cache
def words(name: str) -> frozenset[str]:
    """A list of single words, folded; names by language come as one."""
    listed = _data()[name]
    return frozenset(" ".join(listed.values()).split() if isinstance(listed, dict) else listed.split())


@cache
def either(name: str) -> str:
    """A pattern that finds any entry of a list of patterns, the longest first."""
    listed: list[str] = sorted(_data()[name], key=len, reverse=True)
    return "(?:" + "|".join(_typed(pattern) for pattern in listed) + ")"


def _typed(pattern: str) -> str:
    """The pattern as people type it: a line break for a blank, accents left out, an apostrophe of any shape or none."""
    spaced = re.sub(r" (\?)?", lambda m: r"[ \n]?" if m[1] else r"[ \n]{1,2}", pattern)
    return "".join(_UNTYPED.get(c, c) if c in _UNTYPED or c.isascii() else _with_plain(c) for c in spaced)


def _with_plain(letter: str) -> str:
    plain = fold(letter)
    return f"[{letter}{plain}]" if len(plain) == 1 and plain != letter else letter


def shapes() -> tuple[str, ...]:
    """Patterns of numbers that are identifiers wherever they stand."""
    return tuple(_data()["shapes"].values())


def lowered(text: str) -> str:
    """The text in lower case with every letter in its place; patterns search that several times faster."""
    lower = text.lower()
    return lower if len(lower) == len(text) else "".join(c.lower() if len(c.lower()) == 1 else c for c in text)


def fold(word: str) -> str:
    """Lower case without accents, apostrophes, hyphens or stops."""
    lowered = word.casefold().translate(_UNMARKED)
    if lowered.isascii():
        return lowered
    return "".join(c for c in unicodedata.normalize("NFKD", lowered) if unicodedata.category(c) != "Mn")


def is_ordinary(word: str) -> bool:
    """Whether a folded word means something: listed, derived from a listed word, or a medicine."""
    listed = word in words("ordinary") or word in _medicine_words()
    return listed or _derived(word) or looks_like_medicine(word) or _LEARNED.fullmatch(word) is not None


def is_medicine(word: str) -> bool:
    """Whether a folded word is a listed medicine's name or part of one."""
    return word in _medicine_words()


def is_nearly_ordinary(word: str) -> bool:
    """Whether a folded word is an ordinary one with a letter too many, one too few or two swapped."""
    if len(word) < _LONG_ENOUGH_FOR_A_SLIP:
        return False
    swapped = (word[:i] + word[i + 1] + word[i] + word[i + 2 :] for i in range(len(word) - 1))
    return (
        word in _with_a_letter_gone()
        or any(is_ordinary(w) for w in _letter_gone(word))
        or any(is_ordinary(w) for w in swapped)
    )


def _derived(word: str) -> bool:
    known = words("ordinary")
    for ending in _ENDINGS:
        stem = word.removesuffix(ending)
        if stem == word or len(stem) < _SHORTEST_STEM:
            continue
        doubled = stem[:-1] if stem[-1] == stem[-2] else stem
        if known & {stem, stem + "e", doubled, stem.rstrip("i") + "y"}:
            return True
    return False


def _letter_gone(word: str) -> set[str]:
    return {word[:i] + word[i + 1 :] for i in range(len(word))}


@cache
def _with_a_letter_gone() -> frozenset[str]:
    long_enough = (w for w in words("ordinary") if len(w) > _LONG_ENOUGH_FOR_A_SLIP)
    return frozenset(shorter for word in long_enough for shorter in _letter_gone(word))


@cache
def _medicine_words() -> frozenset[str]:
    return frozenset(fold(word) for name in formulary().by_name for word in name.split())


@cache
def _data() -> dict[str, Any]:
    data: dict[str, Any] = json.loads(files(__package__).joinpath("words.json").read_text(encoding="utf-8"))
    return data
