"""Does it answer what it can, abstain from the rest, and know how sure it may be?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from evals.cases import Case
from evals.metrics import abstention, calibration
from evals.metrics.abstention import Interval
from evals.responses import Response
from evals.running import Run
from evals.scores import Measure, Metric, Score, interval
from evals.suites import Scorer, by_words, has_answer, score_cases, told_by_words, untold


def _is_unanswerable(case: Case) -> bool:
    return case.kind == "unanswerable"


def _is_offtopic(case: Case) -> bool:
    return case.kind == "offtopic"


def _is_answerable(case: Case) -> bool:
    return case.kind == "answerable"


NAME: Final = "abstention"
SHOWN: Final = 200
"""Characters of a false answer that a reader is shown."""


def _false_answer(case: Case, response: Response) -> tuple[str, ...]:
    said = " ".join(one.text for one in response.statements)
    return (f"answered: {said[:SHOWN]}",) if response.answered else ()


def _false_silence(case: Case, response: Response) -> tuple[str, ...]:
    sure = "none" if response.confidence is None else f"{response.confidence:.2f}"
    return () if response.answered else (f"abstained; route {response.route or 'none'}, confidence {sure}",)


_ABSTAINED: Final = by_words(abstention.abstained)
_ANSWERED: Final = by_words(abstention.answered)
_TOO_MUCH: Final = told_by_words(_false_answer)
_TOO_LITTLE: Final = told_by_words(_false_silence)
_SCORERS: Final = (
    Scorer(metric=abstention.UNANSWERABLE_ABSTAINED, value=_ABSTAINED, why=_TOO_MUCH, applies=_is_unanswerable),
    Scorer(metric=abstention.OFFTOPIC_ABSTAINED, value=_ABSTAINED, why=_TOO_MUCH, applies=_is_offtopic),
    Scorer(metric=abstention.ANSWERABLE_ANSWERED, value=_ANSWERED, why=_TOO_LITTLE, applies=_is_answerable),
    Scorer(metric=abstention.ANSWERED, value=_ANSWERED, why=_TOO_LITTLE, applies=has_answer),
    Scorer(metric=abstention.CONFIDENCE, value=by_words(abstention.confidence), why=untold),
    Scorer(metric=abstention.RIGHT, value=abstention.right, why=untold, applies=has_answer),
)
METRICS: Final = (*(scorer.metric for scorer in _SCORERS), abstention.AURC, *calibration.METRICS)
"""The last three are of the whole set: `overall` gives them."""


def scores(run: Run) -> Iterator[Score]:
    """Score the reply to every case by each metric that applies to it."""
    return score_cases(NAME, _SCORERS, run)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sure:
    """How sure the system was of one item, and what became of it."""

    confidence: float
    right: float
    """1 when a fact was stated; 0 where there is none to state."""
    answered: bool


def sureness(found: Iterable[Score]) -> list[Sure]:
    """Every item of a run that came back, from its scores: for the figures below, and for plots.

    A system that gives confidences and declines without one did not even look: that counts as a confidence of 0. None
    where it gives none at all.
    """
    items: dict[str, dict[str, float]] = {}
    for score in found:
        if score.suite == NAME and score.value is not None:
            items.setdefault(score.item, {})[score.metric] = score.value
    if not any(abstention.CONFIDENCE.name in item for item in items.values()):
        return []
    return [
        Sure(
            confidence=item.get(abstention.CONFIDENCE.name, 0.0),
            right=item.get(abstention.RIGHT.name, 0.0),
            answered=_is_answered(item),
        )
        for item in items.values()
        if abstention.CONFIDENCE.name in item or not _is_answered(item)
    ]


def overall(found: Iterable[Score]) -> list[Measure]:
    """AURC, calibration error and Brier score of a run, from the scores of its items; none without confidences.

    AURC is over every item. The other two are over those that were answered: what an abstaining
    reply would have got right cannot be seen.
    """
    kept = list(found)
    known = sureness(kept)
    items = {score.item for score in kept if score.suite == NAME}
    shown = [one for one in known if one.answered]
    measures = []
    if known:
        measures.append(
            _measure(abstention.AURC, abstention.aurc_interval(*_columns(known)), len(known), len(items) - len(known))
        )
    if shown:
        squares = [(one.confidence - one.right) ** 2 for one in shown]
        _, low, high = interval(squares, calibration.BRIER.kind)
        brier = Interval(value=calibration.brier(*_columns(shown)), low=low, high=high)
        measures.append(_measure(calibration.ECE, calibration.calibration_interval(*_columns(shown)), len(shown)))
        measures.append(_measure(calibration.BRIER, brier, len(shown)))
    return measures


def _is_answered(item: Mapping[str, float]) -> bool:
    return (
        item.get(abstention.ANSWERED.name) == 1.0
        or item.get(abstention.UNANSWERABLE_ABSTAINED.name) == 0.0
        or item.get(abstention.OFFTOPIC_ABSTAINED.name) == 0.0
    )


def _columns(known: Sequence[Sure]) -> tuple[list[float], list[float]]:
    return [one.confidence for one in known], [one.right for one in known]


def _measure(metric: Metric, found: Interval, of: int, unscored: int = 0) -> Measure:
    return Measure(
        suite=NAME,
        metric=metric,
        kind="all",
        value=found.value,
        low=found.low,
        high=found.high,
        of=of,
        unscored=unscored,
    )
