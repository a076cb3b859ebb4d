"""What every response has, whatever happened: headers that protect the reader, an id, and a line in the log."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from askms.api.errors import unexpected
from askms.api.logs import RECEIPT, REFUSED, REQUESTS, id_for, request_id, route_of
from askms.stages import stage

if TYPE_CHECKING:
    from askms.api.metrics import Metrics  # who does not measure needs no library for it

_HEADERS: Final = {
    "Content-Security-Policy": "default-src 'self'; img-src 'self' data:; object-src 'none'; frame-ancestors *; "
    "base-uri 'none'; form-action 'self'",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(self)",
}
_METHODS: Final = frozenset({"GET", "HEAD", "POST", "DELETE", "OPTIONS", "PUT", "PATCH"})
"""Anything else a client made up is no word for a log."""
_ONLY_HTTPS: Final = "max-age=31536000"
"""A browser that came by https does so for a year. Other names of the same domain are not ours to decide for."""


class Outermost:
    """ASGI middleware around all others."""

    def __init__(self, app: ASGIApp, metrics: Metrics | None = None) -> None:
        self._app, self._metrics = app, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on; a fault becomes a response, as long as none has begun."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun, status = time.perf_counter(), 0
        known = id_for(scope)
        request_id.set(known)
        said: dict[str, Any] = scope.setdefault("state", {})

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
                if scope["scheme"] == "https":
                    headers.setdefault("Strict-Transport-Security", _ONLY_HTTPS)
                headers["X-Request-Id"] = known
            await send(message)

        with stage("request"):
            try:
                await self._app(scope, receive, send_with_headers)
            except Exception as exc:  # noqa: BLE001 - let through, it would be logged with words of the patient in it
                response = unexpected(Request(scope), exc)
                if not status:  # otherwise the server sees that it broke off, and closes the connection
                    await response(scope, receive, send_with_headers)
            finally:
                self._note(scope, status, time.perf_counter() - begun, said)

    def _note(self, scope: Scope, status: int, seconds: float, said: Mapping[str, Any]) -> None:
        """Write the line of a request. Status 0: the one who asked went away before there was one."""
        route, receipt, why = route_of(scope), said.get(RECEIPT), said.get(REFUSED)
        method = scope["method"] if scope["method"] in _METHODS else "other"
        facts = {
            "request_id": request_id.get(),
            "method": method,
            "route": route,
            "status": status,
            "milliseconds": round(seconds * 1000, 1),
            **({"reply": receipt.route} if receipt else {}),
            **({"refused": why} if why else {}),
        }
        REQUESTS.info("request", extra={"facts": facts})
        if self._metrics is not None:
            self._metrics.responded(route, status, seconds)
            if receipt:
                self._metrics.answered(receipt)
            if why:
                self._metrics.refused(why)
