"""What an operator can see: ids, a line a request, figures, spans. And what nobody can: words, addresses, ids."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from prometheus_client import generate_latest
from starlette.testclient import TestClient

from askms.api import create_app
from askms.api.limits import Guard, Protection
from askms.api.limits.rates import Rate
from askms.api.logs import JsonLines
from askms.api.metrics import Metrics
from askms.api.traces import Traces
from askms.assistant import Assistant
from askms.guardrails import scope
from askms.records import open_records
from askms.stages import observed
from askms.testing import BODY

QUESTION = {"question": "Does zanzibar ketamine help MS fatigue?"}
CRISIS = {"question": "I want to end my life"}
ADDRESS = "203.0.113.7"
OWN = "0123456789abcdef-0123456789abcdef"


def facts(caplog: pytest.LogCaptureFixture) -> list[dict[str, Any]]:
    return [vars(record)["facts"] for record in caplog.records if record.name == "askms.requests"]


@contextmanager
def counting(assistant: Assistant, **more: Any) -> Iterator[tuple[TestClient, Metrics]]:
    guard = Guard(Protection(rate=Rate(client=2, everybody=100)))
    metrics = Metrics(assistant, more.get("records"), guard)
    with observed(metrics.stage):
        yield TestClient(create_app(assistant, guard=guard, metrics=metrics, **more)), metrics


def figures(metrics: Metrics) -> dict[str, float]:
    lines = generate_latest(metrics.registry).decode().splitlines()
    return {line.rpartition(" ")[0]: float(line.rpartition(" ")[2]) for line in lines if not line.startswith("#")}


@pytest.mark.parametrize("path", ["/healthz", "/", "/nope", "/v1/sources/nope", "/sources/nope"])
def test_every_response_has_an_id_of_its_own(client: TestClient, path: str) -> None:
    first, second = (client.get(path).headers["x-request-id"] for _ in range(2))

    assert len(first) == len(second) == 32
    assert first != second


@pytest.mark.parametrize("content", [b"{", b"x" * 1_100_000])
def test_refused_bodies_have_one_too(client: TestClient, content: bytes) -> None:
    assert client.post("/v1/ask", content=content).headers["x-request-id"]


@pytest.mark.parametrize(
    ("brought", "kept"),
    [
        (OWN, True),
        ("f81d4fae-7dec-11d0-a765-00a0c91e6bf6", True),
        ("a" * 64, True),
        ("a" * 65, False),
        ("a" * 15, False),
        ("ann@example.org-ann@example.org", False),
        ("Ann Miller of Springfield", False),
        ("0123456789abcdef\t0123456789abcdef", False),
        ("", False),
    ],
)
def test_an_id_that_is_well_formed_is_kept(client: TestClient, brought: str, kept: bool) -> None:
    assert (client.get("/healthz", headers={"x-request-id": brought}).headers["x-request-id"] == brought) is kept


def test_a_request_is_one_line_without_words_or_address(
    assistant: Assistant, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    records = open_records(f"sqlite:///{tmp_path / 'records.sqlite'}", 30)
    client = TestClient(create_app(assistant, records=records), client=(ADDRESS, 50000))
    with caplog.at_level(logging.DEBUG):
        reply = client.post("/v1/ask?secret=zanzibar", json=QUESTION, headers={"x-request-id": OWN}).json()
        client.get(f"/v1/conversations/{reply['conversation']}")
        client.post("/v1/ask/stream", json=CRISIS)
        client.get("/zanzibar")
    records.close()

    asked, looked, streamed, lost = facts(caplog)
    assert asked.pop("milliseconds") > 0
    assert asked == {"request_id": OWN, "method": "POST", "route": "/v1/ask", "status": 200, "reply": reply["route"]}
    assert looked["route"] == "/v1/conversations/{conversation}"
    assert (streamed["route"], streamed["reply"]) == ("/v1/ask/stream", "crisis")
    assert (lost["route"], lost["status"]) == ("(no route)", 404)
    lines = "".join(JsonLines().format(record) for record in caplog.records if record.name.startswith("askms"))
    for secret in ("zanzibar", ADDRESS, reply["conversation"], "end my life"):
        assert secret not in lines


def test_a_refused_request_says_why(assistant: Assistant, caplog: pytest.LogCaptureFixture) -> None:
    client = TestClient(create_app(assistant, guard=Guard(Protection(rate=Rate(client=1, everybody=9)))))
    with caplog.at_level(logging.INFO):
        for _ in range(2):
            client.post("/v1/ask", json=QUESTION)

    assert [fact.get("refused") for fact in facts(caplog)] == [None, "asking"]


def test_a_fault_is_logged_with_the_id_of_its_request(
    assistant: Assistant, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError(QUESTION["question"])

    monkeypatch.setattr(assistant, "stream", broken)
    response = TestClient(create_app(assistant)).post("/v1/ask", json=QUESTION)

    assert response.status_code == 500
    assert "RuntimeError" in caplog.text
    assert "zanzibar" not in caplog.text


def test_a_line_is_json_and_holds_no_message_of_an_exception() -> None:
    try:
        raise ValueError("zanzibar hurts")
    except ValueError:
        record = logging.LogRecord("askms.x", logging.ERROR, "", 0, "two\nlines %s", ("here",), sys.exc_info())

    line = JsonLines().format(record)

    told = json.loads(line)
    assert "\n" not in line
    assert (told["level"], told["logger"], told["message"]) == ("error", "askms.x", "two\nlines here")
    assert told["exception"].startswith("ValueError at ")
    assert "zanzibar" not in line


def test_replies_refusals_and_steps_are_counted(assistant: Assistant) -> None:
    with counting(assistant) as (client, metrics):
        client.post("/v1/ask", json={"question": "Does ketamine help MS fatigue?"})
        client.post("/v1/ask/stream", json={"question": "How much ketamine should I take?"})
        client.post("/v1/ask", json={"question": "Does ketamine help MS fatigue?"})
        client.post("/v1/ask", json=CRISIS)
        found = figures(metrics)

    assert found['askms_replies_total{route="answer"}'] == 1
    assert found['askms_replies_total{route="dosing"}'] == 1
    assert found['askms_replies_total{route="crisis"}'] == 1
    assert found['askms_refused_total{why="asking"}'] == 1
    assert found['askms_request_seconds_count{route="/v1/ask",status="200"}'] == 2
    assert found['askms_request_seconds_count{route="/v1/ask",status="429"}'] == 1
    assert found['askms_stage_seconds_count{stage="screen"}'] == 4
    for step in ("retrieve", "write", "verify", "review"):
        assert found[f'askms_stage_seconds_count{{stage="{step}"}}'] >= 1
    assert found["askms_answers_running"] == 0
    assert 0 <= found["askms_index_age_seconds"] < 3600


def test_guards_that_fail_are_counted(assistant: Assistant, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(scope.Scope, "judge", broken)
    with counting(assistant) as (client, metrics):
        client.post("/v1/ask", json={"question": "What is a relapse?"})

        assert figures(metrics)['askms_guard_errors_total{guard="scope"}'] >= 1


def test_records_that_wait_are_a_figure(assistant: Assistant, tmp_path: Path) -> None:
    records = open_records(f"sqlite:///{tmp_path / 'records.sqlite'}", 30)
    with counting(assistant, records=records) as (client, metrics):
        client.post("/v1/ask", json=QUESTION)
        found = figures(metrics)
    records.close()

    assert (found["askms_records_waiting"], found["askms_records_lost"]) == (0, 0)
    assert found['askms_stage_seconds_count{stage="record"}'] == 1


def test_without_an_index_its_age_is_not_known(without_index: TestClient) -> None:
    app: Any = without_index.app
    metrics = Metrics(app.state.assistant, None, app.state.guard)

    assert figures(metrics)["askms_index_age_seconds"] != figures(metrics)["askms_index_age_seconds"]


def test_figures_stand_on_a_port_of_their_own(assistant: Assistant) -> None:
    with counting(assistant) as (client, metrics):
        port = metrics.serve("127.0.0.1", 0)
        client.post("/v1/ask", json=CRISIS)

        assert client.get("/metrics").status_code == 404
        shown = httpx.get(f"http://127.0.0.1:{port}/metrics", trust_env=False).text
    assert 'askms_replies_total{route="crisis"} 1.0' in shown
    assert "end my life" not in shown


def test_figures_of_made_up_addresses_are_one(assistant: Assistant) -> None:
    with counting(assistant) as (client, metrics):
        for number in range(5):
            client.get(f"/nope/{number}")

        assert figures(metrics)['askms_request_seconds_count{route="(no route)",status="404"}'] == 5


def test_spans_of_the_steps_lie_inside_that_of_the_request_and_hold_no_text(assistant: Assistant) -> None:
    kept = InMemorySpanExporter()
    traces = Traces(kept)
    with observed(traces.stage):
        TestClient(create_app(assistant)).post("/v1/ask", json=QUESTION, headers={"x-request-id": OWN})
    traces.close()

    spans = {span.name: span for span in kept.get_finished_spans()}
    assert {"request", "screen", "retrieve", "write", "verify", "review"} <= set(spans)
    root = spans.pop("request")
    assert root.context is not None
    for span in spans.values():
        assert span.parent is not None
        assert span.parent.trace_id == root.context.trace_id
        assert dict(span.attributes or {}) == {"request.id": OWN}
    everything = "".join(span.to_json() for span in kept.get_finished_spans())
    assert "zanzibar" not in everything
    assert BODY.splitlines()[2] not in everything


def test_nobody_elses_telemetry_sees_the_id_of_a_conversation(
    assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """FastAPI would send spans with the whole address wherever a library has set up OpenTelemetry."""
    kept, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(kept))
    monkeypatch.setattr(trace, "get_tracer_provider", lambda: provider)
    client = TestClient(create_app(assistant))

    client.get("/v1/conversations/the-key-to-it?who=ann")
    client.get("/staff/receipts?question=zanzibar")

    assert kept.get_finished_spans() == ()


def test_what_is_not_asked_for_is_not_imported() -> None:
    code = """
import sys
import askms.cli.serve, askms.api, askms.api.server
print(sorted({"redis", "prometheus_client", "opentelemetry.sdk"} & set(sys.modules)))
"""
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert found.stdout == "[]\n"
