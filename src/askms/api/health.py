"""Is the process up, and can it answer?"""

from __future__ import annotations

from dataclasses import dataclass
from threading import Lock
from time import monotonic
from types import TracebackType
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Request

from askms.api.deps import AssistantDep, GuardDep, RecordsDep
from askms.api.schemas import ErrorBody, Health, RecordsHealth
from askms.assistant import Assistant
from askms.errors import SnapshotError

_GOOD_FOR: Final = 1.0
"""Seconds for which what was seen is taken to be so. Nobody counts those who ask, and looking costs as much as a
search; where a part is away, as much as waiting for it."""

router = APIRouter(tags=["health"])


@dataclass(frozen=True, slots=True)
class _Failure:
    """Why it cannot answer."""

    error: Exception
    place: TracebackType | None = None
    """Where it was raised first. Each raise adds to the traceback of an error; a flood would fill the memory."""


class Readiness:
    """Looks whether index and model are there, once a second at most. Safe to share between threads."""

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant
        self._looking = Lock()
        self._until = float("-inf")
        self._failure: _Failure | None = _Failure(
            SnapshotError("Index and model are being loaded. Ask again in a few seconds.")
        )

    def check(self) -> None:
        """Look, or tell what was seen last: whoever comes while somebody looks does not wait for it.

        Raises:
            SnapshotError: it cannot answer, or nobody has finished looking yet.
            ModelUnavailable: it cannot answer.
        """
        if self._looking.acquire(blocking=False):
            try:
                if monotonic() >= self._until:
                    self._failure = self._look()
                    self._until = monotonic() + _GOOD_FOR
            finally:
                self._looking.release()
        failure = self._failure
        if failure is not None:
            raise failure.error.with_traceback(failure.place)

    def _look(self) -> _Failure | None:
        try:
            self._assistant.warm()
        except Exception as exc:  # noqa: BLE001 - `check` raises it, for everybody who asks within the second
            return _Failure(exc, exc.__traceback__)
        return None


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
