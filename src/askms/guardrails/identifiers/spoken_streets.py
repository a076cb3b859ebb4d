"""House numbers said in words before a street: "twenty two Hawthorn Crescent"."""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from askms.guardrails.identifiers.words import either, fold, is_ordinary, words

_ONES: Final = "one|two|three|four|five|six|seven|eight|nine"
_TEENS: Final = "ten|eleven|twelve|(?:thir|four|fif|six|seven|eigh|nine)teen"
_TENS: Final = "(?:twen|thir|for|fif|six|seven|eigh|nine)ty"
_NUMBER: Final = rf"(?:{_TENS}|{_TEENS}|{_ONES}|oh|hundred|thousand)"
_HOUSE: Final = rf"(?:{_NUMBER}(?:(?: and)?[ -]{_NUMBER}){{0,5}}(?!\w)[a-d]?)"
_SAID: Final = re.compile(rf"(?<!\w){_NUMBER}(?!\w)", re.IGNORECASE)
_FLAT: Final = (
    rf"(?:(?:flat|apartment|apt|unit|room|number|no\.?),? (?:{_HOUSE}|\d{{1,4}}[a-z]?),? ){{0,2}}(?:(?:number|no\.?) )?"
)
_FLAT_BEHIND: Final = rf"(?:flat|apartment|apt|unit|room) (?:{_HOUSE}|\d{{1,4}})"
_WORD: Final = r"[^\W\d_][\w'’.-]*+"
_LIVES: Final = re.compile(r"(?:(?<!\w)(?:at|to|in|is|of|address|home|live|over|number)|[:,(]) $", re.IGNORECASE)
_NEAR: Final = 12
"""Characters before a street in which something says that somebody is there."""


def mask_spoken_streets(text: str) -> str:
    """The text without streets whose house is said in words."""
    if not _cheap().search(text):
        return text
    text = _street().sub(_without_street, text)
    return _at_home().sub(lambda m: m["label"] + ("[address]" if _is_named(m["names"]) else m["rest"]), text)


def _without_street(match: re.Match[str]) -> str:
    names = [fold(name) for name in match["names"].split()]
    if _SAID.search(match["names"]) or any(name in words("never_in_a_street") and name != "the" for name in names):
        return match[0]
    strange = [name for name in names if not is_ordinary(name)]
    may_be = all(name in words("in_street_names") or not is_ordinary(name) for name in names)
    sure = fold(match["kind"]) in words("only_streets")
    home = _LIVES.search(match.string[max(0, match.start() - _NEAR) : match.start()]) is not None
    plain = all(name in words("plain_before_streets") for name in names)
    told = (
        (bool(strange) and may_be and (sure or home))
        or (may_be and sure and (home or not plain))
        or (may_be and home and not plain)
    )
    return "[address]" if told else match[0]


def _is_named(names: str) -> bool:
    """`three the old dairy`, but not `two floors with stairs`."""
    parts = [fold(name) for name in names.split()]
    return parts[0] == "the" or any(not is_ordinary(part) and part not in words("function") for part in parts)


@cache
def _cheap() -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){_NUMBER}[ ,-]", re.IGNORECASE)


@cache
def _street() -> re.Pattern[str]:
    names = rf"(?P<names>{_WORD}(?: {_WORD}){{0,3}}?)"
    return re.compile(
        rf"(?<![\w-]){_FLAT}{_HOUSE},? {names} (?P<kind>{either('streets')})(?!\w)(?: {either('streets')}(?!\w))?"
        rf"(?:,? {_FLAT_BEHIND})?",
        re.IGNORECASE,
    )


@cache
def _at_home() -> re.Pattern[str]:
    """`home is three the old dairy,`"""
    names = rf"(?P<names>(?!(?i:{either('not_streets')}|{_NUMBER})\b){_WORD}(?: {_WORD}){{1,3}}?)"
    return re.compile(
        rf"(?P<label>(?<!\w)(?:{either('address_is')}|home is|house is|live at|lives at|living at) )"
        rf"(?P<rest>{_HOUSE},? {names})(?= ?(?:[,.;!?\n]|$))",
        re.IGNORECASE,
    )
