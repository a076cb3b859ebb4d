"""The n-grams beside the route network: what they see, how they are pooled, and that the shipped ones are whole."""

from __future__ import annotations

import io
import json
import shutil
from hashlib import sha256
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from askms.errors import ModelUnavailable
from askms.guardrails.ngrams import CARD, ROWS, WEIGHTS, NgramModel, counted
from askms.guardrails.route_model import RouteModel, route_model
from askms.guardrails.screen import screen
from askms.networks import Text, log_softmax, softmax
from askms.types import Turn

SHIPPED = Path(str(files("askms.guardrails"))) / "routes_model"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shipped models."""
    return Path(shutil.copytree(SHIPPED, tmp_path / "model"))


@given(st.text())
def test_any_text_falls_on_rows_of_the_table(message: str) -> None:
    rows, values = counted(message)

    assert len(rows) == len(values) == len(set(rows.tolist()))
    assert all(0 <= row < ROWS for row in rows)
    assert (values >= 1).all()


def rows_of(message: str) -> set[int]:
    """Where a text falls."""
    return set(counted(message)[0].tolist())


def test_capitals_change_nothing() -> None:
    assert rows_of("My Legs") == rows_of("my legs")


def test_what_was_said_before_is_left_to_the_network() -> None:
    alone, after = NgramModel(SHIPPED).logits(["and at night?", ("and at night?", "what is fampridine")])

    assert np.array_equal(alone, after)


@pytest.mark.parametrize("message", ["it feels like an elephant is on me", "i want to disappear"])
@pytest.mark.parametrize("times", [1, 3, 8])
def test_a_danger_behind_a_long_plain_turn_gets_its_card(message: str, times: int) -> None:
    plain = "What does research say about myelin and how it is built up again after an attack, in mice and in people? "

    assert screen(message, [Turn(role="user", content=plain * times)]).route.is_safety


def test_a_slip_of_the_finger_leaves_most_of_a_word() -> None:
    meant, typed = (rows_of(word) for word in ("neurologist", "neurolgist"))

    assert len(meant & typed) > len(meant) / 3


def test_they_tell_plain_questions_from_dangers() -> None:
    model = NgramModel(SHIPPED)
    plain, danger = model.logits(["what is relapsing remitting ms", "i dont want to be alive any more"])

    assert model.classes[int(plain.argmax())] == "answer"
    assert model.classes[int(danger.argmax())] == "crisis"


def test_both_models_are_pooled_by_a_weighted_geometric_mean() -> None:
    model = route_model()
    texts: list[Text] = ["how much baclofen is too much", ("and at night?", "what is fampridine"), ""]
    network, ngrams = (log_softmax(one.logits(texts)) for one in (model._network, model._ngrams))
    weight = model.lines.ngrams

    read = model.judged(texts)
    assert np.allclose([list(one.values()) for one in read.pooled], softmax((1 - weight) * network + weight * ngrams))
    assert np.allclose([list(one.values()) for one in read.by_network], np.exp(network))
    assert 0 < weight < 1


def test_a_message_is_judged_the_same_alone_and_among_others() -> None:
    model = NgramModel(SHIPPED)

    assert np.allclose(model.logits(["is two ok"])[0], model.logits(["a longer one", "is two ok", ""])[1])


def test_altered_or_missing_ngrams_are_refused(folder: Path) -> None:
    with (folder / WEIGHTS).open("ab") as weights:
        weights.write(b"x")
    with pytest.raises(ModelUnavailable, match="altered"):
        NgramModel(folder)

    (folder / WEIGHTS).unlink()
    with pytest.raises(ModelUnavailable, match="cannot be loaded"):
        RouteModel(folder)


def test_ngrams_of_other_routes_are_refused(folder: Path) -> None:
    card = json.loads((folder / CARD).read_text(encoding="utf-8"))
    (folder / CARD).write_text(json.dumps({**card, "classes": card["classes"][::-1]}), encoding="utf-8")

    with pytest.raises(ModelUnavailable, match="different routes"):
        RouteModel(folder)


def test_a_card_or_table_that_is_none_is_refused(folder: Path) -> None:
    card = json.loads((folder / CARD).read_text(encoding="utf-8"))
    (folder / CARD).write_text(json.dumps({**card, "classes": None}), encoding="utf-8")
    with pytest.raises(ModelUnavailable, match="not readable"):
        NgramModel(folder)

    for found, said in ((b"no archive", "not readable"), (smaller(folder), "other shapes")):
        (folder / WEIGHTS).write_bytes(found)
        (folder / CARD).write_text(json.dumps({**card, "sha256": sha256(found).hexdigest()}), encoding="utf-8")
        with pytest.raises(ModelUnavailable, match=said):
            NgramModel(folder)


def smaller(folder: Path) -> bytes:
    """The weights with a route less."""
    with np.load(folder / WEIGHTS) as held:
        tables = {name: held[name] for name in held.files}
    packed = io.BytesIO()
    np.savez(packed, **{**tables, "weights": tables["weights"][:, 1:]})
    return packed.getvalue()
