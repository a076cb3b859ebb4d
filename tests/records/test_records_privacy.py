"""No identifier gets onto the disk, and no word stays there once it is erased. Every byte is looked at."""

from __future__ import annotations

import json
import random
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from askms.api import create_app
from askms.assistant import Assistant
from askms.errors import RecordsUnavailable, UnknownRecord
from askms.guardrails import masked
from askms.index import LiveIndex
from askms.records import Records, open_records
from askms.records.sqlite import WIPE_BUSY, engine, make_file, mark_for_wiping, wipe
from askms.settings import Settings
from askms.testing import small_index
from tests.records.made import on_disk, receipt, reply

WORD: Final = "zanzibar"
DEV: Final = Path(__file__).parents[2] / "evals" / "datasets" / "identifiers_dev.jsonl"
ROWS: Final[list[dict[str, Any]]] = [json.loads(line) for line in DEV.read_text(encoding="utf-8").splitlines()]
BY_CHANCE: Final = re.compile(r"[\w-]{1,7}")
"""What may stand in a hash or an id without anybody having said it: "6120"."""
NAMING: Final = [row for row in ROWS if row["kind"] != "none"]


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    """Answers from one source, without a model."""
    small = small_index(tmp_path_factory.mktemp("privacy"), {"fatigue": {}})
    return Assistant(Settings(index_dir=small.folder), small.embedder, LiveIndex(small.folder))


@pytest.fixture
def client(assistant: Assistant, in_sqlite: Records) -> TestClient:
    """Speaks to an application that keeps records."""
    return TestClient(create_app(assistant, records=in_sqlite))


def test_erasing_leaves_no_word_in_any_byte(client: TestClient, sqlite_file: Path) -> None:
    question = f"Does {WORD} root help MS fatigue, like ketamine?"
    first = client.post("/v1/ask", json={"question": question}).json()
    history = [{"role": "user", "content": question}, {"role": "assistant", "content": first["text"]}]
    body = {"question": f"and {WORD} tea?", "history": history, "conversation": first["conversation"]}
    second = client.post("/v1/ask", json=body).json()
    said = {"receipt_id": second["receipt_id"], "conversation": first["conversation"], "problem": f"{WORD} is wrong"}
    assert client.post("/v1/feedback", json=said).status_code == 204
    with closing(sqlite3.connect(sqlite_file)) as reader:  # another process keeps the journal open
        reader.execute("PRAGMA journal_mode").fetchone()
        client.post("/v1/ask", json={"question": "What is a relapse?", "conversation": first["conversation"]})
        assert second["conversation"] == first["conversation"]
        assert WORD.encode() in on_disk(sqlite_file)

        assert client.delete(f"/v1/conversations/{first['conversation']}").status_code == 204

        left = on_disk(sqlite_file)
    assert WORD.encode() not in left
    assert b"relapse" not in left
    assert first["receipt_id"].encode() in left


def test_nothing_of_a_purged_conversation_is_left_in_any_byte(in_sqlite: Records, sqlite_file: Path) -> None:
    in_sqlite.keep(receipt(WORD), reply(receipt(WORD)))
    with closing(sqlite3.connect(sqlite_file)) as connection, connection:
        connection.execute("UPDATE turns SET at = '2020-01-01 00:00:00.000000'")

    assert in_sqlite.purge().turns == 1

    assert WORD.encode() not in on_disk(sqlite_file)


def test_copies_that_sqlite_itself_leaves_behind_are_wiped(tmp_path: Path) -> None:
    """Where rows of uneven sizes grow and shrink, `secure_delete` misses copies in the free part of pages."""
    file = tmp_path / "rows.sqlite"
    make_file(file)
    chance = random.Random(7)  # noqa: S311
    words = {number: f"{WORD}{chance.getrandbits(60):015x}" for number in range(600)}
    rows = engine(file)
    with rows.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE t (id INTEGER PRIMARY KEY, body TEXT)")
        for number in words:
            connection.exec_driver_sql("INSERT INTO t VALUES (?, '')", (number,))
    for _ in range(4):
        with rows.begin() as connection:
            for number in chance.sample(sorted(words), 300):
                connection.exec_driver_sql("UPDATE t SET body = '' WHERE id = ?", (number,))
            for number in chance.sample(sorted(words), 300):
                body = words[number] + "x" * chance.choice([50, 300, 800, 1500])
                connection.exec_driver_sql("UPDATE t SET body = ? WHERE id = ?", (body, number))
    gone = chance.sample(sorted(words), 300)
    with rows.begin() as connection:
        mark_for_wiping(connection)
        for number in gone:
            connection.exec_driver_sql("DELETE FROM t WHERE id = ?", (number,))

    def left() -> int:
        stored = on_disk(file)
        return sum(words[number].encode() in stored for number in gone)

    assert left() > 0
    assert wipe(file)
    assert left() == 0
    assert wipe(file)  # nothing is due any more


