"""The feedback queue: what people said of replies, who works on it, and what they say among themselves."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Annotated, Final

from fastapi import APIRouter, Form, HTTPException, Request, Response
from fastapi.responses import RedirectResponse

from askms.api.staff.doors import Bounded, Editor, Now, RecordsDep, Viewer
from askms.api.staff.pages import page
from askms.api.staff.paging import PageNumber, Paging
from askms.api.staff.standing import held, leads
from askms.errors import StaffError
from askms.records import Records, Role, State, Visit

_MOVES: Final = {"resolve": State.RESOLVED, "reopen": State.OPEN}
router = APIRouter(prefix="/feedback", route_class=Bounded)


@router.get("")
def tasks(
    request: Request, visit: Viewer, records: RecordsDep, state: State = State.OPEN, number: PageNumber = 1
) -> Response:
    """List feedback, the latest first."""
    found = records.queue.tasks(state, number)
    records.note(visit.name, "list feedback", f"{state.value} page {number}")
    return page(
        request, "tasks.html", found=found, paging=Paging.of(request, number, found.total), state=state, states=State
    )


@router.get("/{task_id}")
def show(request: Request, task_id: int, visit: Viewer, records: RecordsDep) -> Response:
    """One piece of feedback with its reply, and what staff said of it."""
    return _show(request, task_id, visit, records, {})


@router.post("/{task_id}/comment")
def comment(
    request: Request, task_id: int, visit: Editor, records: RecordsDep, now: Now, text: Annotated[str, Form()] = ""
) -> Response:
    """Say something of it."""
    try:
        records.queue.comment(task_id, text, visit.name, now)
    except StaffError as exc:
        return _show(request, task_id, visit, records, {"text": str(exc)}, HTTPStatus.UNPROCESSABLE_ENTITY)
    return RedirectResponse(f"/staff/feedback/{task_id}#comments", HTTPStatus.SEE_OTHER)


@router.post("/{task_id}/assign")
def assign(
    request: Request,
    task_id: int,
    visit: Editor,
    records: RecordsDep,
    now: Now,
    to: Annotated[str, Form()] = "",
    held_by: Annotated[str, Form()] = "",
) -> Response:
    """Take it, or give it to somebody; from a colleague only if the form named them."""
    try:
        records.queue.assign(task_id, to or visit.name, visit.name, now, held_by=held_by)
    except StaffError as exc:
        return _show(request, task_id, visit, records, {"to": str(exc)}, HTTPStatus.UNPROCESSABLE_ENTITY)
    return RedirectResponse(f"/staff/feedback/{task_id}", HTTPStatus.SEE_OTHER)


@router.post("/{task_id}/{move}")
def move(task_id: int, move: str, visit: Editor, records: RecordsDep, now: Now) -> Response:
    """Resolve it, or open it again."""
    state = _MOVES.get(move)
    if state is None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    records.queue.move(task_id, state, visit.name, now)
    return RedirectResponse(f"/staff/feedback/{task_id}", HTTPStatus.SEE_OTHER)


def _show(
    request: Request,
    task_id: int,
    visit: Visit,
    records: Records,
    problems: Mapping[str, str],
    status: int = HTTPStatus.OK,
) -> Response:
    task, comments = records.queue.task(task_id)
    stored = records.receipt(task.receipt_id)
    records.note(visit.name, "look at feedback", str(task_id))
    reply = records.desk.reply_of(task.receipt_id)
    return page(
        request,
        "task.html",
        status=status,
        task=task,
        comments=comments,
        receipt=stored.receipt,
        reply=reply,
        lead=leads(held(request.app.state.assistant)),
        problems=problems,
        states=State,
        people=records.staff.people() if visit.role.may(Role.EDITOR) else (),
    )
