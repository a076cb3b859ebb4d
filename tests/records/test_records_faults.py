"""A database that is locked, gone, full or killed: what is said to be recorded is, and what is not yet waits."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path
from threading import Event, Thread, Timer

import pytest

from askms.errors import RecordsUnavailable, UnknownRecord
from askms.records import Records, migrate_records, open_records
from askms.records.recorder import PATIENCE, Recorder
from askms.records.values import Asked, new_conversation
from askms.records.waiting import Waiting
from tests.records.conftest import Postgres
from tests.records.made import receipt, reply

SOON = 15.0
"""Seconds within which what waits must be written; the machines that run this are slow."""
CHILD = """\
import sys
from threading import Thread
from askms.records import open_records
from tests.records.made import receipt, reply

records = open_records(sys.argv[1], 30)
print("ready", flush=True)

def keep(thread):
    number = 0
    while True:
        number += 1
        kept = receipt(f"{sys.argv[2]} {thread} {number}")
        done = records.keep(kept, reply(kept))
        if done.recorded:
            sys.stdout.write(f"{kept.id} {done.conversation}\\n")
            sys.stdout.flush()

for thread in range(4):
    Thread(target=keep, args=(thread,)).start()
"""


def eventually(holds: Callable[[], bool]) -> None:
    until = time.monotonic() + SOON
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.05)


def waiting_for(question: str) -> Waiting:
    kept = receipt(question)
    asked = Asked(event=kept.id, at=datetime.now(UTC), receipt=kept, body=kept.to_json(), reply="{}")
    return Waiting(asked, None, new_conversation())


def keep(records: Records, question: str, conversation: str | None = None) -> tuple[bool, str]:
    kept = records.keep(receipt(question), reply(receipt(question)), conversation)
    return kept.recorded, kept.conversation


@pytest.fixture
def locked(sqlite_file: Path, in_sqlite: Records) -> Iterator[sqlite3.Connection]:
    """Somebody else holds the write lock until they commit."""
    with closing(sqlite3.connect(sqlite_file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield other


def test_while_it_is_locked_replies_wait_in_memory_and_are_written_after(
    in_sqlite: Records, locked: sqlite3.Connection, caplog: pytest.LogCaptureFixture
) -> None:
    started = time.monotonic()
    recorded, conversation = keep(in_sqlite, "zanzibar one")
    assert not recorded
    assert time.monotonic() - started < PATIENCE + 1
    started = time.monotonic()
    assert keep(in_sqlite, "zanzibar two", conversation) == (False, conversation)
    assert time.monotonic() - started < 0.5  # it is known to be locked: nobody waits for it any more
    assert in_sqlite.waiting == 2
    assert caplog.text.count("replies are not recorded for now") == 1
    assert "database is locked" in caplog.text

    locked.execute("COMMIT")

    eventually(lambda: in_sqlite.waiting == 0)
    assert [turn.question for turn in in_sqlite.conversation(conversation).turns] == ["zanzibar one", "zanzibar two"]
    assert keep(in_sqlite, "three", conversation) == (True, conversation)
    assert "recorded again" in caplog.text
    assert "zanzibar" not in caplog.text
    assert in_sqlite.lost == 0


def test_a_database_that_never_answers_is_waited_for_once() -> None:
    answers = Event()

    def never(_: object) -> None:
        assert answers.wait(SOON)

    recorder = Recorder(never)
    waiting = [waiting_for(f"Question {number}") for number in range(3)]

    recorder.add(waiting[0], 0.3)
    begun = time.monotonic()
    for each in waiting[1:]:
        recorder.add(each, 10)
    took = time.monotonic() - begun
    answers.set()

    eventually(lambda: all(each.recorded for each in waiting))
    recorder.close()
    assert took < 5


def test_a_write_that_succeeds_at_the_last_moment_is_no_failure(caplog: pytest.LogCaptureFixture) -> None:
    first, second, third = (waiting_for(question) for question in ("one", "two", "three"))
    begun, go_on = Event(), Event()

    def write(batch: Sequence[Waiting]) -> None:
        if second in batch:
            begun.set()
            assert go_on.wait(SOON)

    class LastMoment(Event):
        """Its time is over when it has been set, and the writer has noted that and gone on."""

        def wait(self, timeout: float | None = None) -> bool:
            assert super().wait(SOON)
            recorder.add(second, 0)
            assert begun.wait(SOON)
            return False

    first.tried = LastMoment()
    recorder = Recorder(write)
    recorder.add(first, PATIENCE)
    timer = Timer(0.3, go_on.set)
    timer.start()
    recorder.add(third, SOON)

    timer.join()
    recorder.close()
    assert (first.recorded, third.recorded) == (True, True)  # the third was waited for
    assert "not recorded for now" not in caplog.text


def test_while_it_is_locked_nothing_is_half_erased(in_sqlite: Records, sqlite_file: Path) -> None:
    _, conversation = keep(in_sqlite, "zanzibar")
    with closing(sqlite3.connect(sqlite_file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(RecordsUnavailable, match="locked"):
            in_sqlite.erase(conversation)
        other.execute("COMMIT")

    assert len(in_sqlite.conversation(conversation).turns) == 1
    in_sqlite.erase(conversation)


def test_looking_and_erasing_wait_for_what_is_not_written_yet(in_sqlite: Records, locked: sqlite3.Connection) -> None:
    _, conversation = keep(in_sqlite, "zanzibar")

    for refused in (in_sqlite.conversation, in_sqlite.erase):
        with pytest.raises(RecordsUnavailable, match="not recorded yet"):
            refused(conversation)

    locked.execute("COMMIT")
    eventually(lambda: in_sqlite.waiting == 0)
    in_sqlite.erase(conversation)


def test_erasing_is_not_kept_waiting_by_others_who_ask(in_sqlite: Records) -> None:
    _, conversation = keep(in_sqlite, "zanzibar")
    stop = Event()

    def ask() -> None:
        while not stop.is_set():
            keep(in_sqlite, "What is a relapse?")

    threads = [Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    try:
        in_sqlite.erase(conversation)
    finally:
        stop.set()
        for thread in threads:
            thread.join()

    with pytest.raises(UnknownRecord):
        in_sqlite.conversation(conversation)
    eventually(lambda: in_sqlite.waiting == 0)
    assert in_sqlite.lost == 0


def test_what_waited_for_an_erased_conversation_is_kept_without_words(in_sqlite: Records, sqlite_file: Path) -> None:
    _, conversation = keep(in_sqlite, "first")
    with closing(sqlite3.connect(sqlite_file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert keep(in_sqlite, "zanzibar", conversation) == (False, conversation)
        # Another process erases it meanwhile.
        other.execute("PRAGMA foreign_keys=OFF")
        other.execute("DELETE FROM turns")
        other.execute("DELETE FROM conversations")
        other.execute("COMMIT")

    eventually(lambda: in_sqlite.waiting == 0)

    assert in_sqlite.receipt(receipt("zanzibar").id).receipt == receipt("zanzibar").without_words()
    assert b"zanzibar" not in sqlite_file.read_bytes()


def test_a_file_that_is_gone_and_comes_back_loses_nothing(in_sqlite: Records, sqlite_file: Path) -> None:
    assert keep(in_sqlite, "before")[0]
    away = sqlite_file.with_name("away")
    sqlite_file.rename(away)

    assert not keep(in_sqlite, "meanwhile")[0]
    assert not sqlite_file.exists()  # no second, empty file in its place
    with pytest.raises(RecordsUnavailable, match="unable to open"):
        in_sqlite.receipt(receipt("before").id)

    away.rename(sqlite_file)
    eventually(lambda: in_sqlite.waiting == 0)
    for question in ("before", "meanwhile"):
        assert in_sqlite.receipt(receipt(question).id).times_asked == 1


def test_a_server_that_stops_and_starts_loses_nothing(postgres: Postgres) -> None:
    url = postgres.new_database()
    migrate_records(url)
    with closing(open_records(url, 30)) as records:
        recorded, conversation = keep(records, "before")
        assert recorded
        postgres.stop()
        try:
            assert keep(records, "meanwhile", conversation) == (False, conversation)
            with pytest.raises(RecordsUnavailable):
                records.receipt(receipt("before").id)
        finally:
            postgres.start()
        eventually(lambda: records.waiting == 0)
        assert [turn.question for turn in records.conversation(conversation).turns] == ["before", "meanwhile"]


def test_a_server_may_start_before_its_database(postgres: Postgres) -> None:
    url = postgres.new_database()
    migrate_records(url)
    postgres.stop()
    try:
        records = open_records(url, 30)
        assert not keep(records, "early")[0]
    finally:
        postgres.start()
    with closing(records):
        eventually(lambda: records.waiting == 0)
        assert records.receipt(receipt("early").id).times_asked == 1


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of two megabytes."""
    folder = tmp_path / "small"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(folder)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip(f"no small disk can be mounted: {mounted.stderr.decode().strip()}")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_on_a_full_disk_replies_wait_until_there_is_room(small_disk: Path, caplog: pytest.LogCaptureFixture) -> None:
    url = f"sqlite:///{small_disk / 'records.sqlite'}"
    with closing(open_records(url, 30)) as records:
        recorded, conversation = keep(records, "before")
        assert recorded
        ballast = small_disk / "ballast"
        with suppress(OSError), ballast.open("wb", buffering=0) as file:
            while file.write(b"x" * 4096):
                pass

        done = [keep(records, f"zanzibar {number} " + "long " * 1000)[0] for number in range(20)]
        assert not done[-1]
        waiting = records.waiting
        assert waiting == 20 - sum(done) > 0
        assert "disk is full" in caplog.text or "disk I/O error" in caplog.text
        with pytest.raises(RecordsUnavailable):
            records.conversation(conversation)

        ballast.unlink()
        eventually(lambda: records.waiting == 0)
        assert records.lost == 0
        for number in range(20):
            assert records.receipt(receipt(f"zanzibar {number} " + "long " * 1000).id).times_asked == 1
        assert "zanzibar" not in caplog.text
    with closing(sqlite3.connect(small_disk / "records.sqlite")) as check:
        assert check.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_what_memory_cannot_hold_is_counted_as_lost(
    in_sqlite: Records, locked: sqlite3.Connection, caplog: pytest.LogCaptureFixture
) -> None:
    in_sqlite._recorder._most_waiting = 10_000
    for number in range(10):
        assert not keep(in_sqlite, f"zanzibar {number}")[0]
    held, lost = in_sqlite.waiting, in_sqlite.lost
    assert held > 0
    assert held + lost == 10
    assert "too many replies wait" in caplog.text

    locked.execute("COMMIT")

    eventually(lambda: in_sqlite.waiting == 0)
    assert [in_sqlite.receipt(receipt(f"zanzibar {number}").id).times_asked for number in range(held)] == [1] * held


