"""What is kept, found, counted and erased: the same in SQLite and in PostgreSQL."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, func, select, update

from askms.errors import QuestionError, RecordsUnavailable, UnknownRecord
from askms.receipt import Receipt
from askms.records import Kept, Records
from askms.records.database import Database
from askms.records.tables import ASKED, AUDIT, CONVERSATIONS, FEEDBACK, METADATA, RECEIPTS, TURNS
from askms.records.values import key_of
from tests.records.made import HASH, NEWER, receipt, reply

TODAY = datetime.now(UTC).date()


def keep(records: Records, kept: Receipt, conversation: str | None = None) -> Kept:
    done = records.keep(kept, reply(kept), conversation)
    assert done.recorded
    return done


@contextmanager
def opened(url: str) -> Iterator[Connection]:
    """A transaction of our own, beside the records."""
    database = Database(url)
    try:
        with database.writing() as connection:
            yield connection
    finally:
        database.close()


def rows(url: str, table: Any) -> list[Any]:
    with opened(url) as connection:
        return list(connection.execute(select(table)))


def everything(url: str) -> str:
    """All that the tables hold, as text."""
    return "\n".join(str(row) for table in METADATA.sorted_tables for row in rows(url, table))


def made_older(url: str, days: float) -> None:
    """Let time pass: all that is kept happened so much earlier."""
    with opened(url) as connection:
        for table, column in ((TURNS, "at"), (ASKED, "asked_at"), (CONVERSATIONS, "begun_at")):
            for key, moment in connection.execute(select(table.primary_key.columns[0], table.c[column])).all():
                if moment is not None:
                    earlier = {column: moment - timedelta(days=days)}
                    connection.execute(update(table).where(table.primary_key.columns[0] == key).values(earlier))
        connection.execute(update(FEEDBACK).values(given_on=TODAY - timedelta(days=days)))


def test_a_receipt_comes_back_as_it_was(records: Records) -> None:
    kept = receipt()
    keep(records, kept)

    found = records.receipt(kept.id)

    assert found.receipt == kept
    assert (found.times_asked, found.first_asked_on, found.last_asked_on) == (1, TODAY, TODAY)
    assert found.stripped_on is None


def test_an_unknown_receipt_is_named(records: Records) -> None:
    with pytest.raises(UnknownRecord, match="No receipt 'nope' is kept"):
        records.receipt("nope")


def test_the_same_question_asked_twice_is_one_receipt_and_two_events(records: Records, url: str) -> None:
    first, second = keep(records, receipt()), keep(records, receipt())

    assert records.receipt(receipt().id).times_asked == 2
    assert first.conversation != second.conversation
    assert len(rows(url, RECEIPTS)) == 1


def test_without_a_conversation_nothing_links_two_questions(records: Records, url: str) -> None:
    keep(records, receipt("one"))
    keep(records, receipt("two"))

    turns = rows(url, TURNS)
    assert len({turn.conversation_key for turn in turns}) == 2


def test_a_conversation_holds_its_turns_in_order(records: Records) -> None:
    begun = keep(records, receipt("one"))
    keep(records, receipt("two"), begun.conversation)
    keep(records, receipt("elsewhere"))

    found = records.conversation(begun.conversation)

    assert [turn.question for turn in found.turns] == ["one", "two"]
    assert [turn.reply for turn in found.turns] == [reply(receipt("one")), reply(receipt("two"))]
    assert found.begun_at == found.turns[0].at <= found.turns[1].at
    assert abs(found.begun_at - datetime.now(UTC)) < timedelta(minutes=5)


def test_ids_of_conversations_are_long_and_not_in_the_database(records: Records, url: str) -> None:
    ids = [keep(records, receipt()).conversation for _ in range(5)]

    assert len(set(ids)) == 5
    assert all(len(one) >= 32 and int(one, 16) for one in ids)  # 128 bits or more
    assert not any(one in everything(url) for one in ids)


@pytest.mark.parametrize("made_up", ["a", "x" * 200, "no such id", "\N{SNOWMAN}", "' OR 1=1 --"])
def test_an_id_that_is_not_ours_is_replaced(records: Records, made_up: str) -> None:
    kept = keep(records, receipt(), made_up)

    assert kept.conversation != made_up
    assert len(records.conversation(kept.conversation).turns) == 1
    with pytest.raises(UnknownRecord):
        records.conversation(made_up)


def test_which_replies_cite_a_source_is_one_question(records: Records) -> None:
    keep(records, receipt("old"))
    keep(records, receipt("old"))
    keep(records, receipt("new", at=NEWER))
    keep(records, receipt("other", source="heat"))

    found = {each.receipt_id: each for each in records.cited_by("fatigue")}

    assert found.keys() == {receipt("old").id, receipt("new", at=NEWER).id}
    assert found[receipt("old").id].times_asked == 2
    assert found[receipt("old").id].content_hash == HASH
    assert [each.receipt_id for each in records.cited_by("fatigue", NEWER)] == [receipt("new", at=NEWER).id]
    assert [each.receipt_id for each in records.cited_by("fatigue", HASH[:12])] == [receipt("old").id]
    assert records.cited_by("fatigue", "%") == records.cited_by("fat_gue") == []


def test_feedback_is_masked_and_found_with_receipt_and_conversation(records: Records, url: str) -> None:
    begun = keep(records, receipt())
    said = "I'm Jane Smith, jane@example.com: this is wrong"

    records.add_feedback(receipt().id, conversation=begun.conversation, helpful=False, problem=said)

    (of_receipt,) = records.receipt(receipt().id).feedback
    (of_turn,) = records.conversation(begun.conversation).turns[0].feedback
    assert of_receipt == of_turn
    assert (of_receipt.helpful, of_receipt.given_on) == (False, TODAY)
    assert of_receipt.problem is not None
    assert of_receipt.problem.endswith("this is wrong")
    assert not {"Jane", "Smith", "example.com"} & set(everything(url).replace("'", " ").split())


def test_feedback_on_a_reply_that_is_not_kept_is_refused(records: Records) -> None:
    with pytest.raises(UnknownRecord):
        records.add_feedback("0" * 24, helpful=True)


def test_feedback_may_name_a_conversation_that_is_gone(records: Records) -> None:
    keep(records, receipt())

    records.add_feedback(receipt().id, conversation="gone", helpful=True)

    assert records.receipt(receipt().id).feedback[0].helpful is True


def test_erasing_leaves_what_was_cited_and_no_word(records: Records, url: str) -> None:
    begun = keep(records, receipt())
    keep(records, receipt("Is zanzibar safe?"), begun.conversation)
    records.add_feedback(receipt().id, conversation=begun.conversation, helpful=False, problem="zanzibar it is")
    records.add_feedback(receipt().id, helpful=None, problem="zanzibar again")

    records.erase(begun.conversation)

    assert "zanzibar" not in everything(url)
    with pytest.raises(UnknownRecord, match="may have been erased"):
        records.conversation(begun.conversation)
    assert rows(url, CONVERSATIONS) == rows(url, TURNS) == []
    left = records.receipt(receipt().id)
    assert left.stripped_on == TODAY
    assert left.receipt.citations == receipt().citations
    assert (left.receipt.question, left.receipt.history, left.receipt.searched) == ("", (), "")
    assert [said.helpful for said in left.feedback] == [False, None]
    assert len(records.cited_by("fatigue")) == 2
    assert [row.asked_at for row in rows(url, ASKED)] == [None, None]  # two questions of one evening
    assert [row.asked_on for row in rows(url, ASKED)] == [TODAY, TODAY]


def test_erasing_twice_says_that_nothing_is_kept(records: Records) -> None:
    begun = keep(records, receipt())
    records.erase(begun.conversation)

    with pytest.raises(UnknownRecord):
        records.erase(begun.conversation)


def test_words_that_another_conversation_has_too_stay_until_it_goes(records: Records, url: str) -> None:
    one, other = keep(records, receipt()), keep(records, receipt())

    records.erase(one.conversation)

    assert records.receipt(receipt().id).stripped_on is None
    assert records.conversation(other.conversation).turns[0].question == receipt().question
    records.erase(other.conversation)
    assert records.receipt(receipt().id).stripped_on == TODAY
    assert "zanzibar" not in everything(url)


def test_a_question_asked_anew_after_erasing_can_be_replayed_again(records: Records) -> None:
    records.erase(keep(records, receipt()).conversation)

    keep(records, receipt())

    assert records.receipt(receipt().id).receipt == receipt()
    assert records.receipt(receipt().id).times_asked == 2


def test_what_is_old_is_purged_and_what_is_not_stays(records: Records, url: str) -> None:
    old = keep(records, receipt("old zanzibar"))
    records.add_feedback(receipt("old zanzibar").id, conversation=old.conversation, helpful=True, problem="zanzibar")
    made_older(url, 31)
    recent = keep(records, receipt("recent"))

    purged = records.purge()

    assert (purged.turns, purged.conversations, purged.receipts, purged.reports) == (1, 1, 1, 1)
    assert "zanzibar" not in everything(url)
    assert records.receipt(receipt("old zanzibar").id).stripped_on == TODAY
    assert records.receipt(receipt("old zanzibar").id).feedback[0].helpful is True
    assert len(records.conversation(recent.conversation).turns) == 1
    again = records.purge()
    assert (again.turns, again.conversations, again.receipts, again.reports) == (0, 0, 0, 0)


def test_what_is_just_young_enough_is_not_purged(records: Records, url: str) -> None:
    keep(records, receipt())
    made_older(url, 29.9)

    assert records.purge().turns == 0
    assert "zanzibar" in everything(url)


def test_the_old_turns_of_a_conversation_go_before_the_young_ones(records: Records, url: str) -> None:
    begun = keep(records, receipt("old zanzibar"))
    made_older(url, 31)
    keep(records, receipt("recent"), begun.conversation)

    assert records.purge().conversations == 0
    assert [turn.question for turn in records.conversation(begun.conversation).turns] == ["recent"]
    assert "zanzibar" not in everything(url)


def test_many_old_turns_are_purged_in_parts(records: Records, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("askms.records.erasing.CHUNK", 3)
    for number in range(8):
        keep(records, receipt(f"zanzibar {number}"))
    made_older(url, 31)

    purged = records.purge()

    assert (purged.turns, purged.conversations, purged.receipts) == (8, 8, 8)
    assert "zanzibar" not in everything(url)


@pytest.mark.parametrize("change", [{"route": "boundary"}, {"id": "0" * 24}, {"text_sha256": "other"}])
def test_an_altered_receipt_is_told_whether_it_has_words_or_not(
    records: Records, url: str, change: dict[str, str]
) -> None:
    begun = keep(records, receipt())

    def alter() -> None:
        with opened(url) as connection:
            body = json.loads(connection.scalar(select(RECEIPTS.c.body)) or "")
            connection.execute(update(RECEIPTS).values(body=json.dumps(body | change)))

    alter()
    with pytest.raises(QuestionError, match="was altered"):
        records.receipt(receipt().id)
    keep(records, receipt(), begun.conversation)  # asked again: it is whole again
    records.erase(begun.conversation)
    assert records.receipt(receipt().id).stripped_on == TODAY
    alter()
    with pytest.raises(QuestionError, match="was altered"):
        records.receipt(receipt().id)


def test_a_damaged_receipt_does_not_keep_words_from_being_erased(records: Records, url: str) -> None:
    begun = keep(records, receipt())
    with opened(url) as connection:
        connection.execute(update(RECEIPTS).values(body="{zanzibar"))

    records.erase(begun.conversation)

    assert "zanzibar" not in everything(url)


def test_what_staff_did_is_noted(records: Records, url: str) -> None:
    records.note("ann", "export", "something")

    (act,) = rows(url, AUDIT)
    assert (act.who, act.what, act.on_what) == ("ann", "export", "something")
    assert abs(act.at - datetime.now(UTC)) < timedelta(minutes=5)


def test_eight_threads_at_once_lose_and_double_nothing(records: Records, url: str) -> None:
    begun = [keep(records, receipt(f"begin {thread}")).conversation for thread in range(8)]

    def ask(thread: int) -> list[Kept]:
        return [keep(records, receipt(f"{number % 3}"), begun[thread]) for number in range(10)]

    with ThreadPoolExecutor(8) as pool:
        done = [kept for each in pool.map(ask, range(8)) for kept in each]

    assert len(done) == 80
    assert [len(records.conversation(each).turns) for each in begun] == [11] * 8
    assert len(rows(url, ASKED)) == 88
    assert records.receipt(receipt("0").id).times_asked == 8 * 4
    assert (records.waiting, records.lost) == (0, 0)


def test_a_write_that_is_tried_again_counts_once(records: Records, url: str) -> None:
    """As when a connection breaks after the commit and before anybody heard of it."""
    written: list[int] = []
    write = records._write

    def breaks_off(batch: Any) -> None:
        write(batch)
        if not written:
            written.append(1)
            raise RecordsUnavailable("the connection broke")

    records._recorder._write = breaks_off
    kept = records.keep(receipt(), reply(receipt()))
    assert not kept.recorded

    assert len(records.conversation(kept.conversation).turns) == 1
    assert len(rows(url, ASKED)) == 1


def test_one_reply_that_cannot_be_written_keeps_back_no_other(
    records: Records, caplog: pytest.LogCaptureFixture
) -> None:
    broken = replace(receipt("zanzibar"), snapshot=None)  # type: ignore[arg-type]

    kept = records.keep(broken, reply(broken))

    assert not kept.recorded
    assert keep(records, receipt()).recorded
    assert (records.waiting, records.lost) == (0, 1)
    assert "zanzibar" not in caplog.text


@given(question=st.text(max_size=40))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
def test_any_words_are_kept_and_erased(records: Records, question: str) -> None:
    asked = receipt(question.encode("utf-8", "replace").decode().replace("\0", ""))

    begun = keep(records, asked)

    assert records.conversation(begun.conversation).turns[0].question == asked.question
    assert records.receipt(asked.id).receipt == asked
    records.erase(begun.conversation)
    assert records.receipt(asked.id).receipt.question == ""


def test_the_database_holds_a_key_and_not_the_id(records: Records, url: str) -> None:
    begun = keep(records, receipt())

    (row,) = rows(url, CONVERSATIONS)
    assert row.key == key_of(begun.conversation) == records.conversation(begun.conversation).key


def test_times_are_kept_in_utc(records: Records, url: str) -> None:
    keep(records, receipt())

    with opened(url) as connection:
        newest = connection.scalar(select(func.max(TURNS.c.at)))
    assert newest is not None
    assert abs(newest - datetime.now(UTC)) < timedelta(minutes=5)
