"""Whether the tables are those of this release, and how they become so.

A change of the schema is one transaction: it is made whole or not at all. So no copy of
the database is left beside it, which neither retention nor erasing would reach.
"""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect

from askms.errors import RecordsSchema
from askms.records.database import Database

MIGRATIONS: Final = Path(str(files("askms.records") / "migrations"))


def check(database: Database, folder: Path = MIGRATIONS) -> None:
    """Make sure that the tables fit this release.

    Raises:
        RecordsSchema: they are older, newer, missing or not ours; says what to do.
        RecordsUnavailable: the database cannot be reached.
    """
    with database.reading() as connection:
        _require_known(database, connection, folder)
        found, wanted = _found(connection), _scripts(folder).get_current_head()
    if found != wanted:
        raise RecordsSchema(
            f"{database.name} has schema {found or 'none'}, this askms needs {wanted}. Run: askms records migrate"
        )


def migrate(database: Database, folder: Path = MIGRATIONS) -> str:
    """Bring the tables to this release, in one transaction, and name the schema they then have.

    Raises:
        RecordsSchema: they are newer or not ours; nothing was changed.
        RecordsUnavailable: the database cannot be reached.
    """
    config = _config(folder)
    with database.writing() as connection:  # SQLite: nobody else changes the schema meanwhile
        _require_known(database, connection, folder)
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        return _found(connection) or "none"


def _require_known(database: Database, connection: Connection, folder: Path) -> None:
    found = _found(connection)
    if found is None and inspect(connection).get_table_names():
        raise RecordsSchema(f"{database.name} holds tables that are not ours. Name another in ASKMS_RECORDS.")
    if found is not None and found not in {script.revision for script in _scripts(folder).walk_revisions()}:
        raise RecordsSchema(
            f"{database.name} has schema {found}, which is newer than this askms. "
            "Update askms, or name another database in ASKMS_RECORDS."
        )


def _found(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _scripts(folder: Path) -> ScriptDirectory:
    return ScriptDirectory.from_config(_config(folder))


def _config(folder: Path) -> Config:
    config = Config()
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    return config
