"""The fixed words for each route: cards, what stands before the evidence, what stands after.

No text is made here; everything comes from `wording.json`.
"""

from __future__ import annotations

from askms.guardrails.policies import policy_of
from askms.guardrails.screen import Screening
from askms.reply import Card
from askms.types import Claim, Flag, Route
from askms.wording import RouteWording, line, wording


def wants_evidence(route: Route) -> bool:
    """Whether sources are looked up on this route."""
    # A card must not wait for a file of policies that may be damaged.
    return not route.is_safety and policy_of(route).evidence


def cards_for(screening: Screening, locale: str) -> tuple[Card, ...]:
    """The cards that stand before everything else, most urgent first; none on ordinary routes."""
    if screening.route is Route.CRISIS:
        cards = [wording().card("crisis", locale, screening.variant)]
        if screening.also_emergency is not None:
            cards.append(wording().card("emergency", locale, screening.also_emergency))
        return tuple(cards)
    if screening.route in (Route.EMERGENCY, Route.URGENT):
        return (wording().card(screening.route.value, locale, screening.variant),)
    return ()


def lead_for(screening: Screening) -> tuple[Claim, ...]:
    """Fixed sentences before the evidence. Safety routes have none: nothing may push their card down."""
    if screening.route.is_safety:
        return ()
    flags = (Flag.INJECTION, Flag.PII, Flag.WELLBEING, Flag.IF_NOW)
    lines = [line(flag.value) for flag in flags if flag in screening.flags]
    return _claims([*lines, *_route(screening).lead])


def tail_for(screening: Screening, first_turn: bool = False) -> tuple[Claim, ...]:
    """Fixed sentences after the evidence, the questions for the neurologist last.

    In the first turn they say that askms is a program: at the end, as who asked wants the answer first.
    """
    words = _route(screening)
    lines = list(words.tail)
    if screening.route.is_safety:
        beside = {Flag.WELLBEING: (Route.EMERGENCY, Route.URGENT), Flag.IF_NOW: (Route.URGENT,)}
        lines += [line(f.value) for f, on in beside.items() if f in screening.flags and screening.route in on]
        lines += [line("latched")] if screening.latched else []
        lines += [line("pii")] if Flag.PII in screening.flags else []
    lines += [line("ai")] if first_turn and line("ai") not in words.lead else []
    return _claims([*lines, *words.questions])


def _route(screening: Screening) -> RouteWording:
    return wording().route(screening.route, screening.variant)


def _claims(lines: list[str]) -> tuple[Claim, ...]:
    return tuple(Claim(text=text) for text in dict.fromkeys(lines))
