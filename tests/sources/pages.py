"""A web site on this machine for the web reader to visit: it answers as told, badly too, and keeps what was asked."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What the site sends back."""

    body: bytes = b""
    kind: str = "text/html; charset=utf-8"
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    hangs: bool = False
    """Never answer."""


class _Server(ThreadingHTTPServer):
    def handle_error(self, *_: object) -> None:
        """A visitor who hangs up is none of our business."""


class Site:
    """Serves on a free port while its `with` block lasts."""

    def __init__(self) -> None:
        self.asked: list[Mapping[str, str]] = []
        """Headers of each request."""
        self._pages: dict[str, list[Page]] = {}
        self._closing = threading.Event()
        self._scheme = "http"
        self._server = _Server(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)

    @property
    def address(self) -> str:
        """Where the site is, without a slash at the end."""
        return f"{self._scheme}://127.0.0.1:{self._server.server_port}"

    def secure(self, certificate: Path, key: Path) -> None:
        """Speak https from now on."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        # A visitor who does not believe the certificate hangs up: that is for the thread of its request to see.
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True, do_handshake_on_connect=False)
        self._scheme = "https"

    def on(self, path: str, *pages: Page) -> str:
        """Answer requests for a path with these in turn, and with the last ever after; gives the address."""
        self._pages[path] = list(pages)
        return self.address + path

    def __enter__(self) -> Site:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                site.asked.append(dict(self.headers.items()))
                pages = site._pages.get(self.path, [Page(status=404)])
                page = pages.pop(0) if len(pages) > 1 else pages[0]
                if page.hangs:
                    site._closing.wait()
                    return
                with suppress(BrokenPipeError, ConnectionResetError):  # the reader has had enough
                    self.send_response(page.status)
                    for name, value in page.headers.items():
                        self.send_header(name, value)
                    if page.kind:
                        self.send_header("Content-Type", page.kind)
                    self.send_header("Content-Length", str(len(page.body)))
                    self.end_headers()
                    self.wfile.write(page.body)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        return Handler
