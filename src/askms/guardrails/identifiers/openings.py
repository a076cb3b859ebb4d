"""Where a sentence begins behind a name with no stop between: `its Jane Head pounding`.

Its first word may have a capital and be taken for a surname. A surname that is a word must not stay, and a danger must
not go with a name, so both what stands before the word and what stands behind it are asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Final

from askms.guardrails.identifiers.reading import Word
from askms.guardrails.identifiers.words import words

SPEAKS: Final = frozenset("from here calling speaking again writing typing asking posting".split())
_ACTS: Final = ("ing", "ed")
"""How words end that say what somebody does."""
_RARELY_BEHIND: Final = frozenset({"a", "of", "for", "the"})
"""Words that are said of a person seldom, of a complaint often."""
_SOON: Final = 3
"""Words behind one of a complaint in which another tells that it is no surname."""


def opens_a_sentence(spoken: Sequence[Word], at: int, *, sure: bool) -> bool:
    """Whether a word behind one of a name begins a sentence; `sure` is the place that a name stands there.

    Where little tells a name, a word behind a surname or behind a name in lower case is none. Any other word with a
    capital is taken for the surname, but for a complaint that goes on as one and does not stand behind a known first
    name alone.
    """
    behind = spoken[at + 1 : at + 1 + _SOON]
    if not behind or behind[0].gap != " " or not behind[0].text[0].islower():
        return False
    word, before = spoken[at], spoken[at - 1]
    second = not before.shown or _is_surname(spoken, at - 1)
    named = second and not sure
    complains = word.key in words("complaints")
    told = complains and any(further.key in words("complaints") for further in behind)
    if named and behind[0].key in _RARELY_BEHIND:
        return True
    if behind[0].key in _said_of_people():
        return (second and told) or (word.key.endswith(_ACTS) and (named or complains))
    if named:
        return True
    return told and (second or not (sure and (before.given or before.maybe_given)))


def _is_surname(spoken: Sequence[Word], at: int) -> bool:
    """Whether a word is a surname because another part of a name stands in front of it."""
    if at == 0:
        return False
    word, before = spoken[at], spoken[at - 1]
    first = before.given or before.maybe_given or before.unknown or before.listed_surname or before.initial
    return first and (word.unknown or word.listed_surname) and not word.given and word.gap in (" ", "-", ". ")


@cache
def _said_of_people() -> frozenset[str]:
    return words("after_a_name") | words("particles") | SPEAKS
