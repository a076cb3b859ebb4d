"""Requests that cannot be answered as asked: the right status, a clear message, the disclaimer, and nothing echoed."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from askms.api.limits import MOST_BYTES
from askms.reply import DISCLAIMER

WORD = "zanzibar"
JSON = {"content-type": "application/json"}
TURN = {"role": "user", "content": f"{WORD} hurts"}

CheckReply = Callable[[TestClient, dict[str, Any]], None]


def check_error(response: Any, status: int, kind: str | None = None) -> str:
    """Check the body of an error and return its message."""
    assert response.status_code == status
    body = response.json()
    message: str = body["error"]["message"]
    assert kind in (None, body["error"]["type"])
    assert body["disclaimer"] == DISCLAIMER
    assert body["text"] == f"{message}\n\n{DISCLAIMER}"
    assert WORD not in response.text
    return message


@pytest.mark.parametrize(
    "question",
    [
        "",
        "   ",
        "\n\t\r\n",
        "\x00\x01\x02\x1b[31m",
        "\u200b\u200d\ufeff",
        "\u202e?esparler a si tahW\u202c",
        "😀🧠💊",
        "?",
        "....",
        "1234567890",
        "<script>alert(1)</script>",
        "'; DROP TABLE passages; --",
        "{{7*7}} ${7*7} %s %n",
        "a\u0301" * 500,
        "ﷺ" * 200,
        "x" * 10_000 + " what is a relapse?",
    ],
)
def test_strange_words_get_a_reply(client: TestClient, check_reply: CheckReply, question: str) -> None:
    response = client.post("/v1/ask", json={"question": question})

    assert response.status_code == 200
    check_reply(client, response.json())
    assert "<script" not in response.text


def test_a_question_is_found_behind_invisible_characters(client: TestClient) -> None:
    plain = client.post("/v1/ask", json={"question": "What is a relapse?"}).json()
    hidden = client.post("/v1/ask", json={"question": "\u202eWhat\u200b is a rel\u00adapse?\x07"}).json()

    assert hidden == plain


@given(question=st.text(max_size=200))
def test_any_text_gets_a_reply(client: TestClient, check_reply: CheckReply, question: str) -> None:
    response = client.post("/v1/ask", json={"question": question})

    assert response.status_code == 200
    check_reply(client, response.json())


def test_the_longest_message_is_answered(client: TestClient, check_reply: CheckReply) -> None:
    question = ("word " * 20_000)[: 100_000 - 18] + "What is a relapse?"
    assert len(question) == 100_000

    response = client.post("/v1/ask", json={"question": question})

    assert response.status_code == 200
    check_reply(client, response.json())


@pytest.mark.parametrize("words", ["a", "nhs number "])
def test_a_message_four_times_as_long_takes_about_four_times_as_long(client: TestClient, words: str) -> None:
    def seconds(length: int) -> float:
        started = time.process_time()
        client.post("/v1/ask", json={"question": (words * length)[:length]})
        return time.process_time() - started

    assert seconds(12_000) < 8 * max(seconds(3_000), 0.05)


def test_a_longer_message_is_refused(client: TestClient) -> None:
    response = client.post("/v1/ask", json={"question": (f"{WORD} " * 12_000)[:100_001]})

    assert "100000 characters" in check_error(response, 422, "InvalidRequest")


def test_a_large_body_is_refused_unread(client: TestClient) -> None:
    started = time.monotonic()
    response = client.post("/v1/ask", json={"question": f"{WORD} " * 250_000})

    assert f"{MOST_BYTES:,} bytes" in check_error(response, 413, "TooLarge")
    assert time.monotonic() - started < 5


def test_a_large_body_of_undeclared_length_is_refused(client: TestClient) -> None:
    chunks = (WORD.encode() * 10_000 for _ in range(40))

    check_error(client.post("/v1/ask", content=chunks, headers=JSON), 413, "TooLarge")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 422),
        (b"{", 422),
        (b'{"question": "zanzibar"', 422),
        (b"zanzibar", 422),
        (b"\xff\xfe\x00\x01", 422),
        (b'{"question": "\xff\xfe"}', 400),
        (b"null", 422),
        (b"[]", 422),
        (b'"zanzibar"', 422),
        (b"[" * 100_000, 400),
        (b'{"question": ' + b"1" * 5_000 + b"}", 400),
        (b'{"question": "\\ud800 zanzibar"}', 422),
        (b'{"question": NaN}', 422),
        (b'{"zanzibar": "what is a relapse?"}', 422),
    ],
)
@pytest.mark.parametrize("path", ["/v1/ask", "/v1/ask/stream"])
def test_a_malformed_body_is_refused(client: TestClient, path: str, body: bytes, status: int) -> None:
    check_error(client.post(path, content=body, headers=JSON), status)


@pytest.mark.parametrize("kind", ["text/plain", "application/octet-stream", "multipart/form-data; boundary=x", ""])
def test_a_body_that_is_not_json_is_refused(client: TestClient, kind: str) -> None:
    check_error(client.post("/v1/ask", content=b"zanzibar \x00\x01", headers={"content-type": kind}), 422)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"question": None}, "question"),
        ({"question": 5}, "question"),
        ({"question": [WORD]}, "question"),
        ({"question": {WORD: WORD}}, "question"),
        ({"question": "hi", "history": WORD}, "history"),
        ({"question": "hi", "history": {WORD: WORD}}, "history"),
        ({"question": "hi", "history": [WORD]}, "history.0"),
        ({"question": "hi", "history": [{"role": "system", "content": WORD}]}, "history.0.role"),
        ({"question": "hi", "history": [TURN, {"role": WORD, "content": "x"}]}, "history.1.role"),
        ({"question": "hi", "history": [{"role": "user"}]}, "history.0.content"),
        ({"question": "hi", "history": [{"role": "user", "content": 7}]}, "history.0.content"),
        ({"question": "hi", "history": [{"role": "user", "content": "x" * 100_001}]}, "history.0.content"),
        ({"question": "hi", "locale": WORD}, "locale"),
        ({"question": "hi", "locale": "US"}, "locale"),
        ({"question": "hi", "locale": 1}, "locale"),
    ],
)
@pytest.mark.parametrize("path", ["/v1/ask", "/v1/ask/stream"])
def test_a_wrong_field_is_named(
    client: TestClient, caplog: pytest.LogCaptureFixture, path: str, fields: dict[str, Any], field: str
) -> None:
    with caplog.at_level(logging.DEBUG, "askms"):
        response = client.post(path, json=fields)

    assert f" {field}: " in check_error(response, 422, "InvalidRequest")
    assert WORD not in caplog.text


def test_fifty_turns_are_read(client: TestClient, check_reply: CheckReply) -> None:
    turns = [TURN, {"role": "assistant", "content": "I see."}] * 25

    response = client.post("/v1/ask", json={"question": "What is a relapse?", "history": turns})

    assert response.status_code == 200
    check_reply(client, response.json())


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("GET", "/v1/ask", "POST"),
        ("PUT", "/v1/ask", "POST"),
        ("DELETE", "/v1/ask", "POST"),
        ("PATCH", "/v1/ask/stream", "POST"),
        ("OPTIONS", "/v1/ask", "POST"),
        ("POST", "/v1/sources/relapse", "GET"),
        ("POST", "/healthz", "GET"),
        ("PUT", "/readyz", "GET"),
        ("POST", "/", "GET, HEAD"),
        ("PUT", "/widget.js", "GET, HEAD"),
        ("TRACE", "/v1/ask", "POST"),
        ("BREW", "/v1/ask", "POST"),
    ],
)
def test_a_wrong_method_is_told_the_right_one(client: TestClient, method: str, path: str, allowed: str) -> None:
    response = client.request(method, path)

    check_error(response, 405)
    assert response.headers["allow"] == allowed


@pytest.mark.parametrize(("path", "status"), [("/v1/ask", 405), ("/", 200), ("/widget.js", 200), ("/nope", 404)])
def test_head_has_a_status_and_no_body(client: TestClient, path: str, status: int) -> None:
    response = client.head(path)

    assert response.status_code == status
    assert response.content == b""


@pytest.mark.parametrize(
    "path",
    [
        "/nope",
        "/v1",
        "/v1/nope",
        "/docs",
        "/v1/sources/nope",
        "/v1/sources/relapse/nope",
        "/v1/passages/nope",
        "/v1/passages/0000000000000000",
        "/v1/sources/..%2f..%2fetc%2fpasswd",
        "/v1/sources/%2e%2e",
        "/v1/sources/....//relapse",
        "/v1/sources/relapse.md",
        "/v1/sources/relapse%00",
        "/v1/sources/" + "x" * 5_000,
        "/v1/passages/..%2f..%2f..%2fetc%2fpasswd",
        "/../../../../etc/passwd",
        "/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
        "/..%5c..%5cpyproject.toml",
        "/%2e%2e/assistant.py",
        "//etc/passwd",
    ],
)
def test_what_is_not_there_is_not_found(client: TestClient, path: str) -> None:
    response = client.get(path)

    check_error(response, 404)
    assert "root:" not in response.text
    assert "import" not in response.text


@pytest.mark.parametrize(
    "span",
    [
        {"start": 0, "end": 0},
        {"start": 5, "end": 4},
        {"start": -1, "end": 4},
        {"start": 0, "end": 100_000},
        {"start": 10**30, "end": 10**31},
        {"start": -5},
        {"end": -5},
    ],
)
def test_a_span_out_of_range_is_refused(client: TestClient, span: dict[str, int]) -> None:
    reply = client.post("/v1/ask", json={"question": "What is a relapse?"}).json()
    citation = [c for s in reply["sentences"] for c in s["citations"]][-1]
    path = f"/v1/sources/{citation['source_id']}"

    response = client.get(path, params={"passage": citation["passage_key"], **span})

    assert "Take passage, start and end from one citation" in check_error(response, 422, "QuestionError")


@pytest.mark.parametrize("value", ["zanzibar", "1.5", "", "1e3"])
def test_a_span_that_is_no_number_is_refused(client: TestClient, value: str) -> None:
    response = client.get("/v1/sources/relapse", params={"start": value})

    assert "start: " in check_error(response, 422, "InvalidRequest")


def test_a_span_of_a_passage_of_another_source_is_refused(client: TestClient) -> None:
    reply = client.post("/v1/ask", json={"question": "What is a relapse?"}).json()
    key = [c for s in reply["sentences"] for c in s["citations"]][-1]["passage_key"]

    check_error(client.get("/v1/sources/heat", params={"passage": key}), 422, "QuestionError")


def test_a_span_of_an_unknown_passage_is_not_found(client: TestClient) -> None:
    check_error(client.get("/v1/sources/heat", params={"passage": "nope"}), 404, "UnknownSource")


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/sources/nope", 404),
        ("/sources/..%2f..%2fetc%2fpasswd", 404),
        ("/sources/relapse%00", 404),
        ("/sources/relapse?start=zanzibar", 422),
        ("/sources/heat?passage=nope", 200),
        ("/sources/nope?passage=nope", 404),
        ("/sources?level=zanzibar", 422),
        ("/sources?topic=" + "x" * 5_000, 200),
        ("/sources?topic=<script>alert(1)</script>", 200),
    ],
)
def test_a_page_that_cannot_be_shown_is_a_page_that_says_why(client: TestClient, path: str, status: int) -> None:
    response = client.get(path)

    assert response.status_code == status
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert DISCLAIMER in unescape(response.text)
    assert "<script>" not in response.text


def test_patients_words_reach_no_log(client: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, "askms"):
        for question in (
            f"Does {WORD} help?",
            f"{WORD} and my throat is closing up",
            f"How much {WORD} may I take?",
        ):
            for path in ("/v1/ask", "/v1/ask/stream"):
                client.post(path, json={"question": question, "history": [TURN]})

    assert WORD not in caplog.text.lower()


@given(
    body=st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(max_size=8),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(["question", "history", "locale", "role", "content"]), inner)
        ),
    )
)
def test_any_json_gets_a_reply_or_a_named_fault(client: TestClient, body: Any) -> None:
    response = client.post("/v1/ask", content=json.dumps(body), headers=JSON)

    assert response.status_code in (200, 400, 422)
    assert response.json()["text"].endswith(f"\n\n{DISCLAIMER}")
