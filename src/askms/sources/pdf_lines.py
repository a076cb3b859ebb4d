"""Read the lines of one PDF page: words in the order they were drawn, each line with its place and font.

Widths are guessed from the number of characters, as the true ones are often not in the
file. So lines are told apart by where they start, which is always known.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, TypeVar

from askms.sources.legible import clean
from askms.sources.pdf_stops import GAP, set_stops
from askms.sources.raised import raised

if TYPE_CHECKING:
    from pypdf import PageObject

_CHARACTER: Final = 0.5
"""Usual width of a character, of the font size."""
_NEAR: Final = 2.0
"""Points within which two pieces start at the same place."""

_HEADING: Final = re.compile(r"[A-Z][^.,;:!?]*[^\W\d]")
_MOST_RUNS: Final = 50_000
_LONGEST_RUN: Final = 50_000
_ENOUGH: Final = 9
"""Characters that tell what a raised figure stands behind."""
_LABEL: Final = re.compile(r"\(?(?:\d{1,2}|[a-z]|[ivx]{1,4})[.)]|[^\w\s]")
"""What stands in front of an item of a list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Text that was drawn in one go."""

    text: str
    x: float
    y: float
    size: float
    font: str

    @property
    def end(self) -> float:
        """Where it ends, roughly."""
        return self.x + _CHARACTER * self.size * len(self.text.strip())


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Runs side by side on one baseline."""

    text: str
    x: float
    y: float
    size: float
    font: str
    """Of most of its text."""
    fonts: frozenset[str]
    opens: bool = False
    """A heading; the text under it goes on beside it."""

    @property
    def width(self) -> float:
        """Rough; good for telling a full line from a short one."""
        return _CHARACTER * self.size * len(self.text)


_Piece = TypeVar("_Piece", Run, Line)


def lines_of(page: PageObject, look: Callable[[], None]) -> list[Line]:
    """The lines of a page in the order they were drawn; text turned against most of the page is left out.

    Args:
        page: is changed: the stops stay in it.
        look: called at every step of the page; may raise to give up.
    """
    runs = _runs(page, look)
    starts = column_starts(runs)
    lines: list[list[Run]] = []
    largest: Run | None = None
    for run in runs:
        if largest and _continues(lines[-1], largest, run, starts):
            lines[-1].append(run)
            largest = max(largest, run, key=lambda one: one.size)
        else:
            lines.append([run])
            largest = run
    return [line for one in lines for line in _with_heading(one) if line.text]


def column_starts(pieces: Sequence[_Piece]) -> list[float]:
    """Where many pieces start, left to right: the left edge of each column of text, or of a table."""
    edges: list[tuple[float, set[int]]] = []
    rows = {round(piece.y) for piece in pieces}
    for piece in sorted(pieces, key=lambda one: one.x):
        if not edges or piece.x - edges[-1][0] > _NEAR:
            edges.append((piece.x, set()))
        edges[-1][1].add(round(piece.y))
    return [x for x, seen in edges if len(seen) >= max(6, len(rows) / 4)]


def _runs(page: PageObject, look: Callable[[], None]) -> list[Run]:
    turned: dict[int, list[Run]] = {0: [], 90: [], 180: [], 270: []}
    gap = False

    def before(operator: bytes, *_: Any) -> None:
        nonlocal gap
        look()
        gap = gap or operator == GAP

    def drawn(text: str, outer: list[float], inner: list[float], font: Any, size: float) -> None:
        nonlocal gap
        if not text:
            return
        a, b, c, d, x, y = _product(inner, outer)
        angle = round(math.degrees(math.atan2(b, a)) / 90) * 90 % 360
        runs = turned[angle]
        if len(runs) > _MOST_RUNS or (runs and len(runs[-1].text) > _LONGEST_RUN):
            raise ValueError("too much is drawn on one page")
        if runs and (gap or not text.strip()):
            runs[-1] = replace(runs[-1], text=f"{runs[-1].text}{' ' if gap else ''}{text}")
        elif text.strip():
            cosine, sine = round(math.cos(math.radians(angle))), round(math.sin(math.radians(angle)))
            runs.append(
                Run(
                    text=text,
                    x=x * cosine + y * sine,
                    y=y * cosine - x * sine,
                    size=abs(size) * math.hypot(c, d),
                    font=str((font or {}).get("/BaseFont", "")).rpartition("+")[2],
                )
            )
        gap = False

    set_stops(page, look)
    page.extract_text(visitor_operand_before=before, visitor_text=drawn)
    return max(turned.values(), key=lambda runs: sum(len(run.text) for run in runs))


def _product(inner: Sequence[float], outer: Sequence[float]) -> tuple[float, ...]:
    a, b, c, d, x, y = inner
    e, f, g, h, left, down = outer
    return (a * e + b * g, a * f + b * h, c * e + d * g, c * f + d * h, x * e + y * g + left, x * f + y * h + down)


def _continues(before: Sequence[Run], largest: Run, run: Run, starts: Sequence[float]) -> bool:
    """Whether a run stands on the line of those before it, in the same column."""
    last = before[-1]
    if abs(run.y - largest.y) > max(run.size, largest.size) / 2 or run.x < last.x - _NEAR:
        return False
    room, guessed = run.x - last.end, last.end - last.x
    if run.x - last.x <= _NEAR:  # pypdf does not move on after each piece that it shows
        return True
    if len(before) == 1 and _LABEL.fullmatch(last.text.strip()):
        return room < 4 * run.size
    if any(abs(run.x - start) <= _NEAR for start in starts):
        return room < (0.7 * run.size if guessed < 12 * run.size else -0.15 * guessed)
    return room < 1.5 * run.size + 0.2 * guessed


def _with_heading(runs: Sequence[Run]) -> list[Line]:
    """A line as one, or as two if it starts with a heading in a font of its own: "Sample size We asked …"."""
    whole = _line(runs)
    start = next((place for place, run in enumerate(runs) if run.font == whole.font), 0)
    heading = clean("".join(run.text for run in runs[:start]))
    text = "".join(run.text for run in runs[start:]).lstrip()
    if _HEADING.fullmatch(heading) and text[:1].isupper():
        return [replace(_line(runs[:start]), opens=True), _line(runs[start:])]
    return [whole]


def _line(runs: Sequence[Run]) -> Line:
    main = max(runs, key=lambda one: len(one.text.strip()) * one.size)
    text = ""
    for run in runs:
        small, height = run.size < 0.8 * main.size, run.y - main.y
        text += raised(run.text, text[-_ENOUGH:]) if small and height > 0.15 * main.size else run.text
    return Line(
        text=clean(text),
        x=min(run.x for run in runs),
        y=main.y,
        size=main.size,
        font=main.font,
        fonts=frozenset(run.font for run in runs),
    )
