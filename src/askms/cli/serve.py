"""`askms serve`: the web service with widget and demo page."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from types import FrameType
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from askms.assistant import Assistant
from askms.cli.output import err, working
from askms.errors import ModelUnavailable, SnapshotError, WatchingUnavailable
from askms.settings import Settings
from askms.stages import observed

if TYPE_CHECKING:
    from askms.api.limits import Guard, Protection
    from askms.api.metrics import Metrics
    from askms.records import Records


def serve(
    host: Annotated[str | None, typer.Option(help="Address to serve on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to serve on.")] = None,
) -> None:
    """Serve the demo page, the widget and the HTTP interface."""
    # Only here: the web framework and the database take half a second that `askms ask` should not wait.
    from askms.api import create_app, logs
    from askms.api.limits import Guard
    from askms.api.server import Server, configure
    from askms.records import open_records

    settings = Settings()
    logs.configure()
    records = None
    if settings.records_url is not None:
        records = open_records(settings.records_url, settings.keep_days, upgrades=True)
    assistant = Assistant.open(settings, remembers=settings.answers_remembered)
    try:
        with working("Loading the index and the models..."):
            assistant.warm()
    except (SnapshotError, ModelUnavailable) as exc:
        # Safety cards need no index, and an index built later is picked up.
        err.print(f"[bold yellow]Not ready:[/] {escape(str(exc))}")
    guard = Guard(protection_of(settings))
    metrics = _metrics(settings.metrics, assistant, records, guard) if settings.metrics else None
    app = create_app(
        assistant,
        cors_origins=settings.cors_origins,
        records=records,
        chat_model=settings.chat_model,
        cases=settings.cases_folder,
        runs=settings.runs_folder,
        guard=guard,
        metrics=metrics,
    )
    config = configure(
        app,
        host=host or settings.host,
        port=settings.port if port is None else port,
        trusted_proxies=settings.trusted_proxies,
    )
    socket = config.bind_socket()
    socket.listen(config.backlog)  # from here on nobody is turned away
    address, number = socket.getsockname()[:2]
    err.print(f"askms serves on http://{f'[{address}]' if ':' in address else address}:{number}/", markup=False)
    # uvicorn ends by raising the signal that stopped it; as it is, that would end us before what waits is written.
    signal.signal(signal.SIGTERM, _stop)
    # Records are closed before the traces: a collector that hangs must not cost what waits to be written.
    with closing(guard), _watched(metrics, settings.traces), _looked_after(records):
        Server(config, guard).run(sockets=[socket])


def protection_of(settings: Settings) -> Protection:
    """How much these settings let in."""
    from askms.api.limits import Protection
    from askms.api.limits.rates import Rate

    return Protection(
        rate=Rate(client=settings.client_per_minute, everybody=settings.server_per_minute),
        redis=settings.redis.get_secret_value() if settings.redis else None,
        at_once=settings.answers_at_once or (os.cpu_count() or 1) * (4 if settings.chat_model else 1),
        waiting=settings.answers_waiting,
        seconds=settings.answer_timeout,
        locale=settings.locale,
    )


def _metrics(address: str, assistant: Assistant, records: Records | None, guard: Guard) -> Metrics:
    try:
        from askms.api.metrics import Metrics
    except ImportError as exc:
        raise WatchingUnavailable(
            "ASKMS_METRICS is set, but prometheus-client is not installed. Run: pip install 'askms[metrics]'"
        ) from exc
    metrics = Metrics(assistant, records, guard)
    host, _, port = address.rpartition(":")
    try:
        number = metrics.serve(host.strip("[]"), int(port))
    except OSError as exc:
        raise WatchingUnavailable(
            f"ASKMS_METRICS: figures cannot be shown on {address} ({exc.strerror}). Name another HOST:PORT."
        ) from exc
    err.print(f"askms shows figures on http://{host}:{number}/", markup=False)
    return metrics


@contextmanager
def _watched(metrics: Metrics | None, traces: str | None) -> Iterator[None]:
    """Time the steps of answers, for those who asked for it."""
    with ExitStack() as stack:
        if metrics is not None:
            stack.enter_context(observed(metrics.stage))
        if traces is not None:
            try:
                from askms.api.traces import open_traces
            except ImportError as exc:
                raise WatchingUnavailable(
                    "ASKMS_TRACES is set, but OpenTelemetry is not installed. Run: pip install 'askms[otel]'"
                ) from exc
            opened = open_traces(traces)
            stack.callback(opened.close)
            stack.enter_context(observed(opened.stage))
        yield


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
