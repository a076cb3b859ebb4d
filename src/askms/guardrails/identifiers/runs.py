"""Runs of figures without a label: which are phones, cards or the like, and which are doses, years or counts.

They are told by how long they are, how they are grouped and what they are followed by. Where
in doubt about a long one it is masked, checksum or not: people mistype.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Final

AMOUNT: Final = (
    r"(?: ?(?:%|mg|mcg|µg|μg|ug|ng|pg|g|kg|iu|i\.u\.|units?|ml|mls|l|mm|cm|m|km|mmol\S*|nmol\S*|cells|copies|points?"
    r"|steps?|am|pm|hz|k|ms)(?![^\W_])"
    r"| (?:million|thousand|people|patients|participants|persons|women|men|adults|children|cases|words|metres|meters"
    r"|miles|feet|calories|kcal|times|secs?|seconds|mins?|minutes|hours|hrs?|days?|weeks?|wks?|months?|mths?|years?|yrs?|euros?"
    r"|pounds|dollars|lesions?|relapses?|infusions?|doses?|tablets?|pills?)(?!\w))"
)
"""What makes a number before it an amount."""
ONE_SIDE: Final = r"(?!one (?:side|half|eye|ear|arm|leg|hand|foot|of)(?!\w))"
"""Behind a number read aloud, `one side of my face` is no figure of it."""
YEARS: Final = re.compile(r"(?:(?:19|20)\d\d[ ./-]*)+")

_RUN: Final = re.compile(
    rf"(?<![\w#£$€])(?<!\d[.,:])(?P<run>(?:\+ ?)?\(?[oO]?\d(?:[ ().\-/–]{{0,3}}\d)*+\)?)(?P<amount>{AMOUNT})?",
    re.IGNORECASE,
)
_SAID: Final = r"(?:and|then|dash|hyphen|space|stop|dot|slash|followed by|comma|gap|new line)"
_TOLD_APART: Final = re.compile(
    rf"(?<![\w.,:])(?:\+ ?)?\(?[0o]\d{{1,6}}\)?(?:[ .,–-]{{1,2}}\d{{1,6}}){{0,2}}"
    rf"(?:[ ,.]{{1,2}}{_SAID}(?:[ ,]{{1,2}}{_SAID}){{0,1}}[ ,]{{1,2}}\d{{1,8}}(?:[ -]\d{{1,6}}){{0,3}}){{1,4}}(?!\w)",
    re.IGNORECASE,
)
"""`07700 then 900 461`"""
_ROUND_ZEROS: Final = re.compile(r"(?<![^\W_])(?:\+ ?)?\(?[\doO](?:[ ().\-/–]{0,3}[\doO]){8,14}(?![^\W_])")
"""`o7700 9oo 333`"""
_GROUP: Final = re.compile(r"\d+")
_DATE: Final = r"(?:\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}|\d{4}-\d{1,2}-\d{1,2})"
_DATES: Final = re.compile(rf"\(?{_DATE}(?: ?[ –-] ?{_DATE}| \d{{1,2}})*\)?")
_THOUSANDS: Final = re.compile(r"\d{1,3}(?:[ .]000)+")
_DECIMAL: Final = re.compile(r"(?<![\d.])\d{1,3}\.\d{1,3}(?![\d.])")
_SPLIT: Final = re.compile(r"\d{1,3}(?:-\d{1,3}){2,3}")
_STEP: Final = 25
"""Milligrams that tablets are made in."""
_SHORTEST: Final = 7
_SHORTEST_GROUPED: Final = 9
_PHONE: Final = range(9, 13)
_ABROAD: Final = range(7, 17)


def mask_runs(text: str) -> str:
    """The text without long numbers that are no amounts."""
    return _RUN.sub(_masked, text)


def mask_disguised(text: str) -> str:
    """The text without phones that have letters for noughts or words between their figures."""
    text = _ROUND_ZEROS.sub(_without_zeros, text)
    return _TOLD_APART.sub(lambda m: "[phone]" if sum(c.isdigit() for c in m[0]) >= _PHONE.start else m[0], text)


def _without_zeros(match: re.Match[str]) -> str:
    typed = match[0].lower()
    return "[phone]" if "o" in typed and sum(c.isdigit() for c in typed) >= _SHORTEST - 2 else match[0]


def _masked(match: re.Match[str]) -> str:
    run, amount = match["run"], match["amount"] or ""
    groups = _GROUP.findall(run)
    digits = "".join(groups)
    if run[0] == "+" or (digits.startswith("00") and len(groups[0]) > 1):
        if len(digits) in _ABROAD:
            return f"[phone]{amount}"
        if len(digits) < _ABROAD.start:
            return match[0]
        # Too long for a phone: there are years or other figures after it, and it is a long run like any other.
    if _is_plain(run.lstrip("+ "), groups) or (amount and _is_amount(groups)):
        return match[0]
    if _is_phone(run, groups):
        return f"[phone]{amount}"
    if len(groups) == 1:
        long = len(digits) >= _SHORTEST and not digits.endswith("0000")
    elif all(len(group) == 1 for group in groups):
        long = len(digits) >= _SHORTEST and not _is_scale(groups)
    else:
        long = len(digits) >= _SHORTEST_GROUPED
    return f"[number]{amount}" if long else match[0]


def _is_phone(run: str, groups: list[str]) -> bool:
    length = sum(len(group) for group in groups)
    if [len(group) for group in groups] == [3, 4]:
        return groups[0] == "555" or groups[1].startswith("0")
    if max(len(group) for group in groups) == 1:
        return False
    return (run[0] == "(" and length >= _PHONE.start) or (
        groups[0].startswith("0") and len(groups[0]) > 1 and length in _PHONE
    )


def _is_plain(run: str, groups: list[str]) -> bool:
    """Years, dates, decimals, thousands: nothing that stands for a person."""
    if YEARS.fullmatch(run.strip("()")) or _DATES.fullmatch(run) or _THOUSANDS.fullmatch(run) or _is_split(run, groups):
        return True
    return len(_DECIMAL.findall(run)) * 2 >= len(groups)


def _is_split(run: str, groups: list[str]) -> bool:
    """`300-600-300`: what is taken in the morning, at noon and at night."""
    return _SPLIT.fullmatch(run) is not None and all(int(group) % _STEP == 0 for group in groups)


def _is_amount(groups: list[str]) -> bool:
    """`100 200 300 mg`, but not a phone number before `pm`."""
    return len(groups) < 3 or all(int(group) % 5 == 0 for group in groups)


def _is_scale(groups: list[str]) -> bool:
    """`1 2 3 4 5 6 7`"""
    return all(int(after) - int(before) in (0, 1) for before, after in pairwise(groups))
