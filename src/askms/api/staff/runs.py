"""Runs of the evals that are kept in a folder: what was asked of whom, and what came of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

MOST: Final = 20
"""Runs that are listed, the latest."""
OURS: Final = "askms "
"""How the name of a target begins that is askms itself; the index follows."""
SUITES: Final = frozenset(
    {
        "retrieval",
        "answers",
        "faithfulness",
        "abstention",
        "guardrails",
        "conversation",
        "readability",
        "robustness",
        "latency",
    }
)
"""What a full run holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One figure of a run, over all its cases."""

    suite: str
    name: str
    meaning: str
    value: float
    low: float
    high: float
    holds: bool | None
    """Whether it keeps its floor; nothing where it has none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EvalRun:
    """One run."""

    name: str
    """Of its folder."""
    target: str
    """What was asked; of askms itself, with the index."""
    set_name: str
    suites: frozenset[str]
    at: datetime
    report: Path | None
    """Where its report lies, if it has one."""
    measures: tuple[Measure, ...]

    @property
    def is_full(self) -> bool:
        """Whether it is one of askms itself, by every suite."""
        return self.target.startswith(OURS) and self.suites >= SUITES

    @property
    def index(self) -> str:
        """The index that askms answered from; empty for others."""
        return self.target.removeprefix(OURS) if self.target.startswith(OURS) else ""

    @property
    def missed(self) -> int:
        """How many measures miss their floor."""
        return sum(measure.holds is False for measure in self.measures)


def latest_runs(folder: Path | None) -> list[EvalRun]:
    """Runs that can be read: the latest full one of askms first, then all others, the latest first."""
    found = []
    for file in folder.glob("*/summary.json") if folder else ():
        with suppress(OSError, ValueError, KeyError, TypeError):  # a run under way, or of another release
            found.append(_run(file.parent))
    found.sort(key=lambda run: run.at, reverse=True)
    first = next((run for run in found if run.is_full), None)
    return [*([first] if first else []), *(run for run in found[:MOST] if run is not first)]


def _run(folder: Path) -> EvalRun:
    rows = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    told = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    report = folder / "report.html"
    at = datetime.fromisoformat(told["at"])
    return EvalRun(
        name=folder.name,
        target=str(told["target"]),
        set_name=str(told["set"]),
        suites=frozenset(map(str, told["suites"])),
        at=at if at.tzinfo else at.replace(tzinfo=UTC),
        report=report if report.is_file() else None,
        measures=tuple(_measure(row) for row in rows if row["kind"] == "all"),
    )


def _measure(row: Mapping[str, Any]) -> Measure:
    low, value, high = (float(row[field]) for field in ("low", "value", "high"))
    metric = row["metric"]
    return Measure(
        suite=str(row["suite"]),
        name=str(metric["name"]),
        meaning=str(metric["meaning"]),
        value=value,
        low=low,
        high=high,
        holds=row["holds"],
    )
