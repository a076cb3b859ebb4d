"""Clients that go away, and a server that ends: places come free, answers under way are finished."""

from __future__ import annotations

import json
import socket
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import httpx
import pytest

from askms.api.limits import Protection
from askms.assistant import Assistant
from askms.reply import DISCLAIMER
from tests.faults.conftest import Gate, eventually
from tests.faults.serving import Served, serving

QUESTION = {"question": "What is a relapse?"}
ALARM = {"question": "My throat is closing up after my Copaxone injection"}


def begin_stream(served: Served) -> socket.socket:
    """Ask for a stream and read its first event."""
    content = json.dumps(QUESTION).encode()
    connection = socket.create_connection(("127.0.0.1", served.port), timeout=10)
    head = (
        f"POST /v1/ask/stream HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: {len(content)}"
    )
    connection.sendall(f"{head}\r\n\r\n".encode() + content)
    read = b""
    while b"event: start" not in read:
        read += connection.recv(4096)
    return connection


def test_a_client_that_goes_away_mid_stream_frees_its_place(gated: Assistant, gate: Gate) -> None:
    with serving(gated, Protection(at_once=1, waiting=0)) as served:
        with closing(begin_stream(served)):
            assert gate.reached.wait(10)
            assert served.guard.answers.taken == 1
        gate.open.set()

        eventually(lambda: served.guard.answers.taken == 0)
        assert httpx.post(f"{served.address}/v1/ask", json=QUESTION, trust_env=False).json()["route"] == "answer"


def test_clients_that_go_away_while_they_wait_leave_the_queue(gated: Assistant, gate: Gate) -> None:
    with serving(gated, Protection(at_once=1, waiting=2)) as served, ThreadPoolExecutor(1) as pool:
        first = pool.submit(httpx.post, f"{served.address}/v1/ask", json=QUESTION, trust_env=False, timeout=20)
        assert gate.reached.wait(10)
        for _ in range(2):
            with pytest.raises(httpx.ReadTimeout):
                httpx.post(f"{served.address}/v1/ask", json=QUESTION, trust_env=False, timeout=0.5)
        eventually(lambda: served.guard.answers.waiting == 0)
        assert served.guard.answers.taken == 1
        gate.open.set()

        assert first.result().status_code == 200
        eventually(lambda: served.guard.answers.taken == 0)


def test_a_server_that_is_told_to_end_finishes_answers_and_turns_others_away(gated: Assistant, gate: Gate) -> None:
    with serving(gated, Protection(at_once=2, waiting=2)) as served, ThreadPoolExecutor(1) as pool:
        inside = pool.submit(httpx.post, f"{served.address}/v1/ask/stream", json=QUESTION, trust_env=False, timeout=20)
        assert gate.reached.wait(10)

        served.stop()

        late = httpx.post(f"{served.address}/v1/ask", json=QUESTION, trust_env=False)
        ready = httpx.get(f"{served.address}/readyz", trust_env=False)
        card = httpx.post(f"{served.address}/v1/ask", json=ALARM, trust_env=False)
        assert served.thread.is_alive()
        gate.open.set()
        streamed = inside.result().text
        served.thread.join(20)

        assert not served.thread.is_alive()
    assert (late.status_code, ready.status_code, card.status_code) == (503, 503, 200)
    assert late.headers["retry-after"]
    assert late.json()["text"].endswith(f"\n\n{DISCLAIMER}")
    assert card.json()["cards"]
    assert "event: reply" in streamed


def test_a_second_signal_ends_at_once(gated: Assistant, gate: Gate) -> None:
    with serving(gated, Protection(at_once=1, waiting=0)) as served, closing(begin_stream(served)) as connection:
        served.stop()
        served.stop()

        assert served.server.should_exit
        gate.open.set()
        while connection.recv(65536):
            pass
