"""SQLite as records need it: a file of our own, every commit on the disk, and words that do not outlive their erasing.

`secure_delete` overwrites what is deleted, but when SQLite moves rows between pages a copy
can stay in the free part of the old page. Only rewriting the file takes those out as well.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Final
from urllib.parse import quote

from sqlalchemy import Connection, Engine, NullPool, create_engine, event

BUSY: Final = 1.0
"""Seconds to wait for another process that writes."""
WIPE_BUSY: Final = 10.0
"""Seconds that rewriting the file waits for those who read or write."""
_PRAGMAS: Final = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",  # with WAL, NORMAL would lose the last commits when the power goes
    "PRAGMA foreign_keys=ON",
    "PRAGMA secure_delete=ON",
    "PRAGMA temp_store=MEMORY",  # no copy of anybody's words in a folder for temporary files
)


def make_file(path: Path) -> None:
    """Make an empty file that only we may read, and its folder, unless it is there.

    Raises:
        OSError: it cannot be made.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    except FileExistsError:
        return


def engine(path: Path) -> Engine:
    """An engine that opens the file anew for each transaction.

    A connection kept open would go on writing into a file that was moved or replaced, and
    nobody would notice. A file that is gone is an error here: making it is a step of its own.
    """
    # No parameters in errors: they are the patient's words.
    made = create_engine("sqlite://", creator=lambda: _connect(path, BUSY), poolclass=NullPool, hide_parameters=True)
    event.listen(made, "begin", _begin)
    return made


def mark_for_wiping(connection: Connection) -> None:
    """Note in the file itself that something is being deleted, so that not even a crash makes us forget to wipe."""
    due = connection.exec_driver_sql("PRAGMA user_version").scalar_one()
    connection.exec_driver_sql(f"PRAGMA user_version={due + 1}")


def wipe(path: Path) -> bool:
    """Rewrite the file without what was deleted, and empty the journal, if that is due. Whether it is done."""
    with closing(_connect(path, WIPE_BUSY)) as connection:
        due = _due(connection)
        if due:
            connection.execute("VACUUM")
            in_use, _, _ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            if in_use:
                return False
            connection.execute("BEGIN IMMEDIATE")
            if _due(connection) == due:  # nothing was deleted since
                connection.execute("PRAGMA user_version=0")
            connection.execute("COMMIT")
    return True


def _due(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _connect(path: Path, patience: float) -> sqlite3.Connection:
    # isolation_level None: transactions are begun below, and so cover changes of the schema too.
    connection = sqlite3.connect(
        f"file:{quote(str(path.absolute()))}?mode=rw",
        uri=True,
        timeout=patience,
        isolation_level=None,
        check_same_thread=False,
    )
    try:
        for pragma in _PRAGMAS:
            connection.execute(pragma)
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _begin(connection: Connection) -> None:
    # Immediate: who reads first and then writes could find that another has written in between.
    reading = connection.get_execution_options().get("reading", False)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")
