"""The feedback queue: what people said of replies, who works on it, and the eval case that is made of it."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from pathlib import Path
from typing import Annotated, Any, Final

from fastapi import APIRouter, Form, HTTPException, Request, Response
from fastapi.responses import RedirectResponse
from starlette.concurrency import run_in_threadpool

from askms.api.staff.case_file import FILE, append, new_id
from askms.api.staff.cases import KINDS, MOST_FACTS, Draft, Fact, Outcome, check
from askms.api.staff.doors import AssistantDep, Bounded, Editor, Now, RecordsDep, Viewer
from askms.api.staff.pages import page
from askms.api.staff.paging import PageNumber, Paging
from askms.api.staff.standing import held, leads
from askms.assistant import Assistant
from askms.errors import QuestionError, StaffError
from askms.records import Records, State, Visit
from askms.types import Turn

_MOVES: Final = {"assign": State.ASSIGNED, "resolve": State.RESOLVED, "reopen": State.OPEN}
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


@router.get("/{task_id}/case")
def case_form(request: Request, task_id: int, visit: Editor, records: RecordsDep) -> Response:
    """The form of an eval case, filled with what the reply suggests."""
    task, _ = records.queue.task(task_id)
    stored = records.receipt(task.receipt_id)
    records.note(visit.name, "look at feedback", str(task_id))
    draft = Draft.of_reply(stored.receipt, records.desk.reply_of(task.receipt_id))
    return _case_page(request, task_id, draft, draft.history)


@router.post("/{task_id}/case")
async def case(request: Request, task_id: int, visit: Editor, records: RecordsDep, assistant: AssistantDep) -> Response:
    """Check a case against today's askms, or save it."""
    return await run_in_threadpool(_case, request, await request.form(), task_id, visit, records, assistant)


@router.post("/{task_id}/{move}")
def move(task_id: int, move: str, visit: Editor, records: RecordsDep, now: Now) -> Response:
    """Take it, resolve it, or open it again."""
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
    )


def _case(
    request: Request, form: Mapping[str, Any], task_id: int, visit: Visit, records: Records, assistant: Assistant
) -> Response:
    task, _ = records.queue.task(task_id)
    history = records.receipt(task.receipt_id).receipt.history
    records.note(visit.name, "look at feedback", str(task_id))  # whatever becomes of the form, the page shows it
    draft = Draft.of_form(form, history)
    problems = draft.problems(assistant.snapshot())
    folder: Path | None = request.app.state.cases
    saves = form.get("do") == "save"
    if saves and folder is None:
        problems["question"] = "No folder for cases is set. Set ASKMS_STAFF_CASES."
    outcome: Outcome | None = None
    if not problems:
        try:
            outcome = check(draft, assistant)
        except QuestionError as exc:
            problems["question"] = str(exc)
    if outcome is None:
        return _case_page(request, task_id, draft, history, problems, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    case_id = new_id() if saves else None
    records.note(visit.name, "save case" if case_id else "check case", f"{case_id or 'draft'} of feedback {task_id}")
    if case_id and folder is not None:
        append(folder, draft.row(case_id))
    return _case_page(request, task_id, draft, history, outcome=outcome, reply=outcome.reply.to_dict(), saved=case_id)


def _case_page(
    request: Request,
    task_id: int,
    draft: Draft,
    history: tuple[Turn, ...],
    problems: Mapping[str, str] | None = None,
    status: int = HTTPStatus.OK,
    **values: object,
) -> Response:
    blank = [Fact()] * (MOST_FACTS - len(draft.facts))
    shown = {"outcome": None, "reply": None, "saved": None, **values}
    return page(
        request,
        "case.html",
        status=status,
        task_id=task_id,
        draft=draft,
        facts=[*draft.facts, *blank],
        history=history,
        kinds=KINDS,
        problems=problems or {},
        file=FILE,
        lead=leads(held(request.app.state.assistant)),
        **shown,
    )
