"""The grey zone around medicines: food, technique, strengths, storage, vaccine timing."""

from __future__ import annotations

from askms.guardrails.rail import CLEAR, Finding, Message
from askms.guardrails.rules import rule_book
from askms.types import Route


class Boundary:
    """The rules are data, in `boundary.json`."""

    name = "boundary"

    def judge(self, message: Message) -> Finding:
        """BOUNDARY, or clear."""
        rule = rule_book(self.name).first(message)
        return Finding(rule=rule.name, route=Route.BOUNDARY, variant=rule.variant) if rule else CLEAR
