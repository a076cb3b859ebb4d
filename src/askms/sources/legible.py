"""Tell sentences from what only looks like text: rows of tables, captions, headings, glued words.

A reader leaves out what is no sentence for sure, and counts it. A sentence that is lost can
be added by hand; a garbled one would be quoted to a patient.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from askms.sentences import needs_previous, sentence_spans

_COMMON: Final = frozenset(
    """a about after all also an and are as at be been before between both but by can did do does for from had has have
    he her his how if in into is it its may more most no not of on one or other our out over people she should so some
    such than that the their them there these they this those to two under up was we were what when where which while
    who will with would you your""".split()
)
_ENGLISH: Final = 0.22
"""Share of common words. English prose has 0.3 to 0.5, other languages below 0.15."""
_FEWEST_WORDS: Final = 4
_MOST_WORDS: Final = 110
_LONGEST_WORD: Final = 27
"""Letters; longer ones are words run together."""

_LIGATURE: Final = re.compile("[\ufb00-\ufb06\uff01-\uff5e\U0001d400-\U0001d7ff]+")
_WORD: Final = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_LETTERS: Final = re.compile(r"[^\W\d_]")
_START: Final = re.compile(r"[\"“‘'(]*(?:[A-ZÀ-ÞΑ-Ω]|\d)")
_NUMBERED: Final = re.compile(r"\d+(?:\.\d+)*[.)]?\s+[A-Z]")
"""A heading's number, or a page's."""
_END: Final = re.compile(r"[.!?][\"”’')\]]*$")
_BROKEN: Final = re.compile(
    "[\ufffd\u0000-\u001f\ue000-\uf8ff]"  # no character at all
    r"|\(cid:\d|/[CGg]\d+\b|(?:^|[\s(])/\d|(?:/\d{1,3}\b){2}|/\d{2,3}[a-z]"  # names of glyphs
    r"|\s[¼½¾]\s|\w[™®¼½¾]\w"  # an equals sign or an apostrophe, from a font that numbers its letters in its own way
    r"|[a-z]{2}\.[A-Z][a-z]|\b[^\W\d_](?: [^\W\d_]){3}\b"  # words run together, letters set apart
    r"|\.{4}|_{3}|â€|Ã[\u0080-\u00bf]|Â[\u0080-\u00bf]"  # leaders, and letters decoded in a wrong way
    r"|\b(?:al|vs|cf|e\.g|i\.e|figs?|approx)\.$"  # the end of a line, and not of a sentence
)
_ENUMERATED: Final = re.compile(r"(?<![\w(])[\da-z]{1,3}\)")
_PAIRS: Final = ("()", "[]", "“”")


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A stretch of a paragraph between two full stops."""

    text: str
    start: int
    reads_well: bool


def clean(text: str) -> str:
    """One line with plain spaces, without ligatures or soft hyphens.

    Figures keep their height and fractions stay whole: full NFKC would make 106 of 10⁶ and 21/2 of 2½.
    """
    text = _LIGATURE.sub(lambda found: unicodedata.normalize("NFKC", found.group()), text)
    text = re.sub("\u00ad$", "-", text.strip())
    text = unicodedata.normalize("NFC", text.replace("\u00ad", "").replace("\u2011", "-").replace("\u200b", ""))
    return " ".join(text.split())


def in_english(text: str) -> bool:
    """Whether a text is in English, by its commonest words; a few words are taken for English."""
    words = [word.lower() for word in _WORD.findall(text)]
    return len(words) < 40 or _share(words) >= _ENGLISH


def judged(paragraph: str, *, english: bool = True, sound: bool = True, doubtful: bool = False) -> list[Judged]:
    """The stretches of a paragraph, each with whether it reads as a sentence.

    One that leans on the sentence before it does not read well without it.

    Args:
        paragraph: text without line breaks.
        english: whether the words of an English sentence are to be expected.
        sound: whether the text before the paragraph read well.
        doubtful: whether the first stretch may be half of another one.
    """
    found: list[Judged] = []
    for span in sentence_spans(paragraph):
        text = paragraph[span.start : span.end]
        sound = reads_well(text, english=english) and (sound or not needs_previous(text)) and not doubtful
        doubtful = False
        found.append(Judged(text=text, start=span.start, reads_well=sound))
    return found


def reads_well(sentence: str, *, english: bool = True) -> bool:
    """Whether a stretch of text reads as one whole sentence."""
    words = _WORD.findall(sentence)
    paired = _ENUMERATED.sub(" ", sentence)
    return (
        _FEWEST_WORDS <= len(words) <= _MOST_WORDS
        and _START.match(sentence) is not None
        and _END.search(sentence) is not None
        and _NUMBERED.match(sentence) is None
        and _BROKEN.search(sentence) is None
        and all(paired.count(left) == paired.count(right) for left, right in _PAIRS)
        and ("‘" in sentence or not sentence.endswith("’"))
        and max(map(len, words)) <= _LONGEST_WORD
        and len(_LETTERS.findall(sentence)) >= 0.6 * sum(map(str.isalnum, sentence))
        and sum(len(word) == 1 for word in words) <= 0.25 * len(words)
        and (not english or _share([word.lower() for word in words]) >= 0.1)
    )


def _share(words: list[str]) -> float:
    return sum(word in _COMMON for word in words) / len(words)
