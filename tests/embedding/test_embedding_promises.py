"""Every embedder keeps the promises of `Embedder`: the exported network, sentence-transformers and the fake one."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from askms.embedding import Embedder, SentenceEmbedder
from askms.testing import FakeEmbedder

HEAT = "Heat makes fatigue in MS worse."


@pytest.fixture(scope="module")
def reference() -> SentenceEmbedder:
    """sentence-transformers, loaded once."""
    return SentenceEmbedder()


@pytest.fixture(params=["exported", pytest.param("reference", id="sentence-transformers")])
def embedder(request: pytest.FixtureRequest, real_embedder: Embedder, reference: SentenceEmbedder) -> Embedder:
    """The packaged model, run either way."""
    return real_embedder if request.param == "exported" else reference


def test_vectors_have_length_one(embedder: Embedder) -> None:
    vectors = embedder.embed_passages([HEAT, "x", "", "ketamine " * 400])

    assert vectors.shape == (4, 384)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(4), abs=1e-5)


def test_question_and_passage_of_the_same_text_have_the_same_vector(embedder: Embedder) -> None:
    assert embedder.embed_passages([HEAT])[0] == pytest.approx(embedder.embed_question(HEAT), abs=1e-5)


def test_vector_of_a_text_does_not_depend_on_its_neighbours_or_their_order(embedder: Embedder) -> None:
    texts = [f"{HEAT} Remark {i}. " * (i % 7 + 1) for i in range(40)]

    together = embedder.embed_passages(texts)

    for i in (0, 6, 33, 39):
        assert together[i] == pytest.approx(embedder.embed_passages([texts[i]])[0], abs=1e-5)


def test_words_after_the_128th_token_change_the_vector(embedder: Embedder) -> None:
    long = "heat " * 150
    assert 128 < embedder.count_tokens(long) <= embedder.max_tokens == 256

    one, other = embedder.embed_passages([long, long + "relapse infusion bladder"])

    assert float(one @ other) < 0.99


def test_words_after_the_last_token_do_not_change_the_vector(embedder: Embedder) -> None:
    one, other = embedder.embed_passages(["heat " * 254, "heat " * 254 + "relapse"])

    assert one == pytest.approx(other, abs=1e-5)


def test_tokens_are_counted_uncut_and_without_padding(embedder: Embedder) -> None:
    assert embedder.count_tokens("MS") == 3
    assert embedder.count_tokens("heat " * 1000) == 1002


def test_question_is_nearer_to_its_answer_than_to_other_texts(embedder: Embedder) -> None:
    question = embedder.embed_question("Why do I get so tired in summer?")

    cosines = embedder.embed_passages([HEAT, "The trial was registered in 2014."]) @ question

    assert cosines[0] > cosines[1] + 0.2


def test_progress_counts_every_text_once_in_batches_of_32(embedder: Embedder) -> None:
    batches: list[int] = []

    embedder.embed_passages(["heat"] * 70, batches.append)

    assert batches == [32, 32, 6]


def test_no_texts_give_no_vectors(embedder: Embedder) -> None:
    assert embedder.embed_passages([]).shape == (0, 384)


def test_remembered_vector_cannot_be_changed(embedder: Embedder) -> None:
    with pytest.raises(ValueError, match="read-only"):
        embedder.embed_question(HEAT)[0] = 9


def test_threads_get_the_vectors_of_their_own_questions(embedder: Embedder) -> None:
    questions = [f"Question {i} about {'heat ' * (i % 5 + 1)}" for i in range(12)]
    alone = [embedder.embed_passages([question])[0] for question in questions]

    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(embedder.embed_question, questions))

    assert np.stack(together) == pytest.approx(np.stack(alone), abs=1e-5)


def test_fake_embedder_keeps_the_same_promises() -> None:
    fake = FakeEmbedder()

    vectors = fake.embed_passages([HEAT, HEAT, "", "Sleep"])

    assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(4), abs=1e-6)
    assert vectors[0] == pytest.approx(vectors[1])
    assert vectors[0] == pytest.approx(fake.embed_question(HEAT))
    assert fake.embedded == 4
