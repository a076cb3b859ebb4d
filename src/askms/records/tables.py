"""The tables of records, as this release knows them; the migrations make them.

What a patient said stands in four places only, so that it can be taken out of all of
them: a receipt's body, a turn, and the text of a report of a problem. Which sources a
receipt cites stands in rows of its own and outlives the words.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
)
from sqlalchemy.engine import Dialect

METADATA: Final = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)
RowId: Final = BigInteger().with_variant(Integer, "sqlite")
"""SQLite numbers rows by itself only where the type is INTEGER."""


class UtcDateTime(TypeDecorator[datetime]):
    """A moment. SQLite keeps no time zone, so what is stored is UTC without one."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """From any time zone to UTC."""
        return None if value is None else value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """UTC again."""
        return None if value is None else value.replace(tzinfo=UTC)


RECEIPTS: Final = Table(
    "receipts",
    METADATA,
    Column("id", String(64), primary_key=True),
    Column("body", Text, nullable=False),
    # The digest of the receipt without its words: what is left of a stripped one can still be checked.
    Column("seal", String(64), nullable=False),
    Column("stripped_on", Date),
    Column("route", String(32), nullable=False, index=True),
    Column("snapshot", String(64), nullable=False),
    Column("writer", Text, nullable=False),
    Column("first_asked_on", Date, nullable=False),
)

CITATIONS: Final = Table(
    "citations",
    METADATA,
    Column("receipt_id", ForeignKey("receipts.id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("source_id", Text, nullable=False),
    Column("content_hash", String(64), nullable=False),
    Column("passage_key", String(64), nullable=False),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Index("ix_citations_source", "source_id", "content_hash"),
)

ASKED: Final = Table(
    "asked",
    METADATA,
    Column("id", RowId, primary_key=True),
    # Made by who writes, so that a write whose success nobody heard of can be tried again and counts once.
    Column("event", String(32), nullable=False, unique=True),
    Column("receipt_id", ForeignKey("receipts.id"), nullable=False, index=True),
    Column("asked_on", Date, nullable=False),
    # The exact time goes with the words: with it, questions of one evening could be put together again.
    Column("asked_at", UtcDateTime),
)

CONVERSATIONS: Final = Table(
    "conversations",
    METADATA,
    # A hash of the id that the browser holds: whoever reads this table still cannot open a conversation.
    Column("key", String(64), primary_key=True),
    Column("begun_at", UtcDateTime, nullable=False),
)

TURNS: Final = Table(
    "turns",
    METADATA,
    Column("id", RowId, primary_key=True),
    Column("conversation_key", ForeignKey("conversations.key"), nullable=False, index=True),
    Column("asked_id", ForeignKey("asked.id"), nullable=False),
    Column("receipt_id", ForeignKey("receipts.id"), nullable=False, index=True),
    Column("at", UtcDateTime, nullable=False, index=True),
    Column("question", Text, nullable=False),
    Column("reply", Text, nullable=False),
)

FEEDBACK: Final = Table(
    "feedback",
    METADATA,
    Column("id", RowId, primary_key=True),
    Column("receipt_id", ForeignKey("receipts.id"), nullable=False, index=True),
    Column("conversation_key", ForeignKey("conversations.key"), index=True),
    Column("given_on", Date, nullable=False),
    Column("helpful", Boolean),
    Column("problem", Text),
)

AUDIT: Final = Table(
    "audit",
    METADATA,
    Column("id", RowId, primary_key=True),
    Column("at", UtcDateTime, nullable=False, index=True),
    Column("who", Text, nullable=False),
    Column("what", String(64), nullable=False),
    Column("on_what", Text, nullable=False),
)

STAFF: Final = Table(
    "staff",
    METADATA,
    Column("id", RowId, primary_key=True),
    Column("name", String(40), nullable=False, unique=True),
    Column("role", String(16), nullable=False),
    Column("password_hash", Text, nullable=False),
    Column("added_on", Date, nullable=False),
)

STAFF_SESSIONS: Final = Table(
    "staff_sessions",
    METADATA,
    # A hash of what the browser holds: whoever reads this table cannot take a session over.
    Column("key", String(64), primary_key=True),
    Column("staff_id", ForeignKey("staff.id"), nullable=False, index=True),
    Column("begun_at", UtcDateTime, nullable=False),
    Column("seen_at", UtcDateTime, nullable=False),
)

STAFF_ATTEMPTS: Final = Table(
    "staff_attempts",
    METADATA,
    # A hash of the name as typed: people type a password into the wrong field.
    Column("key", String(64), primary_key=True),
    Column("moments", Text, nullable=False),
    Column("last_at", UtcDateTime, nullable=False, index=True),
)

STAFF_DONE: Final = Table(
    "staff_done",
    METADATA,
    # Of the replies that cite a source as it once was: which somebody has looked through.
    Column("receipt_id", ForeignKey("receipts.id"), primary_key=True),
    Column("source_id", Text, primary_key=True),
    Column("content_hash", String(64), primary_key=True),
    Column("who", String(40), nullable=False),
    Column("at", UtcDateTime, nullable=False),
)

FEEDBACK_WORK: Final = Table(
    "feedback_work",
    METADATA,
    # Without a row, nobody has looked at it yet.
    Column("feedback_id", ForeignKey("feedback.id"), primary_key=True, autoincrement=False),
    Column("state", String(16), nullable=False, index=True),
    Column("who", String(40), nullable=False),
    Column("at", UtcDateTime, nullable=False),
)

FEEDBACK_COMMENTS: Final = Table(
    "feedback_comments",
    METADATA,
    Column("id", RowId, primary_key=True),
    Column("feedback_id", ForeignKey("feedback.id"), nullable=False, index=True),
    Column("at", UtcDateTime, nullable=False),
    Column("who", String(40), nullable=False),
    # May repeat what a patient said, and so goes when that goes.
    Column("text", Text, nullable=False),
)
