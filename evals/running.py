"""One run of the eval suite: ask once, score by every suite, keep everything needed to score again.

A run is a folder: `run.json` (what was tested, with what, when, on what machine),
`responses.jsonl`, `judgements.jsonl` (what the judge was asked and said), `scores.jsonl`, `summary.json` and
`report.html`.
"""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final, Protocol

from askms.entailment import Judge, Judgement
from evals.cases import Case, Dialogue, cases, dialogues
from evals.responses import Response, Target, read_response
from evals.scores import Measure, Metric, Score

RUNS: Final = Path("evals") / "runs"

Progress = Callable[[Iterable[Any], str, int], Iterator[Any]]
"""Passes items on while it shows how far things are: items, what is done, how many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What suites score."""

    target: Target
    cases: Sequence[Case]
    dialogues: Sequence[Dialogue]
    responses: Mapping[str, Response]
    """Response to each case, by its id."""
    judge: Judge
    """Judge of entailment for what no rule decides."""
    set_name: str
    """`dev`, `tuning` or `heldout`: which of our sets the cases are from."""
    progress: Progress
    """For suites that ask questions of their own."""

    def answered_cases(self) -> Iterator[tuple[Case, Response]]:
        """Cases with their responses, in order."""
        for case in self.cases:
            yield case, self.responses[case.id]


class Suite(Protocol):
    """A module of `evals.suites`."""

    NAME: str
    METRICS: tuple[Metric, ...]
    scores: Callable[[Run], Iterator[Score]]
    """Scores one run."""


class Remembering:
    """A judge that is asked each pair once, and keeps what it said."""

    def __init__(self, judge: Judge) -> None:
        """Ask this judge."""
        self._judge = judge
        self.known: dict[tuple[str, str], Judgement] = {}
        """(passage, claim) to what was said, in the order of asking."""

    @property
    def name(self) -> str:
        """Name of the judge that is asked."""
        return self._judge.name

    def judge(self, pairs: Sequence[tuple[str, str]]) -> list[Judgement]:
        """One judgement for each (passage, claim), in order."""
        new = [pair for pair in dict.fromkeys(pairs) if pair not in self.known]
        if new:
            self.known.update(zip(new, self._judge.judge(new), strict=True))
        return [self.known[pair] for pair in pairs]


CASES_ONLY: Final = "tuning"
"""The set that has no conversations."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Items:
    """What is asked."""

    set_name: str
    """`dev`, `tuning` or `heldout`."""
    cases: Sequence[Case]
    dialogues: Sequence[Dialogue]


def items(set_name: str) -> Items:
    """All of a set.

    Raises:
        FileNotFoundError: there is no such set.
    """
    return Items(
        set_name=set_name, cases=cases(set_name), dialogues=[] if set_name == CASES_ONLY else dialogues(set_name)
    )


def run(
    target: Target, suites: Sequence[Suite], asked: Items, judge: Judge, folder: Path, progress: Progress
) -> list[Score]:
    """Ask the cases, score the replies by each suite, and keep all of it in a folder.

    Raises:
        ModelUnavailable: the judge cannot be loaded or reached.
    """
    folder.mkdir(parents=True, exist_ok=True)
    told = about(target, judge, asked.set_name, [suite.NAME for suite in suites])
    (folder / "run.json").write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    remembering = Remembering(judge)
    one = Run(
        target=target,
        cases=asked.cases,
        dialogues=asked.dialogues,
        responses=ask(target, asked.cases, folder / "responses.jsonl", progress),
        judge=remembering,
        set_name=asked.set_name,
        progress=progress,
    )
    scores = [score for suite in progress(suites, "scoring", len(suites)) for score in suite.scores(one)]
    write_scores(folder, scores)
    said = [
        _line({"passage": passage, "claim": claim, **asdict(judgement)})
        for (passage, claim), judgement in remembering.known.items()
    ]
    (folder / "judgements.jsonl").write_text("".join(said), encoding="utf-8")
    return scores


def ask(target: Target, known: Sequence[Case], file: Path, progress: Progress) -> dict[str, Response]:
    """Put every case to the target; each response is written as it comes."""
    responses = {}
    with file.open("w", encoding="utf-8") as out:
        for case in progress(known, "asking", len(known)):
            response = target.ask(case.question, case.history)
            responses[case.id] = response
            out.write(_line({"id": case.id, **response.to_dict()}))
    return responses


def read_responses(folder: Path) -> dict[str, Response]:
    """The responses of a run, by the id of their case."""
    found = {}
    for row in _rows(folder / "responses.jsonl"):
        case = row.pop("id")
        found[case] = read_response(row)
    return found


def read_about(folder: Path) -> dict[str, Any]:
    """What `run.json` of a run says.

    Raises:
        FileNotFoundError: the folder holds no run.
    """
    told: dict[str, Any] = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    return told


def read_scores(folder: Path) -> list[Score]:
    """The scores of a run.

    Raises:
        FileNotFoundError: the folder holds no run.
    """
    return [Score(**row) for row in _rows(folder / "scores.jsonl")]


def read_judgements(folder: Path) -> list[dict[str, Any]]:
    """What the judge of a run was asked and said."""
    return _rows(folder / "judgements.jsonl")


def write_scores(folder: Path, scores: Iterable[Score]) -> None:
    """Keep the scores of a run, a line each."""
    lines = [_line(score.to_dict()) for score in scores]
    (folder / "scores.jsonl").write_text("".join(lines), encoding="utf-8")


def write_summary(folder: Path, measures: Sequence[Measure]) -> None:
    """Keep the measures of a run."""
    rows = [{**asdict(measure), "holds": measure.holds} for measure in measures]
    (folder / "summary.json").write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")


def about(target: Target, judge: Judge, set_name: str, suites: Sequence[str]) -> dict[str, Any]:
    """What a reader of a run must know of how it was made."""
    return {
        "target": target.name,
        "set": set_name,
        "suites": list(suites),
        "judge": judge.name,
        "askms": version("askms"),
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "python": platform.python_version(),
        "machine": f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores",
    }


def _rows(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").split("\n") if line.strip()]


def _line(row: Mapping[str, Any]) -> str:
    return json.dumps(row, ensure_ascii=False, default=str) + "\n"
