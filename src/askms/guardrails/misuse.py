"""Getting, making, faking or sharing medicines; recreational use; evading monitoring."""

from __future__ import annotations

from askms.guardrails.rail import CLEAR, Finding, Message
from askms.guardrails.rules import rule_book
from askms.types import Route


class Misuse:
    """The rules are data, in `misuse.json`."""

    name = "misuse"

    def judge(self, message: Message) -> Finding:
        """MISUSE, or clear."""
        rule = rule_book(self.name).first(message)
        return Finding(rule=rule.name, route=Route.MISUSE, variant=rule.variant) if rule else CLEAR
