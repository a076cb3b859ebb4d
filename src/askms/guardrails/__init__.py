"""What may come in and what may go out: screening of messages, fixed replies, review of drafts."""

from __future__ import annotations

from askms.guardrails.meaning import Meaning, head
from askms.guardrails.names import named_medicines
from askms.guardrails.replies import cards_for, lead_for, tail_for, wants_evidence
from askms.guardrails.review import ReviewResult, poisoned, review
from askms.guardrails.screen import RAILS, RULES, Screening, masked, screen
from askms.guardrails.showing import advises, amount_in, unshowable

__all__ = [
    "RAILS",
    "RULES",
    "Meaning",
    "ReviewResult",
    "Screening",
    "advises",
    "amount_in",
    "cards_for",
    "head",
    "lead_for",
    "masked",
    "named_medicines",
    "poisoned",
    "review",
    "screen",
    "tail_for",
    "unshowable",
    "wants_evidence",
]
