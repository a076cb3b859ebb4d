"""How far an address goes on, word by word.

An address is made of figures, streets, names and the words that join them. It ends at the first word that means
something else: what stands there may be a danger told without a stop, and a mask must never hide one.
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
_JOINS: Final = frozenset(
    "the of on upon near nr by at in and de del della di da do dos das du des la le les los las el"
    " am an der den dem im van".split()
)
"""Words that stand in addresses where more of one follows."""
_STATE: Final = 3
_FEW: Final = 14
"""Words of an address."""


def reach(text: str, start: int, stop: int | None = None) -> int:
    """Where an address that goes on at `start` ends, at the latest at `stop`; `start` if nothing of it stands there."""
    end = start
    at = start
    stop = len(text) if stop is None else stop
    for _ in range(_FEW):
        piece = _PIECE.match(text, at, stop)
        if piece is None or (piece["gap"] == "" and at > start):
            break
        at = piece.end("word") - (len(piece["word"]) - len(piece["word"].rstrip(".'’")))
        if _belongs(piece["word"].rstrip(".'’"), text, at):
            end = at
        elif fold(piece["word"]) not in _JOINS:
            break
        if text[at : at + 1] == "." and not _abbreviated(piece["word"]):
            break
        at += text[at : at + 1] == "."
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


def _abbreviated(word: str) -> bool:
    return word.endswith(".") and len(word) <= len("Terr.")


@cache
def _kind() -> re.Pattern[str]:
    return re.compile(f"(?:{either('streets')}|{either('rooms')}|{either('indian_places')})", re.IGNORECASE)
