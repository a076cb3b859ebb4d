"""Does the reply say what a good reply must? Required-fact recall.

After the nuggets of TREC QA (Voorhees 2003) and the atomic facts of FActScore (Min et al. 2023, arXiv 2305.14251). A
fact is stated when some statement cites words of its evidence from the same source, or is such words itself. The judge
is asked, on the whole reply, only for a reply of which no statement carries a quote: where a target quotes, what it
quotes is known, and a judge could only blur it. A reply that says it cannot answer states nothing.
"""

from __future__ import annotations

from typing import Final

from askms.entailment import Judge
from evals.cases import Case, Evidence, Fact
from evals.metrics.matching import own_words, same_words, statements
from evals.responses import Response, Said
from evals.scores import Metric

_PAPER: Final = "Voorhees 2003 (TREC QA nuggets); Min et al. 2023, arXiv 2305.14251"
RECALL: Final = Metric(
    name="fact_recall",
    meaning="Share of the case's facts that the reply states; 0 when it abstains.",
    paper=_PAPER,
    kind="mean",
    floor=0.85,
)
ANY: Final = Metric(
    name="any_fact", meaning="Share of replies that state the first, most important fact of the case.", paper=_PAPER
)
METRICS: Final = (RECALL, ANY)


def stated(fact: Fact, response: Response, judge: Judge) -> bool:
    """Whether the reply states the fact."""
    said = statements(response)
    if any(_states(one, evidence) for one in said for evidence in fact.evidence):
        return True
    if not said or not response.answered or any(citation.quote for one in said for citation in one.citations):
        return False
    return judge.judge([(response.text, fact.fact)])[0].holds


def recall(case: Case, response: Response, judge: Judge) -> float:
    """Share of the facts that are stated; the case must have some."""
    return 1 - len(missed(case, response, judge)) / len(case.facts)


def first(case: Case, response: Response, judge: Judge) -> float:
    """1 when the first fact is stated; the case must have some."""
    return float(stated(case.facts[0], response, judge))


def missed(case: Case, response: Response, judge: Judge) -> tuple[str, ...]:
    """The facts that are not stated."""
    return tuple(f"not stated: {fact.fact}" for fact in case.facts if not stated(fact, response, judge))


def first_missed(case: Case, response: Response, judge: Judge) -> tuple[str, ...]:
    """The first fact if it is not stated."""
    fact = case.facts[0]
    return () if stated(fact, response, judge) else (f"not stated: {fact.fact}",)


def _states(said: Said, evidence: Evidence) -> bool:
    quoted = (citation.quote for citation in said.citations if citation.source == evidence.source)
    return any(same_words(words, evidence.quote) for words in (own_words(said), *quoted))
