"""Whether a reply stays the same when a question is put otherwise but means the same.

Invariance tests: Ribeiro et al., ACL 2020 (CheckList, arXiv 2005.04118).
"""

from __future__ import annotations

from typing import Final

from askms.entailment import Judge
from evals.cases import Case
from evals.metrics.facts import stated
from evals.responses import Response
from evals.scores import Metric, Unscored

_PAPER: Final = "Ribeiro et al. 2020, arXiv 2005.04118"

STILL_RIGHT: Final = Metric(
    name="still_right",
    meaning="Changed questions whose reply still states the first fact, of those where the plain question's did.",
    paper=_PAPER,
)
SAME_ROUTE: Final = Metric(
    name="same_route", meaning="Changed questions that take the same route as the plain one.", paper=_PAPER
)
SAME_SOURCES: Final = Metric(
    name="same_sources",
    meaning="Sources that the replies to the changed and to the plain question share, of all that either cites.",
    paper="Jaccard 1912",
    kind="mean",
)
METRICS: Final = (STILL_RIGHT, SAME_ROUTE, SAME_SOURCES)


def still_right(case: Case, plain: Response, changed: Response, judge: Judge) -> float:
    """1 when the first fact is still stated.

    Raises:
        Unscored: a reply is missing, or the plain question was not answered right, so that nothing could be lost.
    """
    _check(plain, changed)
    if not stated(case.facts[0], plain, judge):
        raise Unscored(f"the plain question's reply does not state it: {case.facts[0].fact}")
    return float(stated(case.facts[0], changed, judge))


def same_route(case: Case, plain: Response, changed: Response) -> float:
    """1 when both took one route.

    Raises:
        Unscored: a reply is missing, or the target tells no route.
    """
    _check(plain, changed)
    if not plain.route:
        raise Unscored("the target tells no route")
    return float(plain.route == changed.route)


def same_sources(case: Case, plain: Response, changed: Response) -> float:
    """Jaccard index of the cited sources, 0 to 1.

    Raises:
        Unscored: a reply is missing, or the plain question's cites nothing.
    """
    _check(plain, changed)
    before, after = cited(plain), cited(changed)
    if not before:
        raise Unscored("the plain question's reply cites nothing")
    return len(before & after) / len(before | after)


def cited(response: Response) -> frozenset[str]:
    """The sources that a reply cites."""
    return frozenset(one.source for said in response.said for one in said.citations)


def _check(*responses: Response) -> None:
    for response in responses:
        if response.error:
            raise Unscored(response.error)
