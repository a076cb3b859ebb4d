"""Reads a message once and decides what kind of reply it may get.

Every rail runs on every message, whatever the others found; the route of highest
priority wins, unless the learned rail all but rules it out. A rail that raises counts as
BOUNDARY and says so in its verdict, so a broken guard never looks like a clear one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from askms.guardrails.boundary import Boundary
from askms.guardrails.context import read
from askms.guardrails.conversation import Conversation, look_back, with_earlier
from askms.guardrails.crisis import Crisis
from askms.guardrails.decision import Decision
from askms.guardrails.diagnosis import Diagnosis
from askms.guardrails.dosing import Dosing
from askms.guardrails.emergency import Emergency
from askms.guardrails.injection import Injection
from askms.guardrails.learned import Learned
from askms.guardrails.misuse import Misuse
from askms.guardrails.rail import Finding, Message, Rail
from askms.guardrails.scope import Scope
from askms.guardrails.urgent import Urgent
from askms.types import Flag, Route, Turn, Verdict

RULES: Final[tuple[Rail, ...]] = (
    Crisis(),
    Emergency(),
    Urgent(),
    Misuse(),
    Dosing(),
    Decision(),
    Diagnosis(),
    Scope(),
    Boundary(),
    Injection(),
)
"""What needs no model. In order of priority; only the order of verdicts depends on it."""
LEARNED: Final[tuple[Rail, ...]] = (Learned(),)
"""What needs a model. Without one these rails fail closed, and a card that the rules call for stands (P4)."""

_FAILED: Final = "failed:"
_DANGEROUS_TO_STOP: Final = re.compile(
    r"_(?:withdrawal|tapered)\b|\b(?:steroids?|antidepressants?|opioids?|opiates?|benzo\w*|beta blockers?)\b"
)
"""Medicines that are dangerous to stop suddenly, by the tag in the mark of their name, or by their kind."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Screening:
    """What the guardrails say about one message."""

    route: Route
    flags: frozenset[Flag]
    question: str
    """Clean, masked text to search with."""
    medicines: tuple[str, ...]
    """Generic names in the message."""
    variant: str | None
    """A finer kind of the route, such as `overdose` or `greeting`; chooses the wording."""
    verdicts: tuple[Verdict, ...]
    """One for each rail that ran."""
    also_emergency: str | None = None
    """Set on CRISIS when an emergency was seen too: the variant of the second card, or an empty string."""
    latched: bool = False
    """The route comes from an earlier turn of this chat, not from this message."""


def screen(
    message: str, history: Sequence[Turn] = (), rails: Sequence[Rail] = RULES, learned: Sequence[Rail] = LEARNED
) -> Screening:
    """Judge a message. Never raises; every message gets a screening."""
    verdicts: list[Verdict] = []
    try:
        plain = read(message)
    except Exception as exc:  # noqa: BLE001 - a message that cannot be read must not look harmless (I4)
        return _unreadable(exc)
    try:
        state = look_back(
            history, lambda earlier: _winner(_weighed([found for _, found in _findings(earlier, rails, learned)]))
        )
    except Exception as exc:  # noqa: BLE001 - as above: the conversation is a guard too
        state = Conversation()
        verdicts.append(_failed("conversation", exc))
    placed = with_earlier(plain, state)
    findings = _findings(placed, rails, learned)
    verdicts += [finding.verdict(name) for name, finding in findings]
    found = _weighed([finding for _, finding in findings])
    failed = len(verdicts) > len(findings)
    verdicts += _given_way(findings, found)
    if failed:
        found.append(Finding(rule="failed", route=Route.BOUNDARY))
    winner = _winner(found)
    latched = state.latched is not None and state.latched.priority < winner[0].priority
    route, variant = (state.latched, state.latched_variant) if latched and state.latched else winner
    if route is Route.DOSING and _DANGEROUS_TO_STOP.search(f"{placed.folded} {placed.earlier}"):
        variant = "withdrawal"
    return Screening(
        route=route,
        flags=_flags(placed, found),
        question=placed.display,
        medicines=placed.medicines,
        variant=variant,
        verdicts=tuple(verdicts),
        also_emergency=_second_card(route, found),
        latched=latched,
    )


def masked(message: str) -> str:
    """Clean text without identifiers; nothing when it cannot be read."""
    try:
        return read(message).display
    except Exception:  # noqa: BLE001 - what cannot be masked goes nowhere (P8)
        return ""


