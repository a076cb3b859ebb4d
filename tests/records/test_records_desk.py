"""What staff look at: receipts found by what is known of them, and which are looked through."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from askms.errors import RecordsUnavailable, UnknownRecord
from askms.records import Done, Opinion, Records, Wanted, erasing
from askms.records.database import Database
from askms.records.tables import ASKED
from askms.records.values import key_of
from tests.records.made import HASH, NEWER, on_disk, receipt, reply

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def keep(records: Records, question: str, **fields: str) -> str:
    made = receipt(question, **fields)
    assert records.keep(made, reply(made)).recorded
    return made.id


def found(records: Records, **wanted: object) -> list[str | None]:
    return [each.question for each in records.desk.search(Wanted(**wanted), 1).rows]  # type: ignore[arg-type]


def acts(records: Records) -> list[tuple[str, str, str]]:
    return [(act.who, act.what, act.on_what) for act in records.desk.acts(1).rows]


def wiped(file: Path) -> bool:
    """Whether the file says that nothing is left to be overwritten."""
    with closing(sqlite3.connect(file)) as connection:
        return bool(connection.execute("PRAGMA user_version").fetchone() == (0,))


def test_what_was_asked_last_comes_first_and_once(records: Records) -> None:
    for question in ("one", "two", "one"):
        keep(records, question)

    assert found(records) == ["one", "two"]
    assert [each.times_asked for each in records.desk.search(Wanted(), 1).rows] == [2, 1]


def test_receipts_are_found_by_source_and_opinion(records: Records) -> None:
    fatigue, heat = keep(records, "one"), keep(records, "two", source="heat")
    records.add_feedback(fatigue, helpful=True)
    records.add_feedback(fatigue, helpful=False)
    records.add_feedback(heat, helpful=None, problem="Too short.")

    assert found(records, source_id="heat") == ["two"]
    assert found(records, opinion=Opinion.HELPFUL) == found(records, opinion=Opinion.NOT_HELPFUL) == ["one"]
    assert found(records, opinion=Opinion.PROBLEM) == ["two"]
    assert found(records, opinion=Opinion.PROBLEM, source_id="fatigue") == []
    assert found(records, route="answer") == ["two", "one"]
    assert found(records, route="crisis") == []
    row = records.desk.search(Wanted(source_id="fatigue"), 1).rows[0]
    assert (row.helpful, row.not_helpful, row.problems) == (1, 1, 0)


def test_other_replies_to_the_same_question_are_found(records: Records) -> None:
    one, other = keep(records, "one"), keep(records, "one", source="heat")
    keep(records, "two")

    def alike(receipt_id: str) -> list[str]:
        return [row.receipt_id for row in records.desk.search(Wanted(same_question_as=receipt_id), 1).rows]

    assert (alike(one), alike(other), alike("nothing")) == ([other], [one], [])
    records.desk.erase_words(one, "ada")
    assert (alike(one), alike(other)) == ([], [])


def test_days_are_those_on_which_it_was_asked(url: str, records: Records) -> None:
    old = keep(records, "old")
    database = Database(url)
    with database.writing() as connection:
        connection.execute(update(ASKED).values(asked_on=date(2026, 1, 5)))
    database.close()
    keep(records, "new")
    today = datetime.now(UTC).date()

    assert found(records, until=date(2026, 1, 5)) == ["old"]
    assert found(records, since=date(2026, 1, 5), until=date(2026, 1, 5)) == ["old"]
    assert found(records, since=date(2026, 1, 6)) == ["new"]
    keep(records, "old")
    assert found(records, since=today) == ["old", "new"]
    assert [each.times_asked for each in records.desk.search(Wanted(since=today), 1).rows] == [1, 1]
    assert records.receipt(old).times_asked == 2


def test_pages_hold_twenty_five_and_the_total_is_of_all(records: Records) -> None:
    for n in range(27):
        keep(records, f"question {n}")

    first, second = records.desk.search(Wanted(), 1), records.desk.search(Wanted(), 2)
    assert (len(first.rows), len(second.rows), first.total, second.total) == (25, 2, 27, 27)
    assert not {row.receipt_id for row in first.rows} & {row.receipt_id for row in second.rows}


def test_the_reply_is_there_until_its_words_are_erased(records: Records) -> None:
    made = receipt()
    conversation = records.keep(made, reply(made)).conversation

    assert records.desk.reply_of(made.id) == reply(made)
    records.erase(conversation)

    assert records.desk.reply_of(made.id) is None
    assert found(records) == [None]


def test_words_are_erased_by_receipt_in_every_conversation_that_has_them(records: Records) -> None:
    made, other = receipt("one"), receipt("two")
    conversation = records.keep(made, reply(made)).conversation
    records.keep(other, reply(other), conversation)
    records.keep(made, reply(made))
    apart = records.keep(receipt("three"), reply(receipt("three"))).conversation

    records.desk.erase_words(made.id, "ada")

    assert records.receipt(made.id).stripped_on is not None
    assert records.receipt(other.id).stripped_on is not None
    assert records.conversation(apart).turns
    records.desk.erase_words(made.id, "ada")
    with pytest.raises(UnknownRecord):
        records.desk.erase_words("nothing", "ada")
    assert acts(records) == [("ada", "erase words", made.id)] * 2


def test_an_erasing_that_ends_half_way_is_written_down_and_can_be_done_again(
    in_sqlite: Records, sqlite_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = receipt("zanzibar")
    in_sqlite.keep(made, reply(made))

    with monkeypatch.context() as broken:

        def fails(_: Database) -> None:
            raise RecordsUnavailable("in use")

        broken.setattr(Database, "wipe", fails)
        with pytest.raises(RecordsUnavailable):
            in_sqlite.desk.erase_words(made.id, "ada")
    assert acts(in_sqlite) == [("ada", "erase words", made.id)]
    in_sqlite.desk.erase_words(made.id, "ada")

    assert wiped(sqlite_file)
    assert b"zanzibar" not in on_disk(sqlite_file)


def test_a_conversation_that_its_owner_erases_meanwhile_keeps_none_of_the_others(
    records: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = receipt("one")
    mine = [records.keep(made, reply(made)).conversation for _ in range(3)]
    delete_words, gone = erasing.delete_words, records.erase

    def meanwhile(database: Database, key: str) -> None:
        for one in mine[:2]:
            with suppress(UnknownRecord):
                gone(one)
        delete_words(database, key)

    monkeypatch.setattr(erasing, "delete_words", meanwhile)
    # What their owner calls has to stay what it is.
    monkeypatch.setattr(erasing, "erase", lambda database, one: delete_words(database, key_of(one)))

    records.desk.erase_words(made.id, "ada")

    assert records.receipt(made.id).stripped_on is not None
    for one in mine:
        with pytest.raises(UnknownRecord):
            records.conversation(one)


def test_a_mark_is_of_a_source_as_it_was_then(records: Records) -> None:
    old, new = keep(records, "one"), keep(records, "two", at=NEWER)
    done = Done(who="edith", at=NOW)

    records.desk.set_done("fatigue", HASH, old, done=True, who="edith", now=NOW)

    assert records.desk.done("fatigue") == {(old, HASH): done}
    assert records.desk.done("heat") == {}
    records.desk.set_done("fatigue", HASH, old, done=True, who="ada", now=NOW + timedelta(days=1))
    assert records.desk.done("fatigue")[old, HASH].who == "ada"
    records.desk.set_done("fatigue", HASH, old, done=False, who="ada", now=NOW)
    assert records.desk.done("fatigue") == {}
    for wrong in ((HASH, new), (NEWER, old), (HASH, "nothing")):
        with pytest.raises(UnknownRecord):
            records.desk.set_done("fatigue", *wrong, done=True, who="ada", now=NOW)
    on_what = f"{old} citing fatigue"
    assert acts(records) == [
        ("ada", "mark not done", on_what),
        ("ada", "mark done", on_what),
        ("edith", "mark done", on_what),
    ]


def test_what_staff_did_is_listed_the_latest_first(records: Records) -> None:
    for n in range(26):
        records.note("ann", "look", str(n))

    assert [act.on_what for act in records.desk.acts(1).rows][:2] == ["25", "24"]
    assert [act.on_what for act in records.desk.acts(2).rows] == ["0"]
    assert records.desk.acts(1).total == 26


@pytest.mark.parametrize(
    "look",
    [
        lambda records: records.desk.search(Wanted(), 1),
        lambda records: records.desk.acts(1),
        lambda records: records.desk.reply_of("x"),
        lambda records: records.desk.done("x"),
    ],
)
def test_looking_at_empty_records_finds_nothing(records: Records, look: Callable[[Records], object]) -> None:
    assert not getattr(look(records), "rows", look(records))
