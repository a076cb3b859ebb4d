"""What of an address stands between a part that was masked and its postcode or county.

A town alone stays, and so does the town somebody lives "in". Between a house and a postcode
everything goes, in any case of letters.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from askms.guardrails.identifiers.reach import only_place
from askms.guardrails.identifiers.words import either, fold, words

_WORD: Final = r"[^\W\d_][\w'’.-]*+"
_UPPER: Final = r"[A-ZÀ-ÖØ-Þ][\w'’-]*+"
_EIRCODE: Final = r"(?:[A-Z]\d\d|D6W) ?(?=[A-Z\d]{0,3}\d)[A-Z\d]{4}(?!\w)"
"""After an address it need not be one that the post knows."""
_BESIDE: Final = frozenset({"the", "of", "on", "near", "nr", "in", "st", "at"})
"""Words without a meaning of their own that stand in addresses."""
_HOUSE_AND_PLACE: Final = re.compile(
    r"(?<!\w)(?:(?<=[Ww]e['’]re )|(?<=is )|(?<=at )|(?<=to )|(?<=: ))"
    rf"The {_UPPER}(?: {_UPPER}){{0,2}}, {_UPPER}(?:[ -]{_UPPER}){{0,2}},? \[postcode\]"
)
"""`We're The Old Forge, Nether Wallop [postcode]`"""


def mask_towns(text: str) -> str:
    """The text without what belongs to an address and was not told by itself."""
    if "[address]" in text:
        text = _behind().sub(lambda m: "[address]" if only_place(m.string, m.span("between")) else m[0], text)
    if "[postcode]" in text:
        text = _HOUSE_AND_PLACE.sub("[address]", text)
        text = _before_postcode().sub(_without_place, text)
    return text


def _without_place(match: re.Match[str]) -> str:
    said = {fold(part.strip(".,")) for part in match["place"].split()} - _BESIDE
    return match[0] if said & words("function") else match["label"] + "[address]"


@cache
def _behind() -> re.Pattern[str]:
    town = rf"(?P<between>, (?!(?:in|near|and|but|or|i)(?!\w)){_WORD}(?:[ -]{_WORD})?)"
    county = rf",? (?:co\.?|county) {either('counties')}(?!\w)"
    return re.compile(rf"\[address\]{town}?(?:{county}|,? (?-i:{_EIRCODE})|,? \[postcode\])", re.IGNORECASE)


@cache
def _before_postcode() -> re.Pattern[str]:
    """`i'm at the old smithy, back lane, [postcode]`"""
    label = rf"(?P<label>(?<!\w)(?:{either('live')}|{either('address_is')}) )"
    part = rf"{_WORD}(?: {_WORD}){{0,3}}"
    return re.compile(rf"{label}(?P<place>{part}(?:, {part}){{1,4}}),? \[postcode\]", re.IGNORECASE)
