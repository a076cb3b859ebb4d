"""The queue of what people said of replies: who works on it, what they say of it, and when it is done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Row, Select, insert, or_, select

from askms.errors import StaffError, UnknownRecord
from askms.guardrails import masked
from askms.records.database import Database
from askms.records.listing import Listed, count, on_page
from askms.records.storing import store_act, upsert
from askms.records.tables import FEEDBACK, FEEDBACK_COMMENTS, FEEDBACK_WORK, RECEIPTS, STAFF, TURNS


class State(Enum):
    """How far somebody is with a piece of feedback."""

    OPEN = "open"
    ASSIGNED = "assigned"
    RESOLVED = "resolved"


_MOVES: Final = {State.OPEN: "reopen", State.ASSIGNED: "assign", State.RESOLVED: "resolve"}
"""What somebody does who brings it there."""
_MOST_ID: Final = 2**63 - 1
"""The greatest number that a row can have; asked for a greater one, a database raises an error."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """Something that somebody said of a reply, and how far staff are with it."""

    id: int
    receipt_id: str
    route: str
    given_on: date
    helpful: bool | None
    problem: str | None
    """Identifiers masked; nothing once it was erased."""
    question: str | None
    """What was asked; the same."""
    state: State
    who: str | None
    """Who works on it, resolved it, or opened it again."""
    at: datetime | None

    @property
    def holder(self) -> str | None:
        """Who works on it now; nobody on one that is open or done."""
        return self.who if self.state is State.ASSIGNED else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment:
    """What a member of staff said of it. Goes when the patient's words go."""

    at: datetime
    who: str
    text: str


class Queue:
    """The queue of one database. Safe to share between threads. Raises RecordsUnavailable, all of it."""

    def __init__(self, database: Database, check: Callable[[], None]) -> None:
        """Use `Records.queue`.

        Args:
            database: where it is kept.
            check: makes sure that the tables fit.
        """
        self._database, self._check = database, check

    def tasks(self, state: State, page: int) -> Listed[Task]:
        """One page of those in a state, the latest first; `page` counts from 1. Plain praise is no task."""
        self._check()
        wanted = _tasks().where(_in(state))
        shown = on_page(wanted.order_by(FEEDBACK.c.id.desc()), page)
        with self._database.reading() as connection:
            rows = connection.execute(shown).all()
            total = count(connection, wanted)
        return Listed(rows=tuple(map(_task, rows)), total=total)

    def task(self, task_id: int) -> tuple[Task, tuple[Comment, ...]]:
        """One, with what was said of it, the oldest first. Raises UnknownRecord."""
        self._check()
        mine = FEEDBACK_COMMENTS.c.feedback_id == task_id
        with self._database.reading() as connection:
            task = _find(connection, task_id)  # first, as a number beyond all ids would break the other query
            rows = connection.execute(select(FEEDBACK_COMMENTS).where(mine).order_by(FEEDBACK_COMMENTS.c.id)).all()
        return task, tuple(Comment(at=row.at, who=row.who, text=row.text) for row in rows)

    def move(self, task_id: int, state: State, who: str, now: datetime) -> None:
        """Take it, resolve it, or open it again, and write down who did. Raises UnknownRecord."""
        self._check()
        values = {"state": state.value, "who": who, "at": now}
        with self._database.writing() as connection:
            _hold(connection, task_id)
            store_act(connection, who, f"{_MOVES[state]} feedback", str(task_id))
            adding = upsert(connection, FEEDBACK_WORK).values({"feedback_id": task_id, **values})
            connection.execute(adding.on_conflict_do_update(index_elements=["feedback_id"], set_=values))

    def assign(self, task_id: int, to: str, by: str, now: datetime, *, held_by: str) -> None:
        """Give it to a member of staff, and write down who did.

        Args:
            task_id: its number.
            to: who works on it from now on.
            by: who says so.
            now: the time.
            held_by: who works on it as far as `by` knows; empty: nobody.

        Raises:
            UnknownRecord: there is none of that number.
            StaffError: somebody else works on it, or there is no member of staff of that name.
        """
        self._check()
        values = {"state": State.ASSIGNED.value, "who": to, "at": now}
        with self._database.writing() as connection:
            holder = _hold(connection, task_id).holder
            if holder not in (None, held_by, to):
                raise StaffError(f"{holder} has taken it meanwhile. Take it over if you mean to.")
            if connection.scalar(select(STAFF.c.id).where(STAFF.c.name == to)) is None:
                raise StaffError(f"{to!r} is no member of staff. Choose one of the list.")
            store_act(connection, by, "assign feedback", f"{task_id} to {to}" if to != by else str(task_id))
            adding = upsert(connection, FEEDBACK_WORK).values({"feedback_id": task_id, **values})
            connection.execute(adding.on_conflict_do_update(index_elements=["feedback_id"], set_=values))

    def comment(self, task_id: int, text: str, who: str, now: datetime) -> None:
        """Say something of it, and write down who did; identifiers are masked.

        Raises:
            UnknownRecord: there is none of that number.
            StaffError: nothing is said.
        """
        self._check()
        kept = masked(text.strip())
        if not kept:
            raise StaffError("A comment needs words. Write some.")
        with self._database.writing() as connection:
            _hold(connection, task_id)
            store_act(connection, who, "comment on feedback", str(task_id))
            values = {"feedback_id": task_id, "at": now, "who": who, "text": kept}
            connection.execute(insert(FEEDBACK_COMMENTS).values(values))


