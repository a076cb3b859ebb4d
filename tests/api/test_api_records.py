"""The doors to the records: a conversation goes on, is looked at and erased; feedback; and no card waits for it."""

from __future__ import annotations

import json
import logging
import re
import sqlite3
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from html import unescape
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from starlette.testclient import TestClient

from askms.api import create_app
from askms.assistant import Assistant
from askms.records import Records, open_records
from askms.reply import DISCLAIMER
from askms.upkeep.prose import reading_grade

QUESTION = "What is a relapse?"
EMERGENCY = "My throat is closing up after my Copaxone injection"

CheckReply = Callable[[TestClient, dict[str, Any]], None]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where the records are."""
    return tmp_path / "records" / "records.sqlite"


@pytest.fixture
def records(file: Path) -> Iterator[Records]:
    """Records of seven days."""
    with closing(open_records(f"sqlite:///{file}", 7)) as opened:
        yield opened


@pytest.fixture
def keeping(assistant: Assistant, records: Records) -> TestClient:
    """The application with records."""
    return TestClient(create_app(assistant, records=records), raise_server_exceptions=False)


@pytest.fixture
def locked(file: Path, records: Records) -> Iterator[sqlite3.Connection]:
    """Somebody else writes to the records."""
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield other


def ask(client: TestClient, question: str = QUESTION, **fields: Any) -> dict[str, Any]:
    response = client.post("/v1/ask", json={"question": question, **fields})
    assert response.status_code == 200
    reply: dict[str, Any] = response.json()
    return reply


def events(client: TestClient, question: str, **fields: Any) -> list[tuple[str, dict[str, Any]]]:
    """The events of a stream, by name and data."""
    text = client.post("/v1/ask/stream", json={"question": question, **fields}).text
    halves = [event.split("\n") for event in text.strip().split("\n\n")]
    return [(name.removeprefix("event: "), json.loads(data.removeprefix("data: "))) for name, data in halves]


def streamed(client: TestClient, question: str, **fields: Any) -> dict[str, Any]:
    """The last event of a stream."""
    name, reply = events(client, question, **fields)[-1]
    assert name == "reply"
    return reply


def without_records(reply: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in reply.items() if key not in ("conversation", "recorded")}


@pytest.mark.parametrize("question", [QUESTION, "hello", "How much baclofen should I take?", "Who is Pele?"])
@pytest.mark.parametrize("way", [ask, streamed])
def test_the_receipt_is_there_when_the_reply_is(
    keeping: TestClient, records: Records, assistant: Assistant, question: str, way: Callable[..., dict[str, Any]]
) -> None:
    reply = way(keeping, question)

    assert reply["recorded"] is True
    assert records.receipt(reply["receipt_id"]).receipt == assistant.answer(question).receipt
    assert without_records(reply) == assistant.ask(question).to_dict()


def test_a_conversation_goes_on_where_its_id_is_sent(keeping: TestClient) -> None:
    first = ask(keeping)
    second = streamed(keeping, "Why does heat make MS worse?", conversation=first["conversation"])
    elsewhere = ask(keeping)

    assert first["conversation"] == second["conversation"] != elsewhere["conversation"]
    export = keeping.get(f"/v1/conversations/{first['conversation']}")
    assert export.headers["cache-control"] == "no-store"
    kept = export.json()
    assert kept["conversation"] == first["conversation"]
    assert [turn["question"] for turn in kept["turns"]] == [QUESTION, "Why does heat make MS worse?"]
    assert [turn["reply"] for turn in kept["turns"]] == [without_records(first), without_records(second)]
    assert kept["keep_days"] == 7
    assert kept["disclaimer"] == DISCLAIMER
    assert kept["begun_at"] == kept["turns"][0]["at"]
    assert kept["begun_at"].endswith(("Z", "+00:00"))


@pytest.mark.parametrize("question", [QUESTION, EMERGENCY])
def test_a_conversation_that_begins_is_named_before_anything_of_it_is_kept(keeping: TestClient, question: str) -> None:
    (start, begun), *_, (_, reply) = events(keeping, question)
    _, going_on = events(keeping, question, conversation=reply["conversation"])[0]
    (_, unknown), *_, (_, replaced) = events(keeping, question, conversation="0" * 48)

    assert start == "start"
    assert begun["conversation"] == reply["conversation"] != replaced["conversation"]
    assert "conversation" not in going_on | unknown
    kept = keeping.get(f"/v1/conversations/{begun['conversation']}").json()
    assert len(kept["turns"]) == 2


def test_earlier_turns_are_masked_as_well(keeping: TestClient, records: Records) -> None:
    history = [
        {"role": "user", "content": "I'm Jane Smith, jane@example.com"},
        {"role": "assistant", "content": "Hello Jane Smith, jane@example.com"},
    ]

    reply = ask(keeping, "My number is 07700900123. What is a relapse?", history=history)

    receipt = records.receipt(reply["receipt_id"]).receipt
    assert not [word for word in ("Jane", "Smith", "example.com", "0900123") if word in receipt.to_json()]
    exported = keeping.get(f"/v1/conversations/{reply['conversation']}").text
    assert "0900123" not in exported


def test_erasing_a_conversation_ends_it(keeping: TestClient) -> None:
    begun = ask(keeping)["conversation"]

    assert keeping.delete(f"/v1/conversations/{begun}").status_code == 204

    for again in (keeping.get, keeping.delete):
        response = again(f"/v1/conversations/{begun}")
        assert response.status_code == 404
        assert response.json()["error"]["type"] == "UnknownRecord"
        assert response.json()["text"].endswith(f"\n\n{DISCLAIMER}")
    assert ask(keeping, conversation=begun)["conversation"] != begun


@pytest.mark.parametrize("made_up", ["", "mine", "x" * 200, "../../etc", "\x00", "☃"])
def test_an_id_that_the_server_did_not_make_opens_nothing(keeping: TestClient, made_up: str) -> None:
    assert ask(keeping, conversation=made_up)["conversation"] != made_up


def test_feedback_is_kept_with_the_reply_it_is_about(keeping: TestClient, records: Records) -> None:
    reply = ask(keeping)
    said = {"receipt_id": reply["receipt_id"], "conversation": reply["conversation"]}

    for more in ({"helpful": True}, {"helpful": False, "problem": "  I'm Jane Smith. Too short.  "}):
        response = keeping.post("/v1/feedback", json={**said, **more})
        assert (response.status_code, response.content) == (204, b"")

    first, second = records.receipt(reply["receipt_id"]).feedback
    assert (first.helpful, first.problem) == (True, None)
    assert second.helpful is False
    assert second.problem is not None
    assert second.problem.endswith("Too short.")
    assert "Jane" not in second.problem
    (turn,) = keeping.get(f"/v1/conversations/{reply['conversation']}").json()["turns"]
    assert [each["helpful"] for each in turn["feedback"]] == [True, False]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"receipt_id": "0" * 24}, 422),
        ({"receipt_id": "0" * 24, "problem": "  "}, 422),
        ({"receipt_id": "0" * 24, "helpful": True}, 404),
        ({"receipt_id": "nope", "helpful": True}, 422),
        ({"receipt_id": "0" * 24, "problem": "x" * 4001}, 422),
        ({"helpful": True}, 422),
    ],
)
def test_feedback_that_says_nothing_or_is_about_nothing_is_refused(
    keeping: TestClient, body: dict[str, Any], status: int
) -> None:
    response = keeping.post("/v1/feedback", json=body)

    assert response.status_code == status
    assert response.json()["text"].endswith(f"\n\n{DISCLAIMER}")


def test_a_card_does_not_wait_for_a_database(
    keeping: TestClient, locked: sqlite3.Connection, records: Records, check_reply: CheckReply
) -> None:
    ask(keeping, "hello")  # loads what is loaded once; from here on the records are known to fail
    locked.execute("COMMIT")
    time.sleep(2.5)
    locked.execute("BEGIN IMMEDIATE")
    started = time.monotonic()

    reply = ask(keeping, EMERGENCY)

    assert time.monotonic() - started < 1  # the lock alone would take a second to be noticed
    assert reply["cards"][0]["kind"] == "emergency"
    assert reply["recorded"] is False
    check_reply(keeping, reply)
    locked.execute("COMMIT")
    _written(records)
    assert records.receipt(reply["receipt_id"]).times_asked == 1


def test_an_answer_is_sent_though_its_record_has_to_wait(
    keeping: TestClient, locked: sqlite3.Connection, records: Records, check_reply: CheckReply
) -> None:
    whole, stream = ask(keeping), streamed(keeping, QUESTION)

    for reply in (whole, stream):
        assert reply["route"] == "answer"
        assert reply["recorded"] is False
        check_reply(keeping, reply)
    assert keeping.get("/readyz").json()["records"] == {"waiting": 2, "lost": 0}
    for response in (
        keeping.get(f"/v1/conversations/{whole['conversation']}"),
        keeping.delete(f"/v1/conversations/{whole['conversation']}"),
        keeping.post("/v1/feedback", json={"receipt_id": whole["receipt_id"], "helpful": True}),
    ):
        assert response.status_code == 503
        assert "sqlite" not in response.text
        assert response.json()["text"].endswith(f"\n\n{DISCLAIMER}")
    locked.execute("COMMIT")
    _written(records)
    assert keeping.get("/readyz").json()["records"] == {"waiting": 0, "lost": 0}
    assert records.receipt(whole["receipt_id"]).times_asked == 2


def _written(records: Records) -> None:
    until = time.monotonic() + 15
    while records.waiting:
        assert time.monotonic() < until
        time.sleep(0.05)


def test_the_id_of_a_conversation_reaches_no_log(
    keeping: TestClient,
    locked: sqlite3.Connection,
    records: Records,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(_: str) -> None:
        raise RuntimeError("broken")

    ask(keeping)  # waits to be written, so that the doors say 503
    with caplog.at_level(logging.DEBUG, "askms"):
        assert keeping.get("/v1/conversations/sesame").status_code == 503
        monkeypatch.setattr(records, "conversation", broken)
        assert keeping.get("/v1/conversations/sesame").status_code == 500
        assert keeping.get("/sesame").status_code == 404

    assert caplog.text.count("/v1/conversations/{conversation}") == 2
    assert "sesame" not in caplog.text
    locked.execute("COMMIT")


def test_a_fault_of_the_records_takes_no_reply_from_anybody(
    assistant: Assistant, records: Records, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError(QUESTION)

    monkeypatch.setattr(records, "keep", broken)
    client = TestClient(create_app(assistant, records=records))

    for reply in (ask(client), streamed(client, QUESTION)):
        assert reply["route"] == "answer"
        assert reply["recorded"] is False
    assert "a reply was not recorded: RuntimeError" in caplog.text
    assert QUESTION not in caplog.text


def test_without_records_nothing_is_kept_and_the_doors_say_so(client: TestClient) -> None:
    reply = ask(client, conversation="mine")

    assert not {"conversation", "recorded"} & reply.keys()
    for response in (
        client.get("/v1/conversations/mine"),
        client.delete("/v1/conversations/mine"),
        client.post("/v1/feedback", json={"receipt_id": reply["receipt_id"], "helpful": True}),
    ):
        assert response.status_code == 404
        assert "keeps no records" in response.json()["error"]["message"]


def test_eight_people_at_once_get_each_their_own(keeping: TestClient, records: Records) -> None:
    def chat(person: int) -> str:
        begun: str = ask(keeping, f"What is a relapse? {person}")["conversation"]
        for number in range(3):
            assert ask(keeping, f"Why does heat make MS worse? {person} {number}", conversation=begun)["recorded"]
        return begun

    with ThreadPoolExecutor(8) as pool:
        begun = list(pool.map(chat, range(8)))

    for person, conversation in enumerate(begun):
        questions = [turn.question for turn in records.conversation(conversation).turns]
        assert questions[0] == f"What is a relapse? {person}"
        assert questions[1:] == [f"Why does heat make MS worse? {person} {number}" for number in range(3)]


def test_the_widget_on_another_page_may_erase(assistant: Assistant) -> None:
    page = "https://hospital.example"
    client = TestClient(create_app(assistant, cors_origins=page))

    preflight = client.options(
        "/v1/conversations/x", headers={"origin": page, "access-control-request-method": "DELETE"}
    )

    assert "DELETE" in preflight.headers["access-control-allow-methods"]


@pytest.mark.parametrize(
    "label",
    ["POST /v1/feedback", "GET /v1/conversations/{conversation}", "DELETE /v1/conversations/{conversation}"],
)
@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_whatever_is_sent_the_schema_is_kept(
    assistant: Assistant, records: Records, label: str, mode: GenerationMode
) -> None:
    if mode is GenerationMode.NEGATIVE and "{" in label:
        return  # any text can be an id
    api = schemathesis.openapi.from_asgi("/openapi.json", create_app(assistant, records=records))
    operation: Any = api.find_operation_by_label(label)

    @given(case=operation.as_strategy(generation_mode=mode))
    @settings(max_examples=30, suppress_health_check=list(HealthCheck), database=None)
    def send(case: schemathesis.Case[Any]) -> None:
        response = case.call()
        case.validate_response(response)
        if response.status_code >= 400:
            assert response.json()["text"].endswith(f"\n\n{DISCLAIMER}")

    send()


def page_words(client: TestClient) -> str:
    page = client.get("/privacy").text
    assert page.rstrip().endswith("</html>")
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.partition("<main>")[2])))


def test_the_privacy_page_says_what_the_settings_say(
    keeping: TestClient, client: TestClient, assistant: Assistant, records: Records
) -> None:
    kept, nothing = page_words(keeping), page_words(client)
    told = page_words(TestClient(create_app(assistant, records=records, chat_model="openai:gpt-5-mini")))

    assert "for 7 days" in kept
    assert "is written over" in kept
    assert "No other company" in kept
    assert "openai:gpt-5-mini" in told
    assert "No other company" not in told
    assert "We keep nothing" in nothing
    assert "days" not in nothing
    for page in (kept, nothing, told):
        assert DISCLAIMER in page


def test_the_privacy_page_names_one_day_as_one(assistant: Assistant, file: Path) -> None:
    with closing(open_records(f"sqlite:///{file}", 1)) as one_day:
        assert "for 1 day." in page_words(TestClient(create_app(assistant, records=one_day)))


def test_the_privacy_page_can_be_read_at_grade_8(keeping: TestClient) -> None:
    words = page_words(keeping)

    assert reading_grade(words, words.count(". ") + words.count("? ")) <= 8
