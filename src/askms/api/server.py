"""The server process: it believes only the proxies it was told of, and ends without dropping an answer."""

from __future__ import annotations

import time
from types import FrameType
from typing import Final

import uvicorn
from fastapi import FastAPI

from askms.api.limits import Guard

GRACE: Final = 30.0
"""Seconds that answers under way have to end."""
SENDING: Final = 5
"""Seconds after that for what is being sent."""


def configure(app: FastAPI, *, host: str, port: int, trusted_proxies: str) -> uvicorn.Config:
    """How uvicorn runs the application.

    Args:
        app: what is served.
        host: address to serve on.
        port: port to serve on; 0 picks a free one.
        trusted_proxies: who may say whose request it is; empty: nobody.
    """
    return uvicorn.Config(
        app,
        host=host,
        port=port,
        access_log=False,  # an address that asks about MS is personal data
        log_config=None,  # its lines go where ours go
        log_level="warning",
        server_header=False,
        proxy_headers=bool(trusted_proxies),
        forwarded_allow_ips=trusted_proxies,
        timeout_graceful_shutdown=SENDING,
    )


class Server(uvicorn.Server):
    """Ends in two steps: first nobody new gets in and is told so, then, when the last answer is out, the door shuts."""

    def __init__(self, config: uvicorn.Config, guard: Guard) -> None:
        super().__init__(config)
        self._guard = guard
        self._end_by: float | None = None
        self._told = 0

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Begin to end; a second signal ends at once."""
        if self._end_by is not None:
            super().handle_exit(sig, frame)
            return
        self._told = sig
        self._end_by = time.monotonic() + GRACE
        self._guard.shut()

    async def on_tick(self, counter: int) -> bool:
        """Whether to end now; asked ten times a second."""
        if self._end_by is not None and (not self._guard.answers.taken or time.monotonic() > self._end_by):
            super().handle_exit(self._told, None)
        return await super().on_tick(counter)
