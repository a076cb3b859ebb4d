"""A disk that is full while an index is built: the old one stays and answers, and the next build succeeds."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from askms.assistant import Assistant
from askms.build import build_index
from askms.errors import IndexUnwritable
from askms.index import LiveIndex, live_snapshot_folder
from askms.settings import Settings
from askms.testing import FakeEmbedder, corpus_file


@contextmanager
def filled(disk: Path, spare: int) -> Iterator[None]:
    """Leave so many bytes."""
    ballast = disk / "ballast"
    with suppress(OSError), ballast.open("wb", buffering=0) as file:
        while file.write(b"x" * 4096):
            pass
    os.truncate(ballast, ballast.stat().st_size - spare)
    yield
    ballast.unlink()


def answers(index: Path) -> bool:
    """Whether a server that starts now answers from it."""
    assistant = Assistant(Settings(index_dir=index), FakeEmbedder(), LiveIndex(index))
    return assistant.ask("What is a relapse?").route.value == "answer"


@pytest.mark.parametrize("spare", [0, 8192, 40960])
def test_a_full_disk_keeps_the_old_index(corpus: Path, index: Path, small_disk: Path, spare: int) -> None:
    folder = small_disk / "index"
    shutil.copytree(index, folder)
    before = live_snapshot_folder(folder).name
    corpus_file(corpus, "extra", plain_title="An extra trial")

    with filled(small_disk, spare), pytest.raises(IndexUnwritable, match=r"cannot be written .* Make room"):
        build_index(corpus, folder, FakeEmbedder())

    assert [each.name for each in (folder / "snapshots").iterdir()] == [before]  # the room is given back
    assert live_snapshot_folder(folder).name == before
    assert answers(folder)
    assert build_index(corpus, folder, FakeEmbedder()).snapshot != before
    assert answers(folder)
