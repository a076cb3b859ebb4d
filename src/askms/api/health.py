"""Is the process up, and can it answer?"""

from __future__ import annotations

from threading import Lock
from time import monotonic
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Request

from askms.api.deps import AssistantDep, GuardDep, RecordsDep
from askms.api.schemas import ErrorBody, Health, RecordsHealth
from askms.assistant import Assistant

_GOOD_FOR: Final = 1.0
"""Seconds for which all is taken to be well. Nobody counts those who ask, and looking costs as much as a search."""

router = APIRouter(tags=["health"])


class Readiness:
    """Looks whether index and model are there, once a second at most. Safe to share between threads."""

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant
        self._lock = Lock()
        self._until = float("-inf")

    def check(self) -> None:
        """Raises SnapshotError or ModelUnavailable: it cannot answer."""
        with self._lock:
            if monotonic() >= self._until:
                self._assistant.warm()
                self._until = monotonic() + _GOOD_FOR


async def _readiness(request: Request) -> Readiness:
    readiness: Readiness = request.app.state.readiness
    return readiness


@router.get("/healthz")
def healthz() -> Health:
    """The process is up."""
    return Health(status="ok")


@router.get("/readyz", response_model_exclude_unset=True, responses={503: {"model": ErrorBody}})
def readyz(
    assistant: AssistantDep,
    records: RecordsDep,
    guard: GuardDep,
    readiness: Annotated[Readiness, Depends(_readiness)],
) -> Health:
    """Index and model are loaded and fit together, and the server is not about to end; 503 says what is missing.

    Replies need no records.
    """
    guard.require_open()
    readiness.check()
    ready = Health(status="ready", snapshot=assistant.snapshot().name)
    if records is not None:
        ready.records = RecordsHealth(waiting=records.waiting, lost=records.lost)
    return ready
