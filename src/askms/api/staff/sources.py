"""Which replies cited a source, as its file was then, and which of them somebody has looked through."""

from __future__ import annotations

from contextlib import suppress
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from askms.api.staff.doors import AssistantDep, Bounded, Editor, Now, RecordsDep, Viewer
from askms.api.staff.pages import page
from askms.api.staff.paging import PageNumber, Paging
from askms.errors import SnapshotError
from askms.records import PER_PAGE
from askms.types import Document

router = APIRouter(prefix="/sources", route_class=Bounded)


@router.get("/{source_id}")
def citing(
    request: Request,
    source_id: str,
    visit: Viewer,
    records: RecordsDep,
    assistant: AssistantDep,
    number: PageNumber = 1,
) -> Response:
    """The replies that cite a source, the latest first."""
    document: Document | None = None
    with suppress(SnapshotError):  # the list needs no index
        document = assistant.snapshot().documents.get(source_id)
    found = records.cited_by(source_id)
    done = records.desk.done(source_id)
    if found:  # anything else may be words that somebody typed
        records.note(visit.name, "look at citing replies", f"{source_id} page {number}")
    first = (number - 1) * PER_PAGE
    return page(
        request,
        "citing.html",
        source_id=source_id,
        document=document,
        found=found[first : first + PER_PAGE],
        paging=Paging.of(request, number, len(found)),
        done=done,
        left=sum((each.receipt_id, each.content_hash) not in done for each in found),
    )


@router.post("/{source_id}/done")
def mark(
    source_id: str,
    visit: Editor,
    records: RecordsDep,
    now: Now,
    receipt: Annotated[str, Form()],
    content_hash: Annotated[str, Form()],
    done: Annotated[bool, Form()],
    number: Annotated[int, Form(alias="page", ge=1, le=100_000)] = 1,
) -> Response:
    """Mark a reply as looked through, or take the mark away."""
    records.desk.set_done(source_id, content_hash, receipt, done=done, who=visit.name, now=now)
    return RedirectResponse(f"/staff/sources/{source_id}?page={number}#r-{receipt}", HTTPStatus.SEE_OTHER)
