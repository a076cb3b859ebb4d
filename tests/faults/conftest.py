"""A model that waits, an assistant over it, a small disk, a Redis, a PostgreSQL."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event

import pytest
import redis

from askms.assistant import Assistant
from askms.embedding import Vectors
from askms.index import LiveIndex
from askms.settings import Settings
from askms.testing import FakeEmbedder
from tests.records.conftest import postgres as postgres  # a fixture


class Gate(FakeEmbedder):
    """A model that waits until it is let go on."""

    def __init__(self) -> None:
        super().__init__()
        self.open, self.reached = Event(), Event()

    def embed_question(self, text: str) -> Vectors:
        self.reached.set()
        assert self.open.wait(30)
        return super().embed_question(text)


@pytest.fixture
def gate() -> Iterator[Gate]:
    """Opened at the end, whatever happened."""
    gate = Gate()
    yield gate
    gate.open.set()


@pytest.fixture
def gated(index: Path, gate: Gate) -> Assistant:
    """Answers when the gate is open."""
    return Assistant(Settings(index_dir=index), gate, LiveIndex(index))


@pytest.fixture
def assistant(index: Path) -> Assistant:
    """Answers from the small index."""
    return Assistant(Settings(index_dir=index), FakeEmbedder(), LiveIndex(index))


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of one megabyte."""
    folder = tmp_path / "small"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip(f"no small disk can be mounted: {mounted.stderr.decode().strip()}")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def eventually(true: Callable[[], bool], seconds: float = 10) -> None:
    """Wait until something holds."""
    until = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < until, "it never came to be"
        time.sleep(0.01)


class RedisServer:
    """A throw-away Redis on a socket in a folder of its own."""

    def __init__(self, program: str, folder: Path) -> None:
        self._program, self._folder = program, folder
        self.url = f"unix://{folder / 'redis.sock'}"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it answers."""
        self._process = subprocess.Popen(
            [
                self._program,
                "--port",
                "0",
                "--unixsocket",
                str(self._folder / "redis.sock"),
                "--save",
                "",
                "--dir",
                ".",
            ],
            cwd=self._folder,
            stdout=subprocess.DEVNULL,
        )

        def answers() -> bool:
            try:
                with self.client() as client:
                    return bool(client.ping())
            except redis.RedisError:
                return False

        eventually(answers)

    def stop(self) -> None:
        """Kill it, as a power cut would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def client(self) -> redis.Redis:
        """A connection for the test itself."""
        return redis.Redis.from_url(self.url)


@pytest.fixture
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    """A Redis, where there is one; under CI there must be."""
    program = shutil.which("redis-server")
    if program is None:
        if os.environ.get("CI", "").lower() == "true":
            pytest.fail("no redis-server found, and CI must test it")
        pytest.skip("no redis-server found: its tests are not run")
    server = RedisServer(program, tmp_path_factory.mktemp("r"))
    server.start()
    yield server
    server.stop()
