"""How long does a reply take, and how much longer than that of a plain pipeline?"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from functools import partial
from typing import Final

from evals.metrics import latency
from evals.perturbing import changes
from evals.responses import Target
from evals.running import Run
from evals.scores import Score
from evals.suites import Scorer, by_words, score_cases, untold
from evals.suites.asking import evenly, scored
from evals.targets.own import Own

NAME: Final = "latency"
METRICS: Final = latency.METRICS
MOST: Final = 100
"""Questions that the baseline is asked too, for time."""
_SCORERS: Final = (
    Scorer(metric=latency.P50, value=by_words(latency.took), why=untold),
    Scorer(metric=latency.P95, value=by_words(latency.took), why=untold),
)

_log = logging.getLogger(__name__)


def _baseline() -> Target:
    from evals.targets.chain import open_chain

    return open_chain()


def scores(run: Run, baseline: Callable[[], Target] = _baseline) -> Iterator[Score]:
    """Score the time of every reply; of askms also against the baseline.

    Both are asked a part of the questions anew, in turn, each first every other time. Each question gets a typing
    error, so that neither answers from memory.
    """
    yield from score_cases(NAME, _SCORERS, run)
    if not isinstance(run.target, Own):
        _log.warning("latency: %s is not askms, so it is not compared with the baseline", run.target.name)
        return
    other = baseline()
    asked = evenly([case for case in run.cases if not case.history], MOST)
    for at, case in enumerate(run.progress(asked, "timing against the baseline", len(asked))):
        question = _fresh(case.question)
        order = (run.target, other) if at % 2 else (other, run.target)
        response = {target.name: target.ask(question) for target in order}
        own, base = response[run.target.name], response[other.name]
        yield scored(NAME, case.id, case.kind, latency.BASELINE, partial(latency.took, case, base))
        yield scored(NAME, case.id, case.kind, latency.RATIO, partial(latency.times, case, own, base))


def _fresh(question: str) -> str:
    return next((one.text for one in changes(question, seed=1) if one.kind == "typo"), f"{question} ?")
