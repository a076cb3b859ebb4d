"""Is the process up, and can it answer?"""

from __future__ import annotations

from fastapi import APIRouter

from askms.api.deps import AssistantDep
from askms.api.schemas import ErrorBody, Health

router = APIRouter(tags=["health"])


@router.get("/healthz")
def healthz() -> Health:
    """The process is up."""
    return Health(status="ok")


@router.get("/readyz", responses={503: {"model": ErrorBody}})
def readyz(assistant: AssistantDep) -> Health:
    """Index and model are loaded and fit together; 503 says what is missing."""
    assistant.warm()
    return Health(status="ready", snapshot=assistant.snapshot().name)
