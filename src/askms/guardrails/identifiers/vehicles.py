"""Number plates, where a word says that one follows, told by letters and figures side by side; driving licences."""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from askms.guardrails.identifiers.terms import means_something
from askms.guardrails.identifiers.words import either, fold, is_ordinary, words

_GROUP: Final = (
    r"(?:[A-ZÄÖÜ]{1,3}(?![^\W_])|\d{1,6}(?![^\W_])|(?=[A-Z]*\d)[A-Z\d]{2,8}(?![^\W_])|(?-i:[A-Z]{4})(?![^\W_]))"
)
_VALUE: Final = rf"(?P<value>{_GROUP}(?:[ ·•-]{_GROUP}){{0,3}})"
_LINK: Final = (
    r"(?:['’]?s)?(?: (?:is|was|of|reads|says|no|number|mark|ist|lautet|es|è|é|est|mi|coche|my|the|our|car|van)){0,4}"
    r"[ :=,(#.\"'“–-]{1,3}"
)
_BEHIND: Final = re.compile(rf"(?<!\w){_VALUE}(?= (?:reg|rego|number plate|plates?)(?!\w))", re.IGNORECASE)
"""`parked as OV20 RXL reg`"""
_SHAPE: Final = re.compile(r"(?<![\w-])(?P<area>[A-Z]{2}\d{2}) ?[A-Z]{3}(?![\w-])")
"""A British plate, where there is talk of a car."""
_LICENCE: Final = re.compile(r"(?<![\w-])[A-Z9]{5} ?\d{6} ?[A-Z9]{2}\d[A-Z]{2}(?: \d\d)?(?![\w-])")
"""Of a British driver; a part of it looks like a postcode."""
_CAR: Final = re.compile(
    r"(?<!\w)(?:cars?|van|taxi|reg|plates?|vehicle|motability|parked|parking|drove|vrm|dvla|towed|clamped)(?!\w)",
    re.IGNORECASE,
)
_GOES_ON: Final = re.compile(r" [^\W\d_]")
_ABBREVIATION: Final = 3
"""Letters from which on capitals before a number may be a word: `MRI 3T`."""
_FEWEST: Final = 4
"""Letters and figures of a plate; one more where its label has other meanings."""


def mask_vehicles(text: str) -> str:
    """The text without number plates."""
    text = _labelled().sub(lambda m: m["label"] + _without_plate(m, vague=m["vague"] is not None), text)
    text = _in_letters().sub(r"\g<label>[record number]", text)
    text = _LICENCE.sub("[record number]", text)
    if _CAR.search(text):
        text = _SHAPE.sub(lambda m: m[0] if means_something(m["area"]) else "[record number]", text)
    return _BEHIND.sub(lambda m: _without_plate(m, vague=True), text)


def _without_plate(match: re.Match[str], *, vague: bool) -> str:
    value = match["value"]
    plate = _plate(value, goes_on=_GOES_ON.match(match.string, match.end("value")) is not None)
    typed = [c for c in plate if c.isalnum()]
    mixed = any(c.isdigit() for c in typed) and any(c.isalpha() for c in typed)
    if len(typed) < _FEWEST + vague or not mixed or (vague and means_something(plate)):
        return value
    return value.replace(plate, "[record number]", 1)


def _plate(value: str, *, goes_on: bool) -> str:
    """The value without the words around it; where the sentence goes on, one in capitals is a word too."""
    groups = re.split(r"([ ·•-])", value)
    while groups and _is_word(groups[0].lower() if len(groups[0]) >= _ABBREVIATION else groups[0]):
        groups = groups[2:]
    while groups and _is_word(groups[-1].lower() if goes_on and groups[-1] != groups[0] else groups[-1]):
        groups = groups[:-2]
    for i in range(2, len(groups), 2):
        if _is_word(groups[i]) and any(c.isdigit() for c in "".join(groups[:i])):
            return "".join(groups[: i - 1])  # `NV19 ECT my gf collapsed`
    return "".join(groups)


def _is_word(group: str) -> bool:
    if len(group) == 1 and group.islower():
        return True  # `4471 KLD i cant breathe`
    return group.isalpha() and not group.isupper() and (fold(group) in words("function") or is_ordinary(fold(group)))


@cache
def _labelled() -> re.Pattern[str]:
    label = rf"(?P<label>(?<!\w)(?:{either('plates')}|(?P<vague>{either('vague_plates')})){_LINK})"
    return re.compile(label + _VALUE, re.IGNORECASE)


@cache
def _in_letters() -> re.Pattern[str]:
    """`number plate reads MSWOBBLE`"""
    label = rf"(?P<label>(?<!\w){either('plates')} (?:is|was|reads|says):? [\"'“]?)"
    return re.compile(rf"{label}(?-i:[A-Z]{{4,8}}\d{{0,2}})(?!\w)", re.IGNORECASE)
