"""What endpoints receive."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request

from askms.assistant import Assistant
from askms.errors import UnknownRecord
from askms.records import Records


def _assistant(request: Request) -> Assistant:
    assistant: Assistant = request.app.state.assistant
    return assistant


AssistantDep = Annotated[Assistant, Depends(_assistant)]
"""The assistant that the app was created with."""


def _records(request: Request) -> Records | None:
    records: Records | None = request.app.state.records
    return records


def _needed_records(request: Request) -> Records:
    records = _records(request)
    if records is None:
        raise UnknownRecord("This askms keeps no records, so there is nothing to look up, erase or add to.")
    return records


RecordsDep = Annotated[Records | None, Depends(_records)]
"""The records, if any are kept."""
NeededRecordsDep = Annotated[Records, Depends(_needed_records)]
"""The records; where none are kept, the request ends with 404."""
