"""What may come in and what may go out: screening of messages, fixed replies, review of drafts."""

from __future__ import annotations

from askms.guardrails.names import named_medicines
from askms.guardrails.replies import wants_evidence
from askms.guardrails.review import ReviewResult, poisoned, review
from askms.guardrails.screen import RULES, Screening, masked, screen
from askms.guardrails.search_words import search_words
from askms.guardrails.showing import advises, amount_in, unshowable
from askms.guardrails.translated import cards_in, in_language, language_of_reply, lead_in, tail_in

__all__ = [
    "RULES",
    "ReviewResult",
    "Screening",
    "advises",
    "amount_in",
    "cards_in",
    "in_language",
    "language_of_reply",
    "lead_in",
    "masked",
    "named_medicines",
    "poisoned",
    "review",
    "screen",
    "search_words",
    "tail_in",
    "unshowable",
    "wants_evidence",
]
