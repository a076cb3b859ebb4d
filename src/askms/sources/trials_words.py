"""Which words of the register may stand in a sentence that patients read: plain ones, without a dose."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

_LONGEST_RULE: Final = 20
_AMOUNT: Final = re.compile(
    r"(?<![\w.,])(?:\d[\d.,]*(?:\s*(?:-|–|to)\s*\d[\d.,]*)?|half(?: an?)?|one|two|three|four|five|six|seven"
    r"|eight|nine|ten)[\s-]*"
    r"(?:mg|mcg|[µμu]g|ng|g|kg|ml|cc|d?l|iu|u|mmol|meq|gy|m[bc][qi]|units?|international units?|(?:milli|micro|kilo)?"
    r"gram(?:me)?s?|(?:milli)?lit(?:er|re)s?|tablets?|capsules?|pills?|puffs?|drops?|sprays?|patch(?:es)?|vials?)"
    r"(?![\w%])(?:\s?/\s?\w+²?|\s?per \w+)?",
    re.I,
)
_FREQUENCY: Final = re.compile(
    r"\b(?:once|twice|thrice|daily|nightly|weekly|biweekly|monthly|hourly|yearly|every|each|per (?:day|week|month|hour)"
    r"|a (?:day|week)|b\.?i\.?d|t\.?i\.?d|q\.?i\.?d|q\.?d|q\d+\s?[hdwm]\w*|\d+\s?x|x\s?\d+)\b",
    re.I,
)
_DURATION: Final = re.compile(
    r"\b(?:\d+(?:[.,]\d+)?|one|two|three|four|five|six|seven|eight|nine|ten|twelve)[\s-]*"
    r"(?:hours?|hrs?|h|days?|d|weeks?|wks?|w|months?|mos?|years?|minutes?|mins?|times)\b|\d\s?%",
    re.I,
)
_MARKUP: Final = re.compile(r"[<>{}|\\\"“”]|https?:|\b(?:you|your)\b", re.I)
# A rule that gives an order, points to another, or is cut off means something else when it stands alone.
_NOT_ALONE: Final = re.compile(
    r"[≥≤=±~^;\[\]]|(?:[:,(]|\b(?:and|or|of))$|\b(?:must|should|stop\w*|start\w*|discontinu\w*|chang\w*|continu\w*"
    r"|switch\w*|increas\w*|decreas\w*|follow\w*|above|below|inclusion|exclusion|protocol|these|those|this|e\.g|i\.e|etc)\b",
    re.I,
)
_GROUP: Final = re.compile(r"\W*(?:key |main )?(inclusion|exclusion)(?: criteria)?\W*", re.I)
_BULLET: Final = re.compile(r"(\s*)(?:[*•-]|\d{1,2}[.)])\s+(.+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule on who can join, in the register's words."""

    text: str
    keeps_out: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What a list of rules on who can join holds."""

    fit: tuple[Rule, ...]
    """Those that are short and mean the same when they stand alone."""
    lines: int
    """How many lines there are but for the headings: those that are no fit were left out."""


def amounts_in(text: str) -> list[str]:
    """Amounts with a unit in a text: doses, or what may be one."""
    return [match.group() for match in _AMOUNT.finditer(text)]


def has_schedule(text: str) -> bool:
    """Whether a text says how often or how long something is given, or may."""
    return _FREQUENCY.search(text) is not None or _DURATION.search(text) is not None


def is_plain(text: str) -> bool:
    """Whether a text holds no markup, no address, no control character and speaks to nobody."""
    return text.isprintable() and _MARKUP.search(text) is None


def rules_of(text: str) -> Rules:
    """The rules of an `eligibilityCriteria` field."""
    lines = [line for line in text.replace("\\", "").splitlines() if line.strip()]
    return Rules(fit=tuple(_fit(lines)), lines=sum(not _GROUP.fullmatch(line) for line in lines))


def _fit(lines: list[str]) -> Iterator[Rule]:
    """The rules that are fit.

    A line that is neither a heading nor a rule may open a list for some people only, so nothing after it is taken
    until the next heading.
    """
    group, margin = "", -1
    for line, after in pairwise([*lines, ""]):
        heading, bullet = _GROUP.fullmatch(line), _BULLET.fullmatch(line)
        if heading:
            group, margin = heading.group(1).lower(), -1
        elif bullet and group:
            indent, rule = len(bullet.group(1)), bullet.group(2).strip().removesuffix(".")
            margin = indent if margin < 0 else margin
            below = _BULLET.fullmatch(after)
            ends_here = len(below.group(1)) <= indent if below else not after or bool(_GROUP.fullmatch(after))
            if indent == margin and ends_here and _stands_alone(rule):
                yield Rule(text=rule, keeps_out=group == "exclusion")
        else:
            group = ""


def _stands_alone(rule: str) -> bool:
    odd = _NOT_ALONE.search(rule) or _FREQUENCY.search(rule) or _AMOUNT.search(rule)
    return not odd and is_plain(rule) and 1 < len(rule.split()) <= _LONGEST_RULE
