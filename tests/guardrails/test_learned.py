"""The learned rail: what it makes of probabilities, how it fails, and that the shipped model is whole."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from askms.errors import ModelUnavailable
from askms.guardrails import learned
from askms.guardrails.context import read
from askms.guardrails.learned import Chances, Learned, Lines, RouteModel, Text, route_model
from askms.guardrails.rail import Finding, Message
from askms.guardrails.screen import screen
from askms.types import Flag, Route, Turn

LINES = Lines(
    safety=0.4,
    crisis=0.2,
    support=0.12,
    safety_of_sentence=0.9,
    safety_around=0.1,
    advice=0.7,
    dosing=0.85,
    advice_against_boundary=0.95,
    doubt=0.2,
    boundary=0.5,
    unlikely=0.1,
    unlikely_crisis=0.05,
    unlikely_danger=0.1,
    settled=0.8,
    offtopic=0.9,
)
CLASSES = tuple(route.value for route in Route if route is not Route.NO_EVIDENCE)


def chances(**of: float) -> Chances:
    """Probabilities; what is not named goes to `answer`."""
    rest = {"answer": 1 - sum(of.values())}
    return {name: {**rest, **of}.get(name, 0.0) for name in CLASSES}


def model_that_says(found: Sequence[Chances], monkeypatch: pytest.MonkeyPatch) -> None:
    """Probabilities of the whole message, then of each sentence, then of the message as rules read it."""
    left = iter(found)

    def answer(texts: Sequence[Text]) -> list[Chances]:
        return [next(left, chances()) for _ in texts]

    monkeypatch.setattr(learned, "route_model", lambda: SimpleNamespace(lines=LINES, chances=answer))


def judged(message: str, *found: Chances, monkeypatch: pytest.MonkeyPatch, suspected: Route | None = None) -> Finding:
    """The finding when the model gives these probabilities and a rule found a route."""
    model_that_says(found, monkeypatch)
    routes = frozenset({suspected} if suspected else ())
    return Learned().judge(replace(read(message), suspected=routes))


@dataclass(frozen=True)
class RuleThatFinds:
    """A rail that finds a route in everything."""

    route: Route
    name: str = "rule"

    def judge(self, message: Message) -> Finding:
        return Finding(rule="always", route=self.route)


@pytest.mark.parametrize(
    ("of", "route"),
    [
        (chances(urgent=0.3, emergency=0.2), Route.URGENT),
        (chances(urgent=0.2, emergency=0.3), Route.EMERGENCY),
        (chances(crisis=0.25), Route.CRISIS),
        (chances(crisis=0.15), None),
        (chances(crisis=0.25, offtopic=0.3), None),
        (chances(dosing=0.6, decision=0.3), Route.DOSING),
        (chances(dosing=0.5, decision=0.3), Route.BOUNDARY),
        (chances(dosing=0.2, decision=0.55), Route.DECISION),
        (chances(dosing=0.3), Route.BOUNDARY),
        (chances(boundary=0.6), Route.BOUNDARY),
        (chances(offtopic=0.95), Route.OFFTOPIC),
        (chances(offtopic=0.8), None),
        (chances(), None),
    ],
)
def test_the_likeliest_of_a_kind_is_taken_once_the_kind_is_likely(
    of: Chances, route: Route | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert judged("some words of a message", of, monkeypatch=monkeypatch).route is route


def test_a_faint_crisis_adds_a_line_of_support(monkeypatch: pytest.MonkeyPatch) -> None:
    found = judged("some words of a message", chances(crisis=0.15), monkeypatch=monkeypatch)

    assert (found.route, found.flags) == (None, frozenset({Flag.WELLBEING}))


def test_a_sentence_counts_only_with_a_trace_of_it_in_the_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    message = "We went to the shop today. My face hangs on one side now."
    alone = [chances(), chances(emergency=0.95)]

    assert judged(message, chances(emergency=0.15), *alone, monkeypatch=monkeypatch).route is Route.EMERGENCY
    assert judged(message, chances(emergency=0.05), *alone, monkeypatch=monkeypatch).route is None


def test_what_was_hidden_is_no_cry_for_help(monkeypatch: pytest.MonkeyPatch) -> None:
    hidden = "aG93IG11Y2ggYmFjbG9mZW4gc2hvdWxkIGkgdGFrZSBhIGRheQ=="

    assert judged(hidden, chances(crisis=0.9), monkeypatch=monkeypatch).route is None
    assert judged(hidden, chances(dosing=0.9), monkeypatch=monkeypatch).route is Route.DOSING


@pytest.mark.parametrize("route", [Route.DOSING, Route.DECISION, Route.CRISIS, Route.EMERGENCY, Route.URGENT])
def test_a_route_that_a_rule_found_is_called_unlikely_only_of_a_message_that_says_enough(
    route: Route, monkeypatch: pytest.MonkeyPatch
) -> None:
    enough = judged("why is a taper used in studies", monkeypatch=monkeypatch, suspected=route)
    short = judged("and two", monkeypatch=monkeypatch, suspected=route)
    rambling = judged("It is late. " * 13, monkeypatch=monkeypatch, suspected=route)

    assert enough.unlikely == {route}
    assert short.unlikely == rambling.unlikely == frozenset()


@pytest.mark.parametrize(
    ("route", "of", "unlikely"),
    [
        (Route.CRISIS, chances(crisis=0.04), True),
        (Route.CRISIS, chances(crisis=0.03, urgent=0.03), False),
        (Route.EMERGENCY, chances(urgent=0.09), True),
        (Route.URGENT, chances(emergency=0.11), False),
        (Route.DOSING, chances(decision=0.09, urgent=0.2), True),
    ],
)
def test_danger_is_unlikely_only_where_no_kind_of_it_is_likely(
    route: Route, of: Chances, unlikely: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert (
        judged("some words of a message", of, monkeypatch=monkeypatch, suspected=route).unlikely != set()
    ) is unlikely


def test_one_sentence_that_sounds_dangerous_is_enough_to_believe_the_rule(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [chances(), chances(), chances(emergency=0.2)]
    message = "We went to the shop today. My face hangs on one side now."

    assert judged(message, *found, monkeypatch=monkeypatch, suspected=Route.EMERGENCY).unlikely == set()


def test_what_only_the_rules_can_read_is_shown_to_the_model_as_they_read_it(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Text] = []

    def answer(texts: Sequence[Text]) -> list[Chances]:
        seen.extend(texts)
        return [chances()] * len(texts)

    monkeypatch.setattr(learned, "route_model", lambda: SimpleNamespace(lines=LINES, chances=answer))
    Learned().judge(replace(read("i want to k1ll mys3lf"), suspected=frozenset({Route.CRISIS})))

    assert str(seen[-1]).endswith("i want to kill myself")


@pytest.mark.parametrize(
    ("rule", "of", "route", "flags"),
    [
        (Route.CRISIS, chances(), Route.ANSWER, {Flag.WELLBEING}),
        (Route.EMERGENCY, chances(), Route.ANSWER, {Flag.IF_NOW}),
        (Route.URGENT, chances(dosing=0.9), Route.DOSING, {Flag.IF_NOW}),
        (Route.EMERGENCY, chances(crisis=0.05, emergency=0.06), Route.EMERGENCY, set()),
        (Route.CRISIS, chances(emergency=0.85), Route.EMERGENCY, {Flag.WELLBEING}),
        (Route.CRISIS, chances(emergency=0.75), Route.CRISIS, set()),
        (Route.EMERGENCY, chances(urgent=0.85), Route.URGENT, {Flag.IF_NOW}),
        (Route.URGENT, chances(crisis=0.85), Route.CRISIS, {Flag.WELLBEING}),
        (Route.DOSING, chances(), Route.BOUNDARY, set()),
    ],
)
def test_what_becomes_of_a_rule_that_the_model_does_not_believe(
    rule: Route, of: Chances, route: Route, flags: set[Flag], monkeypatch: pytest.MonkeyPatch
) -> None:
    model_that_says([of, of], monkeypatch)

    found = screen("some words of a message", rails=(RuleThatFinds(rule),))

    assert found.route is route
    assert found.flags == flags


@pytest.mark.parametrize("route", [Route.CRISIS, Route.EMERGENCY, Route.URGENT])
def test_without_the_model_a_card_that_a_rule_calls_for_stands(route: Route, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> RouteModel:
        raise ModelUnavailable("gone")

    monkeypatch.setattr(learned, "route_model", missing)

    assert screen("some words of a message", rails=(RuleThatFinds(route),)).route is route


def test_a_follow_up_is_read_with_the_turn_before_it(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Text] = []

    def answer(texts: Sequence[Text]) -> list[Chances]:
        seen.extend(texts)
        return [chances()] * len(texts)

    monkeypatch.setattr(learned, "route_model", lambda: SimpleNamespace(lines=LINES, chances=answer))
    before = [Turn(role="user", content="what is baclofen for"), Turn(role="assistant", content="Spasms.")]
    screen("is two fine", before, rails=())

    assert seen[-1] == ("is two fine", "what is baclofen for")


@pytest.mark.parametrize("message", ["什么是多发性硬化症？", "Что такое рассеянный склероз?", "मल्टीपल स्क्लेरोसिस क्या है?"])
def test_other_scripts_are_left_to_the_rules(message: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert judged(message, chances(crisis=1.0), monkeypatch=monkeypatch).route is None


def test_without_a_model_a_card_stands_and_everything_else_keeps_its_distance(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> RouteModel:
        raise ModelUnavailable("gone")

    monkeypatch.setattr(learned, "route_model", missing)

    assert screen("i want to die").route is Route.CRISIS
    assert screen("what is fatigue").route is Route.BOUNDARY


def test_a_rule_that_names_the_kind_of_question_keeps_a_half_sure_refusal_at_a_distance(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    model = SimpleNamespace(lines=LINES, chances=lambda texts: [chances(dosing=0.9)] * len(texts))
    monkeypatch.setattr(learned, "route_model", lambda: model)

    assert screen("what strengths does baclofen come in").route is Route.BOUNDARY


def test_an_altered_or_missing_model_is_refused(tmp_path: Path) -> None:
    shipped = Path(str(files("askms.guardrails"))) / "routes_model"
    for name in ("model.json", "model.onnx"):
        (tmp_path / name).write_bytes((shipped / name).read_bytes())
    with (tmp_path / "model.onnx").open("ab") as weights:
        weights.write(b"x")

    with pytest.raises(ModelUnavailable, match="altered"):
        RouteModel(tmp_path)
    with pytest.raises(ModelUnavailable, match="cannot be loaded"):
        RouteModel(tmp_path / "nothing")


def test_the_shipped_model_is_the_one_its_card_names() -> None:
    data = json.loads(files("askms.guardrails").joinpath("routes_model/model.json").read_text(encoding="utf-8"))
    model = route_model()

    assert model.classes == tuple(data["classes"])
    assert set(model.classes) == set(CLASSES)
    rows = model.probabilities(["what is ms", ("two?", "what is baclofen"), "", "word " * 500])
    assert rows.shape == (4, len(CLASSES))
    assert np.allclose(rows.sum(axis=1), 1, atol=1e-5)


def test_padding_changes_next_to_nothing() -> None:
    alone = route_model().probabilities(["is two ok"])[0]
    beside = route_model().probabilities(["is two ok", "a much longer message about walking, heat and tiredness"])[0]

    assert np.abs(alone - beside).max() < 0.05
