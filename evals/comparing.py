"""Compare two runs item by item: what got better, what got worse, and what chance may have done.

Intervals are of the paired difference, by bootstrap over the items that were scored in both
(Efron and Tibshirani, An Introduction to the Bootstrap, 1993; for pairs of systems on one set
Berg-Kirkpatrick, Burkett and Klein, EMNLP 2012). Items count as independent of each other.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
from scipy.stats import bootstrap

from evals.scores import RESAMPLES, SEED, Metric, Score

FEWEST: Final = 6
"""Pairs below which no difference is called clear: of five, all move the same way by chance once in sixteen times."""

Verdict = Literal["better", "worse", "unclear"]

_Statistic = Callable[..., Any]
_STATISTICS: Final[Mapping[str, _Statistic]] = {
    "share": np.mean,
    "mean": np.mean,
    "median": np.median,
    "p95": lambda values, axis: np.quantile(values, 0.95, axis=axis),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What became of one metric of one suite between two runs."""

    suite: str
    metric: Metric
    before: float
    """Value over the items scored in both runs; 0 where there are none."""
    after: float
    difference: float
    """`after` less `before`, in the metric's unit."""
    low: float
    """Edges of the 95% interval of `difference`; endless where nothing was scored in both."""
    high: float
    of: int
    """Items scored in both runs."""
    verdict: Verdict
    gained: tuple[str, ...] = ()
    """Items whose value got better. Not told for medians and percentiles, where every item moves a little."""
    lost: tuple[str, ...] = ()
    """Items whose value got worse, told like `gained`."""
    only_before: tuple[str, ...] = ()
    """Items of the first run that the second lacks."""
    only_after: tuple[str, ...] = ()
    """Items of the second run that the first lacks."""
    now_unscored: tuple[str, ...] = ()
    """Items scored in the first run alone, though both hold them."""
    now_scored: tuple[str, ...] = ()
    """Items scored in the second run alone, though both hold them."""
    never_scored: tuple[str, ...] = ()
    """Items of both runs that neither scored."""

    def line(self) -> str:
        """One line for people."""
        said = f"{self.suite}, {self.metric.name}: {self.verdict}"
        if self.of:
            said += f", {self.before:.4g} -> {self.after:.4g} over {self.of} items, difference {self.difference:+.4g}"
            said += f" (95% {self.low:+.4g} to {self.high:+.4g})"
        counts = {
            "better": self.gained,
            "worse": self.lost,
            "now unscored": self.now_unscored,
            "now scored": self.now_scored,
            "never scored": self.never_scored,
            "only before": self.only_before,
            "only after": self.only_after,
        }
        return "; ".join((said, *(f"{len(items)} {what}" for what, items in counts.items() if items)))


def compare(before: Iterable[Score], after: Iterable[Score], metrics: Mapping[str, Metric]) -> list[Change]:
    """What changed in each metric of each suite, in the order of the first run.

    Args:
        before: scores of the first run.
        after: scores of the second run.
        metrics: every metric that the scores name.

    Raises:
        ValueError: a metric is unknown, an item has two scores for one metric, or a value is no number.
    """
    old, new = _tables(before), _tables(after)
    return [
        _change(suite, _known(metrics, name), old.get((suite, name), {}), new.get((suite, name), {}))
        for suite, name in dict.fromkeys((*old, *new))
    ]


def _change(suite: str, metric: Metric, old: Mapping[str, float | None], new: Mapping[str, float | None]) -> Change:
    common = [item for item in old if item in new]
    pairs = {
        item: (first, second)
        for item in common
        if (first := old[item]) is not None and (second := new[item]) is not None
    }
    first, second, difference, low, high = _difference(list(pairs.values()), metric.kind)
    moved = {} if metric.kind in ("median", "p95") else pairs
    return Change(
        suite=suite,
        metric=metric,
        before=first,
        after=second,
        difference=difference,
        low=low,
        high=high,
        of=len(pairs),
        verdict=_verdict(low, high, len(pairs), metric),
        gained=tuple(item for item, (was, now) in moved.items() if _better(was, now, metric)),
        lost=tuple(item for item, (was, now) in moved.items() if _better(now, was, metric)),
        only_before=tuple(item for item in old if item not in new),
        only_after=tuple(item for item in new if item not in old),
        now_unscored=tuple(item for item in common if old[item] is not None and new[item] is None),
        now_scored=tuple(item for item in common if old[item] is None and new[item] is not None),
        never_scored=tuple(item for item in common if old[item] is None and new[item] is None),
    )


def _difference(pairs: Sequence[tuple[float, float]], kind: str) -> tuple[float, float, float, float, float]:
    """Value before and after, their difference and its interval."""
    if not pairs:
        return 0.0, 0.0, 0.0, -math.inf, math.inf
    old, new = np.asarray(pairs, dtype=float).T
    statistic = _STATISTICS[kind]
    first, second = float(statistic(old, axis=0)), float(statistic(new, axis=0))
    difference = second - first
    if len(pairs) == 1 or (np.ptp(new - old) == 0 and kind in ("share", "mean")) or np.array_equal(old, new):
        return first, second, difference, difference, difference
    found = bootstrap(
        (old, new),
        lambda x, y, axis: statistic(y, axis=axis) - statistic(x, axis=axis),
        paired=True,
        vectorized=True,
        n_resamples=RESAMPLES,
        method="percentile",
        rng=np.random.default_rng(SEED),
    ).confidence_interval
    return first, second, difference, float(found.low), float(found.high)


def _verdict(low: float, high: float, of: int, metric: Metric) -> Verdict:
    if of < FEWEST or low <= 0 <= high:
        return "unclear"
    return "better" if (low > 0) == (metric.better == "higher") else "worse"


def _better(was: float, now: float, metric: Metric) -> bool:
    return now > was if metric.better == "higher" else now < was


def _known(metrics: Mapping[str, Metric], name: str) -> Metric:
    if name not in metrics:
        raise ValueError(
            f"Scores name the metric {name!r}, which no suite measures. Score both runs with the same code."
        )
    return metrics[name]


def _tables(scores: Iterable[Score]) -> dict[tuple[str, str], dict[str, float | None]]:
    """Values by item, for each suite and metric."""
    tables: dict[tuple[str, str], dict[str, float | None]] = {}
    for score in scores:
        table = tables.setdefault((score.suite, score.metric), {})
        where = f"{score.suite}, {score.metric}, item {score.item!r}"
        if score.item in table:
            raise ValueError(f"{where}: scored twice in one run. Give each item an id of its own.")
        if score.value is not None and not math.isfinite(score.value):
            raise ValueError(f"{where}: the value is {score.value}. A metric must raise Unscored instead.")
        table[score.item] = score.value
    return tables
