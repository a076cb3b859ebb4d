"""What commands share that look into the records: opening them, and writing down who looked."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from getpass import getuser
from typing import TYPE_CHECKING

from askms.errors import UnknownRecord
from askms.settings import Settings

if TYPE_CHECKING:
    from askms.records import Records


@contextmanager
def kept_records() -> Iterator[Records]:
    """The records of these settings.

    Raises:
        UnknownRecord: none are kept.
        RecordsSchema: they are of another release.
    """
    from askms.records import open_records  # only here: it takes a third of a second to import

    settings = Settings()
    if settings.records_url is None:
        raise UnknownRecord("ASKMS_RECORDS is none, so nothing is kept. Name a database.")
    records = open_records(settings.records_url, settings.keep_days)
    try:
        yield records
    finally:
        records.close()


def who() -> str:
    """Who runs this command, for the audit: the name of an account of the machine, told apart from those of staff."""
    try:
        name = getuser()
    except (KeyError, OSError):  # a container may have no name for its user
        name = "unknown"
    return f"{name} (command line)"  # no member of staff can have such a name
