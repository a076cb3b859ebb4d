"""Signs of a threat to life or limb now, in the asker or in somebody near."""

from __future__ import annotations

from askms.guardrails.rail import CLEAR, Finding, Message
from askms.guardrails.rules import rule_book
from askms.types import Route


class Emergency:
    """The rules are data, in `emergency.json`."""

    name = "emergency"

    def judge(self, message: Message) -> Finding:
        """EMERGENCY, or clear."""
        rule = rule_book(self.name).first(message)
        return (
            Finding(rule=rule.name, route=Route.EMERGENCY, variant=rule.variant, stands=rule.stands) if rule else CLEAR
        )
