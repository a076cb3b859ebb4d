"""The web application: routes, errors, limits, headers and the widget's files."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware

from askms.api import ask, brief, browse, completions, conversations, errors, health, privacy, sources, wording
from askms.api.assets import WidgetFiles
from askms.api.limits import BodyLimit, Guard, Protection
from askms.api.outermost import Outermost
from askms.api.staff import create_console
from askms.api.telemetry import NO_TELEMETRY
from askms.assistant import Assistant
from askms.records import Records

if TYPE_CHECKING:
    from askms.api.metrics import Metrics


def _now() -> datetime:
    return datetime.now(UTC)


def create_app(
    assistant: Assistant,
    *,
    cors_origins: str = "",
    records: Records | None = None,
    chat_model: str | None = None,
    guard: Guard | None = None,
    metrics: Metrics | None = None,
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
        guard: how much is let in. None: answers are bounded as `Protection` says, and nobody's requests are counted.
        metrics: what counts replies and times them.
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
        telemetry=NO_TELEMETRY,
    )
    app.openapi_version = "3.2.0"  # FastAPI describes streams in a way that 3.1 does not know
    app.state.assistant, app.state.records, app.state.chat_model = assistant, records, chat_model
    app.state.guard = guard or Guard(Protection())
    app.state.readiness = health.Readiness(assistant)
    errors.install(app)
    app.include_router(ask.router)
    app.include_router(completions.router)
    app.include_router(sources.router)
    app.include_router(browse.router)
    app.include_router(brief.router)
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
            CORSMiddleware,
            allow_origins=origins,
            allow_methods=["GET", "POST", "DELETE"],
            allow_headers=["*"],
            expose_headers=["Retry-After", "X-Request-Id"],
        )

    app.add_middleware(Outermost, metrics=metrics)
    return app
