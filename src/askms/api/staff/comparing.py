"""Two texts side by side, word for word: what only one of them has is marked in it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final

_WORD: Final = re.compile(r"\S+|\n+|[^\S\n]+")


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
    """Set two texts side by side."""
    one, other = _WORD.findall(before), _WORD.findall(after)
    left: list[Stretch] = []
    right: list[Stretch] = []
    for kind, *ends in SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        _add(left, one[ends[0] : ends[1]], kind != "equal")
        _add(right, other[ends[2] : ends[3]], kind != "equal")
    return Sides(before=tuple(left), after=tuple(right))


def _add(side: list[Stretch], words: Sequence[str], only_here: bool) -> None:
    if words:
        side.append(Stretch(text="".join(words), only_here=only_here))
