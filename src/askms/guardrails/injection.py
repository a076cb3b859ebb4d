"""Tries to change our rules, role or format, or hides what is asked.

Only ever a flag: no attempt can lower a route, and none is answered in kind. A message
that is nothing but an attempt goes to OFFTOPIC with its own wording, decided in `scope`.
"""

from __future__ import annotations

from askms.guardrails.rail import CLEAR, Finding, Message
from askms.guardrails.rules import rule_book
from askms.types import Flag


class Injection:
    """The rules are data, in `injection.json`."""

    name = "injection"

    def judge(self, message: Message) -> Finding:
        """The INJECTION flag, or clear."""
        rule = rule_book(self.name).first(message)
        if rule is None and not message.hidden:
            return CLEAR
        return Finding(rule=rule.name if rule else "encoded", flags=frozenset({Flag.INJECTION}))
