"""Whether a confidence of 0.8 is right eight times of ten: expected calibration error, Brier score, reliability.

Error over bins: Naeini, Cooper and Hauskrecht, AAAI 2015; bins of equal mass: Nixon et al. 2019 (arXiv 1904.01685).
Score: Brier, Monthly Weather Review 1950. All take what `metrics/abstention.py` gives for each item.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.stats import bootstrap
from sklearn.metrics import brier_score_loss

from evals.metrics.abstention import Interval, Values
from evals.scores import RESAMPLES, SEED, Metric

BINS: Final = 10

ECE: Final = Metric(
    name="calibration_error",
    meaning="Expected calibration error of answered questions: distance of confidence from the share that was right, "
    "mean over ten bins of equal mass. Chance alone gives a few hundredths on some hundred items.",
    paper="Naeini et al. 2015; Nixon et al. 2019, arXiv 1904.01685",
    kind="mean",
    better="lower",
)
BRIER: Final = Metric(
    name="brier",
    meaning="Brier score of answered questions: mean squared distance of confidence from what came true. 0 is perfect.",
    paper="Brier 1950",
    kind="mean",
    better="lower",
)
METRICS: Final = (ECE, BRIER)


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A bin of the reliability diagram."""

    confidence: float
    """Mean of the bin."""
    right: float
    """Share that was right."""
    of: int


def reliability(confidences: Sequence[float], rights: Sequence[float], bins: int = BINS) -> list[Point]:
    """Bins that hold about as many items each, least confident first; equal confidences stay together."""
    return _points(np.asarray(confidences, dtype=float), np.asarray(rights, dtype=float), bins)


def calibration_error(confidences: Sequence[float], rights: Sequence[float], bins: int = BINS) -> float:
    """Expected calibration error, 0 to 1.

    Raises:
        ValueError: no items.
    """
    _check(confidences)
    return _error(np.asarray(confidences, dtype=float), np.asarray(rights, dtype=float), bins)


def brier(confidences: Sequence[float], rights: Sequence[float]) -> float:
    """Brier score, 0 to 1.

    Raises:
        ValueError: no items.
    """
    _check(confidences)
    return float(brier_score_loss(np.asarray(rights, dtype=int), np.asarray(confidences), labels=[0, 1]))


def calibration_interval(confidences: Sequence[float], rights: Sequence[float]) -> Interval:
    """Calibration error with its percentile bootstrap interval, which leans upwards as the error itself does."""
    value = calibration_error(confidences, rights)
    if len(confidences) == 1:
        return Interval(value=value, low=value, high=value)
    found = bootstrap(
        (np.asarray(confidences, dtype=float), np.asarray(rights, dtype=float)),
        lambda sure, true: _error(sure, true, BINS),
        n_resamples=RESAMPLES,
        method="percentile",
        paired=True,
        vectorized=False,
        rng=np.random.default_rng(SEED),
    )
    return Interval(value=value, low=float(found.confidence_interval.low), high=float(found.confidence_interval.high))


def _points(confidences: Values, rights: Values, bins: int) -> list[Point]:
    edges = np.unique(np.quantile(confidences, np.arange(1, bins) / bins)) if len(confidences) else np.array([])
    place = np.searchsorted(edges, confidences, side="left")
    return [
        Point(confidence=float(confidences[here].mean()), right=float(rights[here].mean()), of=int(here.sum()))
        for at in np.unique(place)
        if (here := place == at).any()
    ]


def _error(confidences: Values, rights: Values, bins: int) -> float:
    return sum(point.of * abs(point.confidence - point.right) for point in _points(confidences, rights, bins)) / len(
        confidences
    )


def _check(confidences: Sequence[float]) -> None:
    if not confidences:
        raise ValueError("Calibration of no items: score some that have a confidence")
