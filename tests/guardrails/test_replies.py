"""Cards and fixed words for each route."""

from __future__ import annotations

import pytest

from askms.guardrails.replies import cards_for, lead_for, tail_for, wants_evidence
from askms.guardrails.screen import Screening, screen
from askms.types import Flag, Route
from askms.wording import is_fixed, line


def screening(
    route: Route, *flags: Flag, variant: str | None = None, also: str | None = None, latched: bool = False
) -> Screening:
    """A screening with nothing else in it."""
    return Screening(
        route=route,
        flags=frozenset(flags),
        question="",
        medicines=(),
        variant=variant,
        verdicts=(),
        also_emergency=also,
        latched=latched,
    )


@pytest.mark.parametrize("route", list(Route))
@pytest.mark.parametrize("first", [True, False])
def test_all_words_around_the_evidence_are_fixed(route: Route, first: bool) -> None:
    case = screening(route, *Flag, latched=True)

    assert all(is_fixed(c.text) and not c.citations for c in (*lead_for(case), *tail_for(case, first)))


@pytest.mark.parametrize("route", [Route.CRISIS, Route.EMERGENCY, Route.URGENT])
def test_safety_routes_have_a_card_and_nothing_before_the_rest(route: Route) -> None:
    case = screening(route, *Flag)

    assert [card.kind for card in cards_for(case, "us")] == [route.value]
    assert lead_for(case) == ()
    assert line("ai") in {c.text for c in tail_for(case, True)}


@pytest.mark.parametrize("route", [r for r in Route if r not in (Route.CRISIS, Route.EMERGENCY, Route.URGENT)])
def test_other_routes_have_no_card(route: Route) -> None:
    assert cards_for(screening(route), "us") == ()


def test_the_program_says_what_it_is_at_the_first_turn_only() -> None:
    case = screening(Route.ANSWER)

    assert tail_for(case, True)[-1].text == line("ai")
    assert line("ai") not in {c.text for c in (*lead_for(case), *tail_for(case, False))}


def test_an_overdose_in_crisis_shows_the_poison_line_second() -> None:
    cards = cards_for(screening(Route.CRISIS, also="overdose"), "us")

    assert [card.kind for card in cards] == ["crisis", "emergency"]
    assert any(c.tel == "18002221222" for c in cards[1].contacts)


@pytest.mark.parametrize("flag", [Flag.INJECTION, Flag.PII, Flag.WELLBEING, Flag.IF_NOW])
def test_a_flag_adds_its_line(flag: Flag) -> None:
    assert line(flag.value) in {c.text for c in lead_for(screening(Route.ANSWER, flag))}


@pytest.mark.parametrize("route", [Route.EMERGENCY, Route.URGENT])
def test_a_crisis_that_gave_way_to_another_card_leaves_the_line_of_support(route: Route) -> None:
    assert line("wellbeing") in {c.text for c in tail_for(screening(route, Flag.WELLBEING))}


def test_an_emergency_that_gave_way_leaves_its_line_beside_the_urgent_card() -> None:
    assert line("if_now") in {c.text for c in tail_for(screening(Route.URGENT, Flag.IF_NOW))}


def test_a_decision_ends_with_questions_for_the_neurologist() -> None:
    tail = tail_for(screening(Route.DECISION))

    assert 2 <= sum(c.text.endswith("?") for c in tail) <= 4


def test_a_latched_card_says_how_to_go_on() -> None:
    assert line("latched") in {c.text for c in tail_for(screening(Route.URGENT, latched=True))}


def test_which_routes_look_things_up() -> None:
    assert {r for r in Route if wants_evidence(r)} == {Route.ANSWER, Route.BOUNDARY, Route.DECISION, Route.DIAGNOSIS}


def test_no_line_stands_twice_about_the_program() -> None:
    case = screen("are you a doctor?")
    said = [c.text for c in (*lead_for(case), *tail_for(case, True))]

    assert said.count(line("ai")) == 1
