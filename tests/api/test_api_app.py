"""The application around the routes: health, headers, other origins, the widget's files."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from starlette.testclient import TestClient

import askms
from askms.api import create_app
from askms.assistant import Assistant
from askms.build import build_index
from askms.index import LiveIndex
from askms.reply import DISCLAIMER
from askms.settings import Settings
from askms.testing import FakeEmbedder

WIDGET = Path(askms.__path__[0]) / "widget"
PAGE = "https://hospital.example"
PREFLIGHT = {"origin": PAGE, "access-control-request-method": "POST", "access-control-request-headers": "content-type"}


def test_health_needs_no_index(without_index: TestClient) -> None:
    response = without_index.get("/healthz")

    assert (response.status_code, response.json()["status"]) == (200, "ok")


def test_not_ready_says_what_to_run(without_index: TestClient) -> None:
    response = without_index.get("/readyz")

    assert response.status_code == 503
    assert response.json()["error"]["type"] == "IndexMissing"
    assert "Run: askms index build" in response.json()["error"]["message"]
    assert response.json()["text"].endswith(f"\n\n{DISCLAIMER}")


def test_a_server_becomes_ready_once_an_index_is_built(corpus: Path, tmp_path: Path) -> None:
    folder = tmp_path / "later"
    assistant = Assistant(Settings(index_dir=folder), FakeEmbedder(), LiveIndex(folder))
    client = TestClient(create_app(assistant))
    assert client.get("/readyz").status_code == 503
    assert client.post("/v1/ask", json={"question": "What is a relapse?"}).status_code == 503

    report = build_index(corpus, folder, FakeEmbedder())

    until = time.monotonic() + 10
    while (response := client.get("/readyz")).status_code == 503:  # what was seen is taken to be so for a second
        assert time.monotonic() < until
        time.sleep(0.05)
    assert response.json() == {"status": "ready", "snapshot": report.snapshot}
    assert client.post("/v1/ask", json={"question": "What is a relapse?"}).json()["route"] == "answer"


def test_an_index_of_another_model_is_not_ready(index: Path) -> None:
    assistant = Assistant(Settings(index_dir=index), FakeEmbedder("other"), LiveIndex(index))
    client = TestClient(create_app(assistant))

    response = client.get("/readyz")

    assert response.status_code == 503
    assert response.json()["error"]["type"] == "IndexStale"
    assert "Run: askms index build" in response.json()["error"]["message"]
    assert client.post("/v1/ask", json={"question": "What is a relapse?"}).status_code == 503


def test_a_corrupt_index_is_not_ready(index: Path) -> None:
    for file in index.rglob("passages.json"):
        file.write_text("[]", encoding="utf-8")
    client = TestClient(create_app(Assistant(Settings(index_dir=index), FakeEmbedder(), LiveIndex(index))))

    response = client.get("/readyz")

    assert (response.status_code, response.json()["error"]["type"]) == (503, "IndexCorrupt")
    assert client.get("/healthz").status_code == 200


@pytest.mark.parametrize("path", ["/", "/widget.js", "/healthz", "/v1/sources/relapse", "/v1/sources/nope", "/nope"])
def test_every_response_carries_the_policy(client: TestClient, path: str) -> None:
    headers = client.get(path).headers

    policy = dict(part.strip().split(" ", 1) for part in headers["content-security-policy"].split(";"))
    assert policy["default-src"] == "'self'"
    assert policy["base-uri"] == "'none'"
    assert "unsafe-inline" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"


def test_a_refused_body_carries_the_policy_too(client: TestClient) -> None:
    response = client.post("/v1/ask", content=b"x" * 1_100_000)

    assert response.status_code == 413
    assert "content-security-policy" in response.headers


def test_other_origins_are_not_let_in_unless_named(client: TestClient) -> None:
    asked = client.post("/v1/ask", json={"question": "hello"}, headers={"origin": PAGE})

    assert "access-control-allow-origin" not in asked.headers
    assert client.options("/v1/ask", headers=PREFLIGHT).status_code == 405


@pytest.mark.parametrize("named", [PAGE, f" https://other.example , {PAGE} ,"])
def test_named_origins_are_let_in(assistant: Assistant, named: str) -> None:
    client = TestClient(create_app(assistant, cors_origins=named))

    preflight = client.options("/v1/ask", headers=PREFLIGHT)
    asked = client.post("/v1/ask", json={"question": "hello"}, headers={"origin": PAGE})
    stranger = client.post("/v1/ask", json={"question": "hello"}, headers={"origin": "https://evil.example"})

    assert preflight.status_code == 200
    assert preflight.headers["access-control-allow-origin"] == PAGE
    assert "POST" in preflight.headers["access-control-allow-methods"]
    assert asked.headers["access-control-allow-origin"] == PAGE
    assert "access-control-allow-origin" not in stranger.headers


def test_errors_can_be_read_from_a_named_origin(assistant: Assistant) -> None:
    client = TestClient(create_app(assistant, cors_origins=PAGE))

    for content in (b"{", b"x" * 1_100_000):
        response = client.post("/v1/ask", content=content, headers={"origin": PAGE})
        assert response.status_code in (413, 422)
        assert response.headers["access-control-allow-origin"] == PAGE


def test_the_page_and_every_file_of_the_widget_are_served(client: TestClient) -> None:
    names = sorted(file.name for file in WIDGET.iterdir() if file.is_file())
    assert {"index.html", "widget.js", "askms-chat.js", "askms-chat.css"} <= set(names)

    for name in names:
        assert client.get(f"/{name}").status_code == 200
    assert client.get("/").content == (WIDGET / "index.html").read_bytes()
    assert "javascript" in client.get("/widget.js").headers["content-type"]
    assert client.get("/page.css").headers["content-type"].startswith("text/css")


def test_the_page_loads_nothing_from_elsewhere(client: TestClient) -> None:
    page = client.get("/").text

    assert "http://" not in page
    assert "https://" not in page
    assert "<style" not in page
    assert " style=" not in page


def test_no_pages_that_load_scripts_from_elsewhere_are_served(client: TestClient) -> None:
    assert client.get("/docs").status_code == 404
    assert client.get("/redoc").status_code == 404
    assert client.get("/openapi.json").status_code == 200


def test_the_page_itself_may_use_the_microphone_and_nobody_else(client: TestClient) -> None:
    assert "microphone=(self)" in client.get("/").headers["permissions-policy"]
