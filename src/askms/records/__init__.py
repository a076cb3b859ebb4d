"""What askms remembers: receipts, conversations, feedback, and staff; and how words are forgotten again.

The only place that knows SQLAlchemy and Alembic. The API and the command line use it;
nothing that answers does.
"""

from __future__ import annotations

from askms.records.desk import Act, Done
from askms.records.figures import Day, Unanswered
from askms.records.listing import PER_PAGE, Listed
from askms.records.people import Person, Role, Visit
from askms.records.queue import Comment, State, Task
from askms.records.records import Records, migrate_records, open_records
from askms.records.retention import Retention
from askms.records.searching import Glance, Opinion, Wanted
from askms.records.values import (
    CitedVersion,
    Citing,
    Conversation,
    Feedback,
    Kept,
    Purged,
    StoredReceipt,
    StoredTurn,
    new_conversation,
)

__all__ = [
    "PER_PAGE",
    "Act",
    "CitedVersion",
    "Citing",
    "Comment",
    "Conversation",
    "Day",
    "Done",
    "Feedback",
    "Glance",
    "Kept",
    "Listed",
    "Opinion",
    "Person",
    "Purged",
    "Records",
    "Retention",
    "Role",
    "State",
    "StoredReceipt",
    "StoredTurn",
    "Task",
    "Unanswered",
    "Visit",
    "Wanted",
    "migrate_records",
    "new_conversation",
    "open_records",
]
