"""Counts wrong passwords by name, in the database, so that several processes share the count.

An attempt is written down before its password is looked at: a hundred guesses at once
count as a hundred.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Final

from sqlalchemy import Connection, delete, select, update

from askms.records.storing import upsert
from askms.records.tables import STAFF_ATTEMPTS

MOST: Final = 5
"""Wrong passwords for one name within `WINDOW` that lock it for `WINDOW`."""
WINDOW: Final = timedelta(minutes=15)


def begin(connection: Connection, name: str, now: datetime) -> bool:
    """Count an attempt. Whether its password may be looked at; while the name is locked, nothing is counted."""
    connection.execute(delete(STAFF_ATTEMPTS).where(STAFF_ATTEMPTS.c.last_at < now - WINDOW))
    mine = STAFF_ATTEMPTS.c.key == _key(name)
    empty = {"key": _key(name), "moments": "[]", "last_at": now}
    connection.execute(upsert(connection, STAFF_ATTEMPTS).values(empty).on_conflict_do_nothing())
    row = connection.execute(select(STAFF_ATTEMPTS.c.moments).where(mine).with_for_update()).one()
    moments = [datetime.fromisoformat(moment) for moment in json.loads(row.moments)]
    if is_locked(moments, now):
        return False
    moments = [moment for moment in moments if now - moment < WINDOW] + [now]
    written = json.dumps([moment.astimezone(UTC).isoformat() for moment in moments[-MOST:]])
    connection.execute(update(STAFF_ATTEMPTS).where(mine).values(moments=written, last_at=now))
    return True


def forget(connection: Connection, name: str) -> None:
    """Begin to count anew, after a right password."""
    connection.execute(delete(STAFF_ATTEMPTS).where(STAFF_ATTEMPTS.c.key == _key(name)))


def is_locked(moments: Sequence[datetime], now: datetime) -> bool:
    """Whether the last attempts, oldest first, were so many in so short a time that the name is locked."""
    return len(moments) >= MOST and moments[-1] - moments[-MOST] <= WINDOW and now - moments[-1] < WINDOW


def _key(name: str) -> str:
    return sha256(name.encode(errors="replace")).hexdigest()
