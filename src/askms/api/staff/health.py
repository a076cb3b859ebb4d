"""How askms does: alarms, rates by day, what it could not answer, sources past review, runs of the evals."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from fastapi import APIRouter, Request, Response

from askms.api.staff.alarms import Alarm, alarms, of_sources
from askms.api.staff.charts import HEIGHT, WIDTH, charts
from askms.api.staff.doors import AssistantDep, Bounded, Now, RecordsDep, Viewer
from askms.api.staff.gaps import Gap, gaps
from askms.api.staff.pages import page
from askms.api.staff.runs import latest_runs
from askms.api.staff.standing import moved
from askms.errors import ModelUnavailable, SnapshotError
from askms.types import Document
from askms.upkeep import overdue

DAYS: Final = 30
router = APIRouter(prefix="/health", route_class=Bounded)


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
        runs=latest_runs(request.app.state.runs),
    )
