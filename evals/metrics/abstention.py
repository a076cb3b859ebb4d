"""Whether a system answers what it can and abstains from the rest, and whether its confidence sorts one from the other.

Area under the risk-coverage curve: Geifman, Uziel and El-Yaniv, ICLR 2019 (arXiv 1805.08206), after the selective
risk of Geifman and El-Yaniv, NIPS 2017 (arXiv 1705.08500); recommended as the one figure for the failures a
confidence should foretell by Jaeger et al., ICLR 2023 (arXiv 2211.15259).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.stats import bootstrap

from askms.entailment import Judge
from evals.cases import Case
from evals.metrics.facts import stated
from evals.responses import Response
from evals.scores import RESAMPLES, SEED, Metric, Unscored

_SELECTIVE: Final = "Geifman and El-Yaniv 2017, arXiv 1705.08500"

UNANSWERABLE_ABSTAINED: Final = Metric(
    name="unanswerable_abstained",
    meaning="Questions about MS that the corpus does not answer, and that are not answered.",
    paper="Rajpurkar et al. 2018, arXiv 1806.03822",
    floor=0.90,
)
OFFTOPIC_ABSTAINED: Final = Metric(
    name="offtopic_abstained",
    meaning="Questions that are not about MS, and that are not answered.",
    paper="Rajpurkar et al. 2018, arXiv 1806.03822",
    floor=0.98,
)
ANSWERABLE_ANSWERED: Final = Metric(
    name="answerable_answered",
    meaning="Questions that the corpus answers, and that are answered, rightly or not.",
    paper="",
    floor=0.92,
)
ANSWERED: Final = Metric(
    name="answered",
    meaning="Questions of every kind that the corpus answers at least in part, and that are answered, rightly or not.",
    paper="",
)
CONFIDENCE: Final = Metric(
    name="confidence", meaning="The probability that the system gave for its answering.", paper="", kind="mean"
)
RIGHT: Final = Metric(
    name="states_a_fact",
    meaning="Questions that the corpus answers at least in part, whose reply states some fact of the answer.",
    paper=_SELECTIVE,
)
AURC: Final = Metric(
    name="aurc",
    meaning="Area under the risk-coverage curve: mean share of wrong replies among the most confident ones, "
    "over every share of questions that one may keep. 0 is perfect.",
    paper="Geifman, Uziel and El-Yaniv 2019, arXiv 1805.08206; Jaeger et al. 2023, arXiv 2211.15259",
    kind="mean",
    better="lower",
)
METRICS: Final = (UNANSWERABLE_ABSTAINED, OFFTOPIC_ABSTAINED, ANSWERABLE_ANSWERED, ANSWERED, CONFIDENCE, RIGHT)
"""Of single items; `AURC` is of a whole set."""

Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """A figure of a whole set, with its 95% interval."""

    value: float
    low: float
    high: float


def answered(case: Case, response: Response) -> float:
    """1 when the reply says something about the matter.

    Raises:
        Unscored: nothing came back.
    """
    _check(response)
    return float(response.answered)


def abstained(case: Case, response: Response) -> float:
    """1 when the reply does not answer; a false answer otherwise.

    Raises:
        Unscored: nothing came back.
    """
    return 1.0 - answered(case, response)


def confidence(case: Case, response: Response) -> float:
    """The system's own probability, 0 to 1.

    Raises:
        Unscored: nothing came back, or no probability with it.
    """
    _check(response)
    if response.confidence is None:
        raise Unscored("no confidence was given")
    return response.confidence


def right(case: Case, response: Response, judge: Judge) -> float:
    """1 when some fact of the case is stated; 0 where there is none to state.

    Raises:
        Unscored: nothing came back.
    """
    _check(response)
    return float(any(stated(fact, response, judge) for fact in case.facts))


def risk_coverage(confidences: Sequence[float], rights: Sequence[float]) -> list[tuple[float, float]]:
    """The curve: (share of items kept, share of wrong ones among those kept), most confident first.

    Where items are equally confident any of them may come first; risk is then what it is on average.
    """
    risks = _risks(np.asarray(confidences, dtype=float), np.asarray(rights, dtype=float))
    return [((kept + 1) / len(risks), float(risk)) for kept, risk in enumerate(risks)]


def aurc(confidences: Sequence[float], rights: Sequence[float]) -> float:
    """Mean of the risks of that curve, 0 to 1.

    A reply that abstains states nothing and so counts as wrong at the confidence it was given: the figure also grows
    with what is needlessly left unanswered, and where the corpus has no answer at all it cannot reach 0.

    Raises:
        ValueError: no items.
    """
    if not confidences:
        raise ValueError("AURC of no items: score some that have a confidence")
    return float(_risks(np.asarray(confidences, dtype=float), np.asarray(rights, dtype=float)).mean())


def aurc_interval(confidences: Sequence[float], rights: Sequence[float]) -> Interval:
    """AURC with its percentile bootstrap interval over items.

    Raises:
        ValueError: no items.
    """
    value = aurc(confidences, rights)
    if len(confidences) == 1:
        return Interval(value=value, low=value, high=value)
    found = bootstrap(
        (np.asarray(confidences, dtype=float), np.asarray(rights, dtype=float)),
        lambda sure, true: _risks(sure, true).mean(),
        n_resamples=RESAMPLES,
        method="percentile",
        paired=True,
        vectorized=False,
        rng=np.random.default_rng(SEED),
    )
    return Interval(value=value, low=float(found.confidence_interval.low), high=float(found.confidence_interval.high))


def _risks(confidences: Values, rights: Values) -> Values:
    """Risk after each item, most confident first."""
    order = np.argsort(-confidences, kind="stable")
    wrong = 1.0 - rights[order]
    _, group, sizes = np.unique(-confidences[order], return_inverse=True, return_counts=True)
    expected = (np.bincount(group, weights=wrong) / sizes)[
        group
    ]  # of equals, each is as wrong as all of them on average
    risks: Values = np.cumsum(expected) / np.arange(1, len(wrong) + 1)
    return risks


def _check(response: Response) -> None:
    if response.error:
        raise Unscored(response.error)
