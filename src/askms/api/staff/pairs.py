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
_BY_TIME: Final = ("Earlier", "Later")
_OF_A_DAY: Final = ("The one", "The other")
"""Of two of one day whose times are erased nobody knows which came first."""
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
        names, (one, other) = _in_order(*stored)
        records.note(visit.name, "compare receipts", f"{one.receipt.id} {other.receipt.id}")
        values |= {"pair": _sides(records, names, one, other), "changed": contrasts(one.receipt, other.receipt)}
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


def _in_order(one: StoredReceipt, other: StoredReceipt) -> tuple[tuple[str, str], tuple[StoredReceipt, StoredReceipt]]:
    """What the two are called, and the one that was last asked earlier first, as far as that is known."""
    if one.last_asked_on != other.last_asked_on:
        return _BY_TIME, (one, other) if one.last_asked_on < other.last_asked_on else (other, one)
    if one.last_asked_at and other.last_asked_at and one.last_asked_at != other.last_asked_at:
        return _BY_TIME, (one, other) if one.last_asked_at < other.last_asked_at else (other, one)
    return _OF_A_DAY, (one, other) if one.receipt.id < other.receipt.id else (other, one)


def _sides(records: Records, names: tuple[str, str], one: StoredReceipt, other: StoredReceipt) -> tuple[Side, Side]:
    before, after = (str((records.desk.reply_of(each.receipt.id) or {}).get("text", "")) for each in (one, other))
    cut = compare(before, after, numbered=True)
    return (
        Side(name=names[0], stored=one, text=before, stretches=cut.before, tag="del"),
        Side(name=names[1], stored=other, text=after, stretches=cut.after, tag="ins"),
    )
