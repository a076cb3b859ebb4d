"""Shares by day as bars, worked out here so that a page needs no script to draw them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from askms.records import Day

WIDTH: Final = 600
HEIGHT: Final = 160
"""Of the drawing, in its own units."""
SAFETY: Final = frozenset({"crisis", "emergency", "urgent"})
REFUSED: Final = frozenset({"misuse", "dosing", "decision", "diagnosis", "offtopic"})
RATES: Final[Mapping[str, frozenset[str]]] = {
    "Answered": frozenset({"answer"}),
    "Answered with a limit": frozenset({"boundary"}),
    "Declined": REFUSED,
    "Found nothing": frozenset({"no_evidence"}),
    "Safety card first": SAFETY,
}
"""What is drawn, and the routes that count for it: each for one, so that together they are all replies."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One day."""

    on: date
    count: int
    total: int
    x: float
    width: float
    height: float

    @property
    def percent(self) -> str:
        """The share in words; a day without replies has none."""
        return f"{100 * self.count / self.total:.0f}%" if self.total else "no replies"


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """One share over the days, the earliest first."""

    title: str
    bars: tuple[Bar, ...]

    @property
    def summary(self) -> str:
        """What the bars say, for those who do not see them."""
        count, total = (sum(getattr(bar, field) for bar in self.bars) for field in ("count", "total"))
        share = f", {100 * count / total:.0f}%" if total else ""
        return f"{self.title}: {count} of {total} replies{share}."


def charts(days: Sequence[Day], first: date, last: date) -> list[Chart]:
    """A chart of each rate.

    Args:
        days: those with replies.
        first: where the charts begin.
        last: where they end.
    """
    known = {day.on: day for day in days}
    every = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    return [
        Chart(title=title, bars=tuple(_bar(on, known.get(on), n, len(every), routes) for n, on in enumerate(every)))
        for title, routes in RATES.items()
    ]


def _bar(on: date, day: Day | None, n: int, of: int, routes: Collection[str]) -> Bar:
    count = sum(times for route, times in day.by_route.items() if route in routes) if day else 0
    total = day.total if day else 0
    step = WIDTH / of
    return Bar(
        on=on,
        count=count,
        total=total,
        x=round(n * step, 1),
        width=round(step * 0.8, 1),
        height=round(HEIGHT * count / total, 1) if total else 0,
    )
