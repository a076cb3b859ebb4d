"""Two receipts side by side: what patients saw, and in what the two differ."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated, Final

from fastapi import APIRouter, Query, Request, Response

from askms.api.staff.comparing import Stretch, compare
from askms.api.staff.contrasting import contrasts
from askms.api.staff.doors import Bounded, RecordsDep, Viewer
from askms.api.staff.pages import page
from askms.errors import UnknownRecord
from askms.records import Records, StoredReceipt, Wanted

_FIELDS: Final = ("one", "other")
router = APIRouter(prefix="/receipts/compare", route_class=Bounded)


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One of the two."""

    name: str
    stored: StoredReceipt
    text: str
    """Of the reply; empty once it is erased."""
    stretches: tuple[Stretch, ...]
    """The text, cut where the two part."""
    tag: str
    """What marks the stretches that only it has."""


@router.get("")
def pair(
    request: Request, visit: Viewer, records: RecordsDep, receipt: Annotated[tuple[str, ...], Query()] = ()
) -> Response:
    """Compare the two that are named; of one, show others of the same question; where it is not two, ask for them."""
    named = list(dict.fromkeys(each.strip() for each in receipt if each.strip()))
    problems: dict[str, str] = {}
    stored: list[StoredReceipt] = []
    if len(named) > len(_FIELDS):
        problems["one"] = f"Two can be compared. You marked {len(named)}."
    elif len(receipt) > 1 and len(named) < len(_FIELDS):
        problems["other"] = "Other receipt: name two that are not the same."
    else:
        stored = _found(records, named, problems)
    values: dict[str, object] = {"pair": (), "changed": [], "alike": ()}
    if len(stored) == 1 and not problems:
        only = stored[0].receipt.id
        values["alike"] = records.desk.search(Wanted(same_question_as=only), 1).rows
        records.note(visit.name, "search receipts", f"same question as {only}")
    if len(stored) == len(_FIELDS):
        earlier, later = sorted(stored, key=lambda each: each.last_asked_on)
        records.note(visit.name, "compare receipts", f"{earlier.receipt.id} {later.receipt.id}")
        values |= {"pair": _sides(records, earlier, later), "changed": contrasts(earlier.receipt, later.receipt)}
    return page(
        request,
        "compare.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if problems else HTTPStatus.OK,
        problems=problems,
        asked=[*named, "", ""][: len(_FIELDS)],
        **values,
    )


def _found(records: Records, named: Sequence[str], problems: dict[str, str]) -> list[StoredReceipt]:
    found = []
    for field, receipt_id in zip(_FIELDS, named, strict=False):
        try:
            found.append(records.receipt(receipt_id))
        except UnknownRecord as exc:
            problems[field] = str(exc)
    return found


def _sides(records: Records, earlier: StoredReceipt, later: StoredReceipt) -> tuple[Side, Side]:
    before, after = (str((records.desk.reply_of(each.receipt.id) or {}).get("text", "")) for each in (earlier, later))
    cut = compare(before, after)
    return (
        Side(name="Earlier", stored=earlier, text=before, stretches=cut.before, tag="del"),
        Side(name="Later", stored=later, text=after, stretches=cut.after, tag="ins"),
    )
