"""Whose tables these are, and how they come to fit this release."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, select, text

from askms.errors import RecordsSchema, RecordsUnavailable
from askms.records import migrate_records, open_records
from askms.records.database import Database
from askms.records.schema import MIGRATIONS, check, migrate
from askms.records.tables import METADATA, RECEIPTS
from tests.records.made import receipt, reply

NOW = "0004"
LATER = """\
import sqlalchemy as sa
from alembic import op

revision = "9999"
down_revision = "0004"


def upgrade() -> None:
    op.add_column("receipts", sa.Column("extra", sa.Text()))
    op.execute("UPDATE receipts SET extra = 'new'")
"""
BROKEN = LATER + '    op.drop_table("nowhere")\n'


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    """An empty database."""
    with closing(Database(url)) as opened:
        opened.make_file()
        yield opened


def later_release(tmp_path: Path, change: str) -> Path:
    """The migrations of a release that has one more."""
    folder = tmp_path / "later % release"
    shutil.copytree(MIGRATIONS, folder)
    (folder / "versions" / "later.py").write_text(change, encoding="utf-8")
    return folder


def columns(database: Database) -> set[str]:
    with database.reading() as connection:
        return {column["name"] for column in inspect(connection).get_columns("receipts")}


def test_the_migrations_make_the_tables_that_the_code_knows(database: Database) -> None:
    assert migrate(database) == NOW

    with database.reading() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, METADATA) == []


def test_migrating_twice_changes_nothing(database: Database) -> None:
    assert migrate(database) == migrate(database) == NOW
    check(database)


def test_a_database_without_tables_is_told_what_to_run(database: Database) -> None:
    with pytest.raises(RecordsSchema, match=rf"has schema none, this askms needs {NOW}. Run: askms records migrate"):
        check(database)


def test_a_newer_schema_is_refused_and_left_as_it_is(database: Database, tmp_path: Path) -> None:
    migrate(database, later_release(tmp_path, LATER))

    for refused in (check, migrate):
        with pytest.raises(RecordsSchema, match=r"has schema 9999, which is newer than this askms. Update askms"):
            refused(database)
    assert "extra" in columns(database)


def test_an_older_schema_is_told_what_to_run_and_can_be_migrated(database: Database, tmp_path: Path) -> None:
    migrate(database)
    later = later_release(tmp_path, LATER)

    with pytest.raises(RecordsSchema, match=rf"has schema {NOW}, this askms needs 9999. Run: askms records migrate"):
        check(database, later)

    assert migrate(database, later) == "9999"
    check(database, later)


def test_a_migration_that_fails_leaves_everything_as_it_was(database: Database, tmp_path: Path) -> None:
    migrate(database)

    with pytest.raises(RecordsUnavailable):
        migrate(database, later_release(tmp_path, BROKEN))

    check(database)
    assert "extra" not in columns(database)


def test_tables_of_somebody_else_are_left_alone(database: Database) -> None:
    with database.writing() as connection:
        connection.execute(text("CREATE TABLE theirs (a INTEGER)"))

    for refused in (check, migrate):
        with pytest.raises(RecordsSchema, match="holds tables that are not ours"):
            refused(database)


def test_a_sqlite_file_is_made_at_first_use_for_our_eyes_only(sqlite_file: Path) -> None:
    records = open_records(f"sqlite:///{sqlite_file}", 30)

    assert records.keep(receipt(), reply(receipt())).recorded
    records.close()
    assert sqlite_file.stat().st_mode & 0o077 == 0
    assert sqlite_file.parent.stat().st_mode & 0o077 == 0


def test_an_older_sqlite_file_is_brought_up_to_date_with_what_it_holds(
    sqlite_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"sqlite:///{sqlite_file}"
    before = open_records(url, 30)
    before.keep(receipt(), reply(receipt()))
    before.close()
    later = later_release(tmp_path, LATER)
    monkeypatch.setattr(check, "__defaults__", (later,))
    monkeypatch.setattr(migrate, "__defaults__", (later,))

    with pytest.raises(RecordsSchema, match="needs 9999"):
        open_records(url, 30)
    after = open_records(url, 30, upgrades=True)

    assert after.receipt(receipt().id).receipt == receipt()
    after.close()
    assert [path.name for path in sqlite_file.parent.iterdir()] == [sqlite_file.name]  # no copy that nobody erases


def test_postgresql_is_changed_on_request_only(postgres: object, request: pytest.FixtureRequest) -> None:
    url: str = request.getfixturevalue("postgres").new_database()

    with pytest.raises(RecordsSchema, match="Run: askms records migrate"):
        open_records(url, 30, upgrades=True)

    migrate_records(url)
    open_records(url, 30).close()


def test_a_password_is_never_told(caplog: pytest.LogCaptureFixture) -> None:
    records = open_records("postgresql://ann:sesame@127.0.0.1:1/askms", 30)

    with pytest.raises(RecordsUnavailable) as told:
        records.receipt("x")
    records.close()
    assert "sesame" not in str(told.value) + caplog.text + records.place
    assert "127.0.0.1" in str(told.value)


@pytest.mark.parametrize("url", ["sesame", "sqlite:/x/sesame", "://sesame"])
def test_an_address_that_cannot_be_read_is_not_quoted(url: str) -> None:
    with pytest.raises(RecordsUnavailable, match="ASKMS_RECORDS is no address") as told:
        Database(url)
    assert "sesame" not in str(told.value)


def test_a_file_that_is_no_database_is_named(sqlite_file: Path) -> None:
    sqlite_file.parent.mkdir()
    sqlite_file.write_bytes(b"zanzibar " * 1000)

    with closing(Database(f"sqlite:///{sqlite_file}")) as database, pytest.raises(RecordsUnavailable) as told:
        check(database)
    assert str(sqlite_file) in str(told.value)


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(RecordsUnavailable, match=r"cannot be made: .*Check the folder"):
        migrate_records(f"sqlite:///{tmp_path / 'file' / 'records.sqlite'}")


def test_readers_do_not_keep_writers_waiting(in_sqlite: object, sqlite_file: Path) -> None:
    with (
        closing(Database(f"sqlite:///{sqlite_file}")) as database,
        database.reading() as reading,
        database.writing() as writing,
    ):
        assert reading.execute(select(RECEIPTS)).all() == []
        writing.execute(text("DELETE FROM receipts"))
