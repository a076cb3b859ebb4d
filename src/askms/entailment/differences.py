"""What differs, word by word, between a claim and the passage it is judged on.

A small network reads a changed digit or a lost "not" past. These counts do not, and the
head that weighs both (`head.py`) learns how much each means.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass
from itertools import pairwise
from typing import Final

from rapidfuzz import fuzz

from askms.answering.phrases import HUMANS, POPULATIONS, keys_of, numbers, read

NEARLY: Final = 85.0
"""Likeness of letters, 0 to 100, from which two sentences are the same but for a detail."""
_DIRECTIONS, _LIMITS, _NEGATIONS = keys_of("directions"), keys_of("limits"), keys_of("negations")
_OPPOSITES = {"higher": "lower", "lower": "higher", "better": "worse", "worse": "better"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Differences:
    """Counts and shares, all between 0 and about 1; `nearest` is the sentence that shares most words with the claim."""

    covered: float
    """Share of the claim's words that the passage has."""
    covered_by_nearest: float
    """Share of the claim's words that the nearest sentence has."""
    pairs_covered: float
    """Share of the claim's neighbouring pairs of words that stand so in the passage."""
    nearest_covered: float
    """Share of the nearest sentence's words that the claim has."""
    new_number: float
    """Whether the claim has a number that the passage lacks."""
    new_number_to_nearest: float
    """Whether it has one that the nearest sentence lacks."""
    negation_differs: float
    """Whether only one of claim and nearest sentence has a negation."""
    new_people: float
    """Whether it names a population that the passage lacks."""
    new_direction: float
    """Whether it names a direction (more, worse) that the nearest sentence lacks."""
    opposite: float
    """Whether the nearest sentence has the opposite of the claim's direction, and not the same."""
    doubt_lost: float
    """Whether the nearest sentence casts doubt (may, suggests) and the claim does not."""
    new_doubt: float
    """The reverse."""
    new_long_word: float
    """Share of the claim's long words, as names of medicines are, that the passage lacks."""
    verbatim: float
    """Whether the claim stands in the passage as it is."""
    nearly_verbatim: float
    """Whether it is a sentence of the passage but for a few letters or words: where single facts are changed."""
    length: float
    """Words of the claim, a thirtieth."""
    sentences: float
    """Sentences of the passage, a tenth, at most 1."""

    def vector(self) -> list[float]:
        """The values in the order of the fields."""
        return list(astuple(self))


def differences(passage: Sequence[str], claim: str) -> Differences:
    """Compare a claim with the sentences of a passage; both sides' synonyms count as one word."""
    said = read(claim).held
    by_sentence = [read(sentence).held for sentence in passage]
    held = frozenset[str]().union(*by_sentence)
    at = max(range(len(passage)), key=lambda i: (len(said & by_sentence[i]), -len(by_sentence[i])), default=0)
    near = by_sentence[at] if passage else frozenset[str]()
    nearest = passage[at] if passage else ""
    figures = numbers(claim)
    long = {word for word in said if len(word) >= 7}
    told = [*pairwise(read(claim).keys)]
    stands = {pair for sentence in passage for pair in pairwise(read(sentence).keys)}
    turns = said & _DIRECTIONS
    stated = _folded(claim)
    verbatim = bool(stated) and stated in _folded(" ".join(passage))
    like = max((fuzz.ratio(stated, _folded(sentence)) for sentence in passage), default=0.0)
    return Differences(
        covered=_share(said & held, said),
        covered_by_nearest=_share(said & near, said),
        pairs_covered=sum(pair in stands for pair in told) / max(1, len(told)),
        nearest_covered=_share(said & near, near),
        new_number=float(bool(figures - numbers(" ".join(passage)))),
        new_number_to_nearest=float(bool(figures - numbers(nearest))),
        negation_differs=float(bool(said & _NEGATIONS) != bool(near & _NEGATIONS)),
        new_people=float(bool(said & (POPULATIONS | HUMANS) - held)),
        new_direction=float(bool(turns - near)),
        opposite=float(any(_OPPOSITES.get(turn) in near and turn not in near for turn in turns)),
        doubt_lost=float(bool(near & _LIMITS) and not said & _LIMITS),
        new_doubt=float(bool(said & _LIMITS) and not near & _LIMITS),
        new_long_word=_share(long - held, long),
        verbatim=float(verbatim),
        nearly_verbatim=float(not verbatim and like >= NEARLY),
        length=len(said) / 30,
        sentences=min(1.0, len(passage) / 10),
    )


def _folded(text: str) -> str:
    return " ".join(text.split()).rstrip(".").lower()


def _share(some: frozenset[str] | set[str], of: frozenset[str] | set[str]) -> float:
    return len(some) / len(of) if of else 0.0
