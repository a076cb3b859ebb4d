"""The packaged ranker reads, and its numbers come out where they belong."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest

from askms.errors import ModelUnavailable
from askms.networks import BATCH, PackagedNetwork, softmax
from askms.ranking import PackagedRanker, as_read, packaged_ranker

SHIPPED = Path(str(files("askms.ranking"))) / "model"
ANSWER = ("Cooling and MS. Does cooling help?", "A cooling vest made walking easier in a small trial.")
OTHERS = [
    ("Driving and MS. Who must be told?", "Drivers in the UK have to tell the licensing agency that they have MS."),
    ("Cooling and MS. Who took part?", "The trial of a cooling vest took place in Sweden."),
    ("", "Sclerosis means hardening."),
]


def test_the_sentence_that_answers_is_ranked_first() -> None:
    scores = packaged_ranker().scores("do cooling vests actually help with walking", [*OTHERS, ANSWER])

    assert scores.argmax() == len(OTHERS)


def test_scores_keep_the_order_of_the_sentences_over_several_batches() -> None:
    question = "do cooling vests help with walking"
    many = [(header, f"{words} {'more ' * n}") for n in range(BATCH) for header, words in (ANSWER, OTHERS[0])]

    alone = np.array([packaged_ranker().scores(question, [one])[0] for one in many])

    # Eight-bit sums depend a little on what is read in the same batch.
    assert np.corrcoef(packaged_ranker().scores(question, many), alone)[0, 1] > 0.95


def test_the_same_sentences_get_the_same_scores() -> None:
    one, other = (packaged_ranker().scores("do vests help", [ANSWER, *OTHERS]) for _ in range(2))

    assert np.array_equal(one, other)


def test_no_sentences_get_no_scores() -> None:
    assert packaged_ranker().scores("anything", []).shape == (0,)


def test_a_long_question_is_cut_at_its_start_and_a_header_follows_its_sentence() -> None:
    question, read = as_read(f"{'life story ' * 100}does it help?", "Title. Heading?", "It helps.")

    assert question.endswith("does it help?")
    assert len(question.split()) == 45
    assert read == "It helps. (Title. Heading?)"


def test_an_altered_or_missing_ranker_is_refused(tmp_path: Path) -> None:
    for name in ("model.json", "model.onnx"):
        (tmp_path / name).write_bytes((SHIPPED / name).read_bytes())
    with (tmp_path / "model.onnx").open("ab") as weights:
        weights.write(b"x")

    with pytest.raises(ModelUnavailable, match="altered"):
        PackagedRanker(tmp_path)
    with pytest.raises(ModelUnavailable, match="cannot be loaded"):
        PackagedRanker(tmp_path / "nothing")


def test_a_card_that_is_no_card_is_refused(tmp_path: Path) -> None:
    (tmp_path / "model.json").write_text("[]", encoding="utf-8")
    (tmp_path / "model.onnx").write_bytes(b"")

    with pytest.raises(ModelUnavailable, match="Install askms again"):
        PackagedNetwork(tmp_path, most_tokens=8, threads=1)


def test_softmax_of_each_row_sums_to_one() -> None:
    shares = softmax(np.array([[0.0, 1000.0], [3.0, 3.0]]))

    assert shares.sum(axis=1) == pytest.approx([1, 1])
    assert shares[0, 1] == pytest.approx(1)


def test_the_ranker_is_small_enough_to_ship() -> None:
    assert (SHIPPED / "model.onnx").stat().st_size < 30_000_000
