"""Writes one reply, one opinion or one act of staff, inside the caller's transaction."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import Connection, Table, insert, select
from sqlalchemy.dialects import postgresql, sqlite

from askms.records.tables import ASKED, AUDIT, CITATIONS, CONVERSATIONS, FEEDBACK, RECEIPTS, TURNS
from askms.records.values import Asked


def is_conversation(connection: Connection, key: str) -> bool:
    """Whether a conversation of this key is kept; if so, it stays until the end of the transaction."""
    found = select(CONVERSATIONS.c.key).where(CONVERSATIONS.c.key == key).with_for_update(read=True, key_share=True)
    return connection.scalar(found) is not None


def store(connection: Connection, asked: Asked, conversation_key: str | None) -> None:
    """Write a reply; once only, however often it is tried.

    Args:
        connection: with a transaction.
        asked: the reply.
        conversation_key: where its turn goes, begun if need be. None: the conversation was erased while the reply
            waited to be written, so it is kept without words.
    """
    receipt = asked.receipt
    values = {
        "id": receipt.id,
        "body": asked.body if conversation_key else receipt.without_words().to_json(),
        "seal": receipt.without_words().digest,
        "stripped_on": None if conversation_key else asked.at.date(),
        "route": receipt.route,
        "snapshot": receipt.snapshot,
        "writer": receipt.writer,
        "first_asked_on": asked.at.date(),
    }
    adding = upsert(connection, RECEIPTS).values(values)
    if conversation_key:  # words that were taken out come back with the same question
        adding = adding.on_conflict_do_update(index_elements=["id"], set_={"body": asked.body, "stripped_on": None})
    else:
        adding = adding.on_conflict_do_nothing()
    connection.execute(adding)
    cited = [
        {
            "receipt_id": receipt.id,
            "position": position,
            "source_id": span.source_id,
            "content_hash": span.content_hash,
            "passage_key": span.passage_key,
            "start": span.start,
            "end": span.end,
        }
        for position, span in enumerate(receipt.citations)
    ]
    if cited:
        connection.execute(upsert(connection, CITATIONS).on_conflict_do_nothing(), cited)
    event = {
        "event": asked.event,
        "receipt_id": receipt.id,
        "asked_on": asked.at.date(),
        "asked_at": asked.at if conversation_key else None,
    }
    asked_id = connection.scalar(upsert(connection, ASKED).values(event).on_conflict_do_nothing().returning(ASKED.c.id))
    if conversation_key and asked_id is not None:
        _add_turn(connection, asked, conversation_key, asked_id)


def _add_turn(connection: Connection, asked: Asked, conversation_key: str, asked_id: int) -> None:
    begun = {"key": conversation_key, "begun_at": asked.at}
    connection.execute(upsert(connection, CONVERSATIONS).values(begun).on_conflict_do_nothing())
    connection.execute(
        insert(TURNS).values(
            conversation_key=conversation_key,
            asked_id=asked_id,
            receipt_id=asked.receipt.id,
            at=asked.at,
            question=asked.receipt.question,
            reply=asked.reply,
        )
    )


def store_feedback(
    connection: Connection, receipt_id: str, conversation_key: str | None, helpful: bool | None, problem: str | None
) -> None:
    """Write what somebody said of a reply. The text has its identifiers masked already."""
    connection.execute(
        insert(FEEDBACK).values(
            receipt_id=receipt_id,
            conversation_key=conversation_key,
            given_on=datetime.now(UTC).date(),
            helpful=helpful,
            problem=problem,
        )
    )


def store_act(connection: Connection, who: str, what: str, on_what: str) -> None:
    """Write down that a member of staff did something."""
    connection.execute(insert(AUDIT).values(at=datetime.now(UTC), who=who, what=what, on_what=on_what))


def upsert(connection: Connection, table: Table) -> postgresql.Insert | sqlite.Insert:
    """An insert that knows what to do about a row that is there. Both databases write it alike."""
    return postgresql.insert(table) if connection.dialect.name == "postgresql" else sqlite.insert(table)