def test_closing_writes_what_waits_if_it_can(sqlite_file: Path, in_sqlite: Records) -> None:
    with closing(sqlite3.connect(sqlite_file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert not keep(in_sqlite, "late")[0]
        other.execute("COMMIT")
    in_sqlite.close()

    with closing(open_records(f"sqlite:///{sqlite_file}", 30)) as again:
        assert again.receipt(receipt("late").id).times_asked == 1


def test_closing_says_what_could_not_be_written(
    in_sqlite: Records, locked: sqlite3.Connection, caplog: pytest.LogCaptureFixture
) -> None:
    keep(in_sqlite, "zanzibar")

    in_sqlite.close()

    assert in_sqlite.lost == 1
    assert "1 replies were not recorded" in caplog.text
    assert not keep(in_sqlite, "after")[0]
    assert in_sqlite.lost == 2


def test_a_process_killed_while_it_writes_loses_nothing_it_called_recorded(sqlite_file: Path) -> None:
    url = f"sqlite:///{sqlite_file}"
    acknowledged: list[tuple[str, str]] = []
    for round_number in range(4):
        child = subprocess.Popen(
            [sys.executable, "-c", CHILD, url, str(round_number)],
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        )
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
        time.sleep(0.5 + 0.17 * round_number)
        child.send_signal(signal.SIGKILL)
        said = child.stdout.read().splitlines(keepends=True)
        child.wait()
        child.stdout.close()
        acknowledged += [(line.split()[0], line.split()[1]) for line in said if line.endswith("\n")]

    assert len(acknowledged) > 30
    with closing(sqlite3.connect(sqlite_file)) as check:
        assert check.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert check.execute("PRAGMA foreign_key_check").fetchall() == []
    with closing(open_records(url, 30)) as records:
        for receipt_id, conversation in acknowledged:
            assert records.receipt(receipt_id).stripped_on is None
            assert [turn.receipt_id for turn in records.conversation(conversation).turns] == [receipt_id]
