"""Dates of birth, in figures and in words.

A date is masked when something says that somebody was born on it. A month or a year alone
stays unless it is called a date of birth: people ask "born in 1971, is late onset common?".
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from askms.guardrails.identifiers.words import either, lowered

_LINK_WORDS: Final = (
    "is|was|on|the|le|el|il|dia|día|am|em|a|er|es|est|ist|è|é|e|to|of|(?:mon|tues|wednes|thurs|fri|satur|sun)day"
)
_LINK: Final = rf"(?:[ :=,;(–—-]{{1,3}}(?:{_LINK_WORDS})(?!\w)){{0,3}}[ :=,;(–—-]{{0,3}}\n?"
_WHOSE: Final = (
    r"[ ,(=–—-]{1,3}(?:is |was |are |being )?(?:when |the day |the date )?"
    r"(?:my |his |her |our |i |he |she |was |for |in ){0,3}"
)
_BESIDE_SOMEBODY: Final = re.compile(
    r"(?P<label>(?:\[name\]|(?<!\w)(?:(?:fe)?male|[mf]))[ ,;:(–—-]{1,3})"
    r"(?<!\w)(?:\d{1,2}[/.-]\d{1,2}[/.-](?:19\d\d|[3-9]\d)|19\d\d-\d{1,2}-\d{1,2})(?!\d)",
    re.IGNORECASE,
)
"""A date of the last century next to a person: their birth, not an appointment."""


def mask_births(text: str) -> str:
    """The text with every date replaced that is called somebody's birth."""
    if _birth().search(lowered(text)):
        for pattern in _told():
            text = pattern.sub(r"\g<label>[date of birth]", text)
    return text


def mask_births_beside_people(text: str) -> str:
    """The same where nothing but a person beside it says what the date is."""
    return _BESIDE_SOMEBODY.sub(r"\g<label>[date of birth]", text)


@cache
def _birth() -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){either('birth')}")


@cache
def _told() -> tuple[re.Pattern[str], ...]:
    label = rf"(?P<label>(?<!\w){either('birth')}(?:['’]?s)?{_LINK})"
    sure_label = rf"(?P<label>(?<!\w){either('birth_date')}{_LINK})"
    in_figures = r"(?:\d{8}|\d{6})(?!\d)"
    return tuple(
        re.compile(pattern, re.IGNORECASE)
        for pattern in (
            rf"{label}(?:{_whole_date()}|{_date_in_words()}|{_day()}|{in_figures})",
            rf"{sure_label}(?:{either('months')}\.?,? ['’]?)?(?:19|20)?\d\d(?!\w)",
            rf"(?P<label>)(?<![\w/.-]){_whole_date()}(?={_WHOSE}{either('birth')})",
        )
    )


def _whole_date() -> str:
    """Day, month and year; the year may lack its century."""
    month, ordinal = either("months"), r"(?:st|nd|rd|th|er|\.|º|ª|o)?"
    of = r"(?: of(?: the)?| de| d['’]|\.)?"
    year = r"['’]?(?:\d{4}|\d{2})"
    dash = r" ?[-/.] ?"
    return (
        rf"(?:\d{{4}}{dash}\d{{1,2}}{dash}\d{{1,2}}|\d{{1,2}}{dash}\d{{1,2}}{dash}{year}"
        rf"|\d{{1,2}} \d{{1,2}} (?:19|20)?\d{{2}}|\d{{1,2}}{ordinal}{of}[ -]?{month}\.?{of},?[ -]?(?:de |del )?{year}"
        rf"|{month}\.? ?(?:the )?\d{{1,2}}{ordinal}(?:, ?| ){year}"
        rf"|\d{{1,2}}{ordinal} of the \d{{1,2}}{ordinal},? ?{year})(?!\d)"
    )


def _day() -> str:
    month, ordinal = either("months"), r"(?:st|nd|rd|th)?"
    return rf"(?:\d{{1,2}}{ordinal}(?: of)? ?{month}|{month} \d{{1,2}}{ordinal}|\d{{1,2}}[/.-]\d{{1,2}})(?!\w)"


def _date_in_words() -> str:
    word = either("spelled_date_words")
    return rf"(?:{word}(?:[ ,-]{{1,2}}{word}){{2,9}})(?!\w)"
