"""Receipts with their citations, conversations, feedback, and the log of what staff did."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make every table of the first release."""
    _receipts()
    _conversations()
    op.create_table(
        "feedback",
        sa.Column("id", _ROW_ID, nullable=False),
        sa.Column("receipt_id", sa.String(64), nullable=False),
        sa.Column("conversation_key", sa.String(64)),
        sa.Column("given_on", sa.Date(), nullable=False),
        sa.Column("helpful", sa.Boolean()),
        sa.Column("problem", sa.Text()),
        sa.PrimaryKeyConstraint("id", name="pk_feedback"),
        sa.ForeignKeyConstraint(["receipt_id"], ["receipts.id"], name="fk_feedback_receipt_id"),
        sa.ForeignKeyConstraint(["conversation_key"], ["conversations.key"], name="fk_feedback_conversation_key"),
    )
    op.create_index("ix_feedback_receipt_id", "feedback", ["receipt_id"])
    op.create_index("ix_feedback_conversation_key", "feedback", ["conversation_key"])
    op.create_table(
        "audit",
        sa.Column("id", _ROW_ID, nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("what", sa.String(64), nullable=False),
        sa.Column("on_what", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit"),
    )
    op.create_index("ix_audit_at", "audit", ["at"])


def _receipts() -> None:
    op.create_table(
        "receipts",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("seal", sa.String(64), nullable=False),
        sa.Column("stripped_on", sa.Date()),
        sa.Column("route", sa.String(32), nullable=False),
        sa.Column("snapshot", sa.String(64), nullable=False),
        sa.Column("writer", sa.Text(), nullable=False),
        sa.Column("first_asked_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_receipts"),
    )
    op.create_index("ix_receipts_route", "receipts", ["route"])
    op.create_table(
        "citations",
        sa.Column("receipt_id", sa.String(64), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Text(), nullable=False),
        sa.Column("content_hash", sa.String(64), nullable=False),
        sa.Column("passage_key", sa.String(64), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("receipt_id", "position", name="pk_citations"),
        sa.ForeignKeyConstraint(["receipt_id"], ["receipts.id"], name="fk_citations_receipt_id"),
    )
    op.create_index("ix_citations_source", "citations", ["source_id", "content_hash"])
    op.create_table(
        "asked",
        sa.Column("id", _ROW_ID, nullable=False),
        sa.Column("event", sa.String(32), nullable=False),
        sa.Column("receipt_id", sa.String(64), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("asked_at", sa.DateTime()),
        sa.PrimaryKeyConstraint("id", name="pk_asked"),
        sa.UniqueConstraint("event", name="uq_asked_event"),
        sa.ForeignKeyConstraint(["receipt_id"], ["receipts.id"], name="fk_asked_receipt_id"),
    )
    op.create_index("ix_asked_receipt_id", "asked", ["receipt_id"])


def _conversations() -> None:
    op.create_table(
        "conversations",
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("begun_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_conversations"),
    )
    op.create_table(
        "turns",
        sa.Column("id", _ROW_ID, nullable=False),
        sa.Column("conversation_key", sa.String(64), nullable=False),
        sa.Column("asked_id", _ROW_ID, nullable=False),
        sa.Column("receipt_id", sa.String(64), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("reply", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_turns"),
        sa.ForeignKeyConstraint(["conversation_key"], ["conversations.key"], name="fk_turns_conversation_key"),
        sa.ForeignKeyConstraint(["asked_id"], ["asked.id"], name="fk_turns_asked_id"),
        sa.ForeignKeyConstraint(["receipt_id"], ["receipts.id"], name="fk_turns_receipt_id"),
    )
    op.create_index("ix_turns_conversation_key", "turns", ["conversation_key"])
    op.create_index("ix_turns_receipt_id", "turns", ["receipt_id"])
    op.create_index("ix_turns_at", "turns", ["at"])
