"""What askms remembers: receipts, conversations and feedback, and how they are forgotten again.

The only place that knows SQLAlchemy and Alembic. The API and the command line use it;
nothing that answers does.
"""

from __future__ import annotations

from askms.records.records import Records, migrate_records, open_records
from askms.records.retention import Retention
from askms.records.values import Citing, Conversation, Feedback, Kept, Purged, StoredReceipt, StoredTurn

__all__ = [
    "Citing",
    "Conversation",
    "Feedback",
    "Kept",
    "Purged",
    "Records",
    "Retention",
    "StoredReceipt",
    "StoredTurn",
    "migrate_records",
    "open_records",
]
