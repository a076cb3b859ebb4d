"""Spans for OpenTelemetry: one for each request, and one for each step inside. They hold names and times, no text."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version

from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter

from askms.api.logs import request_id


class Traces:
    """Sends spans to a collector, in batches, from a thread of its own."""

    def __init__(self, exporter: SpanExporter) -> None:
        """Set up; nothing is sent before the first span ends."""
        self._provider = TracerProvider(
            resource=Resource({"service.name": "askms", "service.version": version("askms")}), shutdown_on_exit=False
        )
        self._provider.add_span_processor(BatchSpanProcessor(exporter))
        self._tracer = self._provider.get_tracer("askms")

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """A span around a step; an `askms.stages.Observer`. An exception is named by its kind, as it may quote."""
        with self._tracer.start_as_current_span(
            name, attributes={"request.id": request_id.get()}, record_exception=False, set_status_on_exception=False
        ):
            yield

    def close(self) -> None:
        """Send what is left."""
        self._provider.shutdown()


def open_traces(endpoint: str) -> Traces:
    """Send to an address that speaks OTLP over HTTP, such as http://127.0.0.1:4318/v1/traces."""
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

    return Traces(OTLPSpanExporter(endpoint=endpoint))
