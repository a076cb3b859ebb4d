"""`askms serve`: the web service with widget and demo page."""

from __future__ import annotations

from typing import Annotated

import typer
import uvicorn

from askms.api import create_app
from askms.assistant import Assistant
from askms.cli.output import err, working
from askms.settings import Settings


def serve(
    host: Annotated[str | None, typer.Option(help="Address to serve on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to serve on.")] = None,
) -> None:
    """Serve the demo page, the widget and the HTTP interface."""
    settings = Settings()
    assistant = Assistant.open(settings)
    with working("Loading the index and the model (about ten seconds)..."):
        assistant.warm()
    address, number = host or settings.host, settings.port if port is None else port
    err.print(f"askms is ready: http://{address}:{number}/")
    # No access log: an address that asks about MS is personal data.
    uvicorn.run(
        create_app(assistant, cors_origins=settings.cors_origins),
        host=address,
        port=number,
        access_log=False,
        log_level="warning",
    )
