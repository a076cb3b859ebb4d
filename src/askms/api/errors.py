"""Turn every failure into the same body: what happened, what to do, and the disclaimer."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Mapping
from typing import Final

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse
from starlette.exceptions import HTTPException

from askms.api.bodies import COMPLETIONS, body_at
from askms.api.limits.refusal import Refusal
from askms.api.logs import REFUSED, route_of
from askms.api.pages import error_page
from askms.api.schemas_completions import CANNOT
from askms.errors import (
    AskmsError,
    ModelUnavailable,
    ProviderError,
    QuestionError,
    RecordsError,
    SnapshotError,
    StaffError,
    UnknownModel,
    UnknownRecord,
    UnknownSource,
)

_log = logging.getLogger(__name__)
_STATUS: Final[tuple[tuple[type[AskmsError], int], ...]] = (
    (QuestionError, 422),
    (UnknownSource, 404),
    (UnknownModel, 404),
    (UnknownRecord, 404),
    (StaffError, 422),
    (RecordsError, 503),
    (SnapshotError, 503),
    (ModelUnavailable, 503),
    (ProviderError, 503),
)
PAGES: Final = ("/sources", "/brief")
"""Where people browse; whoever opens such an address wants a page, even if it only says what is wrong."""
NO_RECORDS: Final = "Our records cannot be used now. Please try again in a minute."
"""Said instead of what went wrong, which may name a machine of ours."""
UNEXPECTED: Final = "Something went wrong on our side. Please try again later."


def _response(
    request: Request, kind: str, message: str, status: int, headers: Mapping[str, str] | None = None
) -> Response:
    """The error as the one who asked can read it: a page on the pages for people, JSON elsewhere."""
    if request.url.path.startswith(PAGES):
        return HTMLResponse(error_page(message), status_code=status, headers=headers)
    body = body_at(request.url.path, kind, message, status)
    return JSONResponse(body, status_code=status, headers=headers)


def install(app: FastAPI) -> None:
    """Register the handlers. None of them logs or echoes what the patient typed."""

    @app.exception_handler(AskmsError)
    async def ours(request: Request, exc: AskmsError) -> Response:
        log_failure(request, exc)
        status = status_of(exc)
        if status == 422 and request.url.path.startswith(COMPLETIONS):
            status = 400
        return _response(request, type(exc).__name__, message_of(exc), status)

    @app.exception_handler(Refusal)
    async def refused(request: Request, exc: Refusal) -> Response:
        setattr(request.state, REFUSED, exc.why)
        return _response(request, exc.kind, exc.message, exc.status, exc.headers)

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, exc: RequestValidationError) -> Response:
        if request.url.path.startswith(COMPLETIONS):
            fields = dict.fromkeys(str(e["loc"][1]) for e in exc.errors() if len(e["loc"]) > 1)
            why = " ".join(CANNOT.get(field, f"The field {field} cannot be read.") for field in fields)
            return _response(request, "InvalidRequest", why or "The request is not the JSON of a chat.", 400)
        problems = "; ".join(f"{'.'.join(map(str, e['loc'][1:])) or 'body'}: {e['msg']}" for e in exc.errors())
        message = f"The request cannot be read: {problems}. See /openapi.json."
        return _response(request, "InvalidRequest", message, 422)

    @app.exception_handler(HTTPException)
    async def http(request: Request, exc: HTTPException) -> Response:
        return _response(request, "HTTPException", str(exc.detail), exc.status_code, exc.headers)


def status_of(exc: AskmsError) -> int:
    """The HTTP status of one of our errors."""
    return next((code for kind, code in _STATUS if isinstance(exc, kind)), 500)


def message_of(exc: AskmsError) -> str:
    """What people are told of it."""
    return NO_RECORDS if isinstance(exc, RecordsError) else str(exc)


def log_failure(request: Request, exc: AskmsError) -> None:
    """Log what an operator has to mend; what was asked wrongly is nobody's to log."""
    if status_of(exc) >= 500:
        _log.error("%s %s: %s", request.method, route_of(request.scope), exc)


def unexpected(request: Request, exc: Exception) -> Response:
    """Answer for a fault of ours."""
    return _response(request, "InternalError", log_unexpected(request, exc), 500)


def log_unexpected(request: Request, exc: Exception) -> str:
    """Log the kind and place of a fault of ours, not its message, which may quote the patient; what people are told."""
    place = "".join(traceback.format_tb(exc.__traceback__, limit=-5))
    _log.error("%s %s failed: %s\n%s", request.method, route_of(request.scope), type(exc).__name__, place)
    return UNEXPECTED
