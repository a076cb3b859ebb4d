"""Are quotations exact? Each must be, letter for letter, the stretch of its passage that the reply says it is."""

from __future__ import annotations

from typing import Final

from evals.cases import Case
from evals.responses import Quoted, Response
from evals.scores import Metric, Unscored

EXACT: Final = Metric(
    name="exact_quotations",
    meaning="Share of a reply's quotations that stand in their passage, letter for letter, where the reply says.",
    paper="",
    kind="mean",
    floor=1.0,
)
INTEGRITY: Final = Metric(
    name="quotation_integrity",
    meaning="Share of replies of which every quotation is exact.",
    paper="",
    floor=1.0,
)
METRICS: Final = (EXACT, INTEGRITY)


def exact(case: Case, response: Response) -> float:
    """Share of the quotations that are exact.

    Raises:
        Unscored: nothing is quoted.
    """
    return 1 - len(inexact(case, response)) / len(_citations(response))


def integrity(case: Case, response: Response) -> float:
    """1 when every quotation is exact.

    Raises:
        Unscored: nothing is quoted.
    """
    return float(not inexact(case, response))


def inexact(case: Case, response: Response) -> tuple[str, ...]:
    """The quotations that are not exact.

    Raises:
        Unscored: nothing is quoted.
    """
    return tuple(
        f"not exact: {one.source} [{one.start}:{one.end}]: {one.quote}"
        for one in _citations(response)
        if not _is_exact(one)
    )


def _is_exact(citation: Quoted) -> bool:
    return 0 <= citation.start < citation.end and citation.passage[citation.start : citation.end] == citation.quote


def _citations(response: Response) -> tuple[Quoted, ...]:
    found = tuple(citation for said in response.statements for citation in said.citations)
    if not any(citation.quote for citation in found):  # a target that only points quotes nothing wrongly
        raise Unscored("nothing quoted")
    return found
