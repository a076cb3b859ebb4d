"""Refuse request bodies that are too large or come too slowly, before they are read whole."""

from __future__ import annotations

from typing import Final

import anyio
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from askms.api.bodies import body_at

MOST_BYTES: Final = 1_000_000
MOST_SECONDS: Final = 20.0
"""Seconds for a body to arrive; a bad mobile line sends the largest question in a few."""
_TOO_LARGE: Final = f"The request is larger than {MOST_BYTES:,} bytes. Please ask one shorter question."
_TOO_SLOW: Final = "The request did not arrive in time. Please check your connection and try again."


class BodyLimit:
    """ASGI middleware: a body of more than `MOST_BYTES` gets 413, one that takes longer than it may gets 408."""

    def __init__(self, app: ASGIApp, seconds: float = MOST_SECONDS) -> None:
        self._app, self._seconds = app, seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Count the body as it comes in; what is declared too large is not read at all."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        declared = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
        if declared.isdigit() and int(declared) > MOST_BYTES:
            await _refuse(413, "TooLarge", _TOO_LARGE, scope, receive, send)
            return
        body, more = b"", True
        with anyio.move_on_after(self._seconds) as reading:
            while more:
                message = await receive()
                if message["type"] != "http.request":
                    return
                body += message.get("body", b"")
                more = message.get("more_body", False)
                if len(body) > MOST_BYTES:
                    await _refuse(413, "TooLarge", _TOO_LARGE, scope, receive, send)
                    return
        if reading.cancelled_caught:
            await _refuse(408, "TooSlow", _TOO_SLOW, scope, receive, send)
            return
        replayed = False

        async def replay() -> Message:
            nonlocal replayed
            if not replayed:
                replayed = True
                return {"type": "http.request", "body": body, "more_body": False}
            return await receive()

        await self._app(scope, replay, send)


async def _refuse(status: int, kind: str, message: str, scope: Scope, receive: Receive, send: Send) -> None:
    headers = {"connection": "close"} if status == 408 else None  # the rest of the body would be read as a request
    await JSONResponse(body_at(scope["path"], kind, message, status), status_code=status, headers=headers)(
        scope, receive, send
    )
