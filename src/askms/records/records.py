"""The records as the rest of askms uses them. Everything that patients typed arrives here with identifiers masked."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import Any, Final
from uuid import uuid4

from askms.errors import RecordsSchema, RecordsUnavailable, UnknownRecord
from askms.guardrails import masked
from askms.receipt import Receipt
from askms.records import erasing, finding, schema, storing
from askms.records.database import Database
from askms.records.desk import Desk
from askms.records.queue import Queue
from askms.records.recorder import PATIENCE, Recorder
from askms.records.staff import Staff
from askms.records.values import Asked, Citing, Conversation, Kept, Purged, StoredReceipt, key_of, new_conversation
from askms.records.waiting import Waiting

_BUSY: Final = "Some replies are not recorded yet, as the database cannot be used. Try again in a minute."
_log = logging.getLogger(__name__)


class Records:
    """Receipts, conversations and feedback in one database. Safe to share between threads."""

    def __init__(self, database: Database, keep_days: int) -> None:
        """Use `open_records`, which also looks after the tables."""
        self._database, self.keep_days = database, keep_days
        self._recorder = Recorder(self._write)
        self.staff, self.queue = Staff(database, self._check), Queue(database, self._check)
        self.desk = Desk(database, self._check, self._drain)
        self._checked = False
        self._checking = Lock()

    @property
    def place(self) -> str:
        """Where the records are, without a password."""
        return self._database.name

    @property
    def overwrites(self) -> bool:
        """Whether what is erased is written over on the disk at once; PostgreSQL does so in its own time."""
        return self._database.file is not None

    @property
    def waiting(self) -> int:
        """Replies that are not written yet."""
        return self._recorder.waiting

    @property
    def lost(self) -> int:
        """Replies that were not recorded and will not be."""
        return self._recorder.lost

    def keep(
        self,
        receipt: Receipt,
        reply: Mapping[str, Any],
        conversation: str | None = None,
        *,
        begins: str | None = None,
        waits: bool = True,
    ) -> Kept:
        """Record a reply that is about to be sent. Never raises for a database that cannot be used.

        Args:
            receipt: its receipt.
            reply: its wire form.
            conversation: the id that the browser named; one that is not ours is replaced by a new one.
            begins: that new one, of `new_conversation`, where the browser was told of it already.
            waits: False for what must not wait, such as a safety card: it is written in the background.
        """
        asked = Asked(
            event=uuid4().hex,
            at=datetime.now(UTC),
            receipt=receipt,
            body=receipt.to_json(),
            reply=json.dumps(reply, ensure_ascii=False),
        )
        waiting = Waiting(asked, conversation, begins or new_conversation())
        self._recorder.add(waiting, PATIENCE if waits else 0)
        return Kept(recorded=waiting.recorded, conversation=waiting.tell())

    def conversation(self, conversation: str) -> Conversation:
        """Everything that is kept of a conversation.

        Raises:
            UnknownRecord: nothing is.
            RecordsUnavailable: the database cannot be used, or turns wait to be written.
        """
        self._drain()
        with self._database.reading() as connection:
            return finding.find_conversation(connection, conversation)

    def erase(self, conversation: str) -> None:
        """Erase a conversation for good. Raises as `conversation` does; then it is safe to try again."""
        self._drain()
        try:
            erasing.erase(self._database, conversation)
        except UnknownRecord:
            # It may have been erased by a call that could not overwrite it on the disk.
            self._database.wipe()
            raise

    def add_feedback(
        self, receipt_id: str, *, conversation: str | None = None, helpful: bool | None, problem: str | None = None
    ) -> None:
        """Keep what somebody says of a reply, with identifiers masked.

        Raises:
            UnknownRecord: no such receipt is kept.
            RecordsUnavailable: the database cannot be used.
        """
        self._drain()
        key = key_of(conversation) if conversation else None
        with self._database.writing() as connection:
            finding.require_receipt(connection, receipt_id)
            known = key if key and storing.is_conversation(connection, key) else None
            storing.store_feedback(connection, receipt_id, known, helpful, masked(problem or "") or None)

    def receipt(self, receipt_id: str) -> StoredReceipt:
        """A receipt. Raises UnknownRecord, QuestionError if it was altered, RecordsUnavailable."""
        self._check()
        with self._database.reading() as connection:
            return finding.find_receipt(connection, receipt_id)

    def cited_by(self, source_id: str, content_hash: str | None = None) -> list[Citing]:
        """Which receipts cite a source, the latest first; with a hash, as its file was then."""
        self._check()
        with self._database.reading() as connection:
            return finding.find_citing(connection, source_id, content_hash)

    def purge(self) -> Purged:
        """Take out what is older than is kept. Raises RecordsUnavailable."""
        self._check()
        return erasing.purge(self._database, datetime.now(UTC) - timedelta(days=self.keep_days))

    def note(self, who: str, what: str, on_what: str) -> None:
        """Write down what a member of staff did: who, what, on what."""
        self._check()
        with self._database.writing() as connection:
            storing.store_act(connection, who, what, on_what)

    def wipe(self) -> None:
        """Overwrite on the disk what an earlier call deleted and could not overwrite. Raises RecordsUnavailable."""
        self._database.wipe()

    def close(self) -> None:
        """Write what waits, if the database can be used, and let go of it."""
        self._recorder.close()
        self._database.close()

    def _write(self, batch: Sequence[Waiting]) -> None:
        self._check()
        with self._database.writing() as connection:
            for waiting in batch:
                given = waiting.given
                place = waiting.place(given is not None and storing.is_conversation(connection, key_of(given)))
                storing.store(connection, waiting.asked, key_of(place) if place else None)
        # Only what was committed counts as recorded; that is the recorder's to say.

    def _drain(self) -> None:
        self._check()
        if not self._recorder.drain(PATIENCE):
            raise RecordsUnavailable(_BUSY)

    def _check(self) -> None:
        """Once it is known that the tables fit, that is not asked again."""
        with self._checking:
            if not self._checked:
                schema.check(self._database)
                self._checked = True


def open_records(url: str, keep_days: int, *, upgrades: bool = False) -> Records:
    """Open the records; a SQLite file that is not there is made.

    Args:
        url: SQLite or PostgreSQL.
        keep_days: how long patients' words are kept.
        upgrades: bring the tables of an older SQLite file to this release. A PostgreSQL server may have other
            users, and is changed by `askms records migrate` only.

    A database that cannot be used now is logged and no error: a server may start before it. Replies wait in memory
    then, and safety cards wait for nothing.

    Raises:
        RecordsSchema: the tables are of another release, or not ours.
    """
    database = Database(url)
    try:
        if database.file is not None and (upgrades or not database.file.exists()):
            database.make_file()
            schema.migrate(database)
        schema.check(database)
    except RecordsUnavailable as exc:
        _log.error("the records cannot be used yet: %s", exc)
    except RecordsSchema:
        database.close()
        raise
    return Records(database, keep_days)


def migrate_records(url: str) -> str:
    """Bring the tables of a database to this release and name the schema. Raises RecordsError."""
    database = Database(url)
    try:
        database.make_file()
        return schema.migrate(database)
    finally:
        database.close()
