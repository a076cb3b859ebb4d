"""Two texts side by side: what only one of them has is marked in it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import Enum
from typing import Final

ALIKE: Final = 0.6
"""Share of words in common, 0 to 1, from which single words are marked and not whole lines."""
MOST_LINES: Final = 300
"""Of both texts together. Beyond it they are one line each, as the time to match can grow with the cube."""
MOST_WORDS: Final = 300
"""Of both sides of a change together. Beyond it its lines are marked whole, for the same reason."""
_WORD: Final = re.compile(r"\s*\S+\s*")
"""With the spaces around it: on their own they would all match each other."""
_NUMBER: Final = re.compile(r"\[\d+\]")
_NUMBERS: Final = re.compile(r"^\[\d+\] |(?: \[\d+\])+$", re.MULTILINE)
"""Of sources: before one in the list, and after a sentence that rests on some."""


class Mark(Enum):
    """How a stretch stands to the other side."""

    SAME = "same"
    MOVED = "moved"
    ONLY_HERE = "only here"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """Some words of one side."""

    text: str
    mark: Mark

    @property
    def only_here(self) -> bool:
        """Whether the other side lacks it."""
        return self.mark is Mark.ONLY_HERE

    @property
    def moved(self) -> bool:
        """Whether the other side has it in another place."""
        return self.mark is Mark.MOVED


@dataclass(frozen=True, slots=True, kw_only=True)
class Sides:
    """Both texts, cut where they part."""

    before: tuple[Stretch, ...]
    after: tuple[Stretch, ...]

    @property
    def same(self) -> bool:
        """Whether there is no difference, not even of order."""
        return all(stretch.mark is Mark.SAME for stretch in (*self.before, *self.after))

    @property
    def same_lines(self) -> bool:
        """Whether both have the same lines, in whatever order."""
        return not any(stretch.only_here for stretch in (*self.before, *self.after))


def compare(before: str, after: str, *, numbered: bool = False) -> Sides:
    """Set two texts side by side: line by line, and word by word in lines that are short and much alike.

    Args:
        before: the one.
        after: the other.
        numbered: sentences carry the numbers of their sources, such as [2], which say nothing of what they state.
    """
    left: list[Stretch] = []
    right: list[Stretch] = []
    one, other = before.splitlines(keepends=True), after.splitlines(keepends=True)
    if len(one) + len(other) > MOST_LINES:
        one, other = [before], [after]
    keys, others_keys = ([_bare(line) if numbered else line for line in lines] for lines in (one, other))
    blocks = SequenceMatcher(None, keys, others_keys, autojunk=False).get_opcodes()
    parted = [block for block in blocks if block[0] != "equal"]
    elsewhere = _counted(keys[at] for _, a, b, _, _ in parted for at in range(a, b))
    elsewhere &= _counted(others_keys[at] for _, _, _, c, d in parted for at in range(c, d))
    gone, come = elsewhere.copy(), elsewhere.copy()
    for kind, a, b, c, d in blocks:
        here, there = "".join(one[a:b]), "".join(other[c:d])
        if kind == "equal":
            _add(left, here)
            _add(right, there)
        elif kind != "replace" or not elsewhere.keys().isdisjoint([*keys[a:b], *others_keys[c:d]]):
            _by_line(left, zip(keys[a:b], one[a:b], strict=True), gone)
            _by_line(right, zip(others_keys[c:d], other[c:d], strict=True), come)
        elif not _by_word(here, there, left, right, numbered=numbered):
            _add(left, here, Mark.ONLY_HERE)
            _add(right, there, Mark.ONLY_HERE)
    return Sides(before=tuple(left), after=tuple(right))


def _bare(line: str) -> str:
    """A sentence without the numbers of its sources, a source without its own."""
    return _NUMBERS.sub("", line).strip()


def _counted(keys: Iterable[str]) -> Counter[str]:
    """How often each line stands there; one without words can stand anywhere."""
    return Counter(key for key in keys if key.strip())


def _by_line(side: list[Stretch], lines: Iterable[tuple[str, str]], moved: Counter[str]) -> None:
    """Add lines of which some may stand elsewhere on the other side; `moved` counts those down."""
    for key, line in lines:
        mark = Mark.MOVED if moved[key] > 0 else Mark.ONLY_HERE if key else Mark.SAME
        moved[key] -= 1
        _add(side, line, mark)


def _by_word(here: str, there: str, left: list[Stretch], right: list[Stretch], *, numbered: bool) -> bool:
    """Add both sides of a change word by word; add nothing where they are too long for that, or not much alike."""
    # Matched without their spaces: those are nearly always alike.
    bare, others_bare = ([_word(each, numbered) for each in text.split()] for text in (here, there))
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
                _add(side, text.removesuffix(spaces), Mark.ONLY_HERE)
                _add(side, spaces)
            continue
        for word, match in zip(words[a:b], others[c:d], strict=True):
            if word.strip() != match.strip():  # both are numbers of a source
                _add(left, word)
                _add(right, match)
                continue
            # The same word, though the spaces around it may differ.
            shared = next(start for start in (word, word.rstrip(), "") if match.startswith(start))
            for side, text in ((left, word), (right, match)):
                _add(side, shared)
                _add(side, text[len(shared) :], Mark.ONLY_HERE)
    return True


def _word(word: str, numbered: bool) -> str:
    return "[]" if numbered and _NUMBER.fullmatch(word) else word


def _add(side: list[Stretch], text: str, mark: Mark = Mark.SAME) -> None:
    if not text:
        return
    if side and side[-1].mark is mark:
        text = side.pop().text + text
    side.append(Stretch(text=text, mark=mark))
