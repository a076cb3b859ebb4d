"""Does each citation show what kind of evidence it is?"""

from __future__ import annotations

from typing import Final

from askms import EvidenceLevel
from evals.cases import Case
from evals.responses import Quoted, Response
from evals.scores import Metric, Unscored

METRIC: Final = Metric(
    name="levels_shown",
    meaning="Share of a reply's citations that show a known evidence level.",
    paper="",
    kind="mean",
    floor=1.0,
)
_KNOWN: Final = frozenset(level.value for level in EvidenceLevel)


def shown(case: Case, response: Response) -> float:
    """Share of the citations with a known level.

    Raises:
        Unscored: nothing is cited.
    """
    return 1 - len(missing(case, response)) / len(_citations(response))


def missing(case: Case, response: Response) -> tuple[str, ...]:
    """The citations without a known level.

    Raises:
        Unscored: nothing is cited.
    """
    return tuple(
        f"{one.source}: {f'unknown level {one.level!r}' if one.level else 'no level'}"
        for one in _citations(response)
        if one.level not in _KNOWN
    )


def _citations(response: Response) -> tuple[Quoted, ...]:
    found = tuple(citation for said in response.statements for citation in said.citations)
    if not found:
        raise Unscored("nothing cited")
    return found
