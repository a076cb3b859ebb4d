"""How far staff are with what people told them, and what they say of it among themselves."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

_ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables of the feedback queue."""
    op.create_table(
        "feedback_work",
        sa.Column("feedback_id", _ROW_ID, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("who", sa.String(40), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("feedback_id", name="pk_feedback_work"),
        sa.ForeignKeyConstraint(["feedback_id"], ["feedback.id"], name="fk_feedback_work_feedback_id"),
    )
    op.create_index("ix_feedback_work_state", "feedback_work", ["state"])
    op.create_table(
        "feedback_comments",
        sa.Column("id", _ROW_ID, nullable=False),
        sa.Column("feedback_id", _ROW_ID, nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("who", sa.String(40), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_feedback_comments"),
        sa.ForeignKeyConstraint(["feedback_id"], ["feedback.id"], name="fk_feedback_comments_feedback_id"),
    )
    op.create_index("ix_feedback_comments_feedback_id", "feedback_comments", ["feedback_id"])
