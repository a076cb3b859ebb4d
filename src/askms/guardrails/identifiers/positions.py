"""Where somebody is to the metre: coordinates, three words, plus codes and grid references.

A latitude alone stays, as in "is MS more common above 45° N?", and so do pairs of decimals
that can be statistics.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from askms.guardrails.identifiers.words import either

_GAP: Final = r"[ ,;/]{1,3}"
_FINE: Final = r"[-+−–]?\d{1,3}\.\d{4,15}°?"
_ROUGH: Final = r"[-+−–]?\d{1,3}\.\d{2,15}°?"
_PAIR: Final = re.compile(rf"(?<![\w.,])(?P<one>{_FINE}){_GAP}(?P<other>{_FINE})(?![\w.]\d)")
_DEGREES: Final = r"\d{1,3}\.\d{1,15} ?°? ?"
_HALVES: Final = re.compile(
    rf"(?<![\w.,])(?:{_DEGREES}[NS][ ,;/]{{0,3}}{_DEGREES}[EWO]|[NS] ?{_DEGREES}[ ,;/]{{0,3}}[EWO] ?{_DEGREES})(?!\w)",
    re.IGNORECASE,
)
"""`37.7749 N, 122.4194 W`"""
_MINUTES: Final = (
    r"\d{1,3}(?: ?[°˚º] ?|o ?| )\d{1,2}(?:[.,]\d{1,4})?(?: ?['′’´] ?| )?"
    r"(?:\d{1,2}(?:[.,]\d{1,4})?)? ?(?:\"|”|″|''|′′|’’)? ?"
)
_SEXAGESIMAL: Final = re.compile(
    rf"(?<![\w.,])(?:{_MINUTES}[NS][ ,;/]{{0,3}}{_MINUTES}[EWO](?!\w)"
    rf"|[NS] ?{_MINUTES}[ ,;/]{{0,3}}[EWO] ?{_MINUTES}(?!\d)"
    r"|\d{1,3} ?[°˚º] ?\d{1,2} ?['′’] ?\d{1,2}(?:[.,]\d{1,4})? ?(?:\"|”|″|''|′′|’’) ?[NSEWO](?!\w))",
    re.IGNORECASE,
)
"""`51°30'12.4"N 0°07'39.9"W`, `N 40 42.766 W 074 00.360`"""
_THREE: Final = r"[^\W\d_]{2,20}\.[^\W\d_]{2,20}\.[^\W\d_]{2,20}(?![\w.]\w)"
_WORDS: Final = re.compile(
    rf"(?:/{{3}} ?{_THREE}"
    rf"|(?P<label>(?<!\w)(?:what ?(?:3|three) ?words|w3w)(?: address)?(?: (?:is|are))?[ :=,]{{1,3}}){_THREE})",
    re.IGNORECASE,
)
_SIGNS: Final = "23456789CFGHJMPQRVWX"
_PLUS_CODE: Final = re.compile(rf"(?<![\w+])(?=[A-Z]*\d)[{_SIGNS}]{{4,8}}\+[{_SIGNS}]{{2,3}}(?![\w+])")
_GRID: Final = re.compile(
    r"(?P<label>(?<!\w)(?:(?:os|map|national) )?grid(?: ref(?:erence|s)?)?\.?(?: is)?[ :=]{1,2})"
    r"(?:[A-Z]{1,2} ?)(?:\d{2,5} \d{2,5}|\d{4,10})(?!\w)",
    re.IGNORECASE,
)
_LEAST: Final = 2
"""Two numbers below it are rather probabilities than a place."""


def mask_positions(text: str) -> str:
    """The text without coordinates and what stands for them."""
    for pattern in (_SEXAGESIMAL, _HALVES, _PLUS_CODE):
        text = pattern.sub("[location]", text)
    text = _PAIR.sub(lambda m: "[location]" if _is_on_earth(m["one"], m["other"]) else m[0], text)
    for pattern in (_WORDS, _GRID, *_labelled()):
        text = pattern.sub(lambda m: (m["label"] or "") + "[location]", text)
    return text


def _is_on_earth(one: str, other: str) -> bool:
    degrees = [abs(float(number.strip("°").lstrip("+-−–"))) for number in (one, other)]
    return _LEAST <= max(degrees) <= 180 and min(degrees) <= 90


@cache
def _labelled() -> tuple[re.Pattern[str], ...]:
    """`lat 47.99 lon 7.84`, `GPS: 53.27, -9.05`"""
    latitude, longitude = rf"(?<!\w){either('latitudes')}", rf"(?<!\w){either('longitudes')}"
    link = r"(?: is)?[ :=]{1,3}"
    number = rf"{_ROUGH}(?!\w)"
    both = tuple(
        re.compile(rf"(?P<label>{one}{link}){number}[ ,;&/]{{1,3}}(?:and )?{other}{link}{number}", re.IGNORECASE)
        for one, other in ((latitude, longitude), (longitude, latitude))
    )
    alone = rf"(?P<label>(?:{latitude}|{longitude}){link})[-+−–]?\d{{1,3}}\.\d{{3,15}}(?!\w)"
    called = rf"(?P<label>(?<!\w){either('positions')}[ :=(]{{1,3}})[-+−–]?\d{{1,2}}\.\d{{2,15}}°?{_GAP}{_ROUGH}(?!\w)"
    return (*both, *(re.compile(pattern, re.IGNORECASE) for pattern in (alone, called)))
