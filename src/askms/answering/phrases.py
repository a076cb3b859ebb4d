"""Read a text as clauses, phrases and placed numbers, so that two texts can be compared word by word.

Words are named by a stem, or by one name for a few plain synonyms that mean the same in
a quotation (`rewording.json`): "fell" and "dropped", never "study" and "trial".
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib.resources import files
from typing import Any, Final

import Stemmer

_DATA: Final[dict[str, Any]] = json.loads(
    files("askms.answering").joinpath("rewording.json").read_text(encoding="utf-8")
)


_SAME: Final[dict[str, str]] = {word: key for key, words in _DATA["same"].items() for word in words.split()}
_DIGITS: Final[dict[str, str]] = _DATA["digits"]
_STEMMER: Final = Stemmer.Stemmer("english", 0)
"""Keeps no words, as in `askms.terms`."""


def word_key(word: str) -> str:
    """One name for words that mean the same here; otherwise the stem."""
    if word.endswith("n't"):
        return "not"
    word = word.removesuffix("'s")
    if word[0].isdigit():
        return word.replace(",", "")
    stem: str = _SAME.get(word) or _STEMMER.stemWord(word)
    return stem


def keys_of(name: str) -> frozenset[str]:
    """The keys of one of the lists of words in `rewording.json`."""
    return frozenset(word_key(word) for word in _DATA[name].split())


GLUE: Final = frozenset(_DATA["glue"].split())
"""Words without weight of their own, as they are written."""
NEUTRAL: Final = keys_of("neutral")
"""Words that a rewording may add or leave out."""
HUMANS: Final = keys_of("humans")
POPULATIONS: Final = keys_of("populations")
_OPENERS: Final = frozenset(_DATA["openers"].split())
_QUALIFIERS: Final = frozenset(_DATA["qualifiers"].split())
_NUMBER_WORDS: Final = frozenset(_DATA["number_words"].split())
_NEGATIONS, _LIMITS, _UNITS = keys_of("negations"), keys_of("limits"), keys_of("units")
_FOUND: Final = frozenset({"find", "show"})
"""What stands before "that" without casting doubt: a study found that ..."""

_WORD: Final = re.compile(r"\d+(?:[.,]\d+)*|%|[a-z]+(?:'[a-z]+)*")
_PLAIN_MARKS: Final = frozenset(" \n\t.,;:'\"()-%/")
_SENTENCE_END: Final = re.compile(r"(?<=[.!?])\s+(?=[\"'(]?[A-Z0-9])")
_CLAUSE_END: Final = re.compile(
    r"[;:]\s+|,?\s+(?=(?:but|although|though|while|whereas|because|unless|except|which|who|whose|if|when)\b)"
    r"|,\s+(?=(?:and|so|or)\b)"
    r"|\s+(?=and (?:the|an?|it|they|its|this|that|there|some|most|others?|no|did|do|does|was|were|is|are|had|has|can"
    r"|may)\b)",
    re.I,
)
_BRACKETS: Final = re.compile(r"\s*\([^()]*\)")
_SAYS_WHO: Final = re.compile(r",? according to [^,;:()]+(?=\.$)|, [^,;:]* says(?=\s*\.$)|, says [^,;:]*(?=\.$)")
_PHRASE_END: Final = re.compile(r"[,;:]\s+|[.!?](?=\s|$)|[()\"]")
_MONTH: Final = re.compile(r"\bMay(?=,? \d)|(?<=\d )May\b|(?<=\b[Ii]n )May\b")
_TYPED: Final = str.maketrans(
    dict.fromkeys("‘’ʼ", "'")
    | dict.fromkeys("“”", '"')
    | dict.fromkeys("‐‑‒–—−", "-")
    | dict.fromkeys("\u00a0\u2007\u2009\u202f", " ")
)
_STOP: Final = re.compile(r"[.!?;:]")
_LISTING: Final = frozenset({"and", "or"})
_LOOSE: Final = frozenset({"and", "that"})
_FREE: Final = _LOOSE | {"also"}
_LINKS: Final = keys_of("links")
_PAST, _MANY = frozenset(_DATA["past"].split()), frozenset(_DATA["many"].split())


@dataclass(frozen=True, slots=True)
class Word:
    """A word with weight."""

    key: str
    negates: bool = False
    governs: bool = False
    """Whether what follows in its clause depends on it: "may", "claims that"."""


Clause = tuple[Word, ...]


@dataclass(frozen=True)
class Text:
    """The clauses of a text, each its words with weight, in order."""

    clauses: tuple[Clause, ...]

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """Every word, in order."""
        return tuple(word.key for clause in self.clauses for word in clause)

    @cached_property
    def held(self) -> frozenset[str]:
        """Every word, once."""
        return frozenset(self.keys)

    @cached_property
    def _clauses_with(self) -> Counter[str]:
        return Counter(key for clause in self.clauses for key in {word.key for word in clause})

    def own(self, clause: Clause) -> frozenset[str]:
        """Words that this clause alone holds, negations apart."""
        return frozenset(word.key for word in clause if not word.negates and self._clauses_with[word.key] == 1)


@dataclass(frozen=True, slots=True)
class PlacedNumber:
    """A number with what it means nothing without."""

    number: str
    limits: frozenset[str]
    """Words right before it: "at least", "from"; "of" for the 18 of "12 of 18"."""
    unit: str


@dataclass(frozen=True, slots=True)
class Token:
    """A word as it is written, with what stands before it."""

    word: str
    """Nothing for the end of the text."""
    marks: str
    """Marks between it and the word before."""
    ties: tuple[str, ...] = ()
    """Little words before it, which say how it hangs on what is before: "of", "with", "was", "the"."""
    inherited: tuple[str, ...] = ()
    """The same of the words that it is listed with: "in women and men"."""
    loose: frozenset[str] = frozenset()
    """Of "and" and "that", what is among them."""
    gap: str = ""
    """Marks between it and the word with weight before it."""
    sentence: int = 0
    clause: int = 0
    """Its sentence and its clause, counted through the text."""
    aside: int = 0
    """The number of its aside, if it stands in one: in brackets, or in who says so at the end."""

    @property
    def key(self) -> str:
        """Its name; nothing for the end."""
        return word_key(self.word) if self.word else ""

    @property
    def hangs(self) -> frozenset[str]:
        """The little words before it, but articles."""
        return frozenset(self.ties) - {"a", "the"}

    @property
    def weighs(self) -> bool:
        """Whether it has weight of its own."""
        return bool(self.word) and self.word not in GLUE

    @property
    def opens(self) -> bool:
        """Whether it opens a phrase that says when, where or under what condition."""
        return self.word in _OPENERS or self.key in _LINKS

    @property
    def negates(self) -> bool:
        """Whether it is a negation."""
        return self.key in _NEGATIONS

    @property
    def limits(self) -> bool:
        """Whether it casts doubt on what follows."""
        return self.key in _LIMITS


@lru_cache(maxsize=4096)
def read(text: str) -> Text:
    """The clauses of a text."""
    return Text(tuple(clause for *_, part in _parts(text) if (clause := _clause(part))))


def sentences(text: str) -> list[str]:
    """The sentences of a text, folded."""
    return _SENTENCE_END.split(folded(text))


def phrases(text: str) -> Iterator[tuple[str, ...]]:
    """Runs of words between marks and little words: "one ketamine infusion", "after treatment starts"."""
    for part in _PHRASE_END.split(folded(text)):
        phrase: list[str] = []
        for word in _words(part):
            if word in GLUE or word in _OPENERS:
                yield tuple(phrase)
                phrase = []
            key = word_key(word)
            if word not in GLUE and key not in NEUTRAL:
                phrase.append(key)
        yield tuple(phrase)


def placed_numbers(text: str) -> frozenset[PlacedNumber]:
    """Every number in digits (or "two" to "twelve"), with its limits and its unit."""
    words = _words(text)
    return frozenset(_placed(words, at) for at, word in enumerate(words) if word[0].isdigit())


def numbers(text: str) -> frozenset[str]:
    """Every number, and words that count: "half", "most", "every"."""
    return frozenset(word.replace(",", "") for word in _words(text) if word[0].isdigit() or word in _NUMBER_WORDS)


def odd_marks(text: str) -> frozenset[str]:
    """Marks and letters that plain prose does not need: "²", "㎎", a stroke through a letter."""
    typed = unicodedata.normalize("NFC", text.translate(_TYPED))
    return frozenset(m for m in typed if not (m.isascii() and m.isalnum()) and m not in _PLAIN_MARKS)


@lru_cache(maxsize=4096)
def tokens(text: str) -> tuple[Token, ...]:
    """Every word of a text in order, and its end."""
    places = [(at, clause) for at, clause, part in _parts(text) for _ in _words(part)]
    asides = list(_asides(text))
    plain = _plain(text)
    found: list[Token] = []
    glue, gap = tuple[str, ...](), ""
    before: tuple[str, ...] = ()
    listed, end = False, 0
    for number, match in enumerate((*_WORD.finditer(plain), None)):
        between = plain[end : match.start() if match else len(plain)]
        hyphen = between == "-" and match is not None and plain[end - 1 : end].isalpha() and match[0].isalpha()
        marks = "" if hyphen else "".join(between.split())
        word = _DIGITS.get(match[0], match[0]) if match else ""
        sentence, clause = places[number] if number < len(places) else (-1, -1)
        if found and (clause != found[-1].clause or _STOP.search(marks)):
            before, listed = (), False
        listed, gap = listed or word in _LISTING or marks == ",", gap + marks
        if word in GLUE:
            found.append(Token(word, marks, sentence=sentence, clause=clause))
            glue += (word,)
        else:
            ties = tuple("a" if little == "an" else little for little in glue if little not in _FREE)
            aside = asides[number] if number < len(asides) else 0
            inherited = before if listed else ()
            found.append(Token(word, marks, ties, inherited, _LOOSE & {*glue}, gap, sentence, clause, aside))
            before, glue, gap, listed = ties + inherited, (), "", word in _LISTING
        end = match.end() if match else end
    return tuple(found)


def without_asides(text: str) -> str:
    """A sentence without its brackets, and without who says so when that stands at the end."""
    return _SAYS_WHO.sub(" ", _BRACKETS.sub(" ", text))


def _asides(text: str) -> Iterator[int]:
    """For each word of a text, the number of its aside; 0 for most."""
    number = 0
    for sentence in sentences(text):
        bare = _BRACKETS.sub(lambda found: " " * len(found[0]), sentence)
        spans = [found.span() for found in (*_BRACKETS.finditer(sentence), *_SAYS_WHO.finditer(bare))]
        at = 0
        for cut in sorted({0, len(sentence), *(edge for span in spans for edge in span)})[1:]:
            inside = any(start <= at and cut <= end for start, end in spans)
            number += inside
            yield from (number * inside for _ in _words(sentence[at:cut]))
            at = cut


def _parts(text: str) -> Iterator[tuple[int, int, str]]:
    """The clauses of a text, each with the number of its sentence and its own."""
    clause = 0
    for at, sentence in enumerate(sentences(text)):
        for part in _CLAUSE_END.split(sentence):
            clause += 1
            yield at, clause, part


def form(word: str) -> str:
    """How a word is bent: "past", "many" (or "she helps"), or nothing."""
    if word in _PAST or (word.endswith("ed") and len(word) > 4):
        return "past"
    return "many" if word in _MANY or (word.endswith("s") and not word.endswith(("ss", "us", "is"))) else ""


def folded(text: str) -> str:
    """The same letters and marks however typed; what has no plain form stays and is noticed."""
    decomposed = unicodedata.normalize("NFKD", text.translate(_TYPED))
    return "".join(mark for mark in decomposed if not unicodedata.combining(mark))


def _clause(text: str) -> Clause:
    words = _words(text)
    found: list[Word] = []
    for at, word in enumerate(words):
        after = words[at + 1] if at + 1 < len(words) else ""
        if word == "with" and at and word_key(words[at - 1]) in HUMANS | POPULATIONS:
            found.append(Word("with_people"))
        if word == "as" and "as" in words[:at] and after in _OPENERS | GLUE:
            found.append(Word("than"))  # "as common in women as in men"
        if word not in GLUE:
            key = word_key(word)
            governs = key in _LIMITS or (after == "that" and key not in _FOUND)
            found.append(Word(key, negates=key in _NEGATIONS, governs=governs))
    return tuple(found)


def _placed(words: list[str], at: int) -> PlacedNumber:
    start = at
    while start and words[start - 1] in _QUALIFIERS:
        start -= 1
    limits = frozenset(word_key(word) for word in words[start:at])
    if at > 1 and words[at - 1] == "of" and words[at - 2][0].isdigit():
        limits |= {"of"}
    one, two = [*words[at + 1 : at + 3], "", ""][:2]
    share = f"{one} {two}" if one in ("in", "per") and two[:1].isdigit() else ""  # "2 in 1,000"
    unit = word_key(one) if one else ""
    return PlacedNumber(words[at].replace(",", ""), limits, unit if unit in _UNITS else share)


def _words(text: str) -> list[str]:
    return [_DIGITS.get(word, word) for word in _WORD.findall(_plain(text))]


def _plain(text: str) -> str:
    plain = _MONTH.sub("maymonth", folded(text)).lower()
    plain = re.sub(r"(?<=\d)\s?-\s?(?=\d)", " to ", plain)
    plain = re.sub(r"\b(?:can't|cannot)\b", "can not", re.sub(r"\bwon't\b", "will not", plain))
    plain = re.sub(r"n't\b", " not", plain)
    return re.sub(r"\bbetween (\d\S*) and (?=\d)", r"between \1 to ", plain)
