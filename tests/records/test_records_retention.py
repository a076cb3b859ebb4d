"""The purge that a server runs by itself."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from askms.records import Records, Retention
from tests.records.made import on_disk, receipt, reply

SOON = 15.0


def eventually(holds: Callable[[], bool]) -> None:
    until = time.monotonic() + SOON
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.05)


def keep_old(records: Records, file: Path) -> None:
    records.keep(receipt(), reply(receipt()))
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("UPDATE turns SET at = '2020-01-01 00:00:00.000000'")
        connection.execute("UPDATE conversations SET begun_at = '2020-01-01 00:00:00.000000'")


def test_it_purges_at_the_start_and_again_after_its_time(in_sqlite: Records, sqlite_file: Path) -> None:
    keep_old(in_sqlite, sqlite_file)
    retention = Retention(in_sqlite, every=0.2, again=0.1)
    retention.start()
    try:
        eventually(lambda: b"zanzibar" not in on_disk(sqlite_file))
        keep_old(in_sqlite, sqlite_file)
        eventually(lambda: b"zanzibar" not in on_disk(sqlite_file))
    finally:
        retention.stop()


def test_between_purges_it_leaves_turns_alone(in_sqlite: Records, sqlite_file: Path) -> None:
    retention = Retention(in_sqlite, again=0.1)
    retention.start()
    try:
        time.sleep(0.5)
        keep_old(in_sqlite, sqlite_file)
        time.sleep(0.5)
        assert b"zanzibar" in on_disk(sqlite_file)
    finally:
        retention.stop()


def test_a_purge_that_fails_is_said_and_tried_again(
    in_sqlite: Records, sqlite_file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    keep_old(in_sqlite, sqlite_file)
    away = sqlite_file.with_name("away")
    sqlite_file.rename(away)
    retention = Retention(in_sqlite, again=0.1)
    retention.start()
    try:
        eventually(lambda: "too old could not be taken out" in caplog.text)
        away.rename(sqlite_file)
        eventually(lambda: b"zanzibar" not in on_disk(sqlite_file))
    finally:
        retention.stop()
