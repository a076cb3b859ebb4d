"""Finds receipts by what is known of them: route, source, feedback, and when they came up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import Enum

from sqlalchemy import ColumnElement, Connection, Select, func, select

from askms.records.listing import Listed, count, on_page
from askms.records.tables import ASKED, CITATIONS, FEEDBACK, RECEIPTS, TURNS


class Opinion(Enum):
    """What people said of a reply."""

    HELPFUL = "helpful"
    NOT_HELPFUL = "not_helpful"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which receipts to list; what is not set does not matter."""

    route: str | None = None
    source_id: str | None = None
    opinion: Opinion | None = None
    since: date | None = None
    until: date | None = None
    """The last day."""
    same_question_as: str | None = None
    """Id of a receipt: others whose question is, word for word, the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Glance:
    """A receipt in a list."""

    receipt_id: str
    route: str
    question: str | None
    """Identifiers masked; nothing once it was erased."""
    times_asked: int
    """In the days that were looked for."""
    last_asked_on: date
    helpful: int
    not_helpful: int
    problems: int


def search(connection: Connection, wanted: Wanted, page: int) -> Listed[Glance]:
    """One page of the receipts wanted, the latest first.

    Args:
        connection: with a transaction.
        wanted: which.
        page: from 1.
    """
    when = [ASKED.c.asked_on >= wanted.since] if wanted.since else []
    when += [ASKED.c.asked_on <= wanted.until] if wanted.until else []
    times = (
        select(
            ASKED.c.receipt_id,
            func.count().label("times"),
            func.max(ASKED.c.asked_on).label("last_on"),
            func.max(ASKED.c.id).label("latest"),
        )
        .where(*when)
        .group_by(ASKED.c.receipt_id)
        .subquery()
    )
    chosen = select(RECEIPTS.c.id).join(times, times.c.receipt_id == RECEIPTS.c.id).where(*_that(wanted))
    said = select(TURNS.c.question).where(TURNS.c.receipt_id == RECEIPTS.c.id).order_by(TURNS.c.id.desc()).limit(1)
    shown = chosen.add_columns(
        RECEIPTS.c.route,
        times.c.times,
        times.c.last_on,
        said.scalar_subquery().label("question"),
        _count(FEEDBACK.c.helpful.is_(True)).label("helpful"),
        _count(FEEDBACK.c.helpful.is_(False)).label("not_helpful"),
        _count(FEEDBACK.c.problem.is_not(None)).label("problems"),
    ).order_by(times.c.latest.desc())
    rows = connection.execute(on_page(shown, page)).all()
    return Listed(
        rows=tuple(
            Glance(
                receipt_id=row.id,
                route=row.route,
                question=row.question,
                times_asked=row.times,
                last_asked_on=row.last_on,
                helpful=row.helpful,
                not_helpful=row.not_helpful,
                problems=row.problems,
            )
            for row in rows
        ),
        total=count(connection, chosen),
    )


def _that(wanted: Wanted) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.route is not None:
        conditions.append(RECEIPTS.c.route == wanted.route)
    if wanted.source_id is not None:
        # Not "exists": SQLite would go through all that cite the source once for each receipt.
        cited = select(CITATIONS.c.receipt_id).where(CITATIONS.c.source_id == wanted.source_id)
        conditions.append(RECEIPTS.c.id.in_(cited))
    if wanted.same_question_as is not None:
        mine = select(TURNS.c.question).where(TURNS.c.receipt_id == wanted.same_question_as)
        conditions.append(RECEIPTS.c.id.in_(select(TURNS.c.receipt_id).where(TURNS.c.question.in_(mine))))
        conditions.append(RECEIPTS.c.id != wanted.same_question_as)
    if wanted.opinion is not None:
        said = {
            Opinion.HELPFUL: FEEDBACK.c.helpful.is_(True),
            Opinion.NOT_HELPFUL: FEEDBACK.c.helpful.is_(False),
            Opinion.PROBLEM: FEEDBACK.c.problem.is_not(None),
        }[wanted.opinion]
        conditions.append(RECEIPTS.c.id.in_(select(FEEDBACK.c.receipt_id).where(said)))
    return conditions


def _count(said: ColumnElement[bool]) -> ColumnElement[int]:
    counted: Select[int] = select(func.count()).where(FEEDBACK.c.receipt_id == RECEIPTS.c.id, said)
    return counted.correlate(RECEIPTS).scalar_subquery()
