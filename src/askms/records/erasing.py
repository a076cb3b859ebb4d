"""Takes patients' words out: of one conversation when they ask, of everything that has become old.

What is left says what was cited and how often, and nothing of who asked what. A receipt
loses its words when no turn that is kept has them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Final, TypeVar

from sqlalchemy import ColumnElement, Connection, delete, exists, select, update

from askms.errors import QuestionError, UnknownRecord
from askms.receipt import read_receipt
from askms.records.database import Database
from askms.records.tables import ASKED, CONVERSATIONS, FEEDBACK, FEEDBACK_COMMENTS, RECEIPTS, TURNS
from askms.records.values import Purged, key_of

CHUNK: Final = 200
"""Rows taken out in one transaction, so that nobody who writes has to wait for long."""

_T = TypeVar("_T")


def erase(database: Database, conversation: str) -> None:
    """Erase a conversation: its turns, the words of its receipts, the text of its feedback.

    Raises:
        UnknownRecord: there is none, or it was erased.
        RecordsUnavailable: not erased, or erased and not yet overwritten on the disk.
    """
    delete_words(database, key_of(conversation))
    database.wipe()


def delete_words(database: Database, key: str) -> None:
    """Delete a conversation by its name in the records. `Database.wipe` is still due then.

    Raises:
        UnknownRecord: there is none, or it was erased.
        RecordsUnavailable: nothing was deleted.
    """
    with database.writing() as connection:
        # First of all: from here on no new turn can be added to it.
        if (
            connection.execute(select(CONVERSATIONS).where(CONVERSATIONS.c.key == key).with_for_update()).first()
            is None
        ):
            raise UnknownRecord("No conversation of this id is kept. It may have been erased.")
        database.mark_for_wiping(connection)
        _drop_turns(connection, TURNS.c.conversation_key == key)
        _forget_reports(connection, FEEDBACK.c.conversation_key == key, leaves=True)
        connection.execute(delete(CONVERSATIONS).where(CONVERSATIONS.c.key == key))


def purge(database: Database, before: datetime) -> Purged:
    """Take out all words from before a moment, and overwrite them on the disk.

    Raises:
        RecordsUnavailable: not all was taken out; what was stays so.
    """
    turns = receipts = 0
    while True:
        with database.writing() as connection:
            old = connection.scalars(select(TURNS.c.id).where(TURNS.c.at < before).limit(CHUNK)).all()
            if old:
                database.mark_for_wiping(connection)
                receipts += _drop_turns(connection, TURNS.c.id.in_(old))
        turns += len(old)
        if len(old) < CHUNK:
            break
    with database.writing() as connection:
        # Kept by the day only, so the day on which the moment falls goes as a whole.
        aged = (FEEDBACK.c.given_on <= before.astimezone(UTC).date()) & FEEDBACK.c.problem.is_not(None)
        reports = _forget_reports(connection, aged)
        comments = connection.execute(delete(FEEDBACK_COMMENTS).where(FEEDBACK_COMMENTS.c.at < before)).rowcount
        if reports or comments:
            database.mark_for_wiping(connection)
        empty = (CONVERSATIONS.c.begun_at < before) & ~exists().where(TURNS.c.conversation_key == CONVERSATIONS.c.key)
        keys = connection.scalars(select(CONVERSATIONS.c.key).where(empty).with_for_update()).all()
        for some in _chunks(keys):
            _forget_reports(connection, FEEDBACK.c.conversation_key.in_(some), leaves=True)
            connection.execute(delete(CONVERSATIONS).where(CONVERSATIONS.c.key.in_(some)))
    database.wipe()
    return Purged(turns=turns, conversations=len(keys), receipts=receipts, reports=reports)


def _drop_turns(connection: Connection, which: ColumnElement[bool]) -> int:
    """Delete turns, the times of their questions, and words that no other turn has. How many receipts lost words."""
    gone = connection.execute(select(TURNS.c.id, TURNS.c.asked_id, TURNS.c.receipt_id).where(which)).all()
    for some in _chunks(gone):
        connection.execute(delete(TURNS).where(TURNS.c.id.in_([row.id for row in some])))
        connection.execute(update(ASKED).where(ASKED.c.id.in_([row.asked_id for row in some])).values(asked_at=None))
    return _strip(connection, sorted({row.receipt_id for row in gone}))


def _strip(connection: Connection, receipt_ids: Sequence[str]) -> int:
    stripped = 0
    for some in _chunks(receipt_ids):
        wordless = RECEIPTS.c.stripped_on.is_(None) & RECEIPTS.c.id.in_(some)
        wordless &= ~exists().where(TURNS.c.receipt_id == RECEIPTS.c.id)
        rows = connection.execute(select(RECEIPTS.c.id, RECEIPTS.c.body).where(wordless).with_for_update()).all()
        for row in rows:
            values = {"body": _without_words(row.body), "stripped_on": datetime.now(UTC).date()}
            connection.execute(update(RECEIPTS).where(RECEIPTS.c.id == row.id).values(values))
            # A report that named no conversation belongs to the receipt.
            _forget_reports(connection, (FEEDBACK.c.receipt_id == row.id) & FEEDBACK.c.conversation_key.is_(None))
        stripped += len(rows)
    return stripped


def _forget_reports(connection: Connection, which: ColumnElement[bool], *, leaves: bool = False) -> int:
    """Take the words out of reports, with what staff said of them. How many there were.

    Args:
        connection: with a transaction.
        which: the reports.
        leaves: their conversation goes.
    """
    # Held first: who comments holds the report too, so no comment can slip in behind the delete.
    held = connection.scalars(select(FEEDBACK.c.id).where(which).with_for_update()).all()
    for some in _chunks(held):
        connection.execute(delete(FEEDBACK_COMMENTS).where(FEEDBACK_COMMENTS.c.feedback_id.in_(some)))
    gone = {"problem": None, **({"conversation_key": None} if leaves else {})}
    return connection.execute(update(FEEDBACK).where(which).values(gone)).rowcount


def _without_words(body: str) -> str:
    try:
        return read_receipt(body).without_words().to_json()
    except QuestionError:  # altered or damaged: nothing in it can be relied on, and its words must go all the same
        return "{}"


def _chunks(items: Sequence[_T]) -> Iterator[Sequence[_T]]:
    return (items[at : at + CHUNK] for at in range(0, len(items), CHUNK))
