"""Put the lines of PDF pages in reading order, and take away what is no part of the text.

A PDF keeps its text in the order it was drawn, which nearly always is the order to read
it in. Only where lines jump from column to column are they put in order by their places.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from askms.sources.pdf_lines import Line, column_starts

_SAME_HEIGHT: Final = 6
"""Points within which two lines of two pages stand at one height."""
_EDGE_LINES: Final = 3
"""Lines at the top and the foot of a page that may be a running header or footer."""
_COLUMN: Final = 0.25
"""Of the width of the text: the narrowest that a column of sentences is."""
_SMALL_STARTS: Final = 0.4
_BARE_NUMBER: Final = re.compile(r"\d{1,4}")
_PAGE_NUMBER: Final = re.compile(r"\W*(?:page\W*)?(?:\d{1,4}|[ivxlc]{1,6})(?:\W*(?:of|/)\W*\d{1,4})?\W*", re.I)
_REFERENCES: Final = re.compile(
    r"(?:\d+\.?\s*)?(?:references?|bibliography|literature cited|works cited|reference list)(?: and notes)?\W*", re.I
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ordered:
    """The lines of a page in reading order."""

    lines: tuple[Line, ...]
    rearranged: bool
    """They were drawn in another order, across the columns."""


def in_reading_order(lines: Sequence[Line]) -> Ordered:
    """Column by column where the lines were drawn across the columns, else as they were drawn."""
    if not lines:
        return Ordered(lines=(), rearranged=False)
    left = min(line.x for line in lines)
    span = max(line.x + line.width for line in lines) - left
    across = [pair for pair in pairwise(lines) if _is_jump(*pair, span)]
    if len(across) < max(6, 0.3 * len(lines)) or not _flows(across, left + span / 2):
        return Ordered(lines=tuple(lines), rearranged=False)
    starts = [left]
    for start in column_starts([line for line in lines if line.width >= _COLUMN * span]):
        if start - starts[-1] > _COLUMN * span:
            starts.append(start)

    def column(line: Line) -> int:
        return bisect_right(starts, line.x + 0.1 * span) - 1

    def crosses(line: Line) -> bool:
        following = starts[column(line) + 1 :]
        return bool(following) and line.x + line.width > following[0] + 0.1 * span

    ordered: list[Line] = []
    band: list[Line] = []
    for line in sorted(lines, key=lambda one: -one.y):
        band.append(line)
        if crosses(line):
            ordered += [*sorted(band[:-1], key=column), line]
            band = []
    return Ordered(lines=(*ordered, *sorted(band, key=column)), rearranged=True)


def _is_jump(before: Line, after: Line, span: float) -> bool:
    """Whether two lines drawn one after the other stand side by side in two columns."""
    return (
        abs(before.x - after.x) > _COLUMN * span
        and abs(before.y - after.y) < 1.6 * max(before.size, after.size)
        and min(before.width, after.width) > _COLUMN * span
    )


def _flows(pairs: Sequence[tuple[Line, Line]], middle: float) -> bool:
    """Whether both sides hold running text, whose lines often start in the middle of a sentence, and no cells."""
    sides = [{line.text for pair in pairs for line in pair if (line.x > middle) is right} for right in (False, True)]
    return all(sum(text[0].islower() for text in side) >= _SMALL_STARTS * len(side) for side in sides)


def without_line_numbers(lines: Sequence[Line]) -> list[Line]:
    """A manuscript's lines without the numbers that stand in front of them."""
    numbers = [int(line.text) for line in lines if _BARE_NUMBER.fullmatch(line.text)]
    rising = sum(after - before == 1 for before, after in pairwise(numbers))
    if len(numbers) < 8 or rising < 0.8 * (len(numbers) - 1):
        return list(lines)
    return [line for line in lines if not _BARE_NUMBER.fullmatch(line.text)]


def without_running_lines(pages: Sequence[Sequence[Line]]) -> list[list[Line]]:
    """Pages without headers and footers that come back on many of them, and without page numbers."""
    edges = [_edges(lines) for lines in pages]
    seen = Counter(key for lines in edges for key in {_key(line) for line in lines})
    often = max(2, 0.4 * len(pages))

    def runs(line: Line, edge: Sequence[Line]) -> bool:
        return line in edge and (seen[_key(line)] >= often or _PAGE_NUMBER.fullmatch(line.text) is not None)

    return [[line for line in lines if not runs(line, edge)] for lines, edge in zip(pages, edges, strict=True)]


def _edges(lines: Sequence[Line]) -> list[Line]:
    heights = sorted({round(line.y) for line in lines})
    outer = {*heights[:_EDGE_LINES], *heights[-_EDGE_LINES:]}
    return [line for line in lines if round(line.y) in outer]


def _key(line: Line) -> tuple[str, int]:
    """Words without numbers, at a height: running lines stand in the same place on every page."""
    return re.sub(r"[\W\d]+", " ", line.text).strip().lower() or "number", round(line.y / _SAME_HEIGHT)


def before_references(pages: Sequence[Sequence[Line]]) -> list[list[Line]] | None:
    """Pages up to the heading of the reference list in the last two thirds of the text; nothing if there is none."""
    total = sum(len(line.text) for lines in pages for line in lines)
    read = 0
    found: tuple[int, int] | None = None
    for number, lines in enumerate(pages):
        for place, line in enumerate(lines):
            if read >= total / 3 and _REFERENCES.fullmatch(line.text):
                found = (number, place)
            read += len(line.text)
    if found is None:
        return None
    number, place = found
    return [*(list(lines) for lines in pages[:number]), list(pages[number][:place]), *([] for _ in pages[number + 1 :])]
