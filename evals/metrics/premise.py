"""Does a reply to a question that takes something wrong for granted put that right first?"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from askms.entailment import Judge
from evals.cases import Case
from evals.metrics.facts import stated
from evals.metrics.matching import statements
from evals.responses import Response
from evals.scores import Metric, Unscored

KINDS: Final = frozenset({"false_premise", "outdated_premise"})
FIRST: Final = 2
METRIC: Final = Metric(
    name="premise_corrected",
    meaning="Share of questions with a wrong premise whose correction is among the first two statements.",
    paper="Kim et al. 2021 (arXiv 2101.00391)",
)


def corrected(case: Case, response: Response, judge: Judge) -> float:
    """1 when the first statements hold the correction.

    Raises:
        Unscored: the case names no correction.
    """
    if case.correction is None:
        raise Unscored("the case names no correction")
    start = statements(response)[:FIRST]
    text = " ".join(one.text for one in start)
    return float(stated(case.facts[case.correction], replace(response, said=start, text=text), judge))


def why(case: Case, response: Response, judge: Judge) -> tuple[str, ...]:
    """The correction, if it is missing or late."""
    if case.correction is None or corrected(case, response, judge):
        return ()
    fact = case.facts[case.correction]
    late = stated(fact, response, judge)
    return (f"{'corrected too late' if late else 'not corrected'}: {fact.fact}",)
