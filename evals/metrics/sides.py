"""Where sources disagree, does the reply show each side?"""

from __future__ import annotations

from typing import Final

from askms.entailment import Judge
from evals.cases import Case
from evals.metrics.facts import stated
from evals.responses import Response
from evals.scores import Metric, Unscored

METRIC: Final = Metric(
    name="all_sides",
    meaning="Share of contested questions whose reply states some fact of each side.",
    paper="",
    floor=0.90,
)


def shown(case: Case, response: Response, judge: Judge) -> float:
    """1 when each side has a fact that is stated.

    Raises:
        Unscored: the case names no sides.
    """
    return float(not missed(case, response, judge))


def missed(case: Case, response: Response, judge: Judge) -> tuple[str, ...]:
    """The sides of which nothing is stated.

    Raises:
        Unscored: the case names no sides.
    """
    if not case.sides:
        raise Unscored("the case names no sides")
    return tuple(
        "side not shown: " + " / ".join(case.facts[at].fact for at in side)
        for side in case.sides
        if not any(stated(case.facts[at], response, judge) for at in side)
    )
