"""How askms does: alarms, rates by day, what it could not answer, sources past review, the latest run of the evals."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from fastapi import APIRouter, Request, Response

from askms.api.staff.alarms import Alarm, alarms, of_sources
from askms.api.staff.charts import HEIGHT, WIDTH, charts
from askms.api.staff.doors import AssistantDep, Bounded, Now, RecordsDep, Viewer
from askms.api.staff.gaps import Gap, gaps
from askms.api.staff.pages import page
from askms.api.staff.standing import moved
from askms.errors import ModelUnavailable, SnapshotError
from askms.types import Document
from askms.upkeep import overdue

DAYS: Final = 30
router = APIRouter(prefix="/health", route_class=Bounded)


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
    """The latest run of the evals."""

    name: str
    measures: tuple[Measure, ...]


@router.get("")
def health(request: Request, visit: Viewer, records: RecordsDep, assistant: AssistantDep, now: Now) -> Response:
    """The whole page."""
    first = now.date() - timedelta(days=DAYS - 1)
    broken: list[Alarm] = []
    documents: Sequence[Document] = ()
    try:
        snapshot = assistant.snapshot()
        documents = tuple(snapshot.documents.values())
        broken += of_sources(moved(records.desk.cited_versions(), snapshot))
    except SnapshotError as exc:
        broken.append(Alarm(text=f"Nothing can be answered: {exc}"))
    found: list[Gap] = []
    try:
        found = gaps(records.desk.unanswered(now - timedelta(days=DAYS)), assistant)
    except ModelUnavailable as exc:
        broken.append(Alarm(text=f"Nothing can be answered: {exc}"))
    records.note(visit.name, "look at health", f"last {DAYS} days")
    return page(
        request,
        "health.html",
        alarms=[*broken, *alarms(records, now)],
        charts=charts(records.desk.days(first), first, now.date()),
        width=WIDTH,
        height=HEIGHT,
        days=DAYS,
        gaps=found,
        overdue=list(overdue(documents, now.date())),
        run=latest_run(request.app.state.runs),
    )


def latest_run(folder: Path | None) -> EvalRun | None:
    """The run that was finished last, of a folder of runs; nothing where there is none that can be read."""
    found = sorted(folder.glob("*/summary.json"), key=lambda file: file.stat().st_mtime) if folder else []
    for file in reversed(found):
        with suppress(OSError, ValueError, KeyError, TypeError):  # a run under way, or of another release
            rows = json.loads(file.read_text(encoding="utf-8"))
            return EvalRun(name=file.parent.name, measures=tuple(_measure(row) for row in rows if row["kind"] == "all"))
    return None


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
