"""`askms serve`: the web service with widget and demo page."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.markup import escape

from askms.assistant import Assistant
from askms.cli.output import err, working
from askms.errors import SnapshotError
from askms.settings import Settings


def serve(
    host: Annotated[str | None, typer.Option(help="Address to serve on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to serve on.")] = None,
) -> None:
    """Serve the demo page, the widget and the HTTP interface."""
    import uvicorn  # the web framework takes half a second to import, for which no other command should wait

    from askms.api import create_app

    settings = Settings()
    assistant = Assistant.open(settings)
    try:
        with working("Loading the index and the models..."):
            assistant.warm()
    except SnapshotError as exc:  # safety cards need no index, and an index built later is picked up
        err.print(f"[bold yellow]Not ready:[/] {escape(str(exc))}")
    # No access log: an address that asks about MS is personal data.
    config = uvicorn.Config(
        create_app(assistant, cors_origins=settings.cors_origins),
        host=host or settings.host,
        port=settings.port if port is None else port,
        access_log=False,
        log_level="warning",
    )
    socket = config.bind_socket()
    socket.listen(config.backlog)  # from here on nobody is turned away
    address, number = socket.getsockname()[:2]
    err.print(f"askms serves on http://{f'[{address}]' if ':' in address else address}:{number}/", markup=False)
    uvicorn.Server(config).run(sockets=[socket])
