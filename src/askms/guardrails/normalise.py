"""From what was typed to what rails can match: a clean display text and folded sentences.

Two texts leave this module. The display text is what the person wrote, without invisible
characters. The folded text is for matching only: lower case, no accents, look-alike
letters mapped to Latin, single spaces. Encoded stretches are decoded for matching and
never shown. Nothing here knows a rail.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from askms.guardrails.decoding import decoded, from_leet, joined_letters

MAX_LENGTH: Final = 4000
_SCAN_LENGTH: Final = 100_000
"""Beyond this nothing is read: a message that long is not a question."""
_MAX_WORDS: Final = 60
"""Longer stretches without a full stop are cut between words, with an overlap, for matching."""
_OVERLAP: Final = 15

_LONG: Final = 25
_SHORTEST_CLAUSE: Final = 8
_CLAUSE: Final = re.compile(
    r"[,:()]+\s|\s[-\u2013\u2014]+\s|\s(?=(?:and|but|so|anyway|also|because|then|plus|by the way|btw|oh)\s)",
    re.IGNORECASE,
)

_LOOKALIKES: Final = str.maketrans(
    "абвгдезікмнопрстухьсјѕԁһԛԝүαβγδεηικμνοπρστυχωℓıłøđðþ’‘`´ʼ＇“”„«»",
    "abbrdezikmhonpctyxbcjsdhqwyabydenikuvonpotuxwliloddp''''''" + '"""""',
)
_INVISIBLE: Final = frozenset({"Cf", "Cc", "Cs", "Co", "Cn"})
_SENTENCE_END: Final = re.compile(r"(?<=[!?;…])\s*|(?<=\.)(?=\s|$|[A-Za-z])(?<!\d\.)(?<!\b[A-Za-z]\.)\s*|\n+")
_CONTRACTION: Final = re.compile(r"(?<=[a-z])'(?=(?:t|m|s|re|ve|ll|d)\b)")
_NOT_WORD: Final = re.compile(r"[^a-z0-9%/.+<>&]+")
_SLASH: Final = re.compile(r"(?<=[a-z]{4})/(?=[a-z]{4})")
"""Between words it only parts them; in "mg/kg" it means something."""
_STRAY_STOP: Final = re.compile(r"(?<!\d)\.|\.(?!\d)")
_STRETCHED: Final = re.compile(r"([a-z])\1{2,}")
_TEXTSPEAK: Final = {
    "u": "you", "ur": "your", "r": "are", "wanna": "want to", "gonna": "going to", "gotta": "got to", "cuz": "because",
    "coz": "because", "wat": "what", "wot": "what", "hw": "how", "mch": "much", "thru": "through", "tho": "though",
    "abt": "about", "b4": "before", "2day": "today", "2nite": "tonight", "2morrow": "tomorrow", "tmrw": "tomorrow",
    "cannot": "cant", "pls": "please", "plz": "please", "w/o": "without", "w/": "with", "&": "and", "dnt": "dont",
    "ive": "ive", "havnt": "havent", "cud": "could", "shud": "should", "wud": "would", "shld": "should",
}  # fmt: skip
_CAN_NOT: Final = re.compile(r"\b(do|does|did|ca|could|would|should|wo|is|are|was|were|have|has|had) not\b|\bcan not\b")
_KEEP: Final = re.compile(
    r"\?|\b(i|im|ive|my|me|we|our|je|ich|yo|io|eu|he|she|mum|mom|dad|wife|husband|son|daughter)\b"
    r"|\b(di(e|ed|ing)|dead|kill|suicid|life|live|hurt|harm|overdos|breath|chest|throat|swell|swollen|blood|collaps"
    r"|faint|seizure|fit|stroke|numb|vision|blind|speech|speak|fever|confus|pregnan|too many|morir|mourir|sterben)\w*"
)


@dataclass(frozen=True, slots=True)
class Folded:
    """Sentences ready for matching."""

    sentences: tuple[str, ...]
    hidden: bool
    """Some of them had been encoded."""


