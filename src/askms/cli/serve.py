"""`askms serve`: the web service with widget and demo page."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from askms.assistant import Assistant
from askms.cli.output import err, working
from askms.errors import ModelUnavailable, SnapshotError
from askms.settings import Settings

if TYPE_CHECKING:
    from askms.records import Records


def serve(
    host: Annotated[str | None, typer.Option(help="Address to serve on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to serve on.")] = None,
) -> None:
    """Serve the demo page, the widget and the HTTP interface."""
    # Only here: the web framework and the database take half a second that `askms ask` should not wait.
    import uvicorn

    from askms.api import create_app
    from askms.records import open_records

    settings = Settings()
    records = None
    if settings.records_url is not None:
        records = open_records(settings.records_url, settings.keep_days, upgrades=True)
    assistant = Assistant.open(settings)
    try:
        with working("Loading the index and the models..."):
            assistant.warm()
    except (SnapshotError, ModelUnavailable) as exc:
        # Safety cards need no index, and an index built later is picked up.
        err.print(f"[bold yellow]Not ready:[/] {escape(str(exc))}")
    # No access log: an address that asks about MS is personal data.
    config = uvicorn.Config(
        create_app(
            assistant,
            cors_origins=settings.cors_origins,
            records=records,
            chat_model=settings.chat_model,
            cases=settings.cases_folder,
            runs=settings.runs_folder,
        ),
        host=host or settings.host,
        port=settings.port if port is None else port,
        access_log=False,
        log_level="warning",
    )
    socket = config.bind_socket()
    socket.listen(config.backlog)  # from here on nobody is turned away
    address, number = socket.getsockname()[:2]
    err.print(f"askms serves on http://{f'[{address}]' if ':' in address else address}:{number}/", markup=False)
    # uvicorn ends by raising the signal that stopped it; as it is, that would end us before what waits is written.
    signal.signal(signal.SIGTERM, _stop)
    with _looked_after(records):
        uvicorn.Server(config).run(sockets=[socket])


def _stop(number: int, frame: FrameType | None) -> None:
    raise SystemExit(0)


@contextmanager
def _looked_after(records: Records | None) -> Iterator[None]:
    """Purge the records while the server runs, and write what waits when it ends."""
    if records is None:
        yield
        return
    from askms.records import Retention

    retention = Retention(records)
    retention.start()
    try:
        yield
    finally:
        retention.stop()
        records.close()
