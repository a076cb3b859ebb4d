"""The learned backstop: complete, repeatable, and never louder than it may be."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from askms.guardrails.context import read
from askms.guardrails.hints import Hints, learned, probabilities
from askms.guardrails.screen import screen
from askms.types import Route

MESSAGES = Path(__file__).parents[2] / "training" / "examples" / "messages.jsonl"
EXAMPLES = [json.loads(line) for line in MESSAGES.read_text(encoding="utf-8").splitlines()]


def test_every_row_has_a_rarity_and_a_weight_for_each_class() -> None:
    assert {len(row) for row in learned().weights.values()} == {len(learned().classes) + 1}
    assert all(name in learned().classes for name in (*learned().needed, *learned().needed_in_general))


def test_probabilities_add_up_to_one() -> None:
    assert sum(probabilities(read("i want to die").sentences).values()) == pytest.approx(1)


def test_the_same_message_has_the_same_probabilities() -> None:
    sentences = read("my left arm went numb yesterday").sentences

    assert probabilities(sentences) == probabilities(sentences)


def test_a_short_message_is_left_to_the_rules() -> None:
    assert Hints().judge(read("is two ok")).route is None


@pytest.mark.parametrize("route", ["crisis", "emergency"])
def test_danger_in_the_examples_is_seen(route: str) -> None:
    messages = [row["message"] for row in EXAMPLES if row["route"] == route]
    seen = [m for m in messages if screen(m).route in (Route.CRISIS, Route.EMERGENCY)]

    assert len(seen) / len(messages) > 0.95


def test_answerable_examples_are_left_alone() -> None:
    messages = [row["message"] for row in EXAMPLES if row["route"] == "answer"]
    alarmed = [m for m in messages if screen(m).route not in (Route.ANSWER, Route.BOUNDARY)]

    assert len(alarmed) / len(messages) < 0.03
