"""Turn every failure into the same body: what happened, what to do, and the disclaimer."""

from __future__ import annotations

import logging
import traceback
from typing import Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from askms.errors import AskmsError, ModelUnavailable, ProviderError, QuestionError, SnapshotError, UnknownSource
from askms.reply import DISCLAIMER

_log = logging.getLogger(__name__)
_STATUS: Final[tuple[tuple[type[AskmsError], int], ...]] = (
    (QuestionError, 422),
    (UnknownSource, 404),
    (SnapshotError, 503),
    (ModelUnavailable, 503),
    (ProviderError, 503),
)
UNEXPECTED: Final = "Something went wrong on our side. Please try again later."


def error_body(kind: str, message: str) -> dict[str, object]:
    """The body of every error."""
    return {
        "error": {"type": kind, "message": message},
        "disclaimer": DISCLAIMER,
        "text": f"{message}\n\n{DISCLAIMER}",
    }


def install(app: FastAPI) -> None:
    """Register the handlers. None of them logs or echoes what the patient typed."""

    @app.exception_handler(AskmsError)
    async def ours(request: Request, exc: AskmsError) -> JSONResponse:
        status = next((code for kind, code in _STATUS if isinstance(exc, kind)), 500)
        if status >= 500:
            _log.error("%s %s: %s", request.method, request.url.path, exc)
        return JSONResponse(error_body(type(exc).__name__, str(exc)), status_code=status)

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, exc: RequestValidationError) -> JSONResponse:
        problems = "; ".join(f"{'.'.join(map(str, e['loc'][1:])) or 'body'}: {e['msg']}" for e in exc.errors())
        return JSONResponse(
            error_body("InvalidRequest", f"The request cannot be read: {problems}. See /openapi.json."), status_code=422
        )

    @app.exception_handler(HTTPException)
    async def http(request: Request, exc: HTTPException) -> JSONResponse:
        return JSONResponse(
            error_body("HTTPException", str(exc.detail)), status_code=exc.status_code, headers=exc.headers
        )


def unexpected(request: Request, exc: Exception) -> JSONResponse:
    """Answer for a fault of ours. The log gets its kind and place, not its message, which may quote the patient."""
    place = "".join(traceback.format_tb(exc.__traceback__, limit=-5))
    _log.error("%s %s failed: %s\n%s", request.method, request.url.path, type(exc).__name__, place)
    return JSONResponse(error_body("InternalError", UNEXPECTED), status_code=500)
