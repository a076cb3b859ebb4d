"""The turns of a conversation: taken in from callers, and as they may be kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from askms.errors import QuestionError
from askms.guardrails import masked
from askms.types import Turn

MAX_MESSAGE = 100_000
"""Characters beyond which a message is refused unread."""


def turns_of(question: str, history: Sequence[Turn | Mapping[str, str]]) -> tuple[Turn, ...]:
    """The earlier turns as values, each cut to what can be read.

    Raises:
        QuestionError: the question is too long or not text, or a turn has no role or content.
    """
    if not isinstance(question, str):
        raise QuestionError(f"A question is text, not {type(question).__name__}. Send a string.")
    if len(question) > MAX_MESSAGE:
        raise QuestionError(
            f"The message has {len(question):,} characters; {MAX_MESSAGE:,} can be read. "
            "Please ask one shorter question."
        )
    turns = []
    for turn in history:
        role, content = _said(turn)
        if role not in ("user", "assistant") or not isinstance(content, str):
            raise QuestionError("A turn of the history needs a role (user or assistant) and content (text).")
        turns.append(Turn(role=str(role), content=content[:MAX_MESSAGE]))
    return tuple(turns)


def masked_turns(history: Sequence[Turn]) -> tuple[Turn, ...]:
    """The turns as they may be kept: cleaned, identifiers masked."""
    return tuple(Turn(role=turn.role, content=masked(turn.content)) for turn in history)


def _said(turn: object) -> tuple[object, object]:
    """Role and content of a turn; of anything else, nothing."""
    if isinstance(turn, Turn):
        return turn.role, turn.content
    return (turn.get("role"), turn.get("content")) if isinstance(turn, Mapping) else (None, None)
