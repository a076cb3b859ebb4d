"""Is the process up, and can it answer?"""

from __future__ import annotations

from fastapi import APIRouter

from askms.api.deps import AssistantDep, GuardDep, RecordsDep
from askms.api.schemas import ErrorBody, Health, RecordsHealth

router = APIRouter(tags=["health"])


@router.get("/healthz")
def healthz() -> Health:
    """The process is up."""
    return Health(status="ok")


@router.get("/readyz", response_model_exclude_unset=True, responses={503: {"model": ErrorBody}})
def readyz(assistant: AssistantDep, records: RecordsDep, guard: GuardDep) -> Health:
    """Index and model are loaded and fit together, and the server is not about to end; 503 says what is missing.

    Replies need no records.
    """
    guard.require_open()
    assistant.warm()
    ready = Health(status="ready", snapshot=assistant.snapshot().name)
    if records is not None:
        ready.records = RecordsHealth(waiting=records.waiting, lost=records.lost)
    return ready
