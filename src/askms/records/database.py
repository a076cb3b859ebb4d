"""One database of records, SQLite or PostgreSQL: transactions, and one kind of error for all that can go wrong."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import Final

from sqlalchemy import Connection, Engine, create_engine, make_url
from sqlalchemy.exc import ArgumentError, DataError, IntegrityError, OperationalError, SQLAlchemyError

from askms.errors import RecordsUnavailable
from askms.records import sqlite

_POSTGRES: Final = {
    "connect_timeout": 2,
    "options": "-c lock_timeout=2000 -c statement_timeout=10000 -c timezone=UTC",
}
"""Seconds to reach the server; milliseconds for a lock and for one statement."""


class Database:
    """Safe to share between threads. Opens nothing until it is used."""

    def __init__(self, url: str) -> None:
        """Take an address such as `sqlite:///records/records.sqlite` or `postgresql://host/name`.

        Raises:
            RecordsUnavailable: the address cannot be read.
        """
        try:
            parsed = make_url(url)
        except ArgumentError:
            raise RecordsUnavailable("ASKMS_RECORDS is no address of a database. See the README.") from None
        self.file = Path(parsed.database or "") if parsed.get_backend_name() == "sqlite" else None
        """The SQLite file, if it is one."""
        self.name = parsed.render_as_string(hide_password=True)
        self._engine = sqlite.engine(self.file) if self.file is not None else _postgres(url)
        self._wiping = Lock()

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction, committed at the end.

        Raises:
            RecordsUnavailable: nothing was written.
        """
        with self._translated(), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A view of one moment, that keeps nobody from writing."""
        with self._translated(), self._engine.execution_options(reading=True).begin() as connection:
            yield connection

    def make_file(self) -> None:
        """Make the SQLite file, empty, if there is none."""
        if self.file is not None:
            try:
                sqlite.make_file(self.file)
            except OSError as exc:
                raise RecordsUnavailable(f"{self.name} cannot be made: {exc.strerror}. Check the folder.") from exc

    def mark_for_wiping(self, connection: Connection) -> None:
        """Say, in the transaction that deletes, that `wipe` has something to do."""
        if self.file is not None:
            sqlite.mark_for_wiping(connection)

    def wipe(self) -> None:
        """Overwrite on the disk what was deleted, if anything was. Callers at the same time share the work.

        PostgreSQL does this in its own time (autovacuum), and its logs are its operator's.

        Raises:
            RecordsUnavailable: the file is in use or cannot be rewritten. It stays due; call again.
        """
        if self.file is None:
            return
        with self._wiping:
            try:
                done = sqlite.wipe(self.file)
            except sqlite3.Error as exc:
                raise self._unavailable(exc, exc) from exc
        if not done:
            raise RecordsUnavailable(f"{self.name} is in use, so its journal cannot be emptied yet. Try again.")

    def close(self) -> None:
        """Close pooled connections."""
        self._engine.dispose()

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except (DataError, IntegrityError):
            raise  # what was given is wrong, not the database: waiting would not help
        except SQLAlchemyError as exc:
            raise self._unavailable(exc, getattr(exc, "orig", None)) from exc

    def _unavailable(self, exc: Exception, cause: BaseException | None) -> RecordsUnavailable:
        # Only errors of operation are quoted: others may hold what was to be stored.
        plain = isinstance(exc, (OperationalError, sqlite3.OperationalError)) and cause is not None
        said = str(cause).partition("\n")[0] if plain else type(cause or exc).__name__
        return RecordsUnavailable(f"{self.name} cannot be used: {said}. Replies go on; mend the database.")


def _postgres(url: str) -> Engine:
    address = make_url(url).set(drivername="postgresql+psycopg")
    return create_engine(address, pool_pre_ping=True, pool_timeout=5, connect_args=_POSTGRES, hide_parameters=True)
