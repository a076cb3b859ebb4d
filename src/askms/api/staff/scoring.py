"""What the evals' own metrics say of today's reply to a case.

The evals are no part of the package: where they are not installed, nothing says whether a case passes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Final

from askms.assistant import Assistant
from askms.entailment import open_judge
from askms.errors import ModelUnavailable
from askms.reply import Reply

PERFECT: Final[Mapping[str, float]] = {
    "fact_recall": 1.0,
    "all_sides": 1.0,
    "premise_corrected": 1.0,
    "must_not_say": 0.0,
    "contradiction": 0.0,
    "overclaim": 0.0,
    "disclaimer": 1.0,
    "unanswerable_abstained": 1.0,
    "offtopic_abstained": 1.0,
}
"""Metrics that a case must pass, and the value of one that it passes; of those that apply to it."""
_MODULES: Final = ("cases", "running", "targets.own", "suites.answers", "suites.abstention")


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """One metric of the reply."""

    name: str
    meaning: str
    passes: bool | None
    """None: it could not be scored."""
    why: str
    """What is wrong, or why it could not be scored."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What today's askms makes of a case."""

    reply: Reply
    scores: tuple[Scored, ...]
    unmeasured: str
    """What no metric looks at, so that somebody must; or why nothing was measured."""

    @property
    def passes(self) -> bool | None:
        """Whether every metric that applies is passed; None where none was measured."""
        return all(score.passes for score in self.scores) if self.scores else None


def check(row: Mapping[str, Any], assistant: Assistant) -> Outcome:
    """Ask today's askms a case, and score its reply as a run of the evals does.

    Args:
        row: the case, as a line of a set.
        assistant: who answers.

    Raises:
        QuestionError: the question cannot be read.
        SnapshotError: there is no usable index.
    """
    answer = assistant.answer(row["question"], row["history"])
    try:
        cases, running, own, *suites = (import_module(f"evals.{name}") for name in _MODULES)
        judge = open_judge()
    except (ImportError, ModelUnavailable) as exc:
        why = f"Whether it passes cannot be told here, as the evals cannot be loaded ({exc})."
        return Outcome(reply=answer.reply, scores=(), unmeasured=why)
    case = cases.read_case(row)
    snapshot = answer.engine.snapshot if answer.engine else assistant.snapshot()
    run = running.Run(
        target=None,
        cases=[case],
        dialogues=[],
        responses={case.id: own.as_response(answer, snapshot, 0.0)},
        judge=judge,
        set_name="staff",
        progress=lambda items, what, of: iter(items),
    )
    meanings = {metric.name: metric.meaning for suite in suites for metric in suite.METRICS}
    scores = [score for suite in suites for score in suite.scores(run) if score.metric in PERFECT]
    return Outcome(
        reply=answer.reply,
        scores=tuple(
            Scored(
                name=score.metric,
                meaning=meanings[score.metric],
                passes=None if score.value is None else score.value == PERFECT[score.metric],
                why=score.why,
            )
            for score in scores
        ),
        unmeasured=f"No metric looks whether the reply says what is not covered: {case.not_covered}"
        if case.not_covered
        else "",
    )
