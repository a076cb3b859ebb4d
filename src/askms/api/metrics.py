"""Figures for Prometheus, on a port of their own: how many replies of each kind, how long each step took.

They name no question, no address and no conversation. Still they tell how many people were in
a crisis today, so they never stand on the port that the world reaches.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from math import nan
from time import perf_counter
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, start_http_server

from askms.api.limits import Guard
from askms.assistant import Assistant
from askms.errors import AskmsError
from askms.receipt import Receipt
from askms.records import Records

_FAILED: Final = re.compile(r"(?:^|: )failed:")
_SECONDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)


class Metrics:
    """What is counted. Safe to share between threads."""

    def __init__(self, assistant: Assistant, records: Records | None, guard: Guard) -> None:
        """Set up; `serve` opens the port."""
        self.registry = at = CollectorRegistry()
        self._replies = Counter(
            "askms_replies", "Replies by route; no_evidence is an abstention.", ["route"], registry=at
        )
        self._dropped = Counter("askms_dropped_claims", "Sentences that a guard took out.", ["guard"], registry=at)
        self._failed = Counter("askms_guard_errors", "Guards that failed, which blocks.", ["guard"], registry=at)
        self._refused = Counter("askms_refused", "Requests that were turned away, by why.", ["why"], registry=at)
        self._requests = Histogram(
            "askms_request_seconds",
            "Time to the end of a response.",
            ["route", "status"],
            registry=at,
            buckets=_SECONDS,
        )
        self._stages = Histogram("askms_stage_seconds", "Time of a step.", ["stage"], registry=at, buckets=_SECONDS)
        gauges = {
            "askms_answers_running": ("Answers that are worked out now.", lambda: guard.answers.taken),
            "askms_answers_waiting": ("Questions that wait for a place.", lambda: guard.answers.waiting),
            "askms_index_age_seconds": ("Since the live index was built.", lambda: _age(assistant)),
        }
        if records is not None:
            gauges["askms_records_waiting"] = ("Replies not written yet.", lambda: records.waiting)
            gauges["askms_records_lost"] = ("Replies never recorded, since the start.", lambda: records.lost)
        for name, (what, read) in gauges.items():
            Gauge(name, what, registry=at).set_function(read)

    def serve(self, host: str, port: int) -> int:
        """Open the port, and return its number. Raises OSError if it is taken."""
        server, _ = start_http_server(port, host, self.registry)
        return int(server.server_port)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Time a step; an `askms.stages.Observer`."""
        begun = perf_counter()
        try:
            yield
        finally:
            self._stages.labels(name).observe(perf_counter() - begun)

    def responded(self, route: str, status: int, seconds: float) -> None:
        """Count a response."""
        self._requests.labels(route, status).observe(seconds)

    def refused(self, why: str) -> None:
        """Count a request that was turned away."""
        self._refused.labels(why).inc()

    def answered(self, receipt: Receipt) -> None:
        """Count a reply and what its guards did."""
        self._replies.labels(receipt.route).inc()
        for verdict in receipt.verdicts:
            if not verdict.allowed and verdict.reason.startswith("claim "):
                self._dropped.labels(verdict.guard).inc()
            if _FAILED.search(verdict.reason):
                self._failed.labels(verdict.guard).inc()


def _age(assistant: Assistant) -> float:
    try:
        built = datetime.fromisoformat(assistant.snapshot().manifest.built_at)
    except AskmsError:
        return nan
    return (datetime.now(UTC) - built).total_seconds()