def _tasks() -> Select[Any]:
    asked = select(TURNS.c.question).where(TURNS.c.receipt_id == RECEIPTS.c.id).order_by(TURNS.c.id.desc()).limit(1)
    return (
        select(
            FEEDBACK.c.id,
            FEEDBACK.c.receipt_id,
            FEEDBACK.c.given_on,
            FEEDBACK.c.helpful,
            FEEDBACK.c.problem,
            RECEIPTS.c.route,
            FEEDBACK_WORK.c.state,
            FEEDBACK_WORK.c.who,
            FEEDBACK_WORK.c.at,
            asked.correlate(RECEIPTS).scalar_subquery().label("question"),
        )
        .join(RECEIPTS, RECEIPTS.c.id == FEEDBACK.c.receipt_id)
        .outerjoin(FEEDBACK_WORK, FEEDBACK_WORK.c.feedback_id == FEEDBACK.c.id)
        # A report whose text was erased stays, if somebody has begun to work on it.
        .where(FEEDBACK.c.helpful.is_(False) | FEEDBACK.c.problem.is_not(None) | FEEDBACK_WORK.c.state.is_not(None))
    )


def _in(state: State) -> ColumnElement[bool]:
    known = FEEDBACK_WORK.c.state == state.value
    return or_(known, FEEDBACK_WORK.c.state.is_(None)) if state is State.OPEN else known


def _hold(connection: Connection, task_id: int) -> Task:
    """The one of that number; its words are not erased before the transaction ends.

    Raises:
        UnknownRecord: there is none of that number.
    """
    # Erasing takes the same lock: without it, what is said of words could be added while they go, and would stay.
    held = select(FEEDBACK.c.id).where(FEEDBACK.c.id == min(task_id, _MOST_ID))
    connection.execute(held.with_for_update())
    return _find(connection, task_id)


def _find(connection: Connection, task_id: int) -> Task:
    row = None
    if 0 < task_id <= _MOST_ID:
        row = connection.execute(_tasks().where(FEEDBACK.c.id == task_id)).one_or_none()
    if row is None:
        raise UnknownRecord(f"No feedback of number {task_id} waits for anybody. See the list.")
    return _task(row)


def _task(row: Row[Any]) -> Task:
    return Task(
        id=row.id,
        receipt_id=row.receipt_id,
        route=row.route,
        given_on=row.given_on,
        helpful=row.helpful,
        problem=row.problem,
        question=row.question,
        state=State(row.state or State.OPEN.value),
        who=row.who,
        at=row.at,
    )
