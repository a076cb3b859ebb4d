"""The feedback queue: what is in it, how it moves, and that what staff say of words goes when the words go."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, update

from askms.errors import RecordsUnavailable, StaffError, UnknownRecord
from askms.records import Records, State, migrate_records, open_records, queue
from askms.records.database import Database
from askms.records.tables import FEEDBACK, FEEDBACK_COMMENTS, TURNS
from tests.records.conftest import Postgres
from tests.records.made import on_disk, receipt, reply

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def told(records: Records, problem: str | None = "Too short.", **said: bool) -> tuple[int, str]:
    """Feedback on a reply of its own: its number, and the conversation."""
    made = receipt()
    conversation = records.keep(made, reply(made)).conversation
    helpful = said.get("helpful")
    records.add_feedback(made.id, conversation=conversation, helpful=helpful, problem=problem)
    return records.queue.tasks(State.OPEN, 1).rows[0].id, conversation


def numbers(records: Records, state: State) -> list[int]:
    return [task.id for task in records.queue.tasks(state, 1).rows]


def test_what_was_no_help_or_a_problem_waits_the_latest_first(records: Records) -> None:
    one, _ = told(records)
    other, _ = told(records, None, helpful=False)
    made = receipt()
    records.add_feedback(made.id, helpful=True)  # praise is no task

    assert numbers(records, State.OPEN) == [other, one]
    task = records.queue.tasks(State.OPEN, 1).rows[1]
    assert task.question == receipt().question
    assert (task.problem, task.helpful, task.state, task.who, task.route) == (
        "Too short.",
        None,
        State.OPEN,
        None,
        "answer",
    )


def test_it_is_taken_resolved_and_opened_again(records: Records) -> None:
    number, _ = told(records)
    for state, who in (
        (State.ASSIGNED, "edith"),
        (State.ASSIGNED, "ada"),
        (State.RESOLVED, "ada"),
        (State.OPEN, "ada"),
    ):
        records.queue.move(number, state, who, NOW)

        assert {each: numbers(records, each) for each in State} == {
            each: [number] if each is state else [] for each in State
        }
        task, _ = records.queue.task(number)
        assert (task.state, task.who, task.at) == (state, who, NOW)


def test_comments_are_masked_and_kept_in_order(records: Records) -> None:
    number, _ = told(records)
    for text in ("First.", "Call jane.doe@example.com"):
        records.queue.comment(number, text, "edith", NOW)

    _, comments = records.queue.task(number)
    assert [(one.who, one.text) for one in comments] == [("edith", "First."), ("edith", "Call [e-mail]")]
    with pytest.raises(StaffError, match="needs words"):
        records.queue.comment(number, "  ", "edith", NOW)


@pytest.mark.parametrize("number", [0, 99])
def test_what_is_not_there_cannot_be_worked_on(records: Records, number: int) -> None:
    with pytest.raises(UnknownRecord):
        records.queue.task(number)
    with pytest.raises(UnknownRecord):
        records.queue.move(number, State.RESOLVED, "edith", NOW)
    with pytest.raises(UnknownRecord):
        records.queue.comment(number, "words", "edith", NOW)


def test_comments_go_with_the_words_they_are_about(in_sqlite: Records, sqlite_file: Path) -> None:
    number, conversation = told(in_sqlite, "zanzibar")
    in_sqlite.queue.comment(number, "They mean zanzibar.", "edith", NOW)
    in_sqlite.queue.move(number, State.ASSIGNED, "edith", NOW)

    in_sqlite.erase(conversation)

    task, comments = in_sqlite.queue.task(number)
    assert (task.problem, task.question, comments) == (None, None, ())
    assert b"zanzibar" not in on_disk(sqlite_file)


def test_comments_of_a_report_without_a_conversation_go_with_its_receipt(in_sqlite: Records, sqlite_file: Path) -> None:
    made = receipt()
    conversation = in_sqlite.keep(made, reply(made)).conversation
    in_sqlite.add_feedback(made.id, helpful=False, problem="zanzibar")
    number = numbers(in_sqlite, State.OPEN)[0]
    in_sqlite.queue.comment(number, "They mean zanzibar.", "edith", NOW)

    in_sqlite.erase(conversation)

    assert in_sqlite.queue.task(number)[1] == ()
    assert b"zanzibar" not in on_disk(sqlite_file)


def test_old_comments_are_purged_even_where_the_report_had_no_words(url: str, records: Records) -> None:
    number, _ = told(records, None, helpful=False)
    records.queue.comment(number, "Old.", "edith", NOW)
    database = Database(url)
    long_ago = datetime.now(UTC) - timedelta(days=40)
    with database.writing() as connection:
        connection.execute(update(FEEDBACK_COMMENTS).values(at=long_ago))
    database.close()
    records.queue.comment(number, "New.", "edith", datetime.now(UTC))

    records.purge()

    assert [one.text for one in records.queue.task(number)[1]] == ["New."]


def test_a_report_that_ages_takes_its_comments_along(url: str, records: Records) -> None:
    number, _ = told(records, "Old words.", helpful=False)
    records.queue.comment(number, "About the old words.", "edith", datetime.now(UTC))
    database = Database(url)
    long_ago = datetime.now(UTC) - timedelta(days=40)
    with database.writing() as connection:
        connection.execute(update(FEEDBACK).values(given_on=long_ago.date()))
        connection.execute(update(TURNS).values(at=long_ago))
    database.close()

    assert records.purge().reports == 1

    task, comments = records.queue.task(number)
    assert (task.problem, comments) == (None, ())


@pytest.mark.parametrize("act", ["move", "comment"])
def test_what_cannot_be_written_down_is_not_done(records: Records, monkeypatch: pytest.MonkeyPatch, act: str) -> None:
    number, _ = told(records)

    def fails(*_: object) -> None:
        raise RecordsUnavailable("full")

    monkeypatch.setattr("askms.records.queue.store_act", fails)
    given = (State.RESOLVED,) if act == "move" else ("Mine.",)
    with pytest.raises(RecordsUnavailable):
        getattr(records.queue, act)(number, *given, "edith", NOW)

    task, comments = records.queue.task(number)
    assert (task.state, comments) == (State.OPEN, ())


def test_what_was_done_is_written_down(records: Records) -> None:
    number, _ = told(records)
    for state in (State.ASSIGNED, State.RESOLVED, State.OPEN):
        records.queue.move(number, state, "edith", NOW)
    records.queue.comment(number, "Mine.", "ada", NOW)

    assert [(act.who, act.what, act.on_what) for act in records.desk.acts(1).rows] == [
        ("ada", "comment on feedback", str(number)),
        *(("edith", f"{what} feedback", str(number)) for what in ("reopen", "resolve", "assign")),
    ]


def test_a_comment_that_is_written_while_the_words_go_goes_with_them(postgres: Postgres) -> None:
    url = postgres.new_database()
    migrate_records(url)
    with closing(open_records(url, 30)) as records, closing(Database(url)) as other, ThreadPoolExecutor(1) as aside:
        number, conversation = told(records, "zanzibar", helpful=False)
        values = {"feedback_id": number, "at": NOW, "who": "edith", "text": "They mean zanzibar."}
        with other.writing() as connection:  # as `comment` does, a step at a time
            queue._hold(connection, number)
            connection.execute(insert(FEEDBACK_COMMENTS).values(values))
            erased = aside.submit(records.erase, conversation)
            wait([erased], timeout=0.5)  # it comes as far as it can
        erased.result(timeout=10)

        assert records.queue.task(number)[1] == ()
