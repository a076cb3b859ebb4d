"""What support staff look at and work on in the console."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, select

from askms.errors import UnknownRecord
from askms.records import erasing, figures, finding
from askms.records.database import Database
from askms.records.listing import Listed, count, on_page
from askms.records.searching import Glance, Wanted, search
from askms.records.storing import store_act, upsert
from askms.records.tables import AUDIT, CITATIONS, STAFF_DONE, TURNS
from askms.records.values import CitedVersion


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """Something that a member of staff did."""

    at: datetime
    who: str
    what: str
    on_what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """Who has looked through a reply, and when."""

    who: str
    at: datetime


class Desk:
    """The console's view of one database. Safe to share between threads. Raises RecordsUnavailable, all of it."""

    def __init__(self, database: Database, check: Callable[[], None], settle: Callable[[], None]) -> None:
        """Use `Records.desk`.

        Args:
            database: what is looked at.
            check: makes sure that the tables fit.
            settle: waits until what waits to be written is written.
        """
        self._database, self._check, self._settle = database, check, settle

    def acts(self, page: int, who: str | None = None, what: str | None = None) -> Listed[Act]:
        """What staff did, the latest first.

        Args:
            page: from 1.
            who: only what this person did.
            what: only acts of this kind.
        """
        self._check()
        of_them = [AUDIT.c.who == who] if who else []
        of_them += [AUDIT.c.what == what] if what else []
        with self._database.reading() as connection:
            rows = connection.execute(on_page(select(AUDIT).where(*of_them).order_by(AUDIT.c.id.desc()), page)).all()
            total = count(connection, select(AUDIT.c.id).where(*of_them))
        found = tuple(Act(at=row.at, who=row.who, what=row.what, on_what=row.on_what) for row in rows)
        return Listed(rows=found, total=total)

    def actors(self) -> tuple[list[str], list[str]]:
        """Everybody who stands in the audit log, and every kind of act, by name."""
        self._check()
        with self._database.reading() as connection:
            who = connection.scalars(select(AUDIT.c.who).distinct().order_by(AUDIT.c.who)).all()
            what = connection.scalars(select(AUDIT.c.what).distinct().order_by(AUDIT.c.what)).all()
        return list(who), list(what)

    def search(self, wanted: Wanted, page: int) -> Listed[Glance]:
        """One page of receipts, the latest first; `page` counts from 1."""
        self._check()
        with self._database.reading() as connection:
            return search(connection, wanted, page)

    def days(self, since: date) -> list[figures.Day]:
        """Replies by day and route, the earliest day first."""
        self._check()
        with self._database.reading() as connection:
            return figures.days(connection, since)

    def unanswered(self, since: datetime) -> list[figures.Unanswered]:
        """Questions that found nothing, the latest first."""
        self._check()
        with self._database.reading() as connection:
            return figures.unanswered(connection, since)

    def failed_guards(self, since: date) -> list[figures.FailedGuard]:
        """Guards that raised an error, the one of most replies first."""
        self._check()
        with self._database.reading() as connection:
            return figures.failed_guards(connection, since)

    def noted(self, since: datetime, note: str) -> tuple[int, str | None]:
        """How many replies whose words are kept carry a note, and the receipt of the last one."""
        self._check()
        with self._database.reading() as connection:
            return figures.noted(connection, since, note)

    def failed_sign_ins(self, since: datetime) -> int:
        """How often somebody failed to sign in."""
        self._check()
        with self._database.reading() as connection:
            return figures.failed_sign_ins(connection, since)

    def reply_of(self, receipt_id: str) -> Mapping[str, Any] | None:
        """The reply as it was last sent, in wire form; nothing once its words were taken out."""
        self._check()
        latest = select(TURNS.c.reply).where(TURNS.c.receipt_id == receipt_id).order_by(TURNS.c.id.desc()).limit(1)
        with self._database.reading() as connection:
            reply = connection.scalar(latest)
        sent: Mapping[str, Any] | None = None if reply is None else json.loads(reply)
        return sent

    def erase_words(self, receipt_id: str, who: str) -> None:
        """Erase every conversation that a receipt stands in. Written down first: not even half of it goes unaudited.

        Raises:
            UnknownRecord: no such receipt is kept.
            RecordsUnavailable: not all is erased, or not yet overwritten on the disk; safe to try again.
        """
        self._settle()
        of_it = select(TURNS.c.conversation_key).where(TURNS.c.receipt_id == receipt_id).distinct()
        with self._database.writing() as connection:
            finding.require_receipt(connection, receipt_id)
            store_act(connection, who, "erase words", receipt_id)
            keys = connection.scalars(of_it).all()
        for key in keys:
            with suppress(UnknownRecord):  # its owner erased it just now
                erasing.delete_words(self._database, key)
        self._database.wipe()  # also where nothing was left: an earlier try may have come this far

    def cited_versions(self) -> list[CitedVersion]:
        """Each source as it was when replies cited it, with how many are to be looked through."""
        self._check()
        with self._database.reading() as connection:
            return finding.find_versions(connection)

    def done(self, source_id: str) -> dict[tuple[str, str], Done]:
        """Of the replies that cite a source: who has looked through which, by receipt and hash of the source's file."""
        self._check()
        with self._database.reading() as connection:
            rows = connection.execute(select(STAFF_DONE).where(STAFF_DONE.c.source_id == source_id)).all()
        return {(row.receipt_id, row.content_hash): Done(who=row.who, at=row.at) for row in rows}

    def set_done(
        self, source_id: str, content_hash: str, receipt_id: str, *, done: bool, who: str, now: datetime
    ) -> None:
        """Mark a reply as looked through, or take the mark away, and write down who did.

        Raises:
            UnknownRecord: no reply of that receipt cites the source as it was then.
        """
        self._check()
        named = {"receipt_id": receipt_id, "source_id": source_id, "content_hash": content_hash}
        cited = select(CITATIONS.c.position).where(*(CITATIONS.c[key] == value for key, value in named.items()))
        with self._database.writing() as connection:
            if connection.execute(cited).first() is None:
                raise UnknownRecord(f"Receipt {receipt_id!r} does not cite {source_id!r} as it was then.")
            mine = [STAFF_DONE.c[key] == value for key, value in named.items()]
            connection.execute(delete(STAFF_DONE).where(*mine))
            if done:
                values = {**named, "who": who, "at": now}
                connection.execute(upsert(connection, STAFF_DONE).values(values).on_conflict_do_nothing())
            store_act(connection, who, "mark done" if done else "mark not done", f"{receipt_id} citing {source_id}")
