"""Which language a message is written in, from its everyday words and letters.

Six languages can be told apart: English and the five that our fixed words are translated
into. Names and brands are in no list, so they never decide; English has to be outweighed by
a margin, because an English question that is taken for another gets no answer. The lists are
in `language.json`; figures are in `docs/decisions/0012-language.md`.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

from askms.languages import Language

_MARGIN: Final = 0.5
"""Weight by which a language must beat English; chosen, like the others, on one half of the example messages."""
_LEAST: Final = 0.7
"""Weight that a language needs at all."""
_FEWEST_WORDS: Final = 2
"""One word alone is as likely a name, a brand or a slip."""
_OF_AN_ENDING: Final = 0.4
"""Weight of a known ending, where a known word has 1."""
_OF_A_LETTER: Final = 0.5
"""One letter is too little to decide: `Sjögren` and `Behçet` are English enough."""
_LONG_WORD: Final = 5
"""Letters from which the ending of a word says anything."""
_LONGEST_ENDING: Final = 7

_NO_WORDS: Final = re.compile(r"\[[a-z -]+\]|\bdoi\b\S*|\S*(?:://|www\.|@|/|\d)\S*", re.IGNORECASE)
"""Masks that we put in ourselves, addresses of pages and mail, whatever holds a digit."""
_CONTRACTION: Final = re.compile(r"(?<=[a-z])'(?:s|t|m|re|ve|ll|d)\b(?!')")
"""Only English writes these after the apostrophe; `l'`, `qu'` and `dell'` stand before it."""
_WORD: Final = re.compile(r"[^\W\d_]+'?")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Lists:
    words: Mapping[str, frozenset[Language]]
    endings: Mapping[str, frozenset[Language]]
    letters: Mapping[str, frozenset[Language]]


def language_of(text: str) -> Language:
    """The language of a text; UNKNOWN where it says too little, OTHER where it is none of the six."""
    if _foreign_script(text):
        return Language.OTHER
    text = _NO_WORDS.sub(" ", text)
    folded = _folded(text)
    words = _WORD.findall(_CONTRACTION.sub(" ", folded))
    weights = _weights(words, set(text.lower()))
    english = weights.pop(Language.ENGLISH) + len(_CONTRACTION.findall(folded))
    best = max(weights, key=lambda language: weights[language])
    if len(words) >= _FEWEST_WORDS and weights[best] >= _LEAST and weights[best] - english >= _MARGIN:
        return best
    return Language.ENGLISH if english > 0 else Language.UNKNOWN


def _foreign_script(text: str) -> bool:
    letters = [c for c in text if c.isalpha()]
    latin = sum(unicodedata.name(c, "").startswith("LATIN") for c in letters)
    return len(letters) > 1 and latin * 2 < len(letters)


def _weights(words: Iterable[str], letters: Iterable[str]) -> dict[Language, float]:
    lists = _lists()
    weights: dict[Language, float] = dict.fromkeys(Language, 0.0)
    seen: set[str] = set()
    for word in words:
        found = lists.words.get(word) or lists.words.get(word.rstrip("'"))
        weight = 1.0
        if found is None:
            found, weight = _by_ending(word, lists), _OF_AN_ENDING
        # A word said again is half a piece of evidence: what people repeat is mostly a name.
        _add(weights, found, weight / 2 if word in seen else weight)
        seen.add(word)
    for letter in letters:
        _add(weights, lists.letters.get(letter, frozenset()), _OF_A_LETTER)
    return weights


def _add(weights: dict[Language, float], languages: frozenset[Language], weight: float) -> None:
    for language in languages:
        weights[language] += weight / len(languages)


def _by_ending(word: str, lists: _Lists) -> frozenset[Language]:
    if len(word) < _LONG_WORD:
        return frozenset()
    endings = (lists.endings.get(word[-size:]) for size in range(_LONGEST_ENDING, 1, -1))
    return next((found for found in endings if found is not None), frozenset())


def _folded(text: str) -> str:
    plain = text.lower().replace("ß", "ss").replace("œ", "oe").replace("’", "'")
    return "".join(c for c in unicodedata.normalize("NFD", plain) if unicodedata.category(c) != "Mn")


@cache
def _lists() -> _Lists:
    data = json.loads(files("askms.guardrails").joinpath("language.json").read_text(encoding="utf-8"))
    return _Lists(
        words=_shared((code, _folded(" ".join(lines)).split()) for code, lines in data["words"].items()),
        endings=_shared((code, ends.split()) for code, ends in data["endings"].items()),
        letters=_shared((code, list(letters)) for code, letters in data["letters"].items()),
    )


def _shared(lists: Iterable[tuple[str, Iterable[str]]]) -> Mapping[str, frozenset[Language]]:
    """Each entry with all the languages that have it."""
    found: dict[str, set[Language]] = {}
    for code, entries in lists:
        for entry in entries:
            found.setdefault(entry, set()).add(Language(code))
    return {entry: frozenset(languages) for entry, languages in found.items()}
