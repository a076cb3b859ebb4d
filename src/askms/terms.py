"""Cut text into search terms: lower case, common words dropped, synonyms joined, word ends stemmed.

Trial numbers and figures stay whole. The same function serves the keyword index and the
coverage scores, so that both mean the same by "a term". Synonyms come from
`synonyms.json`: patients say "tired", papers say "fatigue".
"""

from __future__ import annotations

import json
import re
import unicodedata
from importlib.resources import files
from typing import Final

import Stemmer

_WORD: Final = re.compile(r"[a-z0-9]+(?:[.'][a-z0-9]+)*")
_STEMMER: Final = Stemmer.Stemmer("english", 0)
"""Keeps no words: what people typed comes by here, and remembering it saved no time that can be seen."""
STOPWORDS: Final = frozenset(
    """a an and are as at be been being but by can could did do does doing done for from get gets getting give gives
    given go going got had has have having he her here hers him his how i if im in into is it its just like may me might
    more most much my no not of on one only or other our out over own she should so some such tell than that the their
    them then there these they this those to too up very was we were what when where whether which while who whom
    whose why will with would you your about after again all also am any anything because before between both each ever
    few further hi hello know need now off once please really same thing things think want yes there's it's
    i'm i've don't doesn't what's actually ok okay isn't can't whats hows wheres whos dont doesnt isnt cant
    ive theres""".split()
)
_DATA: Final = json.loads(files("askms").joinpath("synonyms.json").read_text(encoding="utf-8"))


def terms(text: str) -> list[str]:
    """Return the content terms of a text, in order, repeats kept."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return [_term(word) for word in _WORD.findall(plain) if word not in STOPWORDS]


def spell_out(text: str) -> str:
    """Add what an abbreviation stands for, once, and what sources call an everyday phrase.

    "RRMS" becomes "RRMS (relapsing-remitting MS)", "can I have kids" becomes "can I have kids (pregnancy)".
    """
    words = []
    for word in text.split():
        long = _DATA["abbreviations"].get(word.strip("?.,!;:()'\"").lower())
        words.append(f"{word} ({long})" if long and long.lower() not in text.lower() else word)
    words += [
        f"({called})" for called, phrase in _PHRASES.items() if phrase.search(text) and called not in text.lower()
    ]
    return " ".join(words)


def _term(word: str) -> str:
    word = word.removesuffix("'s")
    stem: str = _STEMMER.stemWord(_SAME.get(word, word))
    return stem


_PHRASES: Final = {
    called: re.compile(rf"\b(?:{'|'.join(patterns)})\b", re.IGNORECASE) for called, patterns in _DATA["phrases"].items()
}
_SAME: Final = {word: head for head, words in _DATA["words"].items() for word in words}
