"""What is clearly not about MS: greetings, small talk, other subjects, unreadable text.

Only clear cases. Everything else goes on to retrieval, where no evidence means no answer.
"""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files

from askms.guardrails import normalise
from askms.guardrails.injection import Injection
from askms.guardrails.rail import CLEAR, Finding, Message
from askms.guardrails.rules import pattern, rule_book
from askms.types import Route

_FEW_WORDS = 7
_SMALL_TALK = ("greeting", "thanks", "about")


class Scope:
    """See the module; the rules are in `scope.json`."""

    name = "scope"

    def judge(self, message: Message) -> Finding:
        """OFFTOPIC with a variant, or clear."""
        if not message.sentences or not normalise.readable(message.display):
            return _offtopic("unclear", "unclear")
        text = message.folded
        for kind in _SMALL_TALK:
            if pattern(_small_talk()[kind]).search(text) and (_short(message) or not _about_health(message)):
                return _offtopic(kind, kind)
        if Injection().judge(message).flags and not _about_health(message):
            return _offtopic("only_injection", "injection")
        rule = rule_book(self.name).first(message)
        if rule is not None and not _about_health(message):
            return _offtopic(rule.name, None)
        return CLEAR


def _short(message: Message) -> bool:
    # "Are you a doctor?" has a health word and is small talk all the same.
    return len(message.sentences) == 1 and len(message.folded.split()) <= _FEW_WORDS and not message.medicine_in_play


def _about_health(message: Message) -> bool:
    # Asked of the whole message: one health word anywhere leaves the decision to retrieval.
    return pattern(rule_book("scope").groups["health"]).search(message.folded) is not None


@cache
def _small_talk() -> dict[str, str]:
    data = json.loads(files("askms.guardrails").joinpath("scope.json").read_text(encoding="utf-8"))
    return {kind: str(data[kind]) for kind in _SMALL_TALK}


def _offtopic(rule: str, variant: str | None) -> Finding:
    # What has words of its own is told by its form; another subject is told by words that may mean something else.
    return Finding(rule=rule, route=Route.OFFTOPIC, variant=variant, stands=variant is not None)
