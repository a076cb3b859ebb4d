"""Dates that a text states of itself: when it was published, and when somebody last went over it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from typing import Final

_MONTHS: Final = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_PUBLISHED: Final = re.compile(r"\b(?:published|publication date|date of publication|date published)\b", re.I)
_REVIEWED: Final = re.compile(r"\b(?:last (?:reviewed|updated|revised)|page (?:last )?reviewed)\b", re.I)
_DATE: Final = re.compile(
    r"(?: online| in print)?(?: on| in)?[:,]?\s+"
    r"(?:(?P<iso>\d{4}-\d{2}(?:-\d{2})?)|(?:(?P<first>\d{1,2})(?:st|nd|rd|th)?\s+)?(?P<month>[A-Z][a-z]{2,8})\.?\s+"
    r"(?:(?P<second>\d{1,2}),?\s+)?(?P<year>\d{4})|(?P<only>\d{4}))(?![\d/-])",
    re.I,
)


def published_on(text: str, today: date) -> str | None:
    """The date that stands behind "published", as exact as it is given; nothing where there are several years."""
    return _single(_PUBLISHED, text, today)


def reviewed_on(text: str, today: date) -> str | None:
    """The date that stands behind "last reviewed" or "last updated"; nothing where there are several years."""
    return _single(_REVIEWED, text, today)


def _single(label: re.Pattern[str], text: str, today: date) -> str | None:
    dates = {day for found in label.finditer(text) for day in _date_at(text, found.end(), today)}
    return max(dates, key=len) if len({day[:4] for day in dates}) == 1 else None


def _date_at(text: str, place: int, today: date) -> Iterator[str]:
    found = _DATE.match(text, place)
    if found is None:
        return
    day = found["iso"] or found["only"]
    if day is None:
        name = found["month"].lower()[:3]
        if name not in _MONTHS:
            return
        day = f"{found['year']}-{_MONTHS.index(name) + 1:02}"
        number = found["first"] or found["second"]
        day += f"-{int(number):02}" if number else ""
    with suppress(ValueError):  # 31 February
        if 1900 <= date.fromisoformat(f"{day}-01-01"[:10]).year and day <= today.isoformat()[: len(day)]:
            yield day
