"""Does a question get the same answer however it is typed?

A part of the answerable questions that stand alone is asked again in up to nine ways; 60 of them, for time.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Final

from evals.metrics import stability
from evals.metrics.stability import same_route, same_sources, still_right
from evals.perturbing import changes
from evals.running import Run
from evals.scores import Score
from evals.suites.asking import evenly, scored

NAME: Final = "robustness"
METRICS: Final = stability.METRICS
MOST: Final = 60
"""Questions that are changed, evenly over the set, whatever the target made of them: so targets can be compared."""


def scores(run: Run) -> Iterator[Score]:
    """Score every changed question against the plain one; the item is named for both, its kind is the change."""
    chosen = evenly([case for case in run.cases if case.kind == "answerable" and not case.history], MOST)
    asked = [(case, changed) for case in chosen for changed in changes(case.question)]
    for case, changed in run.progress(asked, "asking changed questions", len(asked)):
        plain, other = run.responses[case.id], run.target.ask(changed.text)
        score = partial(scored, NAME, f"{case.id}/{changed.kind}", changed.kind)
        why = f"asked: {changed.text}"
        yield score(
            stability.STILL_RIGHT,
            partial(still_right, case, plain, other, run.judge),
            f"{why}; not stated: {case.facts[0].fact}",
        )
        yield score(
            stability.SAME_ROUTE, partial(same_route, case, plain, other), f"{why}; {plain.route} became {other.route}"
        )
        yield score(
            stability.SAME_SOURCES,
            partial(same_sources, case, plain, other),
            f"{why}; {_named(stability.cited(plain))} became {_named(stability.cited(other))}",
        )


def _named(sources: frozenset[str]) -> str:
    return ", ".join(sorted(sources)) or "none"
