"""Shared by all tests: a small corpus, its index with the fake embedder, and the real ones for tests marked `model`."""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from filelock import FileLock
from hypothesis import settings

from askms.build import build_index
from askms.embedding import PACKAGED, Embedder, prepare_embedder
from askms.embedding.exported import MODELS
from askms.errors import SnapshotError
from askms.index import Snapshot, live_snapshot_folder, load_snapshot
from askms.index.manifest import load_manifest
from askms.testing import FakeEmbedder, corpus_file

# A console measures its terminal when it is made, and there is none here.
os.environ["COLUMNS"] = "160"

CORPUS = Path(__file__).parent.parent / "corpus"
FATIGUE = """\
## Does ketamine help MS fatigue?

In a 2021 trial of 18 people with MS, one ketamine infusion did not change daily fatigue over 7 days.
However, in the same trial a fatigue score was lower after ketamine than after midazolam on day 28.

## What are the limits of the trial?

The trial of ketamine for fatigue was too small to be sure.
"""
HEAT = """\
## Why does heat make MS worse?

Heat slows signals in nerves that MS has damaged.
Most people with MS feel worse for a while when the body warms up.
"""
RELAPSE = """\
## What is a relapse?

A relapse is a new symptom of MS that lasts longer than 24 hours.
An infection can bring old symptoms back without a relapse.
"""

# The machines that run these tests are shared and slow; a deadline would only measure them.
settings.register_profile("askms", deadline=None, derandomize=True, max_examples=60)
settings.load_profile("askms")
# For `make fuzz`, which takes hours: other examples each time, and many.
settings.register_profile("fuzz", deadline=None, max_examples=10_000)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs the real model, so that `-m "not model"` is quick."""
    for item in items:
        if {"real_embedder", "real_index", "real_snapshot"} & set(getattr(item, "fixturenames", ())):
            item.add_marker("model")


@pytest.fixture
def embedder() -> FakeEmbedder:
    """An embedder without a model."""
    return FakeEmbedder()


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """Three sources: fatigue, heat and relapse."""
    folder = tmp_path / "corpus"
    corpus_file(folder, "fatigue", FATIGUE, plain_title="Small trial of ketamine for fatigue")
    corpus_file(folder, "heat", HEAT, plain_title="Heat and MS", topics=["heat"])
    corpus_file(folder, "relapse", RELAPSE, plain_title="What a relapse is", topics=["relapse"])
    return folder


@pytest.fixture
def index(corpus: Path, tmp_path: Path, embedder: FakeEmbedder) -> Path:
    """The folder of a built index of `corpus`."""
    folder = tmp_path / "index"
    build_index(corpus, folder, embedder)
    return folder


@pytest.fixture
def snapshot(index: Path) -> Snapshot:
    """The live snapshot of `index`."""
    return load_snapshot(live_snapshot_folder(index))


@pytest.fixture(scope="session")
def kept(pytestconfig: pytest.Config) -> Path:
    """Folder that pytest's cache keeps from one session to the next; `--cache-clear` drops it."""
    folder = pytestconfig.rootpath / ".pytest_cache" / "d"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def real_embedder(kept: Path) -> Embedder:
    """The packaged model as askms runs it. Its export is kept, as making it takes ten seconds and PyTorch."""
    return prepare_embedder(PACKAGED, None, kept / "askms-exported")


@pytest.fixture(scope="session")
def real_index(tmp_path_factory: pytest.TempPathFactory, kept: Path, real_embedder: Embedder) -> Path:
    """The folder of an index of the real corpus with the packaged model, built once a session.

    All of it is built anew but the vectors of unchanged texts, which are kept; computing all
    of them takes half a minute or more.
    """
    folder = tmp_path_factory.mktemp("real") / "index"
    before_this = kept / "askms-index"
    with FileLock(f"{before_this}.lock"):
        if before_this.exists():
            shutil.copytree(before_this, folder)
            with suppress(SnapshotError):
                before = live_snapshot_folder(folder)
                replace(load_manifest(before), chunker="stale, so that it is built anew").save(before)
        build_index(CORPUS, folder, real_embedder)
        shutil.rmtree(before_this, ignore_errors=True)
        shutil.copytree(folder, before_this)
    shutil.copytree(kept / "askms-exported" / MODELS, folder / MODELS)
    return folder


@pytest.fixture(scope="session")
def real_snapshot(real_index: Path) -> Snapshot:
    """The live snapshot of `real_index`."""
    return load_snapshot(live_snapshot_folder(real_index))
