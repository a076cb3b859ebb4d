"""Plots for the report: SVG that takes the colours of the page it stands in, each with what it shows in words.

The same data give the same bytes. Nothing is told by colour alone.
"""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any, Final

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from evals.intervals import wilson
from evals.metrics.calibration import Point
from evals.scores import Measure, Metric

INK: Final = "#1a1c21"
FLOOR: Final = "#5b5f67"
BAD: Final = "#9b1c10"
OTHER: Final = "#0b4a85"
_VARIABLES: Final = {INK: "--ink", FLOOR: "--muted", BAD: "--bad", OTHER: "--link"}
"""Colours that stand for a variable of the page's style sheet, so that they follow light and dark."""
_STYLE: Final[dict[Any, Any]] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "askms",
    "text.parse_math": False,
    "font.family": "sans-serif",
    "font.size": 10,
    "text.color": INK,
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "xtick.color": INK,
    "ytick.color": INK,
    "legend.frameon": False,
}
_NO_METADATA: Final = {"Date": None, "Creator": None, "Format": None, "Type": None}
_WIDTH: Final = 6.0
_HEIGHT: Final = 3.4
"""Inches."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plot:
    """A picture and the same in words."""

    title: str
    words: str
    svg: str
    """An `svg` element with `title` as its name, to stand inside a page."""


def amount(value: float, metric: Metric) -> str:
    """A value for people: shares in per cent, others with as many digits as mean something."""
    if metric.kind == "share":
        return f"{value:.1%}"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.1f}" if abs(value) >= 2 else f"{value:.3f}"


@mpl.rc_context(_STYLE)
def intervals(title: str, rows: Sequence[Measure], others: Sequence[Measure] = (), other: str = "") -> Plot:
    """A dot with its interval for each measure, against its floor or ceiling.

    Args:
        title: name of the plot.
        rows: measures, from top to bottom; those of other units than 0 to 1 get an axis of their own.
        others: the same measures of another run, found by suite and metric.
        other: name of that run.
    """
    beside = {(measure.suite, measure.metric.name): measure for measure in others if measure.kind == "all"}
    near = [row for row in rows if _is_near_one(row)]
    panels = [panel for panel in (near, *([row] for row in rows if row not in near)) if panel]
    heights = [0.5 + 0.32 * len(panel) for panel in panels]
    figure = Figure(figsize=(_WIDTH, 0.6 + sum(heights)), layout="constrained")
    axes = figure.subplots(len(panels), 1, squeeze=False, height_ratios=heights)[:, 0]
    for axis, panel in zip(axes, panels, strict=True):
        _draw(axis, panel, [beside.get((row.suite, row.metric.name)) for row in panel], other)
        if panel is near:
            axis.set_xlim(-0.02, 1.02)
    _legend(figure, list(axes))
    words = " ".join(_in_words(row) for row in rows)
    return _plot(figure, title, words)


@mpl.rc_context(_STYLE)
def reliability(title: str, points: Sequence[Point]) -> Plot:
    """Share of right replies against the confidence they were given; a calibrated system lies on the diagonal."""
    figure, axis = _one("confidence given", "share that was right")
    axis.plot([0, 1], [0, 1], linestyle="--", color=FLOOR, label="as it should be")
    for point in points:
        low, high = wilson(round(point.right * point.of), point.of)
        axis.plot([point.confidence] * 2, [low, high], color=INK)
        axis.plot(point.confidence, point.right, marker="o", color=INK)
    axis.set(xlim=(-0.02, 1.02), ylim=(-0.02, 1.02))
    axis.legend()
    told = (f"Of {one.of} given about {one.confidence:.2f}, {one.right:.0%} were right." for one in points)
    return _plot(figure, title, " ".join(told))


@mpl.rc_context(_STYLE)
def risk_coverage(title: str, curve: Sequence[tuple[float, float]]) -> Plot:
    """Share of wrong replies among the surest, for every share of replies that one may keep."""
    coverage, risk = zip(*curve, strict=True)
    figure, axis = _one("share of questions kept, surest first", "share of them wrong")
    axis.plot(coverage, risk, color=INK)
    axis.set(xlim=(0, 1.02), ylim=(-0.02, max(0.1, 1.1 * max(risk))))
    told = dict.fromkeys(max(0, round(part * len(curve)) - 1) for part in (0.25, 0.5, 0.75, 1.0))
    words = " ".join(f"Of the surest {coverage[at]:.0%}, {risk[at]:.0%} are wrong." for at in told)
    return _plot(figure, title, words)


@mpl.rc_context(_STYLE)
def latency(title: str, ms: Sequence[float]) -> Plot:
    """How long replies took, in milliseconds."""
    middle, late = (float(np.quantile(ms, part)) for part in (0.5, 0.95))
    figure, axis = _one("milliseconds from question to whole reply", "replies")
    axis.hist(ms, bins=min(40, max(5, len(ms) // 5)), histtype="step", fill=False, edgecolor=INK)
    axis.axvline(middle, color=FLOOR, linestyle="--", label=f"half are faster than {middle:,.0f} ms")
    axis.axvline(late, color=BAD, linestyle=":", label=f"95% are faster than {late:,.0f} ms")
    axis.legend()
    words = f"{len(ms)} replies. Half took less than {middle:,.0f} ms, 95% less than {late:,.0f} ms, "
    words += f"the slowest {max(ms):,.0f} ms."
    return _plot(figure, title, words)


def _is_near_one(row: Measure) -> bool:
    held = (row.low, row.value, row.high, row.metric.floor or 0.0)
    return row.metric.kind in ("share", "mean") and min(held) >= 0 and max(held) <= 1


def _draw(axis: Axes, rows: Sequence[Measure], beside: Sequence[Measure | None], other: str) -> None:
    for at, (row, second) in enumerate(zip(rows, beside, strict=True)):
        if row.metric.floor is not None:
            label = "floor, or ceiling where lower is better"
            axis.plot(row.metric.floor, at, "|", markersize=18, markeredgewidth=2, color=FLOOR, label=label)
        if not row.of:
            axis.text(0.02, at, "nothing scored", va="center", transform=axis.get_yaxis_transform())
            continue
        missed = row.holds is False
        _dot(
            axis, row, at, "X" if missed else "o", BAD if missed else INK, "misses its floor" if missed else "this run"
        )
        if second is not None and second.of:
            _dot(axis, second, at + 0.25, "D", OTHER, other or "other run")
    axis.set_yticks(range(len(rows)), [row.metric.name for row in rows])
    axis.set_ylim(len(rows) - 0.4, -0.6)


def _dot(axis: Axes, row: Measure, at: float, marker: str, colour: str, label: str) -> None:
    axis.plot([row.low, row.high], [at, at], color=colour)
    axis.plot(row.value, at, marker=marker, color=colour, linestyle="", label=label)


def _legend(figure: Figure, axes: Sequence[Axes]) -> None:
    found: dict[str, Any] = {}
    for axis in axes:
        for handle, label in zip(*axis.get_legend_handles_labels(), strict=True):
            found.setdefault(label, handle)
    if found:
        figure.legend(found.values(), found.keys(), loc="outside lower left", ncols=2)


def _in_words(row: Measure) -> str:
    if not row.of:
        return f"{row.metric.name}: nothing scored."
    value, low, high = (amount(one, row.metric) for one in (row.value, row.low, row.high))
    said = f"{row.metric.name}: {value} ({low} to {high})"
    if row.metric.floor is None:
        return f"{said}."
    bound = "floor" if row.metric.better == "higher" else "ceiling"
    return f"{said}, {bound} {amount(row.metric.floor, row.metric)} {'kept' if row.holds else 'missed'}."


def _one(across: str, up: str) -> tuple[Figure, Axes]:
    figure = Figure(figsize=(_WIDTH, _HEIGHT), layout="constrained")
    axis = figure.subplots()
    axis.set(xlabel=across, ylabel=up)
    return figure, axis


def _plot(figure: Figure, title: str, words: str) -> Plot:
    """The figure as an element of a page: named, without size, with ids of its own and the page's colours."""
    file = io.StringIO()
    figure.savefig(file, format="svg", metadata=_NO_METADATA, transparent=True)
    drawn = file.getvalue()
    body = re.sub(r"<style.*?</style>", "", drawn[drawn.index("<svg") :], count=1, flags=re.DOTALL)
    own = re.sub(r"\W+", "-", title.lower()).strip("-")
    body = re.sub(r"<[^>]+>", lambda tag: re.sub(r'(\bid="|href="#|url\(#)', rf"\g<1>{own}-", tag[0]), body)
    for colour, variable in _VARIABLES.items():
        body = body.replace(colour, f"var({variable}, {colour})")
    opening = re.compile(r'<svg[^>]*?(viewBox="[^"]*")[^>]*>')
    named = (
        rf'<svg role="img" aria-labelledby="{own}-name" \1 xmlns:xlink="http://www.w3.org/1999/xlink" '
        rf'xmlns="http://www.w3.org/2000/svg">'
    )
    text = f'<title id="{own}-name">{escape(title)}</title><desc>{escape(words)}</desc>'
    svg = opening.sub(lambda found: found.expand(named) + text, body, count=1)
    return Plot(title=title, words=words, svg=svg)
