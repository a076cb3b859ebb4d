"""The eval case that is made of feedback: its form, what the evals say of it, and the page that says it is saved."""

from __future__ import annotations

import json
from collections.abc import Mapping
from http import HTTPStatus
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from starlette.concurrency import run_in_threadpool

from askms.api.staff import case_file
from askms.api.staff.cases import GUARDED, GUARDRAILS_FILE, KINDS, MOST_FACTS, Draft, Fact, guardrail_row, quoted
from askms.api.staff.doors import AssistantDep, Bounded, Editor, RecordsDep
from askms.api.staff.pages import page
from askms.api.staff.scoring import check
from askms.api.staff.standing import held, leads
from askms.assistant import Assistant
from askms.errors import QuestionError
from askms.receipt import Receipt
from askms.records import Records, Visit

router = APIRouter(prefix="/feedback", route_class=Bounded)


@router.get("/{task_id}/case")
def form(
    request: Request, task_id: int, visit: Editor, records: RecordsDep, assistant: AssistantDep, saved: str = ""
) -> Response:
    """The form of an eval case with the question that was asked; of one that was just saved, the case as it is."""
    receipt, quotations = _opened(task_id, visit, records)
    folder: Path | None = request.app.state.cases
    row = case_file.find(folder, saved) if folder and saved else None
    if row is not None:
        outcome = check(row, assistant)
        return _page(request, "case_saved.html", task_id, row=_written(row), case_id=saved, outcome=outcome)
    return _form_page(request, task_id, receipt, quotations, Draft.of_receipt(receipt))


@router.post("/{task_id}/case")
async def case(request: Request, task_id: int, visit: Editor, records: RecordsDep, assistant: AssistantDep) -> Response:
    """Check a case against today's askms, or save it."""
    return await run_in_threadpool(_case, request, await request.form(), task_id, visit, records, assistant)


def _case(
    request: Request, form: Mapping[str, Any], task_id: int, visit: Visit, records: Records, assistant: Assistant
) -> Response:
    receipt, quotations = _opened(task_id, visit, records)
    draft = Draft.of_form(form, quotations)
    problems = draft.problems(assistant.snapshot())
    folder: Path | None = request.app.state.cases
    saves = form.get("do") == "save"
    if saves and folder is None:
        problems["question"] = "No folder for cases is set. Set ASKMS_STAFF_CASES."
    if problems or _is_guarded(receipt):
        return _form_page(request, task_id, receipt, quotations, draft, problems)
    case_id = case_file.new_id() if saves else "draft"
    row = draft.row(case_id)
    if saves and folder is not None:
        known = case_file.same(folder, row)  # the same form was sent before
        if known is None:
            records.note(visit.name, "save case", f"{case_id} of feedback {task_id}")
            case_file.append(folder, row)
        address = f"/staff/feedback/{task_id}/case?saved={known or case_id}"
        return RedirectResponse(address, HTTPStatus.SEE_OTHER)  # so that loading the page again saves nothing
    try:
        outcome = check(row, assistant)
    except QuestionError as exc:
        return _form_page(request, task_id, receipt, quotations, draft, {"question": str(exc)})
    records.note(visit.name, "check case", f"draft of feedback {task_id}")
    return _form_page(request, task_id, receipt, quotations, draft, outcome=outcome)


def _opened(task_id: int, visit: Visit, records: Records) -> tuple[Receipt, list[str]]:
    """The receipt and the quotations of a reply; written down, as whatever becomes of the form, the page shows them."""
    task, _ = records.queue.task(task_id)
    receipt = records.receipt(task.receipt_id).receipt
    records.note(visit.name, "look at feedback", str(task_id))
    return receipt, quoted(records.desk.reply_of(task.receipt_id))


def _form_page(
    request: Request,
    task_id: int,
    receipt: Receipt,
    quotations: list[str],
    draft: Draft,
    problems: Mapping[str, str] | None = None,
    **values: object,
) -> Response:
    if _is_guarded(receipt):
        line = _written(guardrail_row(receipt))
        return _page(request, "case_guarded.html", task_id, receipt=receipt, row=line, file=GUARDRAILS_FILE)
    blank = [Fact()] * (MOST_FACTS - len(draft.facts))
    return _page(
        request,
        "case.html",
        task_id,
        status=HTTPStatus.UNPROCESSABLE_ENTITY if problems else HTTPStatus.OK,
        draft=draft,
        facts=[*draft.facts, *blank],
        quotations=quotations,
        kinds=KINDS,
        problems=problems or {},
        **{"outcome": None, **values},
    )


def _page(request: Request, template: str, task_id: int, status: int = HTTPStatus.OK, **values: object) -> Response:
    lead = leads(held(request.app.state.assistant))
    return page(request, template, status=status, task_id=task_id, file_name=case_file.FILE, lead=lead, **values)


def _is_guarded(receipt: Receipt) -> bool:
    return receipt.route in {route.value for route in GUARDED}


def _written(row: Mapping[str, Any]) -> str:
    return json.dumps(row, ensure_ascii=False, indent=1)
