"""Danger of suicide, self-harm or harm to another, and methods of disordered eating.

A question that names suicide in general ("how common is it in MS?") is answered, with a
line of support.
"""

from __future__ import annotations

from askms.guardrails.rail import CLEAR, Finding, Message
from askms.guardrails.rules import pattern, rule_book
from askms.types import Flag, Route

_PAINFUL_THEME = (
    r"suicid\w*|self harm\w*|kill(?:s|ed|ing)? (?:themselves|themself)|wish(?:ing)? to die|assisted dying|euthanasia"
    r"|selbstmord\w*|suizid\w*|autolesion\w*"
)


class Crisis:
    """See the module."""

    name = "crisis"

    def judge(self, message: Message) -> Finding:
        """CRISIS, or WELLBEING when the theme comes up in general."""
        rule = rule_book(self.name).first(message)
        if rule is not None:
            return Finding(rule=rule.name, route=Route.CRISIS, variant=rule.variant, stands=rule.stands)
        if pattern(_PAINFUL_THEME).search(message.folded):
            return Finding(rule="painful_theme", flags=frozenset({Flag.WELLBEING}))
        return CLEAR
