"""Passages that speak to a program instead of a person, or that would harm one.

The same check runs three times: on what an index is built from, on what a search finds and
on what a reply cites. It knows only the form of a text. A false claim put as a plain fact
has none; what stands against it is that people choose the sources.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from hashlib import sha256
from importlib.resources import files
from typing import Any, Final

from askms.chunks import embedded_text
from askms.guardrails.letters import hides, looks_alike, other_language, other_script, plain
from askms.guardrails.names import named_medicines
from askms.guardrails.normalise import fold
from askms.guardrails.showing import amount_in, directive_in
from askms.types import Document, Passage
from askms.wording import wording

_RULES: Final = ("poison.json", "poison.py", "letters.py", "showing.py", "normalise.py", "decoding.py")
_SENTENCE: Final = re.compile(r"(?<=[.!?])\s+|\n")
_WORD: Final = re.compile(r"[^\W_]+")
_GROUP: Final = re.compile(r"<([a-z_]+)>")
_CALL: Final = re.compile(
    r"\b(?:call|dial|ring|phone|telephone|text)(?:ing)?"
    r"(?: (?:or (?:call|text|ring)|us|now|free|first|on|at|to|the|number|helpline|hotline|line|(?-i:[A-Z]{3,})))*:? "
    r"(?P<number>\+?\(?\d[\d\s().-]*\d)\b(?! (?:people|patients|adults|women|men|participants|centres|centers|of)\b)",
    re.IGNORECASE,
)
_LINE: Final = re.compile(
    r"\b(?:numbers?|lines?|desk|helplines?|hotlines?|phone|telephone|tel|emergency|emergencies|ambulance|crisis)\b"
    r"[^.\n]{0,60}?(?P<number>\+\d[\d\s().-]{6,}\d|\b0\d[\d\s-]{6,}\d|(?<![\d-])(?:1[-\s])?\d{3}[-\s]\d{3}[-\s]\d{4}"
    r"|\b\d{3}-\d{4})\b",
    re.IGNORECASE,
)
_MEDICINE: Final = re.compile(
    r"\b(?:dmts?|disease[- ]modifying|medicines?|medications?|meds|tablets?|pills?|capsules?|injections?|infusions?"
    r"|treatments?|therap(?:y|ies)|drugs?|doses?|steroids?|supplements?)\b",
    re.IGNORECASE,
)
_STUDY: Final = re.compile(
    r"\b(?:was|were|had|got|took|gave|given|planned|plan|trials?|stud(?:y|ies)|groups?|arms?|participants?|patients"
    r"|cohorts?|randomi[sz]ed|placebo|mice|rats|animals|approved|licensed|phase)\b",
    re.IGNORECASE,
)
_DONE: Final = re.compile(
    r"\b(?:compar\w+|reduc\w+|lower\w*|improv\w+)\b"
    r"|\b(?!allowed|called|named|coated|hundred|united)\w{2,}(?<!e)ed\b",
    re.IGNORECASE,
)
_GENERAL: Final = re.compile(
    r"\b(?:best|usual(?:ly)?|ideal|ceiling|maximum|enough|plenty|suits?|safe(?:ly)?|recommended|advised|supposed|missed"
    r"|needs?|most (?:people|adults))\b",
    re.IGNORECASE,
)
"""An amount that a study gave, or with which something was done, is a report; one for people in general is not."""
_MEASURED: Final = re.compile(r"\d\s?(?:g|grams?|mls?|cc|units?)\b", re.IGNORECASE)
"""Amounts that are as often a result, such as a weight at birth."""


@cache
def rules_digest() -> str:
    """Hash of the rules, so that an index that older rules let through is known as stale."""
    folder = files("askms.guardrails")
    return sha256(b"".join(folder.joinpath(name).read_bytes() for name in _RULES)).hexdigest()


def quarantine(passage: Passage, document: Document) -> str | None:
    """Why a passage of a source may not be quoted, or nothing."""
    # What a reply shows of a source besides its passages; names of people and places need not be English.
    facts = (document.title, document.plain_title, document.venue, document.population, document.limits)
    return attack_in("\n".join((*facts, *document.authors))) or poisoned(embedded_text(passage))


@lru_cache(maxsize=8192)
def poisoned(text: str) -> str | None:
    """Why a passage looks like an attack on the assistant or its readers, or nothing."""
    if (attack := attack_in(text)) is not None:
        return attack
    rules, sentences = _rules(), _SENTENCE.split(plain(text))
    if other_script(plain(text)) or any(other_language(s, rules.english, rules.foreign) for s in sentences):
        return "unread_language"
    return next((kind for kind in map(_dose_or_directive, sentences) if kind), None)


@lru_cache(maxsize=8192)
def attack_in(text: str) -> str | None:
    """The part of `poisoned` that fits titles and names too: neither language nor advice is judged."""
    if hides(text):
        return "hidden_characters"
    if looks_alike(plain(text)):
        return "look_alikes"
    return next((kind for kind in _kinds(text) if kind), None)


def _kinds(text: str) -> Iterator[str | None]:
    rules, readable = _rules(), plain(text)
    honest = rules.innocent.sub("helper", readable)
    for kind, pattern in rules.kinds.items():
        # As written too: that something was encoded is itself a finding.
        yield kind if pattern.search(honest) or (readable != text and pattern.search(text)) else None
    folded = fold(honest)
    known = set(_WORD.findall(honest.casefold()))
    changed = [(s, words, words - known) for s in folded.sentences if (words := set(_WORD.findall(s))) - known]
    decoded = (words for _, words, new in changed if 2 * len(new) > len(words))
    yield "encoded" if folded.hidden and not all(map(rules.english.isdisjoint, decoded)) else None
    undisguised = "\n".join(sentence for sentence, _, _ in changed)
    for kind in rules.folded:
        yield kind if rules.kinds[kind].search(undisguised) else None
    yield "contact" if _unknown_number(readable) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rules:
    kinds: Mapping[str, re.Pattern[str]]
    folded: tuple[str, ...]
    """Kinds to look for in disguise too: look-alike letters, figures for letters, letters apart."""
    innocent: re.Pattern[str]
    english: frozenset[str]
    foreign: frozenset[str]


@cache
def _rules() -> _Rules:
    data: dict[str, Any] = json.loads(files("askms.guardrails").joinpath("poison.json").read_text(encoding="utf-8"))
    return _Rules(
        kinds={kind: _compiled(patterns, data["groups"]) for kind, patterns in data["kinds"].items()},
        folded=tuple(data["folded"]),
        innocent=_compiled(data["innocent"], {}),
        english=frozenset(" ".join(data["english"]).split()),
        foreign=frozenset(" ".join(data["foreign"]).split()),
    )


def _compiled(patterns: list[str], groups: Mapping[str, str]) -> re.Pattern[str]:
    # Known groups only: markup has angle brackets of its own.
    named = (_GROUP.sub(lambda m: f"(?:{groups[m[1]]})" if m[1] in groups else m[0], one) for one in patterns)
    return re.compile("|".join(named), re.IGNORECASE | re.MULTILINE)


def _unknown_number(text: str) -> bool:
    """Whether people are told to call a number that is not in our own table."""
    return any(_digits(m["number"]) not in _known_numbers() for way in (_CALL, _LINE) for m in way.finditer(text))


@cache
def _known_numbers() -> frozenset[str]:
    contacts = [c for place in wording().contacts.values() for group in place.by_purpose.values() for c in group]
    printed = [_digits(number) for c in contacts for number in re.findall(r"\d[\d\s-]*\d", c.label)]
    return frozenset({c.tel for c in contacts} | set(printed))


def _digits(number: str) -> str:
    return re.sub(r"\D", "", number)


def _dose_or_directive(sentence: str) -> str | None:
    """An amount to take, or an order: no honest source of ours holds one outside a report of what a study did."""
    asks = sentence.rstrip().endswith("?")  # a heading asks about doses and tells none
    amount, directive = amount_in(sentence), directive_in(sentence)
    if amount and directive:
        return "dose_directive"
    if directive in ("second_person", "permission"):
        return "directive"
    if directive != "imperative" and not amount:
        return None
    medicine = named_medicines(sentence) or (_MEDICINE.search(sentence) and not asks)
    if directive == "imperative":
        return "directive" if medicine else None
    report = _STUDY.search(sentence) or (_DONE.search(sentence) and not _GENERAL.search(sentence))
    result = not medicine and not amount_in(_MEASURED.sub(" ", sentence))
    empty = amount == "dose_words" and not re.search(r"\d", sentence)
    return None if asks or report or result or empty else "dose"
