"""The application on a real port of this process, for tests that need a real connection."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Thread
from typing import Any

from askms.api import create_app
from askms.api.limits import Guard, Protection
from askms.api.server import Server, configure
from askms.assistant import Assistant


@dataclass(frozen=True, slots=True)
class Served:
    """A running server."""

    address: str
    port: int
    guard: Guard
    server: Server
    thread: Thread

    def stop(self) -> None:
        """Tell it to end, as SIGTERM does."""
        self.server.handle_exit(signal.SIGTERM, None)


@contextmanager
def serving(assistant: Assistant, protection: Protection | None = None, **more: Any) -> Iterator[Served]:
    """Serve until the block ends, and wait until the server has ended."""
    guard = Guard(protection or Protection())
    config = configure(create_app(assistant, guard=guard, **more), host="127.0.0.1", port=0, trusted_proxies="")
    socket = config.bind_socket()
    socket.listen()
    port = socket.getsockname()[1]
    server = Server(config, guard)
    thread = Thread(target=server.run, kwargs={"sockets": [socket]})
    thread.start()
    served = Served(f"http://127.0.0.1:{port}", port, guard, server, thread)
    try:
        yield served
    finally:
        if not server.should_exit:
            served.stop()
        thread.join(40)
        assert not thread.is_alive()
