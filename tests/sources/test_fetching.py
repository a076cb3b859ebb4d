"""A link is called dead only for what will be the same tomorrow; a busy or shy server is never blamed."""

from __future__ import annotations

import socket
import sys
import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING, NoReturn

import httpx
import pytest

from askms.errors import SourceUnreadable
from askms.sources.fetching import LONGEST_REST, seconds_of, why_dead

if TYPE_CHECKING:
    from tests.sources.servers import Answer, Asked, Server
else:  # pytest puts this folder on the path, not the one above
    from servers import Answer, Asked, Server


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "*")


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as running:
        yield running


def failing(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    """Let every look-up of a host fail."""

    def getaddrinfo(*args: object, **kwargs: object) -> NoReturn:
        raise error

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)


def test_page_that_opens_is_asked_for_once_and_without_its_body(server: Server) -> None:
    server.on("/page", Answer(body=b"words"))

    assert why_dead(f"{server.url}/page?a=1&b=2") is None
    assert [(asked.method, asked.params) for asked in server.asked] == [("HEAD", {"a": "1", "b": "2"})]
    assert server.asked[0].headers["User-Agent"] == f"python-httpx/{httpx.__version__} askms"


@pytest.mark.parametrize("status", [404, 410])
def test_page_that_is_gone_is_dead(server: Server, status: int) -> None:
    server.on("/page", Answer(status=status))

    assert why_dead(f"{server.url}/page") == f"status {status}"


@pytest.mark.parametrize("status", [400, 401, 403, 405, 418, 429, 500, 501, 503])
def test_server_that_refuses_a_program_or_is_busy_is_not_dead(server: Server, status: int) -> None:
    server.on("/page", Answer(status=status))

    assert why_dead(f"{server.url}/page") is None


@pytest.mark.parametrize("refusal", [403, 404, 405, 410, 501])
@pytest.mark.parametrize(("status", "reason"), [(200, None), (403, None), (404, "status 404")])
def test_where_a_head_is_refused_a_get_decides(server: Server, refusal: int, status: int, reason: str | None) -> None:
    def page(asked: Asked) -> Answer:
        return Answer(status=refusal if asked.method == "HEAD" else status)

    server.on("/page", page)

    assert why_dead(f"{server.url}/page") == reason
    assert [asked.method for asked in server.asked] == ["HEAD", "GET"]


def test_long_page_is_not_read_to_its_end(server: Server) -> None:
    server.on("/page", lambda asked: Answer(status=405) if asked.method == "HEAD" else Answer(drips=True))

    assert why_dead(f"{server.url}/page") is None


@pytest.mark.parametrize(("steps", "reason"), [(1, None), (5, None), (6, "more than 5 redirects")])
def test_redirects_are_followed_a_few_times(server: Server, steps: int, reason: str | None) -> None:
    for step in range(steps):
        server.on(f"/{step}", Answer(status=302, headers={"Location": f"/{step + 1}"}))
    server.on(f"/{steps}", Answer())

    assert why_dead(f"{server.url}/0") == reason


def test_redirect_to_a_page_that_is_gone_is_dead(server: Server) -> None:
    server.on("/page", Answer(status=301, headers={"Location": "/nowhere"}))

    assert why_dead(f"{server.url}/page") == "status 404"


def test_redirects_in_a_circle_are_dead(server: Server) -> None:
    server.on("/page", Answer(status=302, headers={"Location": "/page"}))

    assert why_dead(f"{server.url}/page") == "more than 5 redirects"


def test_server_that_hangs_is_not_dead(server: Server) -> None:
    server.on("/page", Answer(hangs=True))

    assert why_dead(f"{server.url}/page", timeout=0.1) is None


def test_refused_connection_is_dead() -> None:
    assert why_dead("http://127.0.0.1:1/page") == "connection refused"


def test_server_without_tls_is_dead_for_a_secure_address(server: Server) -> None:
    reason = why_dead(server.url.replace("http:", "https:"))

    assert reason is not None
    assert reason.startswith("no secure connection (")


def test_host_that_does_not_exist_is_dead(monkeypatch: pytest.MonkeyPatch) -> None:
    failing(monkeypatch, socket.gaierror(socket.EAI_NONAME, "Name or service not known"))

    assert why_dead("https://nowhere.example/page") == "no such host"


@pytest.mark.parametrize(
    "error", [socket.gaierror(socket.EAI_AGAIN, "Temporary failure"), OSError(101, "Network is unreachable")]
)
def test_network_that_is_down_makes_no_link_dead(monkeypatch: pytest.MonkeyPatch, error: OSError) -> None:
    failing(monkeypatch, error)

    assert why_dead("https://nowhere.example/page") is None


@pytest.mark.parametrize(
    "url", ["https://a\u0000b/", "page", "", "mailto:sample@example.org", "https://", "http://a..b/"]
)
def test_what_is_no_web_address_is_dead(url: str) -> None:
    assert why_dead(url) == "no web address"


def test_server_that_hangs_up_during_the_handshake_is_not_dead() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        hanging_up = threading.Thread(target=lambda: listening.accept()[0].close())
        hanging_up.start()

        assert why_dead(f"https://127.0.0.1:{port}/") is None
        hanging_up.join()


def test_missing_httpx_is_named_with_its_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "httpx", None)

    with pytest.raises(SourceUnreadable, match="needs httpx, which is not installed"):
        why_dead("https://example.org/")


@pytest.mark.parametrize(("header", "seconds"), [(None, 0), ("", 0), ("12", 12), ("x", 0), ("²", 0)])
def test_retry_after_is_read_or_ignored(header: str | None, seconds: float) -> None:
    assert seconds_of(header) == seconds
    assert seconds <= LONGEST_REST