def _findings(message: Message, rails: Sequence[Rail], learned: Sequence[Rail]) -> list[tuple[str, Finding]]:
    found = [(rail.name, _judged(rail, message)) for rail in rails]
    suspected = frozenset(finding.route for _, finding in found if finding.route is not None)
    placed = replace(message, suspected=suspected)
    found += [(rail.name, _judged(rail, placed)) for rail in learned]
    return found if message.unmasked is None else [*found, *_behind_masks(message.unmasked, rails, learned)]


def _behind_masks(unmasked: Message, rails: Sequence[Rail], learned: Sequence[Rail]) -> Iterator[tuple[str, Finding]]:
    """The dangers in a message with its identifiers, and rails that fail on it; what else it asks is judged without."""
    found = _findings(unmasked, rails, learned)
    for (name, _), finding in zip(found, _weighed([one for _, one in found]), strict=True):
        if (finding.route is not None and finding.route.is_safety) or finding.rule.startswith(_FAILED):
            yield f"{name}_unmasked", replace(finding, stands=True, unlikely=frozenset())


def _judged(rail: Rail, message: Message) -> Finding:
    try:
        return rail.judge(message)
    except Exception as exc:  # noqa: BLE001 - a rail that fails counts as BOUNDARY (I4)
        return Finding(rule=f"{_FAILED}{type(exc).__name__}", route=Route.BOUNDARY)


def _weighed(findings: Sequence[Finding]) -> list[Finding]:
    """The findings after each rail's doubts about what others found."""
    unlikely = frozenset[Route]().union(*(f.unlikely for f in findings))
    at_boundary = any(f.route is Route.BOUNDARY for f in findings)
    left = None if any(f.plain for f in findings) else Route.BOUNDARY
    return [_toned_down(f, unlikely, at_boundary, left) for f in findings]


def _toned_down(finding: Finding, unlikely: frozenset[Route], at_boundary: bool, left: Route | None) -> Finding:
    if finding.route is None or finding.stands:
        return finding
    doubted = finding.route in unlikely
    if doubted and finding.route.is_safety:
        flag = Flag.WELLBEING if finding.route is Route.CRISIS else Flag.IF_NOW
        return replace(finding, route=None, variant=None, flags=finding.flags | {flag})
    if doubted:
        return replace(finding, route=left, variant=None)
    if finding.yields_to_boundary and at_boundary:
        return replace(finding, route=Route.BOUNDARY, variant=None)
    return finding


def _winner(found: Sequence[Finding]) -> tuple[Route, str | None]:
    sure = _first([f for f in found if f.sure])
    return sure if sure[0] not in (Route.ANSWER, Route.BOUNDARY, Route.OFFTOPIC) else _first(found)


def _first(found: Sequence[Finding]) -> tuple[Route, str | None]:
    routed = [(f.route, f.variant) for f in found if f.route is not None]
    return min(routed, key=lambda pair: pair[0].priority, default=(Route.ANSWER, None))


def _flags(message: Message, found: Sequence[Finding]) -> frozenset[Flag]:
    flags = frozenset[Flag]().union(*(f.flags for f in found))
    return flags | {Flag.PII} if message.masked else flags


def _second_card(route: Route, found: Sequence[Finding]) -> str | None:
    if route is not Route.CRISIS:
        return None
    variants = [f.variant or "" for f in found if f.route is Route.EMERGENCY]
    if variants:
        return variants[0]
    if any(f.also is Route.EMERGENCY for f in found):
        return ""
    return "overdose" if any(f.variant == "taken" for f in found) else None


def _given_way(findings: Sequence[tuple[str, Finding]], weighed: Sequence[Finding]) -> list[Verdict]:
    """What was found and then doubted, for the receipt."""
    pairs = [(name, found, left) for (name, found), left in zip(findings, weighed, strict=True)]
    return [
        Verdict(guard="weighed", allowed=True, reason=f"{name}:{found.rule} gave way")
        for name, found, left in pairs
        if found.route is not left.route
    ]


def _failed(guard: str, exc: Exception) -> Verdict:
    # The type only: an error's text may quote the patient.
    return Verdict(guard=guard, allowed=False, reason=f"failed:{type(exc).__name__}")


def _unreadable(exc: Exception) -> Screening:
    return Screening(
        route=Route.BOUNDARY,
        flags=frozenset(),
        question="",
        medicines=(),
        variant=None,
        verdicts=(_failed("context", exc),),
    )
