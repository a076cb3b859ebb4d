"""The export is whole or not there, agrees with its model or is not kept, and is made again only if it is damaged."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from askms.embedding import PACKAGED, Embedder, SentenceEmbedder, Vectors, export_folder, prepare_embedder
from askms.errors import ModelUnavailable

pytestmark = pytest.mark.model

CHILD = """
import os, signal, sys
from pathlib import Path
from askms.embedding import PACKAGED, prepare_embedder

index, moment = Path(sys.argv[1]), sys.argv[2]

def die_at(event, arguments):
    if f"{event} {arguments[0] if arguments else ''}".startswith(moment):
        os.kill(os.getpid(), signal.SIGKILL)

sys.addaudithook(die_at)
prepare_embedder(PACKAGED, None, index)
"""


def test_an_export_killed_at_any_moment_leaves_nothing_half(tmp_path: Path) -> None:
    for moment in ("open {draft}", "os.rename {draft}"):
        at = moment.format(draft=tmp_path / "models" / "draft-")
        killed = subprocess.run([sys.executable, "-c", CHILD, str(tmp_path), at], check=False, capture_output=True)

        assert killed.returncode == -signal.SIGKILL, killed.stderr
        assert not export_folder(tmp_path).exists()

    embedder = prepare_embedder(PACKAGED, None, tmp_path)

    assert embedder.embed_question("heat").shape == (384,)
    assert {path.name for path in (tmp_path / "models").iterdir()} == {export_folder(tmp_path).name, "EXPORT.lock"}


def test_a_damaged_export_is_made_again_and_is_the_same(real_embedder: Embedder, tmp_path: Path) -> None:
    export_folder(tmp_path).mkdir(parents=True)
    (export_folder(tmp_path) / "model.json").write_text("{}", encoding="utf-8")

    assert prepare_embedder(PACKAGED, None, tmp_path).digest == real_embedder.digest


def test_a_whole_export_is_left_alone(real_embedder: Embedder, kept: Path) -> None:
    folder = export_folder(kept / "askms-exported")
    before = {path.name: path.stat().st_mtime_ns for path in folder.iterdir()}

    prepare_embedder(PACKAGED, None, kept / "askms-exported")

    assert {path.name: path.stat().st_mtime_ns for path in folder.iterdir()} == before


def test_an_export_that_gives_other_vectors_is_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def unlike(self: SentenceEmbedder, texts: tuple[str, ...]) -> Vectors:
        return np.eye(len(texts), 384, dtype=np.float32)

    monkeypatch.setattr(SentenceEmbedder, "embed_passages", unlike)

    with pytest.raises(ModelUnavailable, match=r"gives other vectors than sentence-transformers: cosine"):
        prepare_embedder(PACKAGED, None, tmp_path)

    assert not export_folder(tmp_path).exists()


def test_the_card_says_what_was_exported_with_what(real_embedder: Embedder, kept: Path) -> None:
    card = json.loads((export_folder(kept / "askms-exported") / "model.json").read_text("utf-8"))

    assert card["model"] == PACKAGED
    assert card["source_digest"] == SentenceEmbedder().digest
    assert card["sha256"] == real_embedder.model_file
    assert {"torch", "onnxruntime", "sentence-transformers"} <= card["versions"].keys()
    assert 0.97 <= card["least_cosine"] <= 1
