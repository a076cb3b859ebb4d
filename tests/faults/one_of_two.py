"""`askms serve` with the fake model, as a process of its own. Its settings are in the environment."""

from __future__ import annotations

import sys
from contextlib import closing

from askms.api import create_app
from askms.api.limits import Guard
from askms.api.server import Server, configure
from askms.assistant import Assistant
from askms.cli.serve import protection_of
from askms.index import LiveIndex
from askms.records import open_records
from askms.settings import Settings
from askms.testing import FakeEmbedder


def main() -> None:
    """Serve until told to stop."""
    settings = Settings()
    assert settings.records_url is not None
    assistant = Assistant(settings, FakeEmbedder(), LiveIndex(settings.index_dir), remembers=10)
    assistant.warm()
    guard = Guard(protection_of(settings))
    with closing(open_records(settings.records_url, settings.keep_days)) as records:
        app = create_app(assistant, guard=guard, records=records)
        config = configure(app, host="127.0.0.1", port=0, trusted_proxies=settings.trusted_proxies)
        socket = config.bind_socket()
        socket.listen(config.backlog)
        sys.stdout.write(f"http://127.0.0.1:{socket.getsockname()[1]}\n")
        sys.stdout.flush()
        Server(config, guard).run(sockets=[socket])


if __name__ == "__main__":
    main()
