"""Asks what a personal symptom, scan or result means, or what is ahead."""

from __future__ import annotations

from askms.guardrails.rail import CLEAR, Finding, Message
from askms.guardrails.rules import rule_book
from askms.types import Route


class Diagnosis:
    """The rules are data, in `diagnosis.json`."""

    name = "diagnosis"

    def judge(self, message: Message) -> Finding:
        """DIAGNOSIS, or clear."""
        rule = rule_book(self.name).first(message)
        return Finding(rule=rule.name, route=Route.DIAGNOSIS, variant=rule.variant) if rule else CLEAR
