"""Numbers that stand for a person: records, national ids, cards, accounts and phones.

A number is told by the label beside it ("hospital number"), by a shape that only an
identifier has (an IBAN, `QQ 12 34 56 C`), or by being long.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Final

from askms.guardrails.identifiers.runs import AMOUNT, ONE_SIDE, YEARS, mask_disguised, mask_runs
from askms.guardrails.identifiers.spans import Span, covered
from askms.guardrails.identifiers.terms import means_something
from askms.guardrails.identifiers.words import either, fold, is_ordinary, lowered, shapes, words

_WITH_DIGIT: Final = r"[A-Za-z]{0,7}\d[A-Za-z0-9]{0,24}+"
_VALUE: Final = (
    rf"(?P<value>(?:[A-Za-z]{{1,6}}[-/.]|(?-i:[A-Z]{{2,6}}) |[A-Za-z] ){{0,2}}{_WITH_DIGIT}"
    rf"(?: ?[-/._–] ?{_WITH_DIGIT}|[-/_–][A-Za-z]{{1,4}}(?!\w)| (?!\d{{1,4}}{AMOUNT}){_WITH_DIGIT}"
    r"| (?-i:[A-Z]{1,4})(?=[ -]?\d)| (?!J ai(?!\w))(?-i:[A-HJ-Z]{1,2})(?!\w)){0,7})"
)
_CODE: Final = re.compile(r"(?<![\w.,/#*:$€£=<>-])#?[^\W_]++(?:[-/.#*\\][^\W_]++)*+(?![\w@=])")
_DATE_OR_VALUE: Final = re.compile(
    r"\d{1,2}[/.-]\d{1,2}[/.-]\d{4}|\d{1,2}[/.]\d{1,2}(?:[/.]\d\d)?|\d{4}-\d\d-\d\d|\d{1,4}\.\d{1,2}|\d{1,3}000"
)
"""`scan 12/03/2021`, `test: 12.5`, `insurance is 15000 a year`"""
_LAST_WORD: Final = re.compile(r" (?P<word>[A-Z]{2})$")
_GOES_ON: Final = re.compile(r" [^\W\d_]")
_SHORTEST_CODE: Final = 5
_LONGEST_CODE: Final = 40
_FEWEST_DIGITS: Final = 3
"""In a code that no label explains."""
_FEWEST_SPOKEN: Final = 7
"""Figures that a phone number read aloud has."""
_MIXED: Final = re.compile(r"(?=(?:[A-Z]*\d){2})(?=(?:\d*[A-Z]){2})[A-Z\d]{5,12}")
"""A code in capitals with few figures: `QZ7T4P`."""
_LAST_FOUR: Final = re.compile(
    r"(?P<label>(?<!\w)(?:(?:last|final) (?:four|4|three|3)(?: digits| numbers)?(?:,? (?:of|on|are|is|my|his|her|our"
    r"|the|it|it['’]?s|being|phone|mobile|card|account|ssn|social|number)){0,7}"
    r"|(?:phone|mobile|cell|number|no|card|account|ssn|social|nhs|mrn|tel|passport)(?: (?:number|no|that|which))?"
    r" (?:ends?|ending|finish(?:es|ing))(?: in| with| w/| on)?)[ :=]{1,2})\d{2,5}(?!\w)",
    re.IGNORECASE,
)
_EXTENSION: Final = re.compile(
    r"(?P<label>(?<!\w)(?:bleep|pager|ext(?:ension|n)?)\.?(?: (?:is|no|number|me on))?[ :#=]{0,2})\d{3,6}(?!\w| ?-?\d)",
    re.IGNORECASE,
)
_AREA_CODE: Final = re.compile(
    r"(?P<label>(?<!\w)(?:area|dial(?:l?ing)?|country|std|city) (?:code|prefix)(?: is)?[ :=(]{1,2})\+?\d{1,5}(?!\w)",
    re.IGNORECASE,
)
_BESIDE: Final = re.compile(
    r"(?P<label>\[(?:phone|number|record number)\],? ?\(?(?:ext|extension|x|exp|expiry|expires|valid)(?: date)?\.?:? ?"
    r"|(?<!\w)cv[vc]2?(?: (?:is|code|number|no))?[ :]{1,2})\d{1,6}(?: ?/ ?\d{2,4})?(?!\w)",
    re.IGNORECASE,
)
"""The extension of a phone, the expiry and the code of a card."""


def mask_numbers(text: str) -> str:
    """The text without numbers that stand for a person."""
    text = mask_disguised(text)
    text = covered(text, _labelled(text), "[record number]")
    text = _label_after().sub(lambda m: "[record number]" if _is_long(m["value"]) else m[0], text)
    text = _phone_label().sub(r"\g<label>[phone]", text)
    text = _shapes().sub("[record number]", text)
    if _two_spoken().search(lowered(text)):
        text = _spoken().sub(_without_spoken, text)
    text = _LAST_FOUR.sub(r"\g<label>[number]", text)
    text = _AREA_CODE.sub(r"\g<label>[number]", text)
    text = _EXTENSION.sub(r"\g<label>[phone]", text)
    text = _CODE.sub(lambda m: "[record number]" if _is_code(m[0]) else m[0], text)
    return _BESIDE.sub(r"\g<label>[number]", mask_runs(text))


def _labelled(text: str) -> Iterator[Span]:
    for label in _label().finditer(lowered(text)):
        value = _labelled_value().match(text, label.end())
        if value and _is_number(value, label):
            yield value.start("value"), value.start("value") + len(_without_words_behind(value))


def _without_words_behind(match: re.Match[str]) -> str:
    """The number without words that the sentence goes on with, where all is in capitals: `NHS NO 4851111 HE IS`."""
    value = match["value"]
    while _GOES_ON.match(match.string, match.start("value") + len(value)):
        last = _LAST_WORD.search(value)
        if last is None or not (fold(last["word"]) in words("function") or is_ordinary(fold(last["word"]))):
            break
        value = value[: last.start()]
    return value


@cache
def _label() -> re.Pattern[str]:
    """In lower case: what a number belongs to."""
    bare = rf"{either('number_nouns')}(?!\w)|#"
    kinds = rf"(?P<own>{either('own_numbers')})|(?P<shared>{either('numbered')})|(?P<bare>{bare})"
    return re.compile(rf"(?<!\w)(?:{kinds})(?![^\W\d_](?<!s))")


@cache
def _labelled_value() -> re.Pattern[str]:
    """What links a number to its label, and the number."""
    noun = rf"(?:[ :=(–—-]{{0,2}}(?:{either('number_nouns')}(?!\w)\.?|#))"
    place = r"(?: (?:at|with|for|from|on|in|under) (?:[\w'’.]+ ){0,3}?[\w'’.]+(?= (?:is|was) | ?[:=]))?"
    verb = r"(?:[ ,(]{0,2}(?:is|was|est|ist|es|è|é|e|it['’]?s|here|ending(?: in)?|ends(?: in| with)?|:|=)(?!\w))"
    link = rf"(?P<link>(?:['’]?s)?\.?{noun}{{0,3}}{place}{verb}{{0,3}}[ :=,(–—\"'-]{{0,3}}\n?)"
    return re.compile(rf"{link}(?<![A-Za-z]){_VALUE}(?!\w)(?P<amount>{AMOUNT})?", re.IGNORECASE)


def _is_number(match: re.Match[str], label: re.Match[str]) -> bool:
    """Whether it is long enough: the vaguer the label, the longer it must be."""
    value = match["value"]
    digits = sum(c.isdigit() for c in value)
    called_number = _called_number().search(match["link"]) is not None
    if label["own"]:
        least = 4
    elif label["shared"] and called_number:
        least = 3
    elif label["shared"] and any(c.isalpha() for c in value):
        least = 4
    else:
        least = 5
    meant = bool(label["own"]) or called_number
    if called_number and _MIXED.fullmatch(value):
        return True
    if digits < least or match["amount"] or (not meant and _DATE_OR_VALUE.fullmatch(value)):
        return False
    return not YEARS.fullmatch(value) or (called_number and (digits > 4 or bool(label["own"])))


@cache
def _called_number() -> re.Pattern[str]:
    return re.compile(rf"#|(?<!\w){either('number_nouns')}(?!\w)|ending", re.IGNORECASE)


@cache
def _label_after() -> re.Pattern[str]:
    """`884213 is my hospital number`"""
    whose = r"[ ,(=–—-]{1,3}(?:is |was |being )?(?:my |the |our |his |her |their |mum'?s |dad'?s )(?:\w+ ){0,2}?"
    label = rf"(?:{either('own_numbers')}|{either('numbered')}|{either('phones')}|{either('number_nouns')})"
    return re.compile(rf"(?<![\w.,/-]){_VALUE}(?=(?:{whose}| [-–=] ?| ?[(=] ?){label}(?!\w))", re.IGNORECASE)


def _is_long(value: str) -> bool:
    return sum(c.isdigit() for c in value) >= 4 and not YEARS.fullmatch(value)


@cache
def _phone_label() -> re.Pattern[str]:
    via = r"no|number|num|nr|me|us|her|him|them|back|at|on|is|to|my|home|work|under|bitte|unter|au|al|en|pod"
    link = rf"(?:['’]s)?(?: (?:{via})){{0,5}}\.?[ :=(–—-]{{0,3}}"
    number = rf"(?:\+ ?)?\(?\d(?:[ ().,\-/]{{0,2}}\d){{5,14}}+(?!\w)(?!{AMOUNT})"
    return re.compile(rf"(?P<label>(?<!\w){either('phones')}{link}){number}", re.IGNORECASE)


@cache
def _shapes() -> re.Pattern[str]:
    return re.compile(rf"(?<![\w-])(?:{'|'.join(shapes())})(?!\w)", re.IGNORECASE)


@cache
def _spoken() -> re.Pattern[str]:
    """Figures read aloud, with a few typed ones among them."""
    figure = rf"(?:{either('spoken_digits')}|{either('spoken_tens')})(?!\w)"
    word = rf"{ONE_SIDE}(?:(?:double|triple|treble|quadruple) )?{figure}"
    return re.compile(rf"(?<!\w){word}(?:[ ,.–-]{{1,3}}(?:{word}|\d{{1,4}}(?!\w))){{3,19}}", re.IGNORECASE)


@cache
def _two_spoken() -> re.Pattern[str]:
    """What every number read aloud holds; cheaper to look for."""
    word = rf"(?:{either('spoken_digits')}|{either('spoken_tens')})"
    return re.compile(
        rf"(?<!\w){word}[ ,.–-]{{1,3}}(?:(?:double|triple|treble|quadruple) )?{word}(?!\w)"
        rf"|(?<!\w)(?:double|triple) {word}"
    )


@cache
def _figures() -> re.Pattern[str]:
    return re.compile(
        r"(?P<times>double|triple|treble|quadruple) "
        rf"|(?P<ten>{either('spoken_tens')})|(?P<one>{either('spoken_digits')}|\d)",
        re.IGNORECASE,
    )


def _without_spoken(match: re.Match[str]) -> str:
    figures = 0
    for word in _figures().finditer(match[0]):
        figures += 1 + (fold(word["times"]) in ("triple", "treble")) if word["times"] else 1 + bool(word["ten"])
    return "[phone]" if figures >= _FEWEST_SPOKEN else match[0]


def _is_code(code: str) -> bool:
    """Figures and letters in one word that mean nothing else."""
    if not _SHORTEST_CODE <= len(code) <= _LONGEST_CODE:
        return False
    digits = sum(c.isdigit() for c in code)
    return digits >= _FEWEST_DIGITS and any(c.isalpha() for c in code) and not means_something(code)
