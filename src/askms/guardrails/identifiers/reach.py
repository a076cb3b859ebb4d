"""How far an address goes on, word by word.

An address is made of figures, streets, names and the words that join them. It ends at the first word that means
something else: what stands there may be a danger told without a stop, and a mask must never hide one. Where somebody
says that an address follows, words that mean something stand in it too, as long as they cannot be a complaint:
`14 Golden Square`, `22 sandy bottom`.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from askms.guardrails.identifiers.spans import Span
from askms.guardrails.identifiers.words import either, fold, is_medicine, is_ordinary, words

_PIECE: Final = re.compile(r"(?P<gap>[ ,]{0,3}(?:[–-] ?)?[\"“‘]?#?)(?P<word>[^\W_][\w'’./ºª°-]*+[\"”]?)")
_CODE: Final = re.compile(r" [A-Z]?\d")
_BREAKS: Final = re.compile(r"[,;.!?\n)]|$")
_NEXT: Final = re.compile(r" (?P<word>[^\W\d_][\w'’]*+)")
_BEHIND: Final = re.compile(r",? (?P<near>[^\W\d_][\w'’-]*+)")
_NUMBER_BEHIND: Final = re.compile(r",? ?\d{1,4}[a-z]?(?= ?(?:[,;.!?\n)]|$))")
_LAST_WORDS: Final = re.compile(r"([^\W\d_][\w'’-]*+)(?: ([^\W\d_][\w'’-]*+))?")
_NAME: Final = re.compile(r"[^\W\d_]{2}")
_MOST_LAST: Final = 2
"""Words that mean something and end an address."""
_UNDER: Final = re.compile(r" (?:under|upon|on|le) (?P<near>[^\W\d_][\w'’-]*+)")
"""`Hope under Dinmore`"""
_STREETS_TOO: Final = frozenset({"well", "may"})
"""Words without a meaning of their own that streets are called by."""
_JOINS: Final = frozenset(
    "the of on upon under near nr by at in and de del della di da do dos das du des la le les los las el"
    " am an der den dem im van".split()
)
"""Words that stand in addresses where more of one follows."""
_STATE: Final = 3
_FEW: Final = 14
"""Words of an address."""


def reach(text: str, start: int, stop: int | None = None, *, told: bool = False) -> int:
    """Where an address that goes on at `start` ends, at the latest at `stop`; `start` if nothing of it stands there.

    `told` says that somebody called it one: a word that means something may then stand before a street, a town or a
    number, or end the address, until a kind of street is told.
    """
    stop = len(text) if stop is None else stop
    end = at = start
    may_mean, may_end, named = told, told, False
    for _ in range(_FEW):
        piece = _PIECE.match(text, at, stop)
        if piece is None or (piece["gap"] == "" and at > start):
            break
        first = at == start
        at = piece.end("word") - (len(piece["word"]) - len(piece["word"].rstrip(".'’")))
        word = piece["word"].rstrip(".'’")
        if "," in piece["gap"] and _NAME.search(text, start, end):
            may_mean, may_end = told, False
        if _belongs(word, text, at) or (told and first and _kind_before().fullmatch(word)):
            end = at
            may_mean = may_mean and _kind().fullmatch(word) is None
        elif may_mean and _leads_to_more(word, text, at):
            may_mean = False
        elif may_mean and may_end and (last := _last_words(text, piece.start("word"), stop, fewest=1 if named else 2)):
            end = at = last
            may_mean = False
        elif fold(piece["word"]) not in _JOINS:
            break
        if text[at : at + 1] == "." and not _abbreviated(piece["word"]):
            break
        at += text[at : at + 1] == "."
        named = end == at and word.isalpha()
    return end


def only_place(text: str, span: Span) -> bool:
    """Whether every word of a stretch can stand in an address."""
    start, stop = span
    left = text[reach(text, start, stop) : stop] if start >= 0 else ""
    return all(word in _JOINS for word in re.split(r"[ ,.–-]+", left.lower()) if word)


def _belongs(word: str, text: str, end: int) -> bool:
    if any(c.isdigit() for c in word):
        return True
    key = fold(word)
    if word.isupper() and len(word) <= _STATE and _CODE.match(text, end):
        return True  # `ON 12345`
    if len(word) == 1:
        return key not in words("function") and _BREAKS.match(text, end) is not None
    if key in words("function") or is_medicine(key):
        return False
    known = key in words("in_street_names") or key in words("towns_and_a_word") or _kind().fullmatch(key) is not None
    if known or not is_ordinary(key):
        return True
    # `Upper Field`, but not `Face drooping`: only the first word of a sentence has a capital then.
    shown = word[0].isupper() and not word.isupper()
    after = text[end : end + 2].lstrip(" ")
    return shown and (not after or after[0].isupper() or after[0].isdigit() or _BREAKS.match(after) is not None)


def _leads_to_more(word: str, text: str, end: int) -> bool:
    """Whether a word that means something stands before what only an address has: a street, a town, a number."""
    key = fold(word)
    if key in words("complaints"):
        kind = _street_behind().match(text, end)  # `44 blood alley`, but not `head end of the bed`
        return kind is not None and (_ends(text, kind.end()) or _street_behind().match(text, kind.end()) is not None)
    if not _may_name(key) or len(word) == 1:
        return False
    if _NUMBER_BEHIND.match(text, end) or _street_behind().match(text, end):
        return True
    under = _UNDER.match(text, end)
    if under is not None:
        return fold(under["near"]) not in words("function") and not is_ordinary(fold(under["near"]))
    behind = _BEHIND.match(text, end)
    near = fold(behind["near"]) if behind is not None else ""
    return near in words("towns_and_a_word") or near in words("in_street_names")


def _last_words(text: str, start: int, stop: int, *, fewest: int) -> int:
    """Where an address ends whose last words mean something, and the sentence with it: `22 sandy bottom`; else 0."""
    last = _LAST_WORDS.match(text, start, stop)
    if last is None:
        return 0
    for count in range(fewest, _MOST_LAST + 1):
        end = last.end(count)
        keys = [fold(word) for word in text[start:end].split()] if end > 0 else [""]
        if not all(_may_name(key) and key not in words("complaints") for key in keys):
            return 0
        if _ends(text, end):
            return end
    return 0


def _ends(text: str, end: int) -> bool:
    """Whether a stop stands there, or a word that begins what is asked: `and what is ms`."""
    behind = _NEXT.match(text, end)
    return _BREAKS.match(text, end) is not None or (behind is not None and fold(behind["word"]) in words("function"))


def _may_name(key: str) -> bool:
    """Whether a folded word can be part of what a street is called, whatever else it means."""
    barred = key in words("function") or key in words("never_in_a_street") or is_medicine(key)
    return bool(key) and (not barred or key in _STREETS_TOO)


def _abbreviated(word: str) -> bool:
    return word.endswith(".") and len(word) <= len("Terr.")


@cache
def _street_behind() -> re.Pattern[str]:
    return re.compile(rf" {either('streets')}(?!\w)", re.IGNORECASE)


@cache
def _kind_before() -> re.Pattern[str]:
    """`Via del Sole`: where the kind of street comes first."""
    kinds = "|".join(either(name) for name in ("streets_before", "streets_before_capital", "streets_after_house"))
    return re.compile(kinds, re.IGNORECASE)


@cache
def _kind() -> re.Pattern[str]:
    return re.compile(f"(?:{either('streets')}|{either('rooms')}|{either('indian_places')})", re.IGNORECASE)
