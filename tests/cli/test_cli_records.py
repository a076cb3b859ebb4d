"""`askms records` and the receipts that are kept: shown, compared, replayed, cited, exported, purged."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from askms.assistant import Answer, Assistant
from askms.records import Kept, Records, open_records
from askms.settings import Settings
from askms.testing import corpus_file

Run = Callable[..., Any]

QUESTION = "What is a relapse?"


@pytest.fixture
def file(folders: Path) -> Path:
    """Where the records are when nothing is set."""
    return folders / "records" / "records.sqlite"


@pytest.fixture
def records(file: Path) -> Iterator[Records]:
    """The records, as a server keeps them."""
    with closing(open_records(f"sqlite:///{file}", 30)) as opened:
        yield opened


@pytest.fixture
def answer(folders: Path) -> Answer:
    """What a server answered."""
    return Assistant.open(Settings()).answer(QUESTION)


@pytest.fixture
def kept(records: Records, answer: Answer) -> Kept:
    """Its record."""
    return records.keep(answer.receipt, answer.reply.to_dict())


def acts(file: Path) -> list[tuple[str, str]]:
    with closing(sqlite3.connect(file)) as connection:
        return connection.execute("SELECT what, on_what FROM audit WHERE who <> '' ORDER BY id").fetchall()


def test_a_kept_receipt_is_shown_with_its_use(
    run: Run, records: Records, answer: Answer, kept: Kept, file: Path
) -> None:
    records.add_feedback(answer.receipt.id, helpful=False, problem="Too short.")

    ran = run("receipt", "show", answer.receipt.id)

    assert ran.status == 0
    shown, _, about = ran.out.partition("\n}\n")
    assert json.loads(shown + "}") == json.loads(answer.receipt.to_json())
    assert "Asked 1 times" in about
    assert "not helpful. Too short." in about
    assert acts(file) == [("show receipt", answer.receipt.id)]


def test_a_kept_receipt_is_replayed(run: Run, kept: Kept, answer: Answer, folders: Path) -> None:
    assert run("receipt", "replay", answer.receipt.id).status == 0

    corpus_file(folders / "corpus", "extra")
    run("index", "build")

    ran = run("receipt", "replay", answer.receipt.id)
    assert ran.status == 1
    assert any(line.startswith("snapshot: ") for line in ran.out.splitlines())


def test_a_receipt_without_words_is_shown_and_not_replayed(
    run: Run, records: Records, kept: Kept, answer: Answer
) -> None:
    records.erase(kept.conversation)

    shown, replayed = run("receipt", "show", answer.receipt.id), run("receipt", "replay", answer.receipt.id)

    assert shown.status == 0
    assert "words were taken out on" in shown.out
    assert QUESTION not in shown.out
    assert (replayed.status, replayed.out) == (1, "")
    assert "It can be shown and compared, not asked again" in replayed.err
    assert replayed.disclaims


def test_receipts_are_compared_by_id_and_by_file(run: Run, kept: Kept, answer: Answer, folders: Path) -> None:
    same, other = folders / "same.json", folders / "other.json"
    same.write_text(answer.receipt.to_json(), encoding="utf-8")
    run("ask", "Why does heat make MS worse?", "--receipt", str(other))

    assert run("receipt", "diff", answer.receipt.id, str(same)).status == 0
    ran = run("receipt", "diff", str(same), str(other))

    assert ran.status == 1
    assert any(line.startswith("question: ") for line in ran.out.splitlines())
    assert json.loads(run("receipt", "show", str(other)).out)["question"] == "Why does heat make MS worse?"


def test_a_receipt_that_is_not_kept_is_named(run: Run) -> None:
    ran = run("receipt", "show", "0" * 24)

    assert (ran.status, ran.out) == (1, "")
    assert "No receipt '000000000000000000000000' is kept" in ran.err
    assert ran.disclaims


def test_who_is_cited_is_listed(run: Run, kept: Kept, answer: Answer, file: Path) -> None:
    content_hash = answer.receipt.citations[0].content_hash

    ran = run("records", "cited-by", "relapse", "--at", content_hash)

    assert ran.status == 0
    first, last = ran.out.splitlines()
    assert first.startswith(answer.receipt.id)
    assert "asked 1" in first
    assert last == "1 receipts cite relapse."
    assert run("records", "cited-by", "relapse", "--at", "0" * 64).out == "0 receipts cite relapse.\n"
    assert run("records", "cited-by", "nobody").out == "0 receipts cite nobody.\n"
    assert acts(file) == [("look at citing replies", on) for on in ("relapse", "nothing found", "nothing found")]


def test_a_conversation_is_exported_and_that_is_noted(run: Run, kept: Kept, file: Path) -> None:
    ran = run("records", "export", kept.conversation)

    exported = json.loads(ran.out)
    assert exported["id"] == kept.conversation
    assert [turn["question"] for turn in exported["turns"]] == [QUESTION]
    ((what, on_what),) = acts(file)
    assert what == "export"
    assert kept.conversation not in on_what


def test_an_unknown_conversation_is_told(run: Run) -> None:
    ran = run("records", "export", "nope")

    assert (ran.status, ran.out) == (1, "")
    assert "No conversation of this id is kept" in ran.err
    assert ran.disclaims


def test_the_purge_says_what_it_erased(run: Run, kept: Kept, file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("UPDATE turns SET at = '2020-01-01 00:00:00.000000'")

    ran = run("records", "purge")

    assert ran.out.startswith("Erased 1 turns and 0 conversations; 1 receipts and 0 reports")
    assert acts(file) == [("purge", "older than 30 days")]


def test_records_are_migrated_and_others_refused(run: Run, file: Path) -> None:
    assert run("records", "migrate").out == "The records have schema 0004.\n"
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")

    for command in (("records", "migrate"), ("records", "purge"), ("records", "cited-by", "x")):
        ran = run(*command)
        assert (ran.status, ran.out) == (1, "")
        assert "schema 9999, which is newer than this askms" in ran.err
        assert ran.disclaims


@pytest.mark.parametrize(
    "command", [("migrate",), ("purge",), ("export", "x"), ("cited-by", "x")], ids=lambda command: command[0]
)
def test_without_records_the_commands_say_so(
    run: Run, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...], folders: Path
) -> None:
    monkeypatch.setenv("ASKMS_RECORDS", "none")

    ran = run("records", *command)

    assert (ran.status, ran.out) == (1, "")
    assert "ASKMS_RECORDS is none" in ran.err
    assert not (folders / "records").exists()


def test_asking_on_the_command_line_keeps_nothing(run: Run, file: Path) -> None:
    assert run("ask", QUESTION).status == 0

    assert not file.exists()


def test_a_wrong_address_is_named_without_its_password(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASKMS_RECORDS", "mysql://ann:sesame@host/askms")

    ran = run("records", "purge")

    assert ran.status == 1
    assert "ASKMS_RECORDS: " in ran.err
    assert "sesame" not in ran.err
