"""Which replies that cite a source have been looked through by staff."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the table of marks."""
    op.create_table(
        "staff_done",
        sa.Column("receipt_id", sa.String(64), nullable=False),
        sa.Column("source_id", sa.Text(), nullable=False),
        sa.Column("content_hash", sa.String(64), nullable=False),
        sa.Column("who", sa.String(40), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("receipt_id", "source_id", "content_hash", name="pk_staff_done"),
        sa.ForeignKeyConstraint(["receipt_id"], ["receipts.id"], name="fk_staff_done_receipt_id"),
    )
