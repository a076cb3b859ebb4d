"""Every suite and every metric by its name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from evals.running import Suite
from evals.scores import Measure, Metric, Score
from evals.scores import measures as summed_up
from evals.suites import (
    abstention,
    answers,
    conversation,
    faithfulness,
    guardrails,
    latency,
    readability,
    retrieval,
    robustness,
)

_MODULES: Final = (
    retrieval,
    answers,
    faithfulness,
    abstention,
    guardrails,
    conversation,
    readability,
    robustness,
    latency,
)
SUITES: Final[Mapping[str, Suite]] = {module.NAME: module for module in _MODULES}
METRICS: Final[Mapping[str, Metric]] = {metric.name: metric for suite in SUITES.values() for metric in suite.METRICS}


def chosen(names: Sequence[str]) -> list[Suite]:
    """The suites of these names, all for none.

    Raises:
        ValueError: there is no such suite.
    """
    for name in names:
        if name not in SUITES:
            raise ValueError(f"There is no suite {name!r}. Choose from {', '.join(SUITES)}.")
    return [SUITES[name] for name in names or SUITES]


def measures(scores: Sequence[Score]) -> list[Measure]:
    """Scores of any suites summed up, with what is only of a whole set."""
    return [*summed_up(scores, METRICS), *abstention.overall(scores)]
