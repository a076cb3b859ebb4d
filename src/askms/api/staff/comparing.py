"""Two texts side by side: what only one of them has is marked in it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final

ALIKE: Final = 0.6
"""Share of words in common, 0 to 1, from which single words are marked and not whole lines."""
_WORD: Final = re.compile(r"\S+|\s+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """Some words of one side."""

    text: str
    only_here: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Sides:
    """Both texts, cut where they part."""

    before: tuple[Stretch, ...]
    after: tuple[Stretch, ...]

    @property
    def same(self) -> bool:
        """Whether there is no difference."""
        return not any(stretch.only_here for stretch in (*self.before, *self.after))


def compare(before: str, after: str) -> Sides:
    """Set two texts side by side: line by line, and word by word in lines that are much alike."""
    one, other = before.splitlines(keepends=True), after.splitlines(keepends=True)
    left: list[Stretch] = []
    right: list[Stretch] = []
    for kind, a, b, c, d in SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        here, there = "".join(one[a:b]), "".join(other[c:d])
        if kind == "replace" and _alike(here, there):
            words, others = _WORD.findall(here), _WORD.findall(there)
            for what, e, f, g, h in SequenceMatcher(None, words, others, autojunk=False).get_opcodes():
                _add(left, "".join(words[e:f]), what != "equal")
                _add(right, "".join(others[g:h]), what != "equal")
        else:
            _add(left, here, kind != "equal")
            _add(right, there, kind != "equal")
    return Sides(before=tuple(left), after=tuple(right))


def _alike(here: str, there: str) -> bool:
    # Without the spaces between words: those are always alike.
    return SequenceMatcher(None, here.split(), there.split(), autojunk=False).ratio() >= ALIKE


def _add(side: list[Stretch], text: str, only_here: bool) -> None:
    if text:
        side.append(Stretch(text=text, only_here=only_here))
