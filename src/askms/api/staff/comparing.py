"""Two texts side by side: what only one of them has is marked in it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final

ALIKE: Final = 0.6
"""Share of words in common, 0 to 1, from which single words are marked and not whole lines."""
MOST_LINES: Final = 300
"""Of both texts together. Beyond it they are one line each, as the time to match can grow with the cube."""
MOST_WORDS: Final = 300
"""Of both sides of a change together. Beyond it its lines are marked whole, for the same reason."""
_WORD: Final = re.compile(r"\s*\S+\s*")
"""With the spaces around it: on their own they would all match each other."""


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
    """Set two texts side by side: line by line, and word by word in lines that are short and much alike."""
    left: list[Stretch] = []
    right: list[Stretch] = []
    one, other = before.splitlines(keepends=True), after.splitlines(keepends=True)
    if len(one) + len(other) > MOST_LINES:
        one, other = [before], [after]
    for kind, a, b, c, d in SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        here, there = "".join(one[a:b]), "".join(other[c:d])
        if kind != "replace" or not _by_word(here, there, left, right):
            _add(left, here, kind != "equal")
            _add(right, there, kind != "equal")
    return Sides(before=tuple(left), after=tuple(right))


def _by_word(here: str, there: str, left: list[Stretch], right: list[Stretch]) -> bool:
    """Add both sides of a change word by word; add nothing where they are too long for that, or not much alike."""
    # Matched without their spaces: those are nearly always alike.
    bare, others_bare = here.split(), there.split()
    if not bare or not others_bare or len(bare) + len(others_bare) > MOST_WORDS:
        return False
    matcher = SequenceMatcher(None, bare, others_bare, autojunk=False)
    if matcher.ratio() < ALIKE:
        return False
    words, others = _WORD.findall(here), _WORD.findall(there)
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind != "equal":
            ours, theirs = "".join(words[a:b]), "".join(others[c:d])
            spaces = ours[len(ours.rstrip()) :]
            if theirs[len(theirs.rstrip()) :] != spaces:
                spaces = ""
            for side, text in ((left, ours), (right, theirs)):
                _add(side, text.removesuffix(spaces), True)
                _add(side, spaces, False)
            continue
        for word, match in zip(words[a:b], others[c:d], strict=True):
            # The same word, though the spaces around it may differ.
            shared = next(start for start in (word, word.rstrip(), "") if match.startswith(start))
            for side, text in ((left, word), (right, match)):
                _add(side, shared, False)
                _add(side, text[len(shared) :], True)
    return True


def _add(side: list[Stretch], text: str, only_here: bool) -> None:
    if not text:
        return
    if side and side[-1].only_here is only_here:
        text = side.pop().text + text
    side.append(Stretch(text=text, only_here=only_here))
