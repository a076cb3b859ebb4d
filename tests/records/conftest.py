"""Records in a real SQLite file, and in a real PostgreSQL server of our own where there is one.

Where no PostgreSQL is found its tests are skipped and say so; under CI that is a failure.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Final

import pytest
from sqlalchemy import create_engine, text

from askms.records import Records, migrate_records, open_records

_FOLDERS: Final = ("/usr/lib/postgresql", "/usr/local/pgsql", "/opt/homebrew/opt/postgresql")


@dataclass
class Postgres:
    """A throw-away server on a socket in a folder of its own."""

    programs: Path
    folder: Path
    user: str | None
    """Who runs it: PostgreSQL refuses to run as root."""
    _names: Iterator[int] = field(default_factory=lambda: count(1))

    def new_database(self) -> str:
        """The address of an empty database."""
        name = f"askms{next(self._names)}"
        engine = create_engine(self._address("postgres"), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
        engine.dispose()
        return self._address(name).replace("+psycopg", "")

    def start(self) -> None:
        """Start it and wait until it answers."""
        settings = f"-c listen_addresses='' -c unix_socket_directories='{self.folder}' -c fsync=off"
        self._run(
            "pg_ctl", "-D", str(self.folder / "data"), "-w", "-l", str(self.folder / "log"), "-o", settings, "start"
        )

    def stop(self) -> None:
        """Stop it as a power cut would, but for the files."""
        self._run("pg_ctl", "-D", str(self.folder / "data"), "-w", "-m", "immediate", "stop")

    def make(self) -> None:
        """Make its files."""
        if self.user:
            shutil.chown(self.folder, self.user)
        self._run(
            "initdb", "-D", str(self.folder / "data"), "-U", "askms", "-A", "trust", "-N", "--no-locale", "-E", "UTF8"
        )

    def _address(self, name: str) -> str:
        return f"postgresql+psycopg://askms@/{name}?host={self.folder}"

    def _run(self, program: str, *arguments: str) -> None:
        drop = ["setpriv", f"--reuid={self.user}", f"--regid={self.user}", "--clear-groups"] if self.user else []
        subprocess.run(
            [*drop, str(self.programs / program), *arguments],
            check=True,
            cwd=self.folder,
            stdout=subprocess.DEVNULL,
            timeout=60,
        )


def _programs() -> Path | None:
    for folder in _FOLDERS:
        for found in sorted(Path(folder).glob("**/bin/initdb"), reverse=True):
            return found.parent
    found_on_path = shutil.which("initdb")
    return Path(found_on_path).resolve().parent if found_on_path else None


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL server."""
    programs = _programs()
    if programs is None:
        if os.environ.get("CI", "").lower() == "true":
            pytest.fail("no PostgreSQL found, and CI must test it")
        pytest.skip("no PostgreSQL found (initdb): its tests are not run")
    # A path to a socket may have about a hundred characters, fewer than pytest's folders take.
    folder = Path(tempfile.mkdtemp(prefix="askms-pg-"))
    server = Postgres(programs=programs, folder=folder, user="postgres" if os.geteuid() == 0 else None)
    try:
        server.make()
        server.start()
        yield server
        server.stop()
    finally:
        shutil.rmtree(folder)


@pytest.fixture
def sqlite_file(tmp_path: Path) -> Path:
    """Where the SQLite file is; nothing is there yet."""
    return tmp_path / "kept" / "records.sqlite"


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> str:
    """The address of an empty database, of either kind."""
    if request.param == "sqlite":
        return f"sqlite:///{request.getfixturevalue('sqlite_file')}"
    server: Postgres = request.getfixturevalue("postgres")
    return server.new_database()


@pytest.fixture
def records(url: str) -> Iterator[Records]:
    """Records in it."""
    migrate_records(url)
    with_tables = open_records(url, 30)
    yield with_tables
    with_tables.close()


@pytest.fixture
def in_sqlite(sqlite_file: Path) -> Iterator[Records]:
    """Records in a SQLite file."""
    made = open_records(f"sqlite:///{sqlite_file}", 30)
    yield made
    made.close()
