"""What a question asks for: its terms and its kind, by a few plain cues."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import Final

from askms.terms import terms


class Kind(Enum):
    """The kind of statement that would answer."""

    WHAT_IS = "what_is"
    EFFECT = "effect"
    HOW_MANY = "how_many"
    WHEN = "when"
    APPROVED = "approved"
    RISK = "risk"
    WHO = "who"


_ASKS: Final = {
    Kind.WHAT_IS: re.compile(r"\bwhat('s| is| are| does .* mean| do .* mean)\b|\bwhats\b|\bmeaning of\b|\bdefin", re.I),
    Kind.EFFECT: re.compile(
        r"\b(help|work|effective|efficacy|better|improve|benefit|evidence|proof|proven|prove|cure|treat|any good|"
        r"slow|stop|reduce|worth|make a difference|do(es)? anything)",
        re.I,
    ),
    Kind.HOW_MANY: re.compile(
        r"\b(how (many|common|often|likely|much|big|large)|what (percent|percentage|share|proportion)|"
        r"chances?|odds|rates?|prevalence|numbers?|statistics?|stats)\b",
        re.I,
    ),
    Kind.WHEN: re.compile(r"\b(when|what (year|date)|how (long|soon|recent)|which year|since when|last)\b", re.I),
    Kind.APPROVED: re.compile(
        r"\b(approv|licen[cs]|legal|authori[sz]|fda\b|nhs\b|nice\b|ema\b|allowed|available)", re.I
    ),
    Kind.RISK: re.compile(
        r"\b(side.?effects?|risk|danger|safe|harm|adverse|bad for|hurt|damage|worse|problem|toxic|warning|interact"
        r"|mix)",
        re.I,
    ),
    Kind.WHO: re.compile(r"\b(who|eligible|qualify|join|take part|participate|enrol|criteria|allowed in)", re.I),
}
_ANSWERS: Final = {
    Kind.WHAT_IS: re.compile(r"^[^,]{2,60}? (is|are|means|stands for|happens when)\b", re.I),
    Kind.EFFECT: re.compile(
        r"\b(did not|no (clear|significant|better|difference|benefit)|fell|rose|improv\w+|beat|better|reduc\w+|worked|"
        r"helps?|helped|lower\w*|slow\w*|not known|nobody knows|no trial|no evidence|insufficient|proof|benefit\w*)\b",
        re.I,
    ),
    Kind.HOW_MANY: re.compile(r"\d"),
    Kind.WHEN: re.compile(r"\b(19|20)\d\d\b|\b(days?|weeks?|months?|years?|hours?)\b", re.I),
    Kind.APPROVED: re.compile(
        r"\b(approv\w+|licen[cs]\w+|recommend\w*|authori[sz]\w+|FDA|NHS|NICE|controlled)\b", re.I
    ),
    Kind.RISK: re.compile(
        r"\b(side effects?|risks?|danger\w*|safe\w*|harm\w*|warn\w*|injur\w+|nausea|sedat\w+|dissociat\w+|pressure|"
        r"damage|raise\w*|worse\w*|serious|interact\w*|avoid\w*|not known)\b",
        re.I,
    ),
    Kind.WHO: re.compile(
        r"\b(people|adults|aged?|years old|excluded|left out|could join|had to|women|men|allowed)\b", re.I
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question ready to be searched and answered."""

    text: str
    """What to search with: the message, or the message put back into its conversation."""
    asked: str
    """The part of it that is new in this turn."""
    terms: tuple[str, ...]
    kinds: frozenset[Kind]
    already_shown: frozenset[str] = frozenset()
    """Sentences of earlier replies, not to be repeated when more is asked for."""
    wants_study_dose: bool = False
    """Asks what a study gave: amounts may be shown, inside the study-dose frame only."""

    @classmethod
    def of(
        cls,
        text: str,
        *,
        asked: str | None = None,
        already_shown: frozenset[str] = frozenset(),
        wants_study_dose: bool = False,
    ) -> Question:
        """Read a question. `asked` is the new message alone, when `text` carries its conversation too."""
        kinds = frozenset(kind for kind, cue in _ASKS.items() if cue.search(asked or text))
        return cls(
            text=text,
            asked=asked or text,
            terms=tuple(terms(text)),
            kinds=kinds,
            already_shown=already_shown,
            wants_study_dose=wants_study_dose,
        )


_ASKED_THING: Final = re.compile(
    r"\b(?:what(?:'s|s| is| are| does| do)|define|meaning of|explain)\s+(?:an?\s+|the\s+)?"
    r"(.{2,60}?)\s*(?:mean\b.*)?[?.!]*$",
    re.I,
)
_SUBJECT: Final = re.compile(r"^(?:an?\s+|the\s+)?(.{2,60}?)\s+(?:is|are|means?|stands for|happens when)\b", re.I)
_OF_MS: Final = frozenset(terms("in with of MS multiple sclerosis"))


def defines(question: str, sentence: str) -> bool:
    """Whether a sentence says what the very thing is that a "what is ...?" question asks about."""
    asked, said = _ASKED_THING.search(question.strip()), _SUBJECT.match(sentence)
    if asked is None or said is None:
        return False
    wanted, found = set(terms(asked.group(1))), set(terms(said.group(1)))
    return bool(wanted) and (wanted - _OF_MS or wanted) == (found - _OF_MS or found)


def fit(kinds: frozenset[Kind], sentence: str) -> float:
    """Share of the question's kinds, 0 to 1, whose kind of statement the sentence makes; 0 when no kind is known."""
    if not kinds:
        return 0.0
    return sum(bool(_ANSWERS[kind].search(sentence)) for kind in kinds) / len(kinds)
