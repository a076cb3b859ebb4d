"""sentence-transformers loads only a checked model from this machine, and gives the vectors it is known for."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from askms.embedding import PACKAGED_SHA256, SentenceEmbedder, packaged_folder
from askms.errors import ModelUnavailable

HEAT = "Heat makes fatigue in MS worse."


@pytest.fixture
def copied_model(tmp_path: Path) -> Iterator[Path]:
    """A copy of the packaged model, to be damaged."""
    folder = tmp_path / "model"
    shutil.copytree(packaged_folder(), folder)
    yield folder
    shutil.rmtree(folder)


def test_unknown_model_is_refused_with_the_command_that_gets_it() -> None:
    with pytest.raises(ModelUnavailable, match="'nobody/no-such-model' is neither a folder nor in the local cache"):
        SentenceEmbedder("nobody/no-such-model").embed_question(HEAT)


@pytest.mark.parametrize("weights", [None, "pytorch_model.bin"])
def test_folder_without_safetensors_is_refused(tmp_path: Path, weights: str | None) -> None:
    if weights:
        (tmp_path / weights).write_bytes(b"\x80\x04N.")

    with pytest.raises(ModelUnavailable, match=r"no \.safetensors file in .*Pick a model stored as safetensors"):
        SentenceEmbedder(str(tmp_path)).embed_question(HEAT)


def test_altered_weights_are_refused_before_anything_is_loaded(copied_model: Path) -> None:
    with (copied_model / "model.safetensors").open("r+b") as file:
        file.seek(-1, 2)
        last = file.read(1)
        file.seek(-1, 2)
        file.write(bytes([last[0] ^ 1]))
    embedder = SentenceEmbedder(str(copied_model), PACKAGED_SHA256)

    with pytest.raises(ModelUnavailable, match=rf"model\.safetensors have sha256 \w+, expected {PACKAGED_SHA256}"):
        embedder.embed_question(HEAT)


@pytest.mark.model
def test_weights_that_cannot_be_loaded_are_named(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"not weights")
    embedder = SentenceEmbedder(str(tmp_path))

    with pytest.raises(ModelUnavailable, match=r"cannot be loaded: .*Reinstall it"):
        embedder.embed_question(HEAT)


def test_faithful_copy_has_the_digest_of_the_original(copied_model: Path) -> None:
    assert SentenceEmbedder(str(copied_model), PACKAGED_SHA256).digest == SentenceEmbedder().digest


@pytest.mark.parametrize("file", ["vocab.txt", "1_Pooling/config.json", "tokenizer.json"])
def test_changed_tokenizer_or_pooling_gives_another_digest(copied_model: Path, file: str) -> None:
    with (copied_model / file).open("ab") as changed:
        changed.write(b"\n")

    assert SentenceEmbedder(str(copied_model)).digest != SentenceEmbedder().digest


@pytest.mark.model
def test_vector_starts_with_the_known_values() -> None:
    assert SentenceEmbedder().embed_question(HEAT)[:4] == pytest.approx([-0.0307, -0.0145, 0.0966, 0.1663], abs=1e-3)
