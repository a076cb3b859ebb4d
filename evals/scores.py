"""Scores of single items, and the measures made of them with their intervals."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any, Final, Literal

import numpy as np
from scipy.stats import bootstrap

from evals.intervals import wilson

SEED: Final = 20261122
RESAMPLES: Final = 2_000
NOTHING_STATED: Final = "nothing stated"
"""Why metrics of statements do not score a reply that abstains."""
QUANTILES: Final = {"median": 0.5, "p95": 0.95}


class Unscored(Exception):
    """An item that could not be scored, and why; it is counted, never dropped or passed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """What is measured."""

    name: str
    meaning: str
    """One sentence for the report."""
    paper: str
    """Where it was defined; empty for our own."""
    kind: Literal["share", "mean", "median", "p95"] = "share"
    """How items are summed up: `share` for values of 0 and 1 alone."""
    better: Literal["higher", "lower"] = "higher"
    floor: float | None = None
    """What it is held to; a ceiling where lower is better."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """One metric of one item."""

    suite: str
    item: str
    kind: str
    """Kind of item, by which measures are also shown apart."""
    metric: str
    value: float | None
    """None: unscored."""
    why: str = ""
    """Why unscored, or what a reader of a bad score wants to know."""

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """A metric summed up over items."""

    suite: str
    metric: Metric
    kind: str
    """Kind of items, `all` for all."""
    value: float
    low: float
    high: float
    of: int
    unscored: int

    @property
    def holds(self) -> bool | None:
        """Whether the floor is kept; none without one or without items."""
        if self.metric.floor is None or not self.of:
            return None
        if self.metric.better == "higher":
            return self.value >= self.metric.floor
        return self.value <= self.metric.floor


def measures(scores: Iterable[Score], metrics: Mapping[str, Metric]) -> list[Measure]:
    """Sum up: each metric of each suite over all items, then by kind where there are several."""
    groups: dict[tuple[str, str, str], list[Score]] = {}
    for score in scores:
        for kind in ("all", score.kind):
            groups.setdefault((score.suite, score.metric, kind), []).append(score)
    found = []
    for (suite, name, kind), group in groups.items():
        if kind != "all" and len(group) == len(groups[suite, name, "all"]):
            continue
        found.append(_measure(suite, metrics[name], kind, group))
    return found


def interval(values: Sequence[float], kind: str) -> tuple[float, float, float]:
    """Value and its 95% interval: Wilson for shares, bootstrap (percentile) otherwise; (0, 0, 1) for nothing."""
    if not values:
        return 0.0, 0.0, 1.0
    data = np.asarray(values, dtype=float)
    if kind == "share":
        return float(data.mean()), *wilson(int(data.sum()), len(data))
    statistic: Callable[..., Any] = np.mean if kind == "mean" else partial(np.quantile, q=QUANTILES[kind])
    value = float(statistic(data, axis=0))
    if len(data) == 1 or np.ptp(data) == 0:
        return value, value, value
    found = bootstrap(
        (data,), statistic, n_resamples=RESAMPLES, method="percentile", vectorized=True, rng=np.random.default_rng(SEED)
    )
    return value, float(found.confidence_interval.low), float(found.confidence_interval.high)


def _measure(suite: str, metric: Metric, kind: str, group: Sequence[Score]) -> Measure:
    values = [score.value for score in group if score.value is not None]
    value, low, high = interval(values, metric.kind)
    return Measure(
        suite=suite,
        metric=metric,
        kind=kind,
        value=value,
        low=low,
        high=high,
        of=len(values),
        unscored=len(group) - len(values),
    )
