"""Commands in this process, with the fake model and the small index; what they print is kept apart by stream."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from typer.testing import CliRunner

import askms.cli
from askms.reply import DISCLAIMER
from askms.testing import FakeEmbedder

Run = Callable[..., "Ran"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """How a command ended."""

    status: int
    out: str
    err: str

    @property
    def disclaims(self) -> bool:
        """Whether the disclaimer is the last thing said on stderr, on one line."""
        return self.err.endswith(f"\n{DISCLAIMER}\n")


@pytest.fixture
def folders(corpus: Path, index: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The settings name the small corpus and its index. Returns the folder that holds both."""
    monkeypatch.setenv("ASKMS_CORPUS_DIR", str(corpus))
    monkeypatch.setenv("ASKMS_INDEX_DIR", str(index))
    monkeypatch.setenv("COLUMNS", "40")  # narrow: no line of a reply may be broken
    for name in ("assistant.open_embedder", "cli.index.open_embedder", "cli.index.prepare_embedder"):
        monkeypatch.setattr(f"askms.{name}", lambda model, sha256, index_dir: FakeEmbedder())
    return index.parent


@pytest.fixture
def run(folders: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Return a runner of `askms` with arguments, through the same `main` that the console script calls."""

    def run(*arguments: str, given: str | bytes | None = None) -> Ran:
        monkeypatch.setattr("sys.argv", ["askms", *arguments])
        script = CliRunner()
        with script.isolation(given) as streams:
            try:
                askms.cli.main()
                status = 0
            except SystemExit as exc:
                status = exc.code if isinstance(exc.code, int) else 1
            sys.stdout.flush()
            return Ran(status=status, out=streams[0].getvalue().decode(), err=streams[1].getvalue().decode())

    return run
