"""How askms does, from the records: replies by day and kind, what found nothing, what broke, who failed to sign in."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import ColumnElement, Connection, and_, case, exists, func, or_, select

from askms.records.tables import ASKED, AUDIT, CITATIONS, RECEIPTS, TURNS

MOST: Final = 300
"""Questions without an answer that are looked at, the latest."""
_FAILED: Final = '"reason": "failed:'
"""How a guard that raised stands in a receipt. Nobody can type that into one: a typed quotation mark is escaped."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """How many replies of each route one day had. One on `boundary` that cites nothing counts as `no_evidence`."""

    on: date
    by_route: dict[str, int]

    @property
    def total(self) -> int:
        """All replies of the day."""
        return sum(self.by_route.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Unanswered:
    """A question that the sources did not answer."""

    question: str
    """Identifiers masked."""
    receipt_id: str
    times: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedGuard:
    """A guard that raised an error instead of judging."""

    guard: str
    error: str
    """Its type."""
    replies: int
    last_on: date
    receipt_id: str
    """Of the last reply."""


def days(connection: Connection, since: date) -> list[Day]:
    """Replies by day and route, the earliest day first; days without any are left out."""
    route = case((_found_nothing(), "no_evidence"), else_=RECEIPTS.c.route).label("kind")
    each = (
        select(ASKED.c.asked_on, route)
        .join(RECEIPTS, RECEIPTS.c.id == ASKED.c.receipt_id)
        .where(ASKED.c.asked_on >= since)
        .subquery()
    )
    rows = connection.execute(
        select(each.c.asked_on, each.c.kind, func.count())
        .group_by(each.c.asked_on, each.c.kind)
        .order_by(each.c.asked_on)
    )
    found: dict[date, dict[str, int]] = {}
    for on, route, count in rows:
        found.setdefault(on, {})[route] = count
    return [Day(on=on, by_route=by_route) for on, by_route in found.items()]


def unanswered(connection: Connection, since: datetime) -> list[Unanswered]:
    """Questions that found nothing, whose words are still kept, the latest first."""
    latest = func.max(TURNS.c.id)
    rows = connection.execute(
        select(TURNS.c.question, TURNS.c.receipt_id, func.count().label("times"))
        .join(RECEIPTS, RECEIPTS.c.id == TURNS.c.receipt_id)
        .where(_found_nothing(), TURNS.c.at >= since)
        .group_by(TURNS.c.question, TURNS.c.receipt_id)
        .order_by(latest.desc())
        .limit(MOST)
    )
    return [Unanswered(question=row.question, receipt_id=row.receipt_id, times=row.times) for row in rows]


def failed_sign_ins(connection: Connection, since: datetime) -> int:
    """How often a sign-in failed."""
    counted = select(func.count()).where(AUDIT.c.what == "failed sign-in", AUDIT.c.at >= since)
    return connection.scalar(counted) or 0


def failed_guards(connection: Connection, since: date) -> list[FailedGuard]:
    """Guards that raised an error, the one of most replies first."""
    rows = connection.execute(
        select(RECEIPTS.c.id, RECEIPTS.c.body, func.count(), func.max(ASKED.c.asked_on), func.max(ASKED.c.id))
        .join(ASKED, ASKED.c.receipt_id == RECEIPTS.c.id)
        .where(ASKED.c.asked_on >= since, RECEIPTS.c.body.contains(_FAILED))
        .group_by(RECEIPTS.c.id, RECEIPTS.c.body)
        .order_by(func.max(ASKED.c.id))
    )
    found: dict[tuple[str, str], FailedGuard] = {}
    for receipt_id, body, times, last_on, _ in rows:
        for key in dict.fromkeys(_failures(json.loads(body)["verdicts"])):
            before = found[key].replies if key in found else 0
            found[key] = FailedGuard(
                guard=key[0], error=key[1], replies=before + times, last_on=last_on, receipt_id=receipt_id
            )
    return sorted(found.values(), key=lambda each: -each.replies)


def noted(connection: Connection, since: datetime, note: str) -> tuple[int, str | None]:
    """How many replies whose words are kept carry a note, and the receipt of the last one."""
    rows = connection.execute(
        select(TURNS.c.receipt_id, TURNS.c.reply)
        .where(TURNS.c.at >= since, TURNS.c.reply.contains(json.dumps(note, ensure_ascii=False), autoescape=True))
        .order_by(TURNS.c.id)
    )
    found = [row.receipt_id for row in rows if json.loads(row.reply).get("note") == note]
    return len(found), found[-1] if found else None


def _found_nothing() -> ColumnElement[bool]:
    """Of a receipt: whether the sources did not answer. A reply at the boundary says so too, and keeps its route."""
    cites = exists().where(CITATIONS.c.receipt_id == RECEIPTS.c.id)
    return or_(RECEIPTS.c.route == "no_evidence", and_(RECEIPTS.c.route == "boundary", ~cites))


def _failures(verdicts: list[Mapping[str, str]]) -> list[tuple[str, str]]:
    """Guard and type of error of each verdict that says that the guard failed."""
    failed = [(each["guard"], each["reason"].partition("failed:")) for each in verdicts]
    return [(guard, error.strip()) for guard, (before, mark, error) in failed if mark and not before]
