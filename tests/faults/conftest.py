"""A model that waits, an assistant over it, a small disk."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event

import pytest

from askms.assistant import Assistant
from askms.embedding import Vectors
from askms.index import LiveIndex
from askms.settings import Settings
from askms.testing import FakeEmbedder


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
