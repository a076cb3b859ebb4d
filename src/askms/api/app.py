"""The web application: routes, errors, limits, headers and the widget's files."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Final

from fastapi import FastAPI, Request, Response
from starlette.middleware.cors import CORSMiddleware

from askms.api import ask, browse, conversations, errors, health, privacy, sources, wording
from askms.api.assets import WidgetFiles
from askms.api.errors import unexpected
from askms.api.limits import BodyLimit
from askms.api.staff import create_console
from askms.assistant import Assistant
from askms.records import Records

_HEADERS: Final = {
    "Content-Security-Policy": "default-src 'self'; img-src 'self' data:; frame-ancestors *; base-uri 'none'; "
    "form-action 'self'",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(self)",
}


def _now() -> datetime:
    return datetime.now(UTC)


def create_app(
    assistant: Assistant,
    *,
    cors_origins: str = "",
    records: Records | None = None,
    chat_model: str | None = None,
    cases: Path | None = None,
    runs: Path | None = None,
    clock: Callable[[], datetime] = _now,
) -> FastAPI:
    """Build the application around an assistant.

    Args:
        assistant: who answers.
        cors_origins: origins whose pages may embed the widget, separated by commas.
        records: where receipts and conversations are kept; the caller closes them. None: nothing is kept.
        chat_model: the chat model that questions are sent to, so that the page on privacy can name it.
        cases: folder in which eval cases of staff are written. None: they cannot be saved.
        runs: folder with runs of the evals, of which staff see the latest.
        clock: what time it is; sessions of staff end by it.
    """
    app = FastAPI(
        title="askms",
        version=version("askms"),
        description="Answers about multiple sclerosis from quoted sources. Every reply ends with the disclaimer.",
        docs_url=None,
        redoc_url=None,
    )
    app.openapi_version = "3.2.0"  # FastAPI describes streams in a way that 3.1 does not know
    app.state.assistant, app.state.records, app.state.chat_model = assistant, records, chat_model
    errors.install(app)
    app.include_router(ask.router)
    app.include_router(sources.router)
    app.include_router(browse.router)
    app.include_router(wording.router)
    app.include_router(conversations.router)
    app.include_router(privacy.router)
    app.include_router(health.router)
    app.mount("/staff", create_console(assistant, records, clock, chat_model, cases, runs))
    # Not a mount at "/": that would also take every request that only has the wrong method, and say 404.
    app.router.default = WidgetFiles(directory=Path(str(files("askms") / "widget")), html=True)
    app.add_middleware(BodyLimit)
    origins = [origin.strip() for origin in cors_origins.split(",") if origin.strip()]
    if origins:
        app.add_middleware(
            CORSMiddleware, allow_origins=origins, allow_methods=["GET", "POST", "DELETE"], allow_headers=["*"]
        )

    @app.middleware("http")
    async def headers(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
        try:
            response = await call_next(request)
        except Exception as exc:  # noqa: BLE001 - let through, it would be logged with words of the patient in it
            response = unexpected(request, exc)
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value)
        return response

    return app
