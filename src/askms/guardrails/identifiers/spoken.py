"""Numbers, codes and names read aloud: "record number seven seven oh two one four".

What is said in words is an identifier where a label stands before it or where the letters
of a radio alphabet stand between its figures. Counts have neither.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import Final

from askms.guardrails.identifiers.runs import ONE_SIDE
from askms.guardrails.identifiers.words import either, fold, is_ordinary, lowered, words

_NEAR: Final = 70
"""Characters before a number in which its label stands."""
_FEWEST: Final = 4
"""Figures and letters behind a label."""
_FEWEST_OF_AREA: Final = 3
_FEWEST_UNLABELLED: Final = 5
_SPELLED: Final = re.compile(
    r"(?P<label>(?<!\w)(?:spel(?:led|t|ling)|spell it|buchstabiert|s['’]écrit|se escribe|deletreado)"
    r"(?: (?:as|is|out))?[ :,]{1,3}|\[name\],? (?=(?:[^\W\d_] ){4}))"
    r"(?P<letters>[^\W\d_](?:[ .,-]{1,2}(?![aiouy] [^\W\d_]{2})[^\W\d_](?![^\W_])){2,24})(?!\w)",
    re.IGNORECASE,
)
"""`first name spelled I D A`, `[name] b e a t r i x`; `a` and `I` before a word begin what is said next."""


def mask_spoken(text: str) -> str:
    """The text without numbers and names that are said letter by letter."""
    text = _SPELLED.sub(_without_spelled, text)
    if not _two().search(lowered(text)):
        return text
    return _sequence().sub(_without_sequence, text)


def _without_spelled(match: re.Match[str]) -> str:
    name = "".join(c for c in fold(match["letters"]) if c.isalpha())
    return match[0] if is_ordinary(name) else match["label"] + "[name]"


def _without_sequence(match: re.Match[str]) -> str:
    found = [(m.lastgroup, fold(m[0])) for m in _unit().finditer(match[0])]
    figures = sum(kind in ("figure", "times") for kind, _ in found)
    before = lowered(match.string[max(0, match.start() - _NEAR) : match.start()])
    for label, fewest, mask in _labels():
        if len(found) >= fewest and figures >= 2 and label().search(before):
            return mask
    radio = sum(kind == "letter" and word in words("radio_alphabet") for kind, word in found)
    return "[record number]" if len(found) >= _FEWEST_UNLABELLED and radio >= 2 and figures else match[0]


def _labels() -> tuple[tuple[Callable[[], re.Pattern[str]], int, str], ...]:
    return (
        (_area_code, _FEWEST_OF_AREA, "[number]"),
        (_phone, _FEWEST, "[phone]"),
        (_number, _FEWEST, "[record number]"),
    )


def _before(label: str) -> re.Pattern[str]:
    noun = rf"(?:[ :=(–—-]{{1,2}}(?:{either('number_nouns')}|{either('phones')})\.?)"
    verb = r"(?:[ ,(]{1,2}(?:is|was|are|est|ist|es|è|é|e|it['’]?s|ends(?: in| with)?|ending(?: in| with)?|um|uh))"
    told = r"(?: (?:they|he|she|you|the \w+) (?:gave|sent|quoted|said|told)(?: me| us)?)?"
    ours = r"(?:[ ]of)?(?: (?:my|the|his|her))?"
    return re.compile(rf"(?<!\w)(?:{label})(?:['’]?s)?{noun}{{0,2}}{ours}{told}{verb}{{0,3}}[ :=,(\"'–—-]{{1,3}}$")


@cache
def _area_code() -> re.Pattern[str]:
    return _before(r"(?:area|dial(?:l?ing)?|country|std|city) (?:code|prefix)|vorwahl|indicatif|prefijo|prefisso")


@cache
def _phone() -> re.Pattern[str]:
    return _before(rf"{either('phones')}(?<!number)(?<!nummer)(?<!numéro)(?<!número)(?<!numero)")


@cache
def _number() -> re.Pattern[str]:
    kinds = "|".join(either(name) for name in ("own_numbers", "numbered", "number_nouns", "postcode", "plates"))
    return _before(rf"{kinds}|pin|last (?:four|three)(?: digits)?(?: of (?:my|the|his|her) \w+(?: \w+)?)?")


@cache
def _unit() -> re.Pattern[str]:
    figure = rf"{either('spoken_digits')}|{either('spoken_tens')}|\d{{1,4}}"
    letter = rf"{either('phonetic')}|[a-z]"
    return re.compile(
        rf"(?<!\w)(?:(?P<times>double|triple|treble)|(?P<figure>{figure})|(?P<letter>{letter}))(?!\w)", re.IGNORECASE
    )


@cache
def _sequence() -> re.Pattern[str]:
    figure = rf"(?:(?:double|triple|treble|quadruple) )?(?:{either('spoken_digits')}|{either('spoken_tens')})"
    # A lone "a" or "I" behind a number belongs to the sentence.
    letter = (
        rf"{either('phonetic')}|[b-hk-z]|j(?! ai(?!\w))|[ai](?=[ ,-]{{1,2}}(?:{figure}|{either('phonetic')})(?!\w))"
    )
    unit = rf"{ONE_SIDE}(?:(?:{figure}|{letter}|\d{{1,4}})(?!\w))"
    return re.compile(rf"(?<![\w'’]){unit}(?:[ ,.–-]{{1,3}}{unit}){{2,29}}", re.IGNORECASE)


@cache
def _two() -> re.Pattern[str]:
    """What every number read aloud holds; cheaper to look for."""
    word = rf"(?:{either('spoken_digits')}|{either('spoken_tens')})"
    return re.compile(
        rf"(?<!\w){word}[ ,.–-]{{1,3}}(?:(?:double|triple|treble|quadruple) )?{word}(?!\w)|(?<!\w)double {word}"
    )
