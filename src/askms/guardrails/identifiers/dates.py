"""Dates of birth, in figures and in words.

A day without its year goes when something says that somebody was born on it. A month or a year
alone stays unless it is called a date of birth: people ask "born in 1971, is late onset common?".
Whole dates go wherever they stand (`whole_dates`); here they are called what they are.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from askms.guardrails.identifiers.runs import ONE_SIDE
from askms.guardrails.identifiers.whole_dates import whole_date
from askms.guardrails.identifiers.words import either, lowered

_LINK_WORDS: Final = (
    "is|was|on|the|le|el|il|dia|día|am|em|a|er|den|d|w|dnia|op|på|falls|falling|es|est|ist|è|é|e|to|of|an"
    "|(?:mon|tues|wednes|thurs|fri|satur|sun)day"
)
_GAP: Final = r"[ :=,;(–—-]"
_LINK: Final = rf"(?:{_GAP}{{1,3}}(?:{_LINK_WORDS})(?!\w)){{0,3}}{_GAP}{{0,3}}\n?"
_PLACE_WORD: Final = (
    r"(?!(?:and|but|with|was|were|had|has|have|diagnosed|since|then|when|started|now|my|i)(?!\w))[^\W\d_][\w'’.-]*+"
)
_WHERE: Final = (
    rf"(?:[ ,(]{{1,2}}(?:in|at|near|en|em|à|w|i|te|a)(?: {_PLACE_WORD},?){{1,4}}?"
    r"(?:,|,? (?:on|am|el|le|il|em|a|op|den|dnia))(?!\w)(?: the)?)?"
)
"""`in Galway on`"""
_WHOSE: Final = (
    r"[ ,(=–—-]{1,3}(?:is |was |are |being )?(?:when |the day |the date |que )?"
    r"(?:my |his |her |our |i |he |she |was |for |in ){0,3}"
)
_CHILD: Final = r"(?=[ -](?:baby|bab[ey]|bub|child|kid|boy|girl|bairn|arrival)(?!\w))"
_BESIDE_SOMEBODY: Final = re.compile(
    r"(?P<label>(?:\[name\]|(?<!\w)(?:(?:fe)?male|[mf]|(?:i(?:['’]?m| am)|(?:he|she|who)(?:['’]?s| is))(?: an?)?|aged?"
    r"|(?:boy|girl|son|daughter|twin(?: and i)?|mum|mom|dad|mother|father|husband|wife)))"
    r"(?:[ ,(]{1,2}\d\d)?[ ,;:/(–—-]{1,3})\[date\]",
    re.IGNORECASE,
)
"""Next to a person or an age."""


def mask_births(text: str) -> str:
    """The text with every date replaced that is called somebody's birth."""
    if _birth().search(lowered(text)):
        for pattern in _told():
            text = pattern.sub(r"\g<label>[date of birth]", text)
    return text


def mask_births_beside_people(text: str) -> str:
    """The same where nothing but a person beside it says what the date is."""
    return _BESIDE_SOMEBODY.sub(r"\g<label>[date of birth]", text) if "[date]" in text else text


@cache
def _birth() -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){either('birth')}|[ -](?:bab|bub|child|kid|boy|girl|bairn|arrival)")


@cache
def _told() -> tuple[re.Pattern[str], ...]:
    label = rf"(?P<label>(?<!\w){either('birth')}(?:['’]?s)?{_WHERE}{_LINK})"
    sure_label = rf"(?P<label>(?<!\w){either('birth_date')}{_LINK})"
    in_figures = r"(?:\d{8}|\d{6})(?!\d)"
    feast = rf"(?:{either('feasts')}(?:,? (?:of |in )?['’]?(?:19|20)?\d\d)?)(?!\w)"
    return tuple(
        re.compile(pattern, re.IGNORECASE)
        for pattern in (
            rf"{label}(?:{feast}|{whole_date()}|{_date_in_words()}|{_day()}|{in_figures})",
            rf"{sure_label}(?:{either('months')}\.?,? ['’]?)?(?:19|20)?\d\d(?!\w)",
            rf"(?P<label>)(?<![\w/.-])(?:{whole_date()}|{feast})(?={_WHOSE}{either('birth')})",
            rf"(?P<label>)(?<![\w/.-])(?:{whole_date()}|{feast}){_CHILD}",
        )
    )


def _day() -> str:
    month, ordinal = either("months"), r"(?:st|nd|rd|th|º|ª|er|\.)?"
    of = r"(?: of| de| d['’])?"
    return rf"(?:\d{{1,2}}{ordinal}{of} ?{month}|{month} \d{{1,2}}{ordinal}|\d{{1,2}}[/.-]\d{{1,2}})(?!\w)"


def _date_in_words() -> str:
    word = either("spelled_date_words")
    return rf"(?:{word}(?:[ ,-]{{1,2}}{ONE_SIDE}{word}){{2,9}})(?!\w)"
