"""Does the search find the evidence? Recall@k, reciprocal rank and nDCG (Järvelin and Kekäläinen 2002) per case.

A found passage is relevant when it holds the words of some evidence sentence of the case and is of its source. How
many passages are relevant in all is known only of what was found: each relevant passage found counts as one, and each
evidence sentence that stands in none of them counts as one more, as one further passage would have held it. So:

- a sentence that was not found is never forgotten, and R@k of a search that finds nothing is 0;
- where one passage holds two sentences of which none was found, two are missed where one would do: R@k errs downwards;
- a case with more than k relevant passages cannot reach R@k = 1;
- a chunker that cuts a sentence in two loses it; of chunks that overlap, each that is found counts.

As each fact lists alternatives, of which one is enough, `fact_recall@5` is what is held to a floor, not R@5.
"""

from __future__ import annotations

from typing import Final

import ir_measures
from ir_measures import RR, R, nDCG
from ir_measures.measures import Measure

from evals.cases import Case, Evidence
from evals.metrics.matching import holds
from evals.responses import Found, Response
from evals.scores import Metric, Unscored

FIRST: Final = 5
FACT_RECALL: Final = Metric(
    name="fact_recall@5",
    meaning="Share of the case's facts with some of their evidence among the first 5 passages.",
    paper="",
    kind="mean",
    floor=0.95,
)
RANKED: Final[dict[Measure, Metric]] = {
    R @ 5: Metric(
        name="R@5",
        meaning="Share of the relevant passages among the first 5.",
        paper="Manning et al. 2008",
        kind="mean",
    ),
    R @ 10: Metric(
        name="R@10",
        meaning="Share of the relevant passages among the first 10.",
        paper="Manning et al. 2008",
        kind="mean",
    ),
    RR: Metric(
        name="RR", meaning="1 divided by the rank of the first relevant passage.", paper="Voorhees 1999", kind="mean"
    ),
    nDCG @ 10: Metric(
        name="nDCG@10",
        meaning="How near the order of the first 10 passages is to the best order.",
        paper="Järvelin and Kekäläinen 2002",
        kind="mean",
    ),
}
METRICS: Final = (FACT_RECALL, *RANKED.values())


def ranked(case: Case, response: Response, measure: Measure) -> float:
    """One measure of RANKED.

    Raises:
        Unscored: the target does not tell what it found.
    """
    found = _found(response)
    evidence = {one for fact in case.facts for one in fact.evidence}
    relevant = {f"found-{at}" for at, passage in enumerate(found) if any(_is_in(one, passage) for one in evidence)}
    missed = [one for one in evidence if not any(_is_in(one, passage) for passage in found)]
    wanted = dict.fromkeys((*relevant, *(f"missed-{at}" for at in range(len(missed)))), 1)
    order = {f"found-{at}": float(len(found) - at) for at in range(len(found))}
    return float(ir_measures.calc_aggregate([measure], {case.id: wanted}, {case.id: order})[measure])


def fact_recall(case: Case, response: Response) -> float:
    """Share of the facts with some evidence among the first passages.

    Raises:
        Unscored: the target does not tell what it found.
    """
    return 1 - len(missed(case, response)) / len(case.facts)


def missed(case: Case, response: Response) -> tuple[str, ...]:
    """What the first passages lack.

    Raises:
        Unscored: the target does not tell what it found.
    """
    first = _found(response)[:FIRST]
    return tuple(
        f"not in the first {FIRST} passages: {fact.fact}"
        for fact in case.facts
        if not any(_is_in(one, passage) for one in fact.evidence for passage in first)
    )


def _found(response: Response) -> tuple[Found, ...]:
    if not response.found:
        raise Unscored("no passages told")
    return tuple(dict.fromkeys(response.found))


def _is_in(evidence: Evidence, passage: Found) -> bool:
    return evidence.source == passage.source and holds(passage.passage, evidence.quote)