def clean(text: str) -> str:
    """What was typed without invisible and control characters; line breaks stay."""
    text = unicodedata.normalize("NFKC", text[:_SCAN_LENGTH])
    kept = "".join(c for c in text if c in "\n\t" or unicodedata.category(c) not in _INVISIBLE)
    return re.sub(r"[^\S\n]+", " ", re.sub(r"\n{3,}", "\n\n", kept)).strip()


def narrow(text: str) -> str:
    """At most MAX_LENGTH characters: the sentences that ask, tell of the person or sound dangerous, in order."""
    if len(text) <= MAX_LENGTH:
        return text
    stretches = [s for s in _stretches(text) if s.strip()]
    wanted = [bool(_KEEP.search(_fold_letters(s))) for s in stretches]
    kept: list[str] = []
    left = MAX_LENGTH
    # Later sentences first: people put the question last; and what is wanted before what is not.
    order = sorted(range(len(stretches)), key=lambda i: (not wanted[i], -i))
    chosen = set()
    for position in order:
        size = len(stretches[position]) + 1
        if size <= left:
            chosen.add(position)
            left -= size
    kept = [stretches[i].strip() for i in sorted(chosen)]
    return " ".join(kept)


def fold(text: str) -> Folded:
    """Sentences for matching, with decoded stretches appended as sentences of their own."""
    sentences = [s for stretch in _stretches(text) for s in (*_windows(_fold_words(stretch)), *_clauses(stretch))]
    letters = _fold_letters(text)
    hidden = [s for plain in decoded(text, letters) for s in _windows(_fold_words(plain))]
    extra = [from_leet(sentence) for sentence in sentences]
    if (joined := joined_letters(letters)) != letters:
        extra += [s for stretch in _stretches(joined) for s in _windows(_fold_words(stretch))]
    return Folded(sentences=tuple(dict.fromkeys([*sentences, *hidden, *extra])), hidden=bool(hidden))


def readable(text: str) -> bool:
    """Whether there is anything like a word in it."""
    return sum(c.isalpha() for c in text) >= 2


def _stretches(text: str) -> Iterator[str]:
    for stretch in _SENTENCE_END.split(text):
        while len(stretch) > MAX_LENGTH // 2:  # no full stop for pages: cut between words
            cut = stretch.rfind(" ", 0, MAX_LENGTH // 2)
            cut = cut if cut > 0 else MAX_LENGTH // 2
            yield stretch[:cut]
            stretch = stretch[cut:]
        if stretch:
            yield stretch


def _fold_letters(text: str) -> str:
    lowered = text.casefold().translate(_LOOKALIKES)
    return "".join(c for c in unicodedata.normalize("NFD", lowered) if unicodedata.category(c) != "Mn")


def _fold_words(text: str) -> str:
    text = _SLASH.sub(" ", _CONTRACTION.sub("", _fold_letters(text)))
    text = _STRAY_STOP.sub(" ", _NOT_WORD.sub(" ", text))
    words = [_TEXTSPEAK.get(w, w) for w in _STRETCHED.sub(r"\1\1", text).split()]
    return _CAN_NOT.sub(lambda m: f"{m[1]}nt" if m[1] else "cant", " ".join(words))


def _clauses(stretch: str) -> Iterator[str]:
    """Parts of a long sentence on their own, so that what it says elsewhere cannot excuse them."""
    if len(stretch.split()) < _LONG:
        return
    parts: list[str] = []
    for part in _CLAUSE.split(stretch):
        if parts and len(parts[-1].split()) < _SHORTEST_CLAUSE:
            parts[-1] += " " + part
        else:
            parts.append(part)
    yield from (folded for part in parts if (folded := _fold_words(part)))


def _windows(sentence: str) -> Iterator[str]:
    words = sentence.split()
    for start in range(0, max(len(words), 1), _MAX_WORDS):
        window = words[max(0, start - _OVERLAP) : start + _MAX_WORDS]
        if window:
            yield " ".join(window)
