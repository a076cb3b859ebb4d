"""Who may use the console: staff, their roles and passwords, and the sessions in which they are signed in."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from secrets import token_urlsafe
from typing import Any, Final

from sqlalchemy import Connection, Row, delete, insert, select, update

from askms.errors import StaffError, UnknownRecord
from askms.records import attempts
from askms.records.database import Database
from askms.records.passwords import hashed, matches, renewed
from askms.records.people import ABSOLUTE, IDLE, Person, Role, Visit
from askms.records.storing import store_act
from askms.records.tables import STAFF, STAFF_SESSIONS

NOBODY: Final = "-"
"""Who acted, in the audit log, where nobody was signed in."""
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,39}")
_SEEN_EVERY: Final = timedelta(minutes=1)
"""So that not every page writes to the database."""


class Staff:
    """The people of one database. Safe to share between threads."""

    def __init__(self, database: Database, check: Callable[[], None]) -> None:
        """Use `Records.staff`.

        Args:
            database: where they are kept.
            check: makes sure that the tables fit.
        """
        self._database, self._check = database, check

    def add(self, name: str, role: Role, password: str, *, by: str) -> None:
        """Add a person, and write down who did, in one transaction, as all that is changed here.

        Args:
            name: to sign in with.
            role: what they may do.
            password: theirs.
            by: who adds them.

        Raises:
            StaffError: the name or the password cannot be taken.
            RecordsUnavailable: the database cannot be used.
        """
        if not _NAME.fullmatch(name):
            raise StaffError(
                f"{name!r} is no name for a member of staff. Use up to 40 of a-z, 0-9, dot, dash and underscore."
            )
        self._check()
        values = {"name": name, "role": role.value, "password_hash": hashed(password), "added_on": _today()}
        with self._database.writing() as connection:
            if _row(connection, name) is not None:
                raise StaffError(f"{name} is a member of staff already. Choose another name, or: askms staff password")
            connection.execute(insert(STAFF).values(values))
            store_act(connection, by, "add staff", f"{name} as {role.value}")

    def people(self) -> list[Person]:
        """Everybody, by name."""
        self._check()
        with self._database.reading() as connection:
            rows = connection.execute(select(STAFF).order_by(STAFF.c.name)).all()
        return [Person(name=row.name, role=Role(row.role), added_on=row.added_on) for row in rows]

    def remove(self, name: str, *, by: str) -> None:
        """Remove a person and end their sessions. Raises UnknownRecord."""
        self._check()
        with self._database.writing() as connection:
            found = _end_sessions(connection, name)
            connection.execute(delete(STAFF).where(STAFF.c.id == found))
            store_act(connection, by, "remove staff", name)

    def set_role(self, name: str, role: Role, *, by: str) -> None:
        """Change what a person may do, and end their sessions. Raises UnknownRecord."""
        self._change(name, by, "change role", f"{name} to {role.value}", role=role.value)

    def set_password(self, name: str, password: str, *, by: str) -> None:
        """Change a password, and end the person's sessions. Raises UnknownRecord, StaffError."""
        self._change(name, by, "change password", name, password_hash=hashed(password))

    def unlock(self, name: str, *, by: str) -> None:
        """Let a person sign in again at once, however many wrong passwords were tried. Raises UnknownRecord."""
        self._check()
        with self._database.writing() as connection:
            _require(connection, name)
            attempts.forget(connection, name)
            store_act(connection, by, "unlock staff", name)

    def sign_in(self, name: str, password: str, now: datetime) -> Visit | None:
        """Begin a session; nothing where name and password do not fit, or the name is locked for now.

        Both take as long, and nobody is told which it was.
        """
        self._check()
        with self._database.writing() as connection:
            heard = attempts.begin(connection, name, now)
            row = _row(connection, name) if _NAME.fullmatch(name) else None
        known = row.password_hash if row is not None and heard else None
        if not matches(known, password) or row is None:
            with self._database.writing() as connection:
                # Not the name as typed: it may be a password.
                store_act(connection, NOBODY, "failed sign-in", row.name if row is not None else "unknown name")
            return None
        token = token_urlsafe(32)
        stored = renewed(row.password_hash, password)
        with self._database.writing() as connection:
            same = (STAFF.c.id == row.id) & (STAFF.c.password_hash == row.password_hash)
            if connection.execute(update(STAFF).where(same).values(password_hash=stored)).rowcount == 0:
                return None  # changed or removed meanwhile
            attempts.forget(connection, name)
            over = (STAFF_SESSIONS.c.begun_at <= now - ABSOLUTE) | (STAFF_SESSIONS.c.seen_at <= now - IDLE)
            connection.execute(delete(STAFF_SESSIONS).where(over))
            begun = {"key": _key(token), "staff_id": row.id, "begun_at": now, "seen_at": now}
            connection.execute(insert(STAFF_SESSIONS).values(begun))
            store_act(connection, row.name, "sign in", "console")
        return Visit(name=row.name, role=Role(row.role), token=token)

    def visit(self, token: str, now: datetime) -> Visit | None:
        """Who holds a session, if it is not over."""
        self._check()
        mine = STAFF_SESSIONS.c.key == _key(token)
        joined = select(STAFF.c.name, STAFF.c.role, STAFF_SESSIONS.c.begun_at, STAFF_SESSIONS.c.seen_at).join(STAFF)
        with self._database.reading() as connection:
            row = connection.execute(joined.where(mine)).one_or_none()
        if row is None or now - row.begun_at >= ABSOLUTE or now - row.seen_at >= IDLE:
            return None
        if now - row.seen_at >= _SEEN_EVERY:
            with self._database.writing() as connection:
                connection.execute(update(STAFF_SESSIONS).where(mine).values(seen_at=now))
        return Visit(name=row.name, role=Role(row.role), token=token)

    def sign_out(self, visit: Visit) -> None:
        """End a session."""
        with self._database.writing() as connection:
            connection.execute(delete(STAFF_SESSIONS).where(STAFF_SESSIONS.c.key == _key(visit.token)))
            store_act(connection, visit.name, "sign out", "console")

    def _change(self, name: str, by: str, what: str, on_what: str, **values: str) -> None:
        self._check()
        with self._database.writing() as connection:
            found = _end_sessions(connection, name)
            connection.execute(update(STAFF).where(STAFF.c.id == found).values(values))
            store_act(connection, by, what, on_what)


def _end_sessions(connection: Connection, name: str) -> int:
    """End the sessions of a person, of whom nothing else happens meanwhile, and return their number."""
    found = _require(connection, name)
    connection.execute(delete(STAFF_SESSIONS).where(STAFF_SESSIONS.c.staff_id == found))
    return found


def _require(connection: Connection, name: str) -> int:
    row = _row(connection, name)
    if row is None:
        raise UnknownRecord(f"{name!r} is no member of staff. See: askms staff list")
    return int(row.id)


def _row(connection: Connection, name: str) -> Row[Any] | None:
    return connection.execute(select(STAFF).where(STAFF.c.name == name).with_for_update()).one_or_none()


def _key(token: str) -> str:
    return sha256(token.encode(errors="replace")).hexdigest()


def _today() -> date:
    return datetime.now(UTC).date()
