"""The exported network gives the vectors of sentence-transformers, is never run altered, and needs no PyTorch."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from askms.build import build_index, check_model
from askms.embedding import (
    PACKAGED,
    Embedder,
    ExportedEmbedder,
    SentenceEmbedder,
    export_folder,
    open_embedder,
    packaged_folder,
)
from askms.errors import IndexStale, ModelUnavailable
from askms.index import Snapshot, live_snapshot_folder, load_snapshot

WORDS = "heat relapse fatigue Überfunktion β-interferon MRI, lesion (2021) and the nerves. "


@pytest.fixture
def copied(kept: Path, real_embedder: Embedder, tmp_path: Path) -> Path:
    """A copy of the export, to be damaged."""
    folder = tmp_path / "export"
    shutil.copytree(export_folder(kept / "askms-exported"), folder)
    return folder


def test_texts_of_1_to_400_tokens_have_the_vectors_of_sentence_transformers(real_embedder: Embedder) -> None:
    reference = SentenceEmbedder()
    words = WORDS.split()
    texts = [
        " ".join(words[at % len(words)] for at in range(count)) for count in (*range(1, 24), 60, 90, 128, 160, 210)
    ]
    lengths = [reference.count_tokens(text) for text in texts]
    assert lengths[0] == 3
    assert lengths[-1] > 400

    cosines = (reference.embed_passages(texts) * real_embedder.embed_passages(texts)).sum(axis=1)

    assert cosines.min() > 0.975
    assert cosines.mean() > 0.985
    assert [real_embedder.count_tokens(text) for text in texts] == lengths
    assert real_embedder.max_tokens == reference.max_tokens


def test_texts_are_cut_where_sentence_transformers_cuts_them(real_embedder: Embedder) -> None:
    long = "heat " * 253  # with the marks at both ends one token is left

    within, last, beyond = real_embedder.embed_passages([long, long + "relapse", long + "relapse bladder"])

    assert not np.array_equal(within, last)
    assert np.array_equal(last, beyond)


def test_its_vectors_are_never_compared_with_those_of_sentence_transformers(
    real_snapshot: Snapshot, real_embedder: Embedder
) -> None:
    check_model(real_snapshot.manifest, real_embedder)
    assert real_snapshot.manifest.model_file == real_embedder.model_file

    with pytest.raises(IndexStale, match=r"built with model 'all-MiniLM-L6-v2' .*Run: askms index build"):
        check_model(real_snapshot.manifest, SentenceEmbedder())


@pytest.mark.model
def test_an_index_of_sentence_transformers_vectors_is_refused_and_rebuilt(
    corpus: Path, tmp_path: Path, real_embedder: Embedder
) -> None:
    index = tmp_path / "old"
    old = build_index(corpus, index, SentenceEmbedder())

    with pytest.raises(IndexStale, match="Run: askms index build"):
        check_model(load_snapshot(live_snapshot_folder(index)).manifest, real_embedder)
    new = build_index(corpus, index, real_embedder)

    assert (new.reused, new.embedded) == (0, old.embedded)
    check_model(load_snapshot(live_snapshot_folder(index)).manifest, real_embedder)


@pytest.mark.parametrize("file", ["model.onnx", "tokenizer.json"])
def test_an_altered_file_is_refused(copied: Path, file: str) -> None:
    with (copied / file).open("r+b") as altered:
        altered.seek(-1, 2)
        last = altered.read(1)
        altered.seek(-1, 2)
        altered.write(bytes([last[0] ^ 1]))

    with pytest.raises(ModelUnavailable, match=rf"{file} (is missing or )?was altered.* Run: askms index build"):
        ExportedEmbedder(copied).embed_question("heat")


def test_a_file_altered_together_with_its_card_is_another_model(copied: Path, real_snapshot: Snapshot) -> None:
    card = json.loads((copied / "model.json").read_text("utf-8"))
    (copied / "model.json").write_text(json.dumps({**card, "max_tokens": 255}), "utf-8")

    with pytest.raises(IndexStale, match="Run: askms index build"):
        check_model(real_snapshot.manifest, ExportedEmbedder(copied))


@pytest.mark.parametrize("content", ["", "[]", "{}", "null"])
def test_a_card_that_is_no_card_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "model.json").write_text(content, encoding="utf-8")
    (tmp_path / "model.onnx").write_bytes(b"")

    with pytest.raises(ModelUnavailable, match=r"cannot be loaded .*Run: askms index build"):
        _ = ExportedEmbedder(tmp_path).digest


def test_a_missing_export_names_the_command_that_makes_it(tmp_path: Path) -> None:
    embedder = open_embedder(PACKAGED, None, tmp_path)

    with pytest.raises(ModelUnavailable, match=r"has not been exported to .*Run: askms index build"):
        _ = embedder.digest


def test_another_model_is_run_by_sentence_transformers(tmp_path: Path) -> None:
    assert isinstance(open_embedder(str(packaged_folder()), None, tmp_path), SentenceEmbedder)


HEAVY = ("torch", "transformers", "sentence_transformers", "langchain", "langchain_core", "trafilatura", "pandas")
RUN = """
import runpy, sys
watched = sys.argv.pop(1).split(",")
try:
    runpy.run_module("askms", run_name="__main__", alter_sys=True)
except SystemExit as exc:
    assert not exc.code, exc.code
print("IMPORTED", *(name for name in watched if name in sys.modules))
"""
SERVE = """
import sys
from starlette.testclient import TestClient
from askms import Assistant
from askms.api import create_app
watched = sys.argv.pop(1).split(",")
assistant = Assistant.open()
assistant.warm()
reply = TestClient(create_app(assistant)).post("/v1/ask", json={"question": "What is a relapse?"}).json()
assert reply["route"] == "answer"
print("IMPORTED", *(name for name in watched if name in sys.modules))
"""

Imported = Callable[..., list[str]]


@pytest.fixture
def imported(real_index: Path) -> Imported:
    """Return what a process with the real index imported of some modules."""

    def imported(code: str, watched: tuple[str, ...], *arguments: str) -> list[str]:
        command = [sys.executable, "-c", code, ",".join(watched), *arguments]
        environment = {**os.environ, "ASKMS_INDEX_DIR": str(real_index)}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True, timeout=90)
        return done.stdout.splitlines()[-1].split()[1:]

    return imported


@pytest.mark.parametrize("arguments", [("ask", "What is a relapse?"), ("explain", "What is a relapse?")])
def test_asking_imports_neither_torch_nor_anything_else_it_does_not_need(
    imported: Imported, arguments: tuple[str, ...]
) -> None:
    not_needed = ("fastapi", "uvicorn", "httpx", "pypdf", "Bio", "sqlalchemy", "alembic", "pygments", "filelock")
    assert imported(RUN, (*HEAVY, *not_needed), *arguments) == []


def test_serving_imports_no_torch(imported: Imported) -> None:
    assert imported(SERVE, HEAVY) == []
