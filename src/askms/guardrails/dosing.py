"""Asks how much, how often, when or how long, or to start, stop, change or combine.

The one way past this rail is to ask what a study gave: that is a fact about the study, and
may be shown only as a framed quotation (Flag.STUDY_DOSE). One personal word closes that way.
"""

from __future__ import annotations

from dataclasses import replace

from askms.guardrails.rail import CLEAR, Finding, Message, Sentence
from askms.guardrails.rules import pattern, rule_book
from askms.types import Flag, Route

_STUDY = (
    r"trials?|stud(?:y|ies)|papers?|rcts?|participants?|researchers?|investigators?|protocol|pilot|nct ?\d+"
    r"|inkling\w*"
    r"|triumphant\w*|ensayo\w*|estudio\w*|etude|essai\w*|studie|studien|studio|studi|sperimentazione|estudo|ensaio"
)
_AMOUNT = (
    r"dos(?:e|es|age|ages|ing|ed|is)|how (?:much|many|often|long|frequently)|amounts?|regimen|schedule|mg|infusions?"
    r"|injections?|mg/kg|given|gave|got|get|receive\w*|used?|administer\w*|cuanta?s?|combien|wie ?viel|quanta?"
)
_ASKED_OF_STUDY = (
    rf"(?:{_STUDY}) ~~ (?:use|used|give|gave|given|test|tested|study|studied|compare|compared|get|got|receive\w*|take"
    rf"|took|try|tried|administer\w*|look at|looked at|have|had|involve\w*|usaron|utilise\w*|usado"
    rf"|verwendet\w*|usata)"
    rf"|(?:{_AMOUNT}) ~~ (?:(?:did|was|were|in|for|of|by|from|has|have|does|do|is|are|en|dans|in der|nello|no) )"
    rf"(?:the |a |that |this |any |those |el |la |l |der |die |lo |un |una |ms "
    rf"|ketamine )*(?:\S+ ){{0,5}}?(?:{_STUDY})"
    rf"|(?:did|were|was) (?:the )?(?:people|they|patients|participants|volunteers|anyone) ~~ (?:{_STUDY})"
    rf"|what was (?:studied|tested|given)"
)
_ASKED_OF_THEM = (
    r"(?:did|were|was|had) (?:they|the (?:people|patients|participants|volunteers|researchers)|it|those) ~~ "
    r"(?:use|used|give|given|gave|get|got|receive\w*|take|took|tested?)|in (?:it|that (?:one|study|trial))"
)
_PERSONAL = (
    r"i|im|ive|id|ill|me|my|mine|myself|we|our|you|your|he|she|him|her|his|<kin>|<foreign_me>|someone|somebody|anyone"
    r"|a person|person|adult|woman|man|typical\w*|normal\w*|usual\w*|generally|average|recommended|should|safe\w*"
    r"|equivalent|convert\w*|kg|kilos?|stone|lbs?|pounds|weigh\w*|weight|size|same (?:as|dose|amount)|at home|for a"
    r"|max\w*|enough|ok|okay|today|tonight|take home|best|right|copy|replicate|myself|real life|in practice|nowadays"
    r"|prescribed|patients? (?:take|be on|start)"
)


class Dosing:
    """See the module; the rules are in `dosing.json`."""

    name = "dosing"

    def judge(self, message: Message) -> Finding:
        """DOSING, or STUDY_DOSE when only a study is asked about."""
        about_study = frozenset(s for s in message.sentences if _asks_of_study(s, message.earlier))
        rest = replace(message, sentences=tuple(s for s in message.sentences if s not in about_study))
        rule = rule_book(self.name).first(rest)
        if rule is not None:
            return Finding(rule=rule.name, route=Route.DOSING)
        if about_study:
            return Finding(rule="study_dose", flags=frozenset({Flag.STUDY_DOSE}))
        return CLEAR


def _asks_of_study(sentence: Sentence, earlier: str) -> bool:
    text = pattern("<polite>").sub("", sentence.text)
    if pattern(_AMOUNT).search(text) is None or pattern(_PERSONAL).search(text) is not None:
        return False
    if pattern(_ASKED_OF_STUDY).search(text) is not None:
        return True
    return pattern(_STUDY).search(earlier) is not None and pattern(_ASKED_OF_THEM).search(text) is not None
