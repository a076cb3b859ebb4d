"""Hold a run to the committed baseline: a fall beyond chance, a lost score or a broken promise fails it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from askms.errors import AskmsError
from evals.comparing import Change, compare
from evals.scores import NOTHING_STATED, Metric, Score

BASELINE: Final = Path("evals") / "baseline.jsonl"
"""Scores of the fast subset that the next change is held to."""
ACCEPT: Final = "askms eval gate --accept"
"""The command that makes a baseline of what is scored now."""
SHOWN: Final = 5
"""Items named in a line; all are in `Failure.items`."""

_ROW: Final = TypeAdapter(Score)


class BaselineUnreadable(AskmsError):
    """The baseline is missing, empty or not what `write_baseline` writes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """One reason not to merge."""

    suite: str
    """Empty when no suite measured the metric."""
    metric: str
    problem: str
    """What is wrong, in words that follow the names of suite and metric."""
    items: tuple[str, ...] = ()
    """Items it rests on, all of them."""

    def line(self) -> str:
        """One line for people."""
        where = f"{self.suite}, {self.metric}" if self.suite else self.metric
        named = ", ".join(self.items[:SHOWN]) + (", ..." if len(self.items) > SHOWN else "")
        return f"{where}: {self.problem}" + (f" ({named})" if named else "")


def gate(
    baseline: Sequence[Score], now: Sequence[Score], metrics: Mapping[str, Metric], must: Mapping[str, float]
) -> list[Failure]:
    """Why a run may not pass; nothing when it may.

    Args:
        baseline: accepted scores.
        now: scores of the same items by the code under test; further items are welcome.
        metrics: every metric that suites measure now.
        must: value that each item of a metric must have, by the metric's name.

    Raises:
        ValueError: scores that cannot be compared; see `compare`.
    """
    gone = {score.metric: score.suite for score in baseline if score.metric not in metrics}
    failures = [
        Failure(suite=suite, metric=name, problem="no suite measures it any more") for name, suite in gone.items()
    ]
    silent = {(score.suite, score.metric, score.item) for score in now if score.why == NOTHING_STATED}
    for change in compare((score for score in baseline if score.metric not in gone), now, metrics):
        failures += _of_change(change, silent)
    for name, value in must.items():
        failures += _of_promise(name, value, [score for score in now if score.metric == name])
    return failures


def read_baseline(file: Path = BASELINE) -> list[Score]:
    """The accepted scores; `why` is empty in all of them.

    Raises:
        BaselineUnreadable: the file is missing, holds nothing, or a line is not a score.
    """
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except OSError as exc:
        raise BaselineUnreadable(f"{file}: cannot be read ({exc.strerror}). Make one: {ACCEPT}") from exc
    except UnicodeDecodeError as exc:
        raise BaselineUnreadable(f"{file}: not UTF-8 text. Make a new one: {ACCEPT}") from exc
    scores: dict[tuple[str, str, str], Score] = {}
    for at, line in enumerate(lines, 1):
        score = _score(file, at, line)
        key = (score.suite, score.metric, score.item)
        if key in scores:
            raise _malformed(file, at, f"a second score of {', '.join(key)}")
        scores[key] = score
    if not scores:
        raise BaselineUnreadable(f"{file}: holds no scores. Make a new one: {ACCEPT}")
    return list(scores.values())


def write_baseline(scores: Iterable[Score], file: Path = BASELINE) -> None:
    """Accept scores: one line each, without `why`, in an order that keeps differences small.

    Raises:
        ValueError: there are no scores, or a value is no number; the file stays as it was.
    """
    lines = [
        json.dumps(_row(score), ensure_ascii=False, allow_nan=False) + "\n"
        for score in sorted(scores, key=lambda one: (one.suite, one.metric, one.item))
    ]
    if not lines:
        raise ValueError(f"{file}: there are no scores to accept. Score the fast subset first.")
    file.write_text("".join(lines), encoding="utf-8")


def _of_change(change: Change, silent: Set[tuple[str, str, str]]) -> list[Failure]:
    suite, name = change.suite, change.metric.name
    # A reply that now abstains has nothing to score here; whether it should abstain is measured elsewhere.
    lost = tuple(item for item in change.now_unscored if (suite, name, item) not in silent)
    failures = []
    if change.verdict == "worse":
        problem = (
            f"worse: {change.before:.4g} -> {change.after:.4g}, "
            f"difference {change.difference:+.4g} (95% {change.low:+.4g} to {change.high:+.4g}) over {change.of} items"
        )
        failures.append(Failure(suite=suite, metric=name, problem=problem, items=change.lost))
    for items, problem in ((lost, "can no longer be scored"), (change.only_before, "missing now")):
        if items:
            failures.append(Failure(suite=suite, metric=name, problem=f"{len(items)} {problem}", items=items))
    return failures


def _of_promise(name: str, value: float, scores: Sequence[Score]) -> list[Failure]:
    scored = [score for score in scores if score.value is not None]
    if not scored:
        return [Failure(suite="", metric=name, problem=f"must be {value:g} everywhere, and no item was scored")]
    broken: dict[str, list[str]] = {}
    for score in scored:
        if score.value != value:
            broken.setdefault(score.suite, []).append(score.item)
    return [
        Failure(
            suite=suite,
            metric=name,
            problem=f"must be {value:g} everywhere, is not in {len(items)}",
            items=tuple(items),
        )
        for suite, items in broken.items()
    ]


def _row(score: Score) -> dict[str, Any]:
    row = score.to_dict()
    del row["why"]
    return row


def _score(file: Path, at: int, line: str) -> Score:
    try:
        score = _ROW.validate_json(line, strict=True, extra="forbid")
    except ValidationError as exc:
        first = exc.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        raise _malformed(file, at, f"{field}: {first['msg']}" if field else first["msg"]) from exc
    if score.value is not None and not isfinite(score.value):
        raise _malformed(file, at, f"value: {score.value} is no number")
    return score


def _malformed(file: Path, at: int, problem: str) -> BaselineUnreadable:
    return BaselineUnreadable(f"{file}, line {at}: {problem}. Make a new one: {ACCEPT}")
