"""Changes that need a call to the MS team the same day."""

from __future__ import annotations

from askms.guardrails.rail import CLEAR, Finding, Message
from askms.guardrails.rules import rule_book
from askms.types import Route


class Urgent:
    """The rules are data, in `urgent.json`."""

    name = "urgent"

    def judge(self, message: Message) -> Finding:
        """URGENT, or clear."""
        rule = rule_book(self.name).first(message)
        return Finding(rule=rule.name, route=Route.URGENT, variant=rule.variant, stands=rule.stands) if rule else CLEAR
