"""Too much is asked: words that can be read, when to come back, and a card for whoever needs one all the same."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event
from typing import Any

import anyio
import pytest
from fastapi import FastAPI
from starlette.requests import HTTPConnection
from starlette.testclient import TestClient
from starlette.types import Message

from askms.api import create_app
from askms.api.limits import BodyLimit, Guard, Kind, Protection
from askms.api.limits.rates import Rate
from askms.api.server import configure
from askms.assistant import Assistant
from askms.embedding import Vectors
from askms.index import LiveIndex
from askms.records import open_records
from askms.reply import DISCLAIMER
from askms.settings import Settings
from askms.testing import FakeEmbedder
from askms.types import Turn

QUESTION = {"question": "What is a relapse?"}
CRISIS = {"question": "I want to end my life", "locale": "uk"}
EMERGENCY = {"question": "My throat is closing up after my Copaxone injection"}


class Gate(FakeEmbedder):
    """A model that waits until it is let go on."""

    def __init__(self) -> None:
        super().__init__()
        self.open, self.reached = Event(), Event()

    def embed_question(self, text: str) -> Vectors:
        self.reached.set()
        assert self.open.wait(30)
        return super().embed_question(text)


@pytest.fixture
def gate() -> Iterator[Gate]:
    """Opened at the end, whatever happened."""
    gate = Gate()
    yield gate
    gate.open.set()


def limited(assistant: Assistant, client: int = 1, everybody: int = 1000, **more: Any) -> FastAPI:
    rate = Rate(client=client, everybody=everybody)
    return create_app(assistant, guard=Guard(Protection(rate=rate)), **more)


def of(app: FastAPI, address: str = "203.0.113.7") -> TestClient:
    return TestClient(app, client=(address, 50000), raise_server_exceptions=False)


def eventually(true: Callable[[], bool]) -> None:
    until = time.monotonic() + 10
    while not true():
        assert time.monotonic() < until
        time.sleep(0.01)


def check_refusal(response: Any, status: int, kind: str) -> str:
    assert response.status_code == status
    body = response.json()
    assert body["error"]["type"] == kind
    assert 1 <= int(response.headers["retry-after"]) <= 60
    assert body["text"] == f"{body['error']['message']}\n\n{DISCLAIMER}"
    assert body["disclaimer"] == DISCLAIMER
    message: str = body["error"]["message"]
    return message


@pytest.mark.parametrize("path", ["/v1/ask", "/v1/ask/stream"])
def test_too_many_questions_are_told_to_wait_in_plain_words(assistant: Assistant, path: str) -> None:
    client = of(limited(assistant))
    assert client.post(path, json=QUESTION).status_code == 200

    response = client.post(path, json={**QUESTION, "locale": "uk"})

    message = check_refusal(response, 429, "TooManyRequests")
    assert message == (
        f"Many questions at once. Please wait {response.headers['retry-after']} seconds; "
        "your question is kept on your page. In an emergency call 999."
    )
    assert "911, 999 or 112" in check_refusal(client.post(path, json=QUESTION), 429, "TooManyRequests")


def test_another_client_is_not_held_up(assistant: Assistant) -> None:
    app = limited(assistant)
    for _ in range(3):
        of(app).post("/v1/ask", json=QUESTION)

    assert of(app, "203.0.113.8").post("/v1/ask", json=QUESTION).status_code == 200


def test_all_clients_together_are_limited(assistant: Assistant) -> None:
    app = limited(assistant, client=10, everybody=2)

    found = [of(app, f"203.0.113.{number}").post("/v1/ask", json=QUESTION).status_code for number in range(3)]

    assert found == [200, 200, 429]


@pytest.mark.parametrize("message", [CRISIS, EMERGENCY])
def test_a_message_that_gets_a_card_is_answered_however_often_somebody_asks(
    assistant: Assistant, message: dict[str, str]
) -> None:
    client = of(limited(assistant))
    for _ in range(3):
        client.post("/v1/ask", json=QUESTION)

    replies = [client.post("/v1/ask", json=message) for _ in range(3)]
    streamed = client.post("/v1/ask/stream", json=message)

    assert [reply.status_code for reply in replies] == [200, 200, 200]
    assert all(reply.json()["cards"] for reply in replies)
    assert streamed.status_code == 200
    assert "event: card" in streamed.text
    assert check_refusal(client.post("/v1/ask", json=QUESTION), 429, "TooManyRequests")


def test_a_long_chat_counts_as_several_questions(assistant: Assistant) -> None:
    client = of(limited(assistant, client=10))
    history = [{"role": "assistant", "content": "x" * 100_000}] * 8

    answers = [client.post("/v1/ask", json={**QUESTION, "history": history}).status_code for _ in range(3)]

    assert answers == [200, 200, 429]  # each counts as five, half of what a client has


def test_of_somebody_who_asks_too_often_only_the_last_turns_are_read(
    assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[int] = []
    whole = assistant.stream

    def watched(question: str, history: Sequence[Turn], *, locale: str | None = None) -> Iterator[Any]:
        read.append(len(history))
        return whole(question, history, locale=locale)

    monkeypatch.setattr(assistant, "stream", watched)
    client = of(limited(assistant))
    history = [{"role": "user", "content": "What is a relapse?"}] * 40
    for _ in range(2):
        client.post("/v1/ask", json={**QUESTION, "history": history})

    assert read == [40, 6]


def test_an_alarm_earlier_in_the_chat_keeps_its_card_too(assistant: Assistant) -> None:
    client = of(limited(assistant))
    client.post("/v1/ask", json=QUESTION)
    history = [{"role": "user", "content": EMERGENCY["question"]}, {"role": "assistant", "content": "Call 911."}]

    reply = client.post("/v1/ask", json={**QUESTION, "history": history})

    assert reply.json()["cards"][0]["kind"] == "emergency"


def test_erasing_feedback_and_looking_are_limited_too(assistant: Assistant, tmp_path: Path) -> None:
    records = open_records(f"sqlite:///{tmp_path / 'records.sqlite'}", 30)
    client = of(limited(assistant, records=records))

    erased = [client.delete("/v1/conversations/nobody").status_code for _ in range(12)]
    said = client.post("/v1/feedback", json={"receipt_id": "0" * 24, "helpful": True})
    records.close()

    assert erased == [404] * 10 + [429] * 2
    message = check_refusal(said, 429, "TooManyRequests")
    assert message.startswith("Too much at once. Please wait 6 seconds and try again.")
    assert client.get("/v1/sources/relapse").status_code == 200


def used_up(assistant: Assistant) -> TestClient:
    """A client that has read as much as it may in a minute."""
    app = limited(assistant)
    connection = HTTPConnection({"type": "http", "client": ("203.0.113.7", 50000), "headers": []})

    async def read() -> None:
        while not await app.state.guard.wait(Kind.READ, connection):
            pass

    anyio.run(read)
    return of(app)


def test_cards_past_the_limit_are_not_recorded_so_that_they_fill_no_disk(assistant: Assistant, tmp_path: Path) -> None:
    records = open_records(f"sqlite:///{tmp_path / 'records.sqlite'}", 30)
    client = of(limited(assistant, records=records))

    first, late = (client.post("/v1/ask", json=EMERGENCY).json() for _ in range(2))
    streamed = client.post("/v1/ask/stream", json=EMERGENCY).text
    looked_up = client.get(f"/v1/conversations/{first['conversation']}")
    times_asked = records.receipt(first["receipt_id"]).times_asked
    records.close()

    assert looked_up.status_code == 200
    assert late["cards"]
    assert late["recorded"] is False
    assert '"recorded":false' in streamed.replace(" ", "")
    assert times_asked == 1


def test_a_page_for_people_says_it_as_a_page(assistant: Assistant) -> None:
    page = used_up(assistant).get("/sources/relapse")

    assert page.status_code == 429
    assert page.headers["content-type"].startswith("text/html")
    assert "Too much at once" in page.text
    assert DISCLAIMER in page.text


def test_health_and_the_widget_are_never_refused(assistant: Assistant) -> None:
    client = used_up(assistant)

    assert client.get("/v1/sources/relapse").status_code == 429
    assert {client.get(path).status_code for path in ("/healthz", "/", "/widget.js")} == {200}


@pytest.mark.parametrize(
    ("peer", "trusted", "found"),
    [
        ("203.0.113.7", "", [200, 429]),  # nobody is believed
        ("203.0.113.7", "10.0.0.7", [200, 429]),  # somebody else is
        ("10.0.0.7", "10.0.0.7", [200, 200]),
        ("10.0.0.9", "10.0.0.0/24,192.0.2.1", [200, 200]),
    ],
)
def test_only_trusted_proxies_say_whose_request_it_is(
    assistant: Assistant, peer: str, trusted: str, found: list[int]
) -> None:
    config = configure(limited(assistant), host="127.0.0.1", port=0, trusted_proxies=trusted)
    config.load()
    client = TestClient(config.loaded_app, client=(peer, 50000))

    answers = [
        client.post("/v1/ask", json=QUESTION, headers={"x-forwarded-for": address}).status_code
        for address in ("198.51.100.1", "198.51.100.2")
    ]

    assert answers == found


def test_a_client_behind_a_trusted_proxy_cannot_make_up_another_address(assistant: Assistant) -> None:
    config = configure(limited(assistant), host="127.0.0.1", port=0, trusted_proxies="10.0.0.7")
    config.load()
    proxy = TestClient(config.loaded_app, client=("10.0.0.7", 50000))

    answers = [
        proxy.post("/v1/ask", json=QUESTION, headers={"x-forwarded-for": f"{made_up}, 198.51.100.1"}).status_code
        for made_up in ("192.0.2.1", "192.0.2.2")
    ]

    assert answers == [200, 429]


def test_who_came_by_https_is_told_to_stay_with_it(assistant: Assistant) -> None:
    app = create_app(assistant)

    safe = TestClient(app, base_url="https://askms.example").get("/healthz").headers
    plain = TestClient(app).get("/healthz").headers

    assert safe["strict-transport-security"] == "max-age=31536000"
    assert "strict-transport-security" not in plain


def asking(index: Path, gate: Gate, **protection: Any) -> tuple[TestClient, Guard]:
    guard = Guard(Protection(**protection))
    assistant = Assistant(Settings(index_dir=index), gate, LiveIndex(index))
    return TestClient(create_app(assistant, guard=guard), raise_server_exceptions=False), guard


def test_with_no_room_left_people_are_told_so_at_once_and_cards_still_come(index: Path, gate: Gate) -> None:
    client, guard = asking(index, gate, at_once=1, waiting=1)
    with ThreadPoolExecutor(2) as pool:
        inside = [pool.submit(client.post, "/v1/ask", json=QUESTION) for _ in range(2)]
        eventually(lambda: guard.answers.waiting == 1)
        begun = time.monotonic()

        turned_away = client.post("/v1/ask", json={**QUESTION, "locale": "us"})
        card = client.post("/v1/ask", json=CRISIS)

        took = time.monotonic() - begun
        gate.open.set()
        answers = [future.result() for future in inside]
    assert "In an emergency call 911." in check_refusal(turned_away, 503, "Busy")
    assert card.json()["cards"][0]["kind"] == "crisis"
    assert took < 5
    assert [answer.json()["route"] for answer in answers] == ["answer", "answer"]
    eventually(lambda: guard.answers.taken == 0)


@pytest.mark.parametrize("path", ["/v1/ask", "/v1/ask/stream"])
def test_an_answer_that_takes_too_long_is_given_up_and_keeps_its_place(index: Path, gate: Gate, path: str) -> None:
    client, guard = asking(index, gate, at_once=1, waiting=0, seconds=0.3)

    response = client.post(path, json=QUESTION)

    if path == "/v1/ask":
        assert "took too long" in check_refusal(response, 503, "Busy")
    else:
        last = json.loads(response.text.split("data: ")[-1])
        assert (response.status_code, last["error"]["type"], last["disclaimer"]) == (200, "Busy", DISCLAIMER)
    assert guard.answers.taken == 1  # its thread is still at it
    check_refusal(client.post("/v1/ask", json=QUESTION), 503, "Busy")
    gate.open.set()
    eventually(lambda: guard.answers.taken == 0)
    assert client.post("/v1/ask", json=QUESTION).status_code == 200


def test_when_the_server_ends_answers_are_finished_and_nobody_new_is_let_in(index: Path, gate: Gate) -> None:
    client, guard = asking(index, gate, at_once=1, waiting=1)
    with ThreadPoolExecutor(2) as pool:
        inside = pool.submit(client.post, "/v1/ask", json=QUESTION)
        eventually(gate.reached.is_set)
        waiting = pool.submit(client.post, "/v1/ask", json=QUESTION)
        eventually(lambda: guard.answers.waiting == 1)

        guard.shut()

        assert "about to start again" in check_refusal(waiting.result(), 503, "Busy")
        check_refusal(client.post("/v1/ask", json=QUESTION), 503, "Busy")
        check_refusal(client.get("/readyz"), 503, "Busy")
        assert client.post("/v1/ask", json=EMERGENCY).json()["cards"]
        gate.open.set()
        assert inside.result().json()["route"] == "answer"


def test_a_body_that_drips_in_is_given_up() -> None:
    sent: list[Message] = []

    async def receive() -> Message:
        await anyio.sleep(0.02)
        return {"type": "http.request", "body": b"x", "more_body": True}

    async def send(message: Message) -> None:
        sent.append(message)

    async def app(*_: object) -> None:
        raise AssertionError("half a body was passed on")

    anyio.run(BodyLimit(app, seconds=0.2), {"type": "http", "path": "/v1/ask", "headers": []}, receive, send)

    assert sent[0]["status"] == 408
    assert json.loads(sent[1]["body"])["text"].endswith(f"\n\n{DISCLAIMER}")
