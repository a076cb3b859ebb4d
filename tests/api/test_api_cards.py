"""A card waits for nobody: not for those who wait for the database, not because a chat is long."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from starlette.testclient import TestClient

from askms.api import create_app
from askms.assistant import Assistant
from askms.records import Records, open_records
from askms.reply import DISCLAIMER

CRISIS = "I want to end my life"
THREADS = 40
"""That all requests share, unless they have others."""


@pytest.fixture
def records(tmp_path: Path) -> Iterator[Records]:
    """In a file."""
    opened = open_records(f"sqlite:///{tmp_path / 'records.sqlite'}", 30)
    yield opened
    opened.close()


def body_of(path: str, question: str) -> dict[str, Any]:
    if path.endswith("completions"):
        return {"model": "askms", "messages": [{"role": "user", "content": question}]}
    return {"question": question}


@pytest.mark.parametrize("path", ["/v1/ask", "/v1/ask/stream", "/v1/chat/completions"])
def test_while_everybody_else_waits_for_the_database(
    assistant: Assistant, records: Records, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    inside, go_on = [], Event()

    def locked(_: Records, conversation: str) -> None:
        inside.append(conversation)
        assert go_on.wait(30)

    monkeypatch.setattr(Records, "erase", locked)
    with (
        TestClient(create_app(assistant, records=records)) as client,
        ThreadPoolExecutor(THREADS + 1) as people,
    ):
        erasing = [people.submit(client.delete, f"/v1/conversations/{number}") for number in range(THREADS)]
        until = time.monotonic() + 20
        while len(inside) < THREADS:
            assert time.monotonic() < until
            time.sleep(0.01)
        try:
            response = people.submit(client.post, path, json=body_of(path, CRISIS)).result(10)
        finally:
            go_on.set()
        assert [one.result().status_code for one in erasing] == [204] * THREADS
    assert response.status_code == 200
    assert response.text.count(DISCLAIMER)
    assert "crisis" in response.text


@pytest.mark.parametrize("path", ["/v1/ask", "/v1/chat/completions"])
def test_at_the_end_of_a_long_chat(assistant: Assistant, path: str) -> None:
    client = TestClient(create_app(assistant))
    said = [{"role": "user", "content": "What is a relapse?"}, {"role": "assistant", "content": "A new symptom."}] * 60
    body = {"question": CRISIS, "history": said}
    if path.endswith("completions"):
        body = {"model": "askms", "messages": [*said, {"role": "user", "content": CRISIS}]}

    response = client.post(path, json=body)

    assert response.status_code == 200
    reply = response.json()
    assert reply.get("askms", reply)["cards"][0]["kind"] == "crisis"


def test_asking_whether_it_is_ready_costs_a_search_once_a_second_at_most(
    assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody counts those who ask that; a flood of it must not take the processor from a card."""
    looked, warm = [], Assistant.warm

    def watched(self: Assistant) -> None:
        looked.append(time.monotonic())
        warm(self)

    monkeypatch.setattr(Assistant, "warm", watched)
    client = TestClient(create_app(assistant))
    begun = time.monotonic()

    statuses = {client.get("/readyz").status_code for _ in range(30)}

    assert statuses == {200}
    assert 1 <= len(looked) <= 2 + time.monotonic() - begun < 30
