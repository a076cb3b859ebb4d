"""Whole calendar dates: day, month and year, in figures and in words, in any order.

As the Safe Harbor rule has it, a whole date goes whatever it is of; a year alone, a month with
its year or a day without a year stays. What agencies and publishers did on a date is public.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from askms.guardrails.identifiers.runs import AMOUNT, ONE_SIDE
from askms.guardrails.identifiers.spans import covered
from askms.guardrails.identifiers.words import either, lowered

_DAY: Final = r"(?:0?[1-9]|[12]\d|3[01])"
_ORDINAL: Final = r"(?:st|nd|rd|th|er|ère|ro|ste|de|\.|º|ª|o|e|a)?"
_STROKE: Final = r" {0,2}[-/.\\_–|] {0,2}"
_JOIN: Final = r"[ .,/_\\–-]{0,3}"
_OF: Final = r"(?:(?:day )?(?:of|de|del|di|d['’])(?: the)? ?(?:month of |year )?)?"
_CENTURY: Final = r"(?:18|19|20)\d\d(?!\d)"
_SHORT_YEAR: Final = rf"['’]?\d\d(?![\d%])(?![.:]\d)(?!{AMOUNT})"
_YEAR: Final = rf"(?:{_CENTURY}|{_SHORT_YEAR})"
_ROMAN: Final = r"(?:i{1,3}|iv|vi{0,3}|ix|xi{0,2})(?![^\W_])"
_SPELLED_YEAR: Final = (
    rf"(?:nineteen|eighteen|two thousand|twenty)(?:[ -]{{1,2}}(?:hundred |oh[ -])?(?:and )?"
    rf"(?:{ONE_SIDE}one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|(?:thir|four|fif|six|seven|eigh|nine)teen"
    r"|(?:twen|thir|fou?r|fif|six|seven|eigh|nine)ty|hundred)(?!\w)){1,3}"
)
_SPELLED_DAY: Final = (
    r"(?:(?:(?:twenty|thirty)[ -])?(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|one|two|three|four"
    r"|five|six|seven|eight|nine)|tenth|eleventh|twelfth|(?:thir|four|fif|six|seven|eigh|nine)teen(?:th)?|twentieth|thirtieth"
    r"|ten|eleven|twelve|twenty|thirty)(?!\w)"
)
_MAY_HOLD_ONE: Final = re.compile(
    r"\d ?[-/.,\\_–|年년] {0,2}\d|\d[ ./-]{1,2}[ivx]|[ivx][ ./-]\d|\d\d? \d\d? \d{4}|\d{4} \d\d \d\d"
    r"|of the |nineteen|eighteen|two thousand|twenty [a-z]|[a-z'’] ?(?:['’]\d|(?:19|20)\d\d)"
)
"""Cheaper to look for; months are looked up word by word."""
_HAS_A_YEAR: Final = re.compile(r"\d\d|nineteen|eighteen|two thousand|twenty")
_WORDS: Final = re.compile(r"[^\W\d_]{3,16}")
_PUBLIC: Final = (
    r"(?:fda|ema|nice|mhra|chmp|tga|health canada|approv(?:ed|al|es)|licen[sc]ed|authori[sz](?:ed|ation)|published"
    r"|publication|publié\w*|publicad[oa]|veröffentlicht|accessed|checked"
    r"|retrieved|press release|launched|guideline|label)"
)
_WINDOW: Final = 60
"""Characters around a date in which a sentence says that it is public."""
_BEFORE: Final = re.compile(rf"(?<!\w){_PUBLIC}(?!\w)(?P<between>[^.!?\n]*)$")
_AFTER: Final = re.compile(rf"(?P<between>[^.!?\n]*?)(?<!\w){_PUBLIC}(?!\w)")
_SOMEBODYS: Final = re.compile(r"(?<!\w)(?:i|i'?m|my|me|our|we|us|he|she|his|her|born|dob|insur\w*|\[[a-z -]+\])(?!\w)")


def whole_date() -> str:
    """A pattern for a date; the year may lack its century."""
    month = rf"{either('months')}(?![^\W\d_])"
    day = rf"{_DAY}{_ORDINAL}"
    months_year = rf"{_JOIN}(?:{_OF}|in (?:the year )?){_CENTURY}|{_JOIN}{_SHORT_YEAR}"
    return (
        rf"(?:{day}{_STROKE}{day}{_STROKE}{_YEAR}|{_DAY}, ?{_DAY}, ?{_CENTURY}"
        rf"|{_CENTURY}(?:{_STROKE}|, ?){_DAY}(?:{_STROKE}|, ?){_DAY}(?!\d)"
        rf"|{day} {{1,2}}{_DAY} {{1,2}}{_CENTURY}|{_CENTURY} (?:0[1-9]|1[0-2]) (?:[0-2]\d|3[01])(?!\d)"
        rf"|{day}{_JOIN}{_OF}{month}(?:{months_year})"
        rf"|{month}[ .,/-]{{0,2}}(?:the )?(?!\d\d?/\d\d?/\d){day}"
        rf"(?:{_JOIN}(?:of |in )?{_CENTURY}|[ .,/]{{1,3}}{_SHORT_YEAR})"
        rf"|{month}-{_DAY}-{_SHORT_YEAR}"
        rf"|{_CENTURY}{_JOIN}(?:{month}{_JOIN}{day}|{day}[ .-]?{month})(?!\d)"
        rf"|{_DAY}[ ./-]{{1,2}}{_ROMAN}[ ./-]{{1,2}}{_YEAR}|{_ROMAN}[./-]{_DAY}[./-]{_YEAR}"
        rf"|{_CENTURY}[ ./-]{{1,2}}{_ROMAN}[ ./-]{{1,2}}{_DAY}(?!\d)"
        rf"|(?:{day}|{_SPELLED_DAY}) (?:day )?of the (?:{day}|{_SPELLED_DAY})(?: month)?(?:,? (?:of |in )?|[/-]){_YEAR}"
        rf"|{_CENTURY} ?[年년] ?{_DAY} ?[月월] ?{_DAY} ?[日일]?"
        rf"|(?:{_SPELLED_DAY}|{day}),? {_OF}{month},? (?:in |of )?(?:{_CENTURY}|{_SPELLED_YEAR})"
        rf"|{month} (?:the )?(?:{_SPELLED_DAY}|{day}),? (?:{_CENTURY}|{_SPELLED_YEAR})"
        rf"|{either('feasts')},? (?:of |in |day )?(?:['’]\d\d|{_CENTURY}))(?!\w)"
    )


def mask_whole_dates(text: str) -> str:
    """The text without whole dates, but for those on which something was published or approved."""
    lower = lowered(text)
    if not _HAS_A_YEAR.search(lower):
        return text
    if not _MAY_HOLD_ONE.search(lower) and not any(_month().fullmatch(word) for word in _WORDS.findall(lower)):
        return text
    return covered(text, (found.span() for found in _anywhere().finditer(lower) if not _is_public(found)), "[date]")


@cache
def _month() -> re.Pattern[str]:
    return re.compile(either("months"))


@cache
def _anywhere() -> re.Pattern[str]:
    """In lower case, which is searched several times faster."""
    never = r"(?!(?:out|set|ago)[ ./-])(?<![a-z]\.\d\.)(?<![a-z]\.)(?![\d.]+ (?:out|set|ago) (?:of )?\d\d?(?!\d))"
    return re.compile(rf"(?<![\w/.])(?<!\w[-–])(?<!version )(?<! v ){never}{whole_date()}")


def _is_public(date: re.Match[str]) -> bool:
    """Whether the sentence says that something was published or approved then."""
    before = date.string[max(0, date.start() - _WINDOW) : date.start()]
    after = date.string[date.end() : date.end() + _WINDOW]
    told = (_BEFORE.search(before), _AFTER.match(after))
    return any(said and not _SOMEBODYS.search(said["between"]) for said in told)
