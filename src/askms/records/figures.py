"""How askms does, from the records: replies by day and kind, what found nothing, and who failed to sign in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import Connection, func, select

from askms.records.tables import ASKED, AUDIT, RECEIPTS, TURNS

MOST: Final = 300
"""Questions without an answer that are looked at, the latest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """How many replies of each route one day had."""

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


def days(connection: Connection, since: date) -> list[Day]:
    """Replies by day and route, the earliest day first; days without any are left out."""
    rows = connection.execute(
        select(ASKED.c.asked_on, RECEIPTS.c.route, func.count())
        .join(RECEIPTS, RECEIPTS.c.id == ASKED.c.receipt_id)
        .where(ASKED.c.asked_on >= since)
        .group_by(ASKED.c.asked_on, RECEIPTS.c.route)
        .order_by(ASKED.c.asked_on)
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
        .where(RECEIPTS.c.route == "no_evidence", TURNS.c.at >= since)
        .group_by(TURNS.c.question, TURNS.c.receipt_id)
        .order_by(latest.desc())
        .limit(MOST)
    )
    return [Unanswered(question=row.question, receipt_id=row.receipt_id, times=row.times) for row in rows]


def failed_sign_ins(connection: Connection, since: datetime) -> int:
    """How often a sign-in failed."""
    counted = select(func.count()).where(AUDIT.c.what == "failed sign-in", AUDIT.c.at >= since)
    return connection.scalar(counted) or 0
