"""`askms serve` as a process, as an operator sees it: its log, its figures, its end."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import httpx
import pytest

from askms.cli import serve as serving
from askms.cli.serve import protection_of
from askms.settings import Settings
from tests.cli.test_cli_processes import start

CRISIS = "I want to end my life"
OWN = "0123456789abcdef0123456789abcdef"


def addresses(process: subprocess.Popen[str]) -> tuple[str, str]:
    """Where it shows figures and where it serves; read from what it says."""
    assert process.stderr is not None
    figures = ""
    for line in process.stderr:
        found = re.search(r"http://127\.0\.0\.1:[1-9]\d*", line)
        if found and "figures" in line:
            figures = found[0]
        elif found:
            return figures, found[0]
    raise AssertionError("it did not start")


def test_a_server_logs_lines_of_json_counts_and_ends_when_told(tmp_path: Path) -> None:
    process = start("serve", "--port", "0", index=tmp_path, ASKMS_METRICS="127.0.0.1:0", ASKMS_LOCALE="uk")
    try:
        figures, address = addresses(process)
        with httpx.Client(trust_env=False, timeout=30) as client:
            own = {"x-request-id": OWN}
            reply = client.post(f"{address}/v1/ask", json={"question": CRISIS}, headers=own)
            lost = client.get(f"{address}/sesame")
            shown = client.get(f"{figures}/metrics").text
    finally:
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=30)

    assert process.returncode == 0
    assert reply.headers["x-request-id"] == OWN
    assert "server" not in reply.headers
    assert lost.headers["x-request-id"] not in ("", OWN)
    assert 'askms_replies_total{route="crisis"} 1.0' in shown
    lines = [json.loads(line) for line in err.splitlines() if line.startswith("{")]
    asked, looked = [line for line in lines if line["logger"] == "askms.requests"]
    assert (asked["request_id"], asked["route"], asked["status"], asked["reply"]) == (OWN, "/v1/ask", 200, "crisis")
    assert (looked["route"], looked["status"]) == ("(no route)", 404)
    for secret in ("end my life", "sesame", "127.0.0.1"):
        assert secret not in "".join(json.dumps(line) for line in lines)


def test_a_redis_that_is_away_keeps_nobody_from_asking(tmp_path: Path) -> None:
    redis = "redis://:sesame@127.0.0.1:1/0"
    process = start("serve", "--port", "0", index=tmp_path, ASKMS_REDIS=redis, ASKMS_CLIENT_PER_MINUTE="1")
    try:
        _, address = addresses(process)
        with httpx.Client(trust_env=False, timeout=30) as client:
            found = [client.post(f"{address}/v1/ask", json={"question": "hello"}).status_code for _ in range(2)]
            card = client.post(f"{address}/v1/ask", json={"question": CRISIS})
    finally:
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=30)

    assert found == [200, 429]
    assert card.json()["cards"]
    assert "this server counts for itself" in err
    assert "sesame" not in err


def test_a_port_for_figures_that_is_taken_is_told(tmp_path: Path) -> None:
    process = start("serve", "--port", "0", index=tmp_path, ASKMS_METRICS="192.0.2.1:9")

    _, err = process.communicate(timeout=60)

    assert process.returncode == 1
    assert "Traceback" not in err
    assert "192.0.2.1:9" in err


def test_what_waits_is_written_before_a_collector_that_hangs_is_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended = []

    def noting(name: str) -> Callable[..., AbstractContextManager[None]]:
        @contextmanager
        def opened(*_: object) -> Iterator[None]:
            yield
            ended.append(name)

        return opened

    monkeypatch.setenv("ASKMS_INDEX_DIR", str(tmp_path / "index"))
    monkeypatch.setenv("ASKMS_RECORDS", "none")
    monkeypatch.setattr(serving, "_watched", noting("traces"))
    monkeypatch.setattr(serving, "_looked_after", noting("records"))
    monkeypatch.setattr("askms.api.logs.configure", lambda: None)
    monkeypatch.setattr("askms.api.server.Server.run", lambda _, sockets: sockets[0].close())
    before = signal.getsignal(signal.SIGTERM)
    try:
        serving.serve(host="127.0.0.1", port=0)
    finally:
        signal.signal(signal.SIGTERM, before)

    assert ended == ["records", "traces"]


@pytest.mark.parametrize(
    ("chat_model", "named", "places"), [(None, None, 3), ("openai:x", None, 12), ("openai:x", 5, 5)]
)
def test_places_follow_the_machine_unless_named(
    monkeypatch: pytest.MonkeyPatch, chat_model: str | None, named: int | None, places: int
) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 3)

    assert protection_of(Settings(chat_model=chat_model, answers_at_once=named)).at_once == places
