"""Look for receipts, open one, ask its question again; for admins, take a copy or erase its words."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import date
from difflib import get_close_matches
from http import HTTPStatus
from typing import Annotated, Final

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import TypeAdapter

from askms.api.staff.comparing import compare
from askms.api.staff.contrasting import contrasts
from askms.api.staff.doors import Admin, AssistantDep, Bounded, RecordsDep, Viewer
from askms.api.staff.pages import page
from askms.api.staff.paging import PageNumber, Paging
from askms.api.staff.standing import became, held, leads
from askms.errors import UnknownSource
from askms.index import Snapshot
from askms.receipt import CitedSpan, Receipt
from askms.records import Glance, Listed, Opinion, Records, StoredReceipt, Wanted
from askms.types import Route

SOURCE_ID: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,99}")
MOST_ALIKE: Final = 5
"""Ids that are offered for one that is not known."""
_STORED: Final = TypeAdapter(StoredReceipt)
router = APIRouter(prefix="/receipts", route_class=Bounded)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cited:
    """A citation of a receipt, and what has become of its source since."""

    span: CitedSpan
    quote: str | None
    """The words, where today's index still holds the passage."""
    lead: str
    """Address of the words, or of what is left of their source."""
    today: str
    """What its source is today."""
    warns: bool
    """Whether the source is not what it was, or may not be relied on."""


@router.get("")
def search(
    request: Request,
    visit: Viewer,
    records: RecordsDep,
    assistant: AssistantDep,
    route: str = "",
    source: str = "",
    feedback: str = "",
    since: str = "",
    until: str = "",
    number: PageNumber = 1,
) -> Response:
    """List receipts, the latest first; of a route, a source, an opinion or some days if asked."""
    asked = {"route": route, "source": source.strip(), "feedback": feedback, "since": since, "until": until}
    wanted, problems = _wanted(asked)
    found: Listed[Glance] = Listed(rows=(), total=0)
    if not problems:
        found = records.desk.search(wanted, number)
        if not found.total and wanted.source_id:
            problems = _unknown_source(wanted.source_id, records, held(assistant))
    if not problems:
        looked = " ".join(f"{key}={value}" for key, value in asked.items() if value)
        records.note(visit.name, "search receipts", f"{looked or 'all'} page {number}")
    return page(
        request,
        "receipts.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if problems else HTTPStatus.OK,
        found=found,
        paging=Paging.of(request, number, found.total),
        asked=asked,
        problems=problems,
        routes=[each.value for each in Route],
        opinions={Opinion.HELPFUL: "Helpful", Opinion.NOT_HELPFUL: "Not helpful", Opinion.PROBLEM: "Problem told"},
    )


@router.get("/{receipt_id}")
def show(request: Request, receipt_id: str, visit: Viewer, records: RecordsDep, assistant: AssistantDep) -> Response:
    """One receipt: the reply as it was sent, and all that led to it."""
    stored = records.receipt(receipt_id)
    records.note(visit.name, "look at receipt", receipt_id)
    snapshot = held(assistant)
    return page(
        request,
        "receipt.html",
        stored=stored,
        receipt=stored.receipt,
        reply=records.desk.reply_of(receipt_id),
        cited=_cited(stored.receipt, snapshot),
        lead=leads(snapshot),
    )


@router.post("/{receipt_id}/replay")
def replay(request: Request, receipt_id: str, visit: Viewer, records: RecordsDep, assistant: AssistantDep) -> Response:
    """Ask the receipt's question again, of today's index, and say what differs."""
    stored = records.receipt(receipt_id)
    old = stored.whole()
    sent = records.desk.reply_of(receipt_id) or {}
    answer = assistant.replay(old)
    records.note(visit.name, "replay receipt", receipt_id)
    sides = compare(str(sent.get("text", "")), answer.reply.text, numbered=True)
    if old.text_sha256 == answer.receipt.text_sha256:
        words = "Its words are the same."
    elif sent and sides.same:
        words = "Its words are the same but for the numbers of its sources."
    else:
        words = "Its words differ."
    return page(
        request,
        "replay.html",
        receipt=old,
        changed=contrasts(old, answer.receipt),
        sides=sides,
        words=words,
        was_kept=bool(sent),
    )


