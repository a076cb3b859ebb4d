"""Sources that changed since replies cited them, which replies those are, and which somebody has looked through."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from askms.api.pages import STATUS_WORDS
from askms.api.staff.doors import AssistantDep, Bounded, Editor, Now, RecordsDep, Viewer
from askms.api.staff.pages import page
from askms.api.staff.paging import PageNumber, Paging
from askms.api.staff.standing import held, moved
from askms.records import PER_PAGE

router = APIRouter(prefix="/sources", route_class=Bounded)


@router.get("")
def changed(request: Request, visit: Viewer, records: RecordsDep, assistant: AssistantDep) -> Response:
    """The sources that replies cite and that have changed, been withdrawn or gone since, the gravest first."""
    snapshot = held(assistant)
    found = moved(records.desk.cited_versions(), snapshot) if snapshot else []
    records.note(visit.name, "list changed sources", f"{len(found)} sources")
    return page(request, "sources.html", found=found, has_index=snapshot is not None)


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
    snapshot = held(assistant)  # the list needs none
    document = snapshot.documents.get(source_id) if snapshot else None
    found = records.cited_by(source_id)
    done = records.desk.done(source_id)
    if found:  # anything else may be words that somebody typed
        records.note(visit.name, "look at citing replies", f"{source_id} page {number}")
    left = [each for each in found if (each.receipt_id, each.content_hash) not in done]
    first = (number - 1) * PER_PAGE
    return page(
        request,
        "citing.html",
        source_id=source_id,
        document=document,
        found=found[first : first + PER_PAGE],
        paging=Paging.of(request, number, len(found)),
        done=done,
        left=len(left),
        older=sum(document is None or each.content_hash != document.content_hash for each in left),
        standing=STATUS_WORDS.get(document.status) if document else None,
        has_index=snapshot is not None,
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
