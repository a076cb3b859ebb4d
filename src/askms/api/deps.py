"""What endpoints receive.

All of it is `async`, though nothing is awaited: FastAPI runs plain functions in threads that all requests share, and a
card would wait there for whoever waits for the database.
"""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import Depends, Request

from askms.api.limits import Guard, Kind
from askms.assistant import Assistant
from askms.errors import UnknownRecord
from askms.records import Records


async def _assistant(request: Request) -> Assistant:
    assistant: Assistant = request.app.state.assistant
    return assistant


AssistantDep = Annotated[Assistant, Depends(_assistant)]
"""The assistant that the app was created with."""


async def _records(request: Request) -> Records | None:
    records: Records | None = request.app.state.records
    return records


async def _needed_records(request: Request) -> Records:
    records = await _records(request)
    if records is None:
        raise UnknownRecord("This askms keeps no records, so there is nothing to look up, erase or add to.")
    return records


RecordsDep = Annotated[Records | None, Depends(_records)]
"""The records, if any are kept."""
NeededRecordsDep = Annotated[Records, Depends(_needed_records)]
"""The records; where none are kept, the request ends with 404."""


async def _guard(request: Request) -> Guard:
    guard: Guard = request.app.state.guard
    return guard


GuardDep = Annotated[Guard, Depends(_guard)]
"""Who counts requests and keeps the places."""


async def _counted_change(request: Request, guard: GuardDep) -> None:
    await guard.admit(Kind.CHANGE, request)


async def _counted_read(request: Request, guard: GuardDep) -> None:
    await guard.admit(Kind.READ, request)


CHANGES: Final = Depends(_counted_change)
"""On a route that changes what is kept: 429 to those who call it too often."""
READS: Final = Depends(_counted_read)
"""The same on a route that only shows something."""