@router.get("/{receipt_id}/export")
def export(receipt_id: str, visit: Admin, records: RecordsDep) -> Response:
    """A copy of all that is kept with a receipt, as JSON."""
    stored = records.receipt(receipt_id)
    records.note(visit.name, "export receipt", receipt_id)
    copy = {**_STORED.dump_python(stored, mode="json"), "reply": records.desk.reply_of(receipt_id)}
    return Response(
        json.dumps(copy, ensure_ascii=False, indent=2),
        media_type="application/json",
        headers={"content-disposition": f'attachment; filename="receipt-{stored.receipt.id}.json"'},
    )


@router.post("/{receipt_id}/erase")
def erase(receipt_id: str, visit: Admin, records: RecordsDep, sure: Annotated[bool, Form()] = False) -> Response:
    """Erase every conversation with this receipt in it."""
    if sure:
        records.desk.erase_words(receipt_id, visit.name)
    return RedirectResponse(f"/staff/receipts/{receipt_id}", HTTPStatus.SEE_OTHER)


def _wanted(asked: Mapping[str, str]) -> tuple[Wanted, dict[str, str]]:
    """What is asked for, and what cannot be read of it, by field."""
    problems: dict[str, str] = {}
    days: dict[str, date | None] = {}
    for field, name in (("since", "First day"), ("until", "Last day")):
        days[field] = None
        if asked[field]:
            try:
                days[field] = date.fromisoformat(asked[field])
            except ValueError:
                problems[field] = f"{name}: write it as 2026-11-21."
    if asked["route"] and asked["route"] not in {each.value for each in Route}:
        problems["route"] = "Route: choose one of the list."
    if asked["feedback"] and asked["feedback"] not in {each.value for each in Opinion}:
        problems["feedback"] = "Feedback: choose one of the list."
    if asked["source"] and not SOURCE_ID.fullmatch(asked["source"]):
        problems["source"] = "Source: write its id, such as nmss-vaccines."
    if days["since"] and days["until"] and days["since"] > days["until"]:
        problems["until"] = "Last day: it is before the first day. Write them the other way round."
    if problems:
        return Wanted(), problems
    return (
        Wanted(
            route=asked["route"] or None,
            source_id=asked["source"] or None,
            opinion=Opinion(asked["feedback"]) if asked["feedback"] else None,
            since=days["since"],
            until=days["until"],
        ),
        {},
    )


def _unknown_source(source_id: str, records: Records, snapshot: Snapshot | None) -> dict[str, str]:
    """That a source is neither held nor cited by any reply, with ids that are like it; nothing if it is."""
    known = set(snapshot.documents) if snapshot else set()
    known |= {version.source_id for version in records.desk.cited_versions()}
    if source_id in known:
        return {}
    alike = [each for each in sorted(known) if source_id in each] or get_close_matches(source_id, known)
    perhaps = f" Did you mean {', '.join(alike[:MOST_ALIKE])}?" if alike else ""
    return {"source": f"Source: none of the id {source_id} is held, and no reply cites one.{perhaps}"}


def _cited(receipt: Receipt, snapshot: Snapshot | None) -> list[Cited]:
    lead = leads(snapshot)
    return [
        Cited(
            span=span,
            quote=_quote(snapshot, span),
            lead=lead(asdict(span)),
            today=said or "The source is unchanged.",
            warns=bool(said),
        )
        for span in receipt.citations
        for said in [_today(snapshot, span)]
    ]


def _quote(snapshot: Snapshot | None, span: CitedSpan) -> str | None:
    with suppress(UnknownSource):
        return snapshot.passage(span.passage_key).text[span.start : span.end] if snapshot else None
    return None


def _today(snapshot: Snapshot | None, span: CitedSpan) -> str:
    if snapshot is None:
        return "Unknown: there is no index."
    return became(snapshot.documents.get(span.source_id), span.content_hash)
