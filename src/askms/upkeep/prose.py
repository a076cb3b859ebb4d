"""How a sentence reads on its own: alone, plain, with every short form spelled out, and no amount in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from askms.guardrails.showing import amount_in, directive_in
from askms.ladder import ladder
from askms.sources import STUDY_DOSE_HEADING
from askms.upkeep.findings import Finding, Sentence, SourceFile

LONGEST: Final = 45
"""Words; figures with their interval need more than the 28 that a plain sentence may have."""
LONGEST_SECTION: Final = 140
MOST_SENTENCES: Final = 6
HARD: Final = 12.0
"""Average reading grade of a file above which somebody should look for plainer words."""
TOO_HARD: Final = 16.0

_KNOWN: Final = frozenset("MS MRI FDA UK US EU NHS NICE HIV DNA TV JC".split())
"""Short forms that readers know better than what they stand for, and names that stand for nothing (JC virus)."""
_SHORT_FORM: Final = re.compile(r"(?<![\w-])[A-Z]{2,4}(?=s?(?![\w-]))")
"""Two to four capitals. Longer ones, and those with digits or hyphens, are names of trials, genes and the like."""
_SAYS: Final = (
    r"(?=,| (?:also|cannot|concluded?|could|did|does|found|gave|had|has|have|is|are|may|might|can|only|reported"
    r"|says|said|showed?|shows|suggest(?:ed|s)|then|took|was|were)\b)"
)
_LEANS: Final = re.compile(
    r"(?:(?:however, )?(?:it|its|these|those|they|their|he|she|his|her|such|the latter|the former)\b"
    r"|(?:this|that)\b|(?:however, )?(?:both|neither) (?:of|groups?|drugs?|studies|trials|are|were|had|was)\b"
    rf"|(?:however, )?(?:in |by |for )?the (?:study|trial|review|paper|article|authors?|researchers?|report|results?"
    rf"|findings?|drug|medicine|treatment|page)\b{_SAYS})",
    re.IGNORECASE,
)
_POINTS: Final = re.compile(
    r"\b(?:this|these) (?:stud(?:y|ies)|trials?|reviews?|papers?|articles?|reports?|authors?)\b(?! of\b)"
    r"|\b(?:see )?(?:above|below)[.,]",
    re.IGNORECASE,
)
_STOPPED: Final = re.compile(r"\b(?:e\.g|i\.e|vs|approx|etc|et al|Dr|Prof)\.", re.IGNORECASE)
_WORD: Final = re.compile(r"[A-Za-z][A-Za-z'-]*")


def reading_grade(text: str, sentences: int) -> float:
    """US school grade of a text (Kincaid et al. 1975, Derivation of New Readability Formulas).

    Syllables are counted as groups of vowels. What stands in brackets is left out: intervals, brands and the long
    form of a name, which a reader may skip. Names of drugs and illnesses make medical text score high even where it
    is plain, so a grade tells files apart; it does not prove that one can be read.
    """
    words = _WORD.findall(re.sub(r"\([^()]*\)", " ", text))
    if not words or not sentences:
        return 0.0
    syllables = sum(max(1, len(re.findall(r"[aeiouy]+", re.sub(r"e$", "", word.lower())))) for word in words)
    return 0.39 * len(words) / sentences + 11.8 * syllables / len(words) - 15.59


def check_prose(file: SourceFile) -> Iterator[Finding]:
    """Every rule of style that corpus/README.md states. In what a reader took from a source they only warn."""
    for sentence in file.sentences:
        for rule, problem, fix in _wrong_with(file, sentence):
            yield file.finding(rule, problem, fix, line=file.line_of(sentence.text), matters=file.is_notes)
    if file.is_notes:
        yield from _sections(file)
        yield from _grade(file)


def _wrong_with(file: SourceFile, sentence: Sentence) -> Iterator[tuple[str, str, str]]:
    text, document = sentence.text, file.document
    leaning = _LEANS.match(text) or _POINTS.search(text)
    if leaning:
        yield "stand-alone", f"{leaning.group()!r} points outside {_start(text)}", "Name what is meant."
    for short in _undefined(file, text):
        yield "abbreviation", f"{short} is not spelled out in {_start(text)}", f"Write its words, then ({short})."
    if _STOPPED.search(text):
        yield "abbreviation", f"{_start(text)} has a short form with a full stop", "Write the words."
    amount = amount_in(text)
    if amount and not (document.evidence_level.is_study and sentence.heading == STUDY_DOSE_HEADING):
        fix = f"Leave it out, or, in a study, put it under '{STUDY_DOSE_HEADING}'."
        yield "dose", f"{_start(text)} holds an amount or schedule ({amount})", fix
    directive = directive_in(text)
    if directive:
        yield "directive", f"{_start(text)} tells the reader what to do ({directive})", "State the fact instead."
    overclaim = ladder()[document.evidence_level].overclaim(text)
    if overclaim:
        weight = document.evidence_level.value.replace("_", " ")
        yield "overclaim", f"a {weight} cannot say {overclaim!r}", "Say what was seen, in whom."
    words = len(text.split())
    if words > LONGEST:
        yield "length", f"{_start(text)} has {words} words, more than {LONGEST}", "Make two of it."


def _undefined(file: SourceFile, text: str) -> list[str]:
    document = file.document
    names = f"{document.title} {document.plain_title} {document.venue} {' '.join(document.authors)}"
    found = dict.fromkeys(match.group() for match in _SHORT_FORM.finditer(text))
    return [
        short
        for short in found
        if short not in _KNOWN
        and not re.fullmatch("[IVX]+", short)
        and not re.search(rf"\([^()]*{short}", text)
        and not re.search(rf"(?<![\w-]){short}s?(?: \(| stands? for|, meaning)", text)
        and not re.search(rf"(?<![\w-]){re.escape(short)}(?![\w-])", names)
    ]


def _sections(file: SourceFile) -> Iterator[Finding]:
    seen: set[str] = set()
    for section in file.document.sections:
        line = file.line_of(f"## {section.heading}")
        inside = [s.text for s in file.sentences if s.heading == section.heading]
        words = sum(len(text.split()) for text in inside)
        if section.anchor in seen:
            yield file.finding("heading", f"{section.heading!r} stands twice", "Join the sections.", line=line)
        seen.add(section.anchor)
        if not section.heading.endswith("?"):
            yield file.finding(
                "heading", f"{section.heading!r} is no question", "Ask it as a patient would.", line=line
            )
        if len(inside) > MOST_SENTENCES or words > LONGEST_SECTION:
            problem = f"{section.heading!r} has {len(inside)} sentences and {words} words"
            fix = f"Split it: {MOST_SENTENCES} sentences and {LONGEST_SECTION} words at most."
            yield file.finding("section", problem, fix, line=line)


def _grade(file: SourceFile) -> Iterator[Finding]:
    grade = reading_grade(" ".join(s.text for s in file.sentences), len(file.sentences))
    if grade > HARD:
        fix = "Use shorter words and sentences."
        yield file.finding("grade", f"reads at grade {grade:.1f}", fix, line=1, matters=grade > TOO_HARD)


def _start(text: str) -> str:
    return repr(text if len(text) <= 60 else f"{text[:57]}...")