def test_what_could_not_be_overwritten_is_said_and_done_later(
    in_sqlite: Records, sqlite_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("askms.records.sqlite.WIPE_BUSY", 0.2)
    assert WIPE_BUSY > 1
    begun = in_sqlite.keep(receipt(WORD), reply(receipt(WORD)))
    with closing(sqlite3.connect(sqlite_file, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM turns").fetchone()  # a reader who stays on the old pages
        with pytest.raises(RecordsUnavailable):
            in_sqlite.erase(begun.conversation)
        assert WORD.encode() in on_disk(sqlite_file)

    url = f"sqlite:///{sqlite_file}"
    with closing(open_records(url, 30)) as after_a_restart:
        assert after_a_restart.purge().turns == 0
    assert WORD.encode() not in on_disk(sqlite_file)


def test_a_second_try_at_erasing_overwrites_what_the_first_could_not(
    in_sqlite: Records, sqlite_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("askms.records.sqlite.WIPE_BUSY", 0.2)
    begun = in_sqlite.keep(receipt(WORD), reply(receipt(WORD)))
    with closing(sqlite3.connect(sqlite_file, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM turns").fetchone()
        with pytest.raises(RecordsUnavailable):
            in_sqlite.erase(begun.conversation)

    with pytest.raises(UnknownRecord):
        in_sqlite.erase(begun.conversation)

    assert WORD.encode() not in on_disk(sqlite_file)


def test_no_address_and_no_browser_is_kept(client: TestClient, sqlite_file: Path) -> None:
    headers = {"user-agent": "strange-browser", "x-forwarded-for": "203.0.113.77", "cookie": "id=crumb"}

    client.post("/v1/ask", json={"question": "What is a relapse?"}, headers=headers)

    stored = on_disk(sqlite_file)
    assert not [word for word in (b"strange-browser", b"203.0.113", b"crumb", b"testclient") if word in stored]


@pytest.fixture(scope="module")
def shared(assistant: Assistant, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[TestClient, Path]]:
    """An application that keeps records through many examples, and its file."""
    file = tmp_path_factory.mktemp("shared") / "kept" / "records.sqlite"
    with closing(open_records(f"sqlite:///{file}", 30)) as records:
        yield TestClient(create_app(assistant, records=records)), file


@given(
    asked=st.sampled_from(NAMING),
    before=st.sampled_from(NAMING),
    reported=st.sampled_from(NAMING),
    mail=st.from_regex(r"[a-z]{6,9}\.[a-z]{6,9}@[a-z]{6,9}\.(com|org)", fullmatch=True),
    phone=st.from_regex(r"07[0-9]{9}", fullmatch=True),
)
@settings(max_examples=40, suppress_health_check=list(HealthCheck))
def test_what_is_masked_is_nowhere_on_the_disk(
    shared: tuple[TestClient, Path],
    asked: dict[str, Any],
    before: dict[str, Any],
    reported: dict[str, Any],
    mail: str,
    phone: str,
) -> None:
    client, file = shared
    messages = [f"{row['message']} {mail} or ring {phone}" for row in (asked, before, reported)]
    history = [{"role": "user", "content": messages[1]}, {"role": "assistant", "content": messages[1]}]

    kept = client.post("/v1/ask", json={"question": messages[0], "history": history}).json()
    said = {"receipt_id": kept["receipt_id"], "conversation": kept["conversation"], "problem": messages[2]}
    assert client.post("/v1/feedback", json=said).status_code == 204

    stored = on_disk(file)
    assert mail.encode() not in stored
    assert phone.encode() not in stored
    for row, message in zip((asked, before, reported), messages, strict=True):
        for identifier in row["identifiers"]:
            if identifier not in masked(message) and not BY_CHANCE.fullmatch(identifier):
                assert identifier.encode() not in stored, identifier
