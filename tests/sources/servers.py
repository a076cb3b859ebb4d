"""A web server on this machine for readers to talk to: it answers as told, badly too, and keeps what it was asked."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

_DRIP: Final = 0.01
"""Seconds between two bytes of an answer that drips."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the server sends back."""

    body: bytes = b""
    status: int = 200
    kind: str = "text/xml; charset=UTF-8"
    headers: Mapping[str, str] = field(default_factory=dict)
    missing: int = 0
    """How many bytes more than it sends the server promises."""
    chunked: bool = False
    """Send without a length, in one piece, as NCBI does."""
    hangs: bool = False
    """Never answer."""
    drips: bool = False
    """Send a byte now and then, for ever."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request that came in."""

    method: str
    path: str
    params: Mapping[str, str]
    headers: Mapping[str, str]


Route = Answer | Callable[[Asked], Answer]


class Server:
    """Answers on a free port while its `with` block lasts."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self._routes: dict[str, list[Route]] = {}
        self._closing = threading.Event()

    def on(self, path: str, *routes: Route) -> None:
        """Answer requests for a path with these in turn; the last is repeated."""
        self._routes[path] = list(routes)

    def __enter__(self) -> Server:
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                with suppress(OSError):  # the reader has hung up
                    outer._serve(self)

            def do_POST(self) -> None:
                self.do_GET()

            def do_HEAD(self) -> None:
                self.do_GET()

            def log_message(self, format: str, *args: Any) -> None:
                """Keep quiet."""

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._http.server_address[1]}"
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.set()
        self._http.shutdown()
        self._thread.join()
        self._http.server_close()

    def _serve(self, handler: BaseHTTPRequestHandler) -> None:
        url = urlsplit(handler.path)
        body = handler.rfile.read(int(handler.headers.get("Content-Length", 0))).decode()
        params = dict(parse_qsl(url.query or body, keep_blank_values=True))
        asked = Asked(method=handler.command, path=url.path, params=params, headers=dict(handler.headers))
        self.asked.append(asked)
        routes = self._routes.get(url.path, [Answer(status=404)])
        route = routes.pop(0) if len(routes) > 1 else routes[0]
        answer = route if isinstance(route, Answer) else route(asked)
        handler.close_connection = True
        if answer.hangs:
            self._closing.wait()
            return
        handler.send_response(answer.status)
        handler.send_header("Content-Type", answer.kind)
        handler.send_header("Connection", "close")
        for name, value in answer.headers.items():
            handler.send_header(name, value)
        if answer.chunked:
            handler.send_header("Transfer-Encoding", "chunked")
        elif not answer.drips:
            handler.send_header("Content-Length", str(len(answer.body) + answer.missing))
        handler.end_headers()
        if asked.method == "HEAD":
            return
        while answer.drips and not self._closing.wait(_DRIP):
            handler.wfile.write(b" ")
        if answer.chunked:
            end = b"" if answer.missing else b"\r\n0\r\n\r\n"
            handler.wfile.write(b"%x\r\n%s%s" % (len(answer.body) + answer.missing, answer.body, end))
        else:
            handler.wfile.write(answer.body)
