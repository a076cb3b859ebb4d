"""The console as an application of its own, under `/staff`: nothing in it is served before `guard` has looked."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from importlib.resources import files
from pathlib import Path
from typing import Final

from fastapi import Depends, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from askms.api.assets import WidgetFiles
from askms.api.errors import log_failure, log_unexpected, message_of, status_of
from askms.api.staff import case_pages, feedback, health, pairs, receipts, sign_in, sources, trying
from askms.api.staff.doors import FILES, Clock, checked_form, guard
from askms.api.staff.pages import error_page
from askms.api.telemetry import NO_TELEMETRY
from askms.assistant import Assistant
from askms.errors import AskmsError
from askms.records import Records

_HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    "Cache-Control": "no-store",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def create_console(
    assistant: Assistant,
    records: Records | None,
    clock: Clock,
    chat_model: str | None,
    cases: Path | None,
    runs: Path | None,
) -> FastAPI:
    """Build the console.

    Args:
        assistant: who answers.
        records: what is looked at; None: every page says that nothing is kept.
        clock: what time it is, with a time zone.
        chat_model: the chat model that writes, if one does.
        cases: folder in which eval cases are written; None: they cannot be saved.
        runs: folder with runs of the evals, if there is one.
    """
    app = FastAPI(
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        dependencies=[Depends(checked_form)],
        telemetry=NO_TELEMETRY,
    )
    app.state.assistant, app.state.records, app.state.clock = assistant, records, clock
    app.state.chat_model, app.state.cases, app.state.runs = chat_model, cases, runs
    # pairs before any id of a receipt, case_pages before any move of feedback
    for part in (sign_in, pairs, receipts, sources, trying, case_pages, feedback, health):
        app.include_router(part.router)
    app.mount(FILES, WidgetFiles(directory=Path(str(files("askms") / "console"))))
    _install_errors(app)

    @app.middleware("http")
    async def guarded(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
        try:
            response = await guard(request, records, clock) or await call_next(request)
        except AskmsError as exc:
            log_failure(request, exc)
            response = error_page(request, message_of(exc), status_of(exc))
        except Exception as exc:  # noqa: BLE001 - let through, it would be logged with words of a patient in it
            response = error_page(request, log_unexpected(request, exc), 500)
        response.headers.update(_HEADERS)
        return response

    return app


def _install_errors(app: FastAPI) -> None:
    @app.exception_handler(AskmsError)
    async def ours(request: Request, exc: AskmsError) -> Response:
        log_failure(request, exc)
        return error_page(request, message_of(exc), status_of(exc))

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, exc: RequestValidationError) -> Response:
        fields = ", ".join(sorted({str(error["loc"][-1]) for error in exc.errors()}))
        return error_page(request, f"The form cannot be read. Look at: {fields}.", 422)

    @app.exception_handler(HTTPException)
    async def http(request: Request, exc: HTTPException) -> Response:
        return error_page(request, str(exc.detail), exc.status_code)
