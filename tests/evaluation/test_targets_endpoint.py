"""Any chat endpoint: what is sent, what is read, and what every failure becomes."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import httpx
import pytest

from askms import Turn
from evals.targets.endpoint import Endpoint, open_endpoint

KEY = "sk-secret"


def endpoint(handler: Callable[[httpx.Request], httpx.Response]) -> Endpoint:
    return Endpoint(
        "https://models.example/v1/", "small", key=KEY, http=httpx.Client(transport=httpx.MockTransport(handler))
    )


def chosen(content: Any) -> dict[str, Any]:
    return {"choices": [{"message": {"role": "assistant", "content": content}}]}


def test_the_conversation_is_sent_with_the_key_and_the_reply_is_cut_into_sentences() -> None:
    seen: list[httpx.Request] = []

    def handler(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, json=chosen("Heat slows nerves. It passes."))

    response = endpoint(handler).ask("why?", [Turn(role="assistant", content="Heat does.")])

    (request,) = seen
    assert str(request.url) == "https://models.example/v1/chat/completions"
    assert request.headers["Authorization"] == f"Bearer {KEY}"
    assert json.loads(request.content) == {
        "model": "small",
        "temperature": 0,
        "messages": [{"role": "assistant", "content": "Heat does."}, {"role": "user", "content": "why?"}],
    }
    assert response.text == "Heat slows nerves. It passes."
    assert [(said.text, said.citations) for said in response.said] == [("Heat slows nerves.", ()), ("It passes.", ())]
    assert response.answered
    assert response.confidence is None
    assert response.found == ()
    assert response.ms > 0


def test_no_key_sends_no_header() -> None:
    def handler(request: httpx.Request) -> httpx.Response:
        assert "Authorization" not in request.headers
        return httpx.Response(200, json=chosen("I don't know."))

    target = Endpoint("https://models.example/v1", "small", http=httpx.Client(transport=httpx.MockTransport(handler)))
    response = target.ask("why?")

    assert response.error == ""
    assert not response.answered


@pytest.mark.parametrize(
    ("came", "told"),
    [
        (httpx.Response(429, text="slow down"), "429 from https://models.example/v1/chat/completions: slow down"),
        (httpx.Response(302, headers={"Location": "https://elsewhere.example"}), "302 from"),
        (httpx.Response(200, text="<html>"), "did not answer in OpenAI's chat format"),
        (httpx.Response(200, json={"choices": []}), "no choices[0].message.content"),
        (httpx.Response(200, json=[]), "no choices[0].message.content"),
        (httpx.Response(200, json=chosen(None)), "content is empty"),
        (httpx.Response(200, json=chosen("  ")), "content is empty"),
    ],
)
def test_what_is_no_reply_becomes_an_error(came: httpx.Response, told: str) -> None:
    response = endpoint(lambda request: came).ask("why?")

    assert told in response.error
    assert KEY not in response.error
    assert (response.text, response.answered) == ("", False)


def test_a_timeout_becomes_an_error() -> None:
    def handler(request: httpx.Request) -> httpx.Response:
        raise httpx.ReadTimeout("too long", request=request)

    assert endpoint(handler).ask("why?").error.startswith("ReadTimeout at https://models.example")


class _Stub(BaseHTTPRequestHandler):
    """Says again what it was asked last, and with which key."""

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        said = f"{body['model']} heard {body['messages'][-1]['content']} with {self.headers['Authorization']}"
        answer = json.dumps(chosen(said)).encode()
        self.send_response(200 if self.path == "/v1/chat/completions" else 404)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *args: object) -> None:
        """Keep quiet."""


@pytest.fixture
def address() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), _Stub)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_real_server_is_asked_with_the_key_of_the_environment(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")

    response = open_endpoint(f"{address}/v1#tiny").ask("does heat hurt")

    assert response.error == ""
    assert response.text == f"tiny heard does heat hurt with Bearer {KEY}"


def test_a_wrong_path_on_a_real_server_becomes_an_error(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")

    assert open_endpoint(f"{address}/v2#tiny").ask("does heat hurt").error.startswith("404 from")
