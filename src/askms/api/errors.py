"""Turn every failure into the same body: what happened, what to do, and the disclaimer."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Mapping
from typing import Final

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException

from askms.api.pages import error_page
from askms.api.schemas_completions import CANNOT
from askms.errors import (
    AskmsError,
    ModelUnavailable,
    ProviderError,
    QuestionError,
    RecordsError,
    SnapshotError,
    UnknownModel,
    UnknownRecord,
    UnknownSource,
)
from askms.reply import DISCLAIMER

_log = logging.getLogger(__name__)
_STATUS: Final[tuple[tuple[type[AskmsError], int], ...]] = (
    (QuestionError, 422),
    (UnknownSource, 404),
    (UnknownModel, 404),
    (UnknownRecord, 404),
    (RecordsError, 503),
    (SnapshotError, 503),
    (ModelUnavailable, 503),
    (ProviderError, 503),
)
PAGES: Final = ("/sources", "/brief")
"""Where people browse; whoever opens such an address wants a page, even if it only says what is wrong."""
COMPLETIONS: Final = ("/v1/chat/", "/v1/models")
"""What speaks OpenAI's format, in its errors too."""
NO_RECORDS: Final = "Our records cannot be used now. Please try again in a minute."
"""Said instead of what went wrong, which may name a machine of ours."""
UNEXPECTED: Final = "Something went wrong on our side. Please try again later."


def error_body(kind: str, message: str) -> dict[str, object]:
    """The body of every error."""
    return {
        "error": {"type": kind, "message": message},
        "disclaimer": DISCLAIMER,
        "text": f"{message}\n\n{DISCLAIMER}",
    }


def completions_error(kind: str, message: str, status: int) -> dict[str, object]:
    """The body of an error at the door that speaks OpenAI's format, where programs show the message alone."""
    body = error_body(kind, message)
    ours = "server_error" if status >= 500 else "invalid_request_error"
    code = "model_not_found" if kind == UnknownModel.__name__ else kind
    return {**body, "error": {"message": body["text"], "type": ours, "param": None, "code": code}}


def body_at(path: str, kind: str, message: str, status: int) -> dict[str, object]:
    """The body of an error in the shape that those expect who speak to this path."""
    return completions_error(kind, message, status) if path.startswith(COMPLETIONS) else error_body(kind, message)


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
        status = next((code for kind, code in _STATUS if isinstance(exc, kind)), 500)
        if status == 422 and request.url.path.startswith(COMPLETIONS):
            status = 400
        if status >= 500:
            _log.error("%s %s: %s", request.method, _place(request), exc)
        message = NO_RECORDS if isinstance(exc, RecordsError) else str(exc)
        return _response(request, type(exc).__name__, message, status)

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


def unexpected(request: Request, exc: Exception) -> Response:
    """Answer for a fault of ours. The log gets its kind and place, not its message, which may quote the patient."""
    place = "".join(traceback.format_tb(exc.__traceback__, limit=-5))
    _log.error("%s %s failed: %s\n%s", request.method, _place(request), type(exc).__name__, place)
    return _response(request, "InternalError", UNEXPECTED, 500)


def _place(request: Request) -> str:
    """Which door it was, without what was written on it: the id of a conversation opens it, and is nobody's to log."""
    route = request.scope.get("route")
    return route.path if isinstance(route, APIRoute) else "(no route)"
