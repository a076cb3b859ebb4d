"""Asks us to choose, approve or rank a treatment for a person."""

from __future__ import annotations

from askms.guardrails.rail import CLEAR, Finding, Message
from askms.guardrails.rules import rule_book
from askms.types import Route


class Decision:
    """The rules are data, in `decision.json`."""

    name = "decision"

    def judge(self, message: Message) -> Finding:
        """DECISION, or clear."""
        rule = rule_book(self.name).first(message)
        return Finding(rule=rule.name, route=Route.DECISION, variant=rule.variant) if rule else CLEAR
