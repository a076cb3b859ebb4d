"""How long a reply takes, whole, as the caller sees it."""

from __future__ import annotations

from typing import Final

from evals.cases import Case
from evals.responses import Response
from evals.scores import Metric, Unscored

P50: Final = Metric(
    name="ms_p50", meaning="Milliseconds from question to whole reply: median.", paper="", kind="median", better="lower"
)
P95: Final = Metric(
    name="ms_p95",
    meaning="Milliseconds from question to whole reply: 95th percentile.",
    paper="Dean and Barroso 2013, The Tail at Scale",
    kind="p95",
    better="lower",
)
BASELINE: Final = Metric(
    name="baseline_ms",
    meaning="Milliseconds that the LangChain baseline takes for the same questions: median.",
    paper="",
    kind="median",
    better="lower",
)
RATIO: Final = Metric(
    name="times_baseline",
    meaning="How many times as long as the LangChain baseline, asked in turn on one machine: median over questions.",
    paper="",
    kind="median",
    better="lower",
)
METRICS: Final = (P50, P95, BASELINE, RATIO)


def took(case: Case, response: Response) -> float:
    """Milliseconds.

    Raises:
        Unscored: nothing came back.
    """
    if response.error:
        raise Unscored(response.error)
    return response.ms


def times(case: Case, own: Response, baseline: Response) -> float:
    """How many times as long as the baseline.

    Raises:
        Unscored: one of them failed, or took no time.
    """
    if not (shortest := took(case, baseline)):
        raise Unscored("the baseline took no time")
    return took(case, own) / shortest
