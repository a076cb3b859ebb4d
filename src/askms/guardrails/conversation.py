"""What earlier turns add to a message: a medicine in play, a refused dose, a latched safety route.

Read from the user's own turns only; what the assistant is said to have written is used for
its subject, never as a promise that something was allowed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from askms.guardrails.context import read
from askms.guardrails.rail import Message
from askms.types import Route, Turn

KEPT_TURNS = 3
_MAX_TURNS = 40
_REFUSED = "refused_dosing_marker"
"""Stands in `Message.earlier` after a refused dose, so that rules can ask for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """What the earlier turns say about the next."""

    medicine_in_play: bool = False
    refused_dosing: bool = False
    latched: Route | None = None
    latched_variant: str | None = None
    earlier: str = ""
    previous: str = ""
    """The user's last turn."""


def look_back(history: Sequence[Turn], judge: Callable[[Message], tuple[Route, str | None]]) -> Conversation:
    """Judge the earlier user turns, oldest first, each with what came before it."""
    state = Conversation()
    turns = [t for t in history if t.role in ("user", "assistant")][-_MAX_TURNS:]
    seen: list[tuple[str, Message, Route | None]] = []
    for turn in turns:
        message = read(turn.content)
        if turn.role == "user":
            route, variant = judge(with_earlier(message, state))
            if route.is_safety and (state.latched is None or route.priority < state.latched.priority):
                state = replace(state, latched=route, latched_variant=variant)
            seen.append((turn.role, message, route))
        else:
            seen.append((turn.role, message, None))
        state = _summed(state, seen)
    return state


def with_earlier(message: Message, state: Conversation) -> Message:
    """The message with its place in the conversation."""
    return replace(
        message,
        medicine_in_play=message.medicine_in_play or state.medicine_in_play,
        refused_dosing=state.refused_dosing,
        earlier=state.earlier,
        previous=state.previous,
        unmasked=None if message.unmasked is None else with_earlier(message.unmasked, state),
    )


def _summed(state: Conversation, seen: Sequence[tuple[str, Message, Route | None]]) -> Conversation:
    asked = [(m, route) for role, m, route in seen if role == "user"][-KEPT_TURNS:]
    refused = any(route is Route.DOSING for _, route in asked)
    recent = seen[-2 * KEPT_TURNS :]
    words = [m.folded for _, m, _ in recent] + ([_REFUSED] if refused else [])
    return replace(
        state,
        medicine_in_play=any(m.medicine_in_play for m, _ in asked),
        refused_dosing=refused,
        earlier=" ".join(words),
        previous=next((m.display for role, m, _ in reversed(seen) if role == "user"), ""),
    )
