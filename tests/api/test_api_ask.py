"""The wire contract: what a reply looks like, whole and as a stream."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from askms.api import create_app
from askms.assistant import Assistant
from askms.embedding import Vectors
from askms.index import LiveIndex
from askms.reply import DISCLAIMER
from askms.settings import Settings
from askms.testing import FakeEmbedder
from askms.types import Route

QUESTION = "What is a relapse?"
EMERGENCY = "My throat is closing up after my Copaxone injection"
CONTRACT = {
    "route",
    "flags",
    "cards",
    "sentences",
    "strength",
    "sources",
    "writer",
    "disclaimer",
    "text",
    "receipt_id",
    "snapshot",
}
CITATION = {"source_id", "passage_key", "start", "end", "quote", "evidence_level", "year", "n", "checked_on"}
SOURCE = {"id", "title", "url", "evidence_level", "year", "status"}

CheckReply = Callable[[TestClient, dict[str, Any]], None]


class Faulty(FakeEmbedder):
    """A model with a bug that quotes what it was given."""

    def embed_question(self, text: str) -> Vectors:
        raise RuntimeError(f"cannot embed {text}")


@pytest.fixture
def faulty(index: Path) -> TestClient:
    """The application over a model with a bug; the index is whole."""
    assistant = Assistant(Settings(index_dir=index), Faulty(), LiveIndex(index))
    return TestClient(create_app(assistant), raise_server_exceptions=False)


def ask(client: TestClient, question: str, **fields: Any) -> dict[str, Any]:
    response = client.post("/v1/ask", json={"question": question, **fields})
    assert response.status_code == 200
    reply: dict[str, Any] = response.json()
    return reply


def stream(client: TestClient, question: str) -> list[tuple[str, dict[str, Any]]]:
    """Events of a stream, read as the server-sent-events format is written down."""
    response = client.post("/v1/ask/stream", json={"question": question})
    assert response.status_code == 200
    assert response.headers["content-type"].partition(";")[0] == "text/event-stream"
    assert response.text.endswith("\n\n")
    events = []
    for block in filter(None, response.text.split("\n\n")):
        fields = [line.partition(":") for line in block.split("\n")]
        names = [value.removeprefix(" ") for field, _, value in fields if field == "event"]
        data = "\n".join(value.removeprefix(" ") for field, _, value in fields if field == "data")
        if data:
            events.append((names[0], json.loads(data)))
    return events


def test_an_answer_has_every_key_of_the_contract(client: TestClient) -> None:
    reply = ask(client, QUESTION)

    assert reply.keys() >= CONTRACT
    assert reply["route"] == "answer"
    assert reply["writer"] == "quoting"
    cited = [sentence for sentence in reply["sentences"] if not sentence["template"]]
    assert cited
    assert all(sentence.keys() >= {"text", "template", "citations"} for sentence in reply["sentences"])
    assert all(citation.keys() >= CITATION for sentence in cited for citation in sentence["citations"])
    assert all(source.keys() >= SOURCE for source in reply["sources"])


def test_an_answer_says_what_its_source_is(client: TestClient) -> None:
    reply = ask(client, QUESTION)

    citation = next(s for s in reply["sentences"] if not s["template"])["citations"][0]
    assert citation["quote"] == "A relapse is a new symptom of MS that lasts longer than 24 hours."
    assert (citation["start"], citation["end"]) == (0, 65)
    assert (citation["source_id"], citation["evidence_level"]) == ("relapse", "pilot_trial")
    assert (citation["year"], citation["n"], citation["checked_on"]) == (2021, 18, "2026-11-21")
    assert [source["title"] for source in reply["sources"]] == ["What a relapse is"]


def test_a_card_has_a_title_a_text_and_numbers_to_dial(client: TestClient) -> None:
    reply = ask(client, EMERGENCY, locale="uk")

    assert reply["route"] == "emergency"
    card = reply["cards"][0]
    assert card["kind"] == "emergency"
    assert "999" in card["title"] + card["text"]
    assert {"label": "Emergency: 999", "tel": "999"} in card["contacts"]
    assert reply["text"].startswith(card["title"])


def test_a_refusal_is_a_reply_with_status_200(client: TestClient, check_reply: CheckReply) -> None:
    reply = ask(client, "How much baclofen should I take?")

    assert reply["route"] == "dosing"
    assert reply["sources"] == []
    check_reply(client, reply)


@pytest.mark.parametrize("question", [QUESTION, EMERGENCY, "hello", "How much baclofen should I take?", "Who is Pele?"])
def test_http_and_python_give_the_same_reply(client: TestClient, assistant: Assistant, question: str) -> None:
    assert ask(client, question) == assistant.ask(question).to_dict()


def test_earlier_turns_reach_the_assistant(client: TestClient, check_reply: CheckReply) -> None:
    first = ask(client, QUESTION)
    history = [{"role": "user", "content": QUESTION}, {"role": "assistant", "content": first["text"]}]

    again = ask(client, "Why does heat make it worse?", history=history)

    check_reply(client, again)
    assert again["route"] == "answer"
    said = [
        sum(sentence["text"].startswith("I am an AI") for sentence in reply["sentences"]) for reply in (first, again)
    ]
    assert said == [1, 0]


def test_an_emergency_stays_on_top_for_the_rest_of_the_chat(client: TestClient) -> None:
    history = [{"role": "user", "content": EMERGENCY}, {"role": "assistant", "content": "Call 112."}]

    assert ask(client, QUESTION, history=history)["cards"][0]["kind"] == "emergency"


def test_unknown_fields_are_ignored(client: TestClient) -> None:
    assert ask(client, QUESTION, temperature=2)["receipt_id"] == ask(client, QUESTION)["receipt_id"]


@pytest.mark.parametrize("question", [QUESTION, EMERGENCY, "hello", "Who is Pele?"])
def test_a_stream_ends_with_the_reply_that_was_streamed(
    client: TestClient, check_reply: CheckReply, question: str
) -> None:
    events = stream(client, question)
    names = [name for name, _ in events]
    reply = events[-1][1]

    assert names[0] == "start"
    assert names[-1] == "reply"
    assert names[1:-1] == ["card"] * len(reply["cards"]) + ["sentence"] * len(reply["sentences"])
    assert events[0][1] == {"route": events[0][1]["route"], "flags": reply["flags"]}
    assert [data for name, data in events if name == "card"] == reply["cards"]
    assert [data for name, data in events if name == "sentence"] == reply["sentences"]
    assert reply == ask(client, question)
    check_reply(client, reply)


def test_a_stream_without_an_index_ends_with_an_error_and_the_disclaimer(without_index: TestClient) -> None:
    events = stream(without_index, QUESTION)

    name, body = events[-1]
    assert name == "error"
    assert body["error"]["type"] == "IndexMissing"
    assert "askms index build" in body["error"]["message"]
    assert body["disclaimer"] == DISCLAIMER
    assert body["text"].endswith(f"\n\n{DISCLAIMER}")
    assert not [data for event, data in events if event == "sentence" and not data["template"]]


def test_a_stream_needs_no_index_for_an_emergency(without_index: TestClient) -> None:
    events = stream(without_index, EMERGENCY)

    assert [name for name, _ in events][:2] == ["start", "card"]
    assert events[-1][0] == "reply"
    assert events[-1][1]["route"] == Route.EMERGENCY.value


def test_a_stream_that_cannot_be_read_gets_a_status_and_not_half_a_stream(client: TestClient) -> None:
    response = client.post("/v1/ask/stream", json={"question": "x" * 100_001})

    assert response.status_code == 422
    assert response.json()["disclaimer"] == DISCLAIMER


def test_a_fault_in_a_stream_is_an_event_without_details(faulty: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        events = stream(faulty, "Does zanzibar help?")

    name, body = events[-1]
    assert (name, body["error"]["type"]) == ("error", "InternalError")
    assert body["text"].endswith(f"\n\n{DISCLAIMER}")
    assert "zanzibar" not in json.dumps(body) + caplog.text.lower()
    assert "RuntimeError" in caplog.text


def test_a_fault_is_a_500_without_details(faulty: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        response = faulty.post("/v1/ask", json={"question": "Does zanzibar help?"})

    assert response.status_code == 500
    assert response.json()["text"].endswith(f"\n\n{DISCLAIMER}")
    assert response.headers["content-security-policy"]
    assert "zanzibar" not in response.text + caplog.text.lower()
    assert "RuntimeError" in caplog.text


def test_a_fault_is_not_raised_on_to_the_server_which_would_log_its_message(index: Path) -> None:
    assistant = Assistant(Settings(index_dir=index), Faulty(), LiveIndex(index))

    response = TestClient(create_app(assistant)).post("/v1/ask", json={"question": QUESTION})

    assert response.status_code == 500
