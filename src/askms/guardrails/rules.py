"""Rules as data: what a rail looks for, written so that a clinician can read it.

A rule file lists rules; a rule fires when every pattern of `when` is found and none of
`unless`. A rule with `weigh` also adds up the weights of the cues it finds, each once, and
needs `least`: for messages that say it in no known phrase but in many hints. Patterns are
regular expressions over folded text with three additions:

- `<name>` stands for a group of words from `lexicon.json` or from the rule file itself,
- ` ~ ` allows up to six words between, ` ~~ ` up to fourteen; `(?:~ )?` is the same inside
  a group,
- word boundaries are added around every pattern.

`scope` says where all patterns must meet: in one `sentence`, or anywhere in the
`message`. General questions ("what is ...?") and things long past are left out unless
the rule asks for them with `general` or `past`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache, cached_property
from importlib.resources import files
from typing import Any, Final

from askms.errors import AskmsError
from askms.guardrails.rail import Message

_GROUP: Final = re.compile(r"<([a-z_]+)>")
_GAPS: Final = (
    ("(?:~ )?", "(?:[^ ]+ ){0,6}?"),
    ("(?:~~ )?", "(?:[^ ]+ ){0,14}?"),
    (" ~~ ", "(?: [^ ]+){0,14}? "),
    (" ~ ", "(?: [^ ]+){0,6}? "),
)
_FIELDS: Final = frozenset(
    {"name", "when", "unless", "scope", "general", "past", "variant", "note", "earlier", "weigh", "least", "stands"}
)


class RuleError(AskmsError):
    """A rule file is damaged; the message names file and rule."""


class Cue:
    """One pattern of a rule, compiled when it is first looked for: one message needs few of the 1,500."""

    def __init__(self, expression: str) -> None:
        """Name the regular expression."""
        self._expression = expression

    @cached_property
    def search(self) -> Callable[[str], re.Match[str] | None]:
        """Search a text. Raises RuleError if this is no regular expression; a rail that raises refuses."""
        try:
            return re.compile(self._expression).search
        except re.error as exc:
            raise RuleError(f"The pattern {self._expression!r} of a rule is damaged: {exc}. Correct the rule.") from exc


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One thing a rail looks for."""

    name: str
    when: tuple[Cue, ...]
    unless: tuple[Cue, ...]
    whole_message: bool
    general: bool
    past: bool
    variant: str | None
    earlier: Cue | None
    """Must be found in the earlier turns: for follow-ups that make sense only after them."""
    stands: bool = False
    """Whether no other rail may tone down what it finds: a sign that cannot wait."""
    weigh: tuple[tuple[Cue, float], ...] = ()
    least: float = 0.0

    @property
    def cues(self) -> tuple[Cue, ...]:
        """Every pattern of it."""
        earlier = () if self.earlier is None else (self.earlier,)
        return (*self.when, *self.unless, *earlier, *(cue for cue, _ in self.weigh))

    def fires(self, heard: Heard) -> bool:
        """Whether the rule holds for a message."""
        if self.earlier is not None and self.earlier.search(heard.earlier) is None:
            return False
        return any(self._holds(text) for text in heard.texts(self.general, self.past, self.whole_message))

    def _holds(self, text: str) -> bool:
        # Plain loops: this is asked some three hundred times a message.
        for cue in self.when:
            if cue.search(text) is None:
                return False
        for excuse in self.unless:
            if excuse.search(text) is not None:
                return False
        return not self.weigh or sum(weight for cue, weight in self.weigh if cue.search(text)) >= self.least


class Heard:
    """What rules listen to in one message, put together once for all of them."""

    def __init__(self, message: Message) -> None:
        """Name the message."""
        self.earlier = message.earlier
        self._sentences = message.sentences
        self._texts: dict[tuple[bool, bool, bool], tuple[str, ...]] = {}

    def texts(self, general: bool, past: bool, whole: bool) -> tuple[str, ...]:
        """The sentences, each on its own or as one text; general ones and past ones only if asked for."""
        kind = (general, past, whole)
        if kind not in self._texts:
            heard = [s.text for s in self._sentences if (general or not s.general) and (past or not s.past)]
            self._texts[kind] = (" ".join(heard),) if whole and heard else tuple(heard)
        return self._texts[kind]


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleBook:
    """The rules of one rail, in the order they are tried."""

    name: str
    rules: tuple[Rule, ...]
    groups: Mapping[str, str]
    """Groups of words of this rail, for code that needs more than a rule can say."""

    def first(self, message: Message) -> Rule | None:
        """The first rule that fires; it stands if any that fires does."""
        heard = Heard(message)
        first = next((rule for rule in self.rules if rule.fires(heard)), None)
        if first is None or first.stands:
            return first
        return replace(first, stands=any(rule.stands and rule.fires(heard) for rule in self.rules))

    def named(self, name: str) -> Rule:
        """The rule of this name."""
        return next(rule for rule in self.rules if rule.name == name)


@cache
def rule_book(name: str) -> RuleBook:
    """The rules in `<name>.json`. Raises RuleError, naming file and rule."""
    data = _read(name)
    words = {**_lexicon(), **_joined(data.get("groups", {}))}
    try:
        rules = tuple(_rule(entry, words) for entry in data["rules"])
    except (KeyError, TypeError, ValueError) as exc:
        raise RuleError(f"{name}.json: {exc}. Correct the rule.") from exc
    return RuleBook(name=name, rules=rules, groups=_joined(data.get("groups", {})))


@cache
def pattern(text: str) -> re.Pattern[str]:
    """A pattern in the language of rule files, from the shared lexicon."""
    return re.compile(_expression(text, _lexicon()))


@cache
def _lexicon() -> Mapping[str, str]:
    return _joined(_read("lexicon")["groups"])


def _read(name: str) -> dict[str, Any]:
    text = files("askms.guardrails").joinpath(f"{name}.json").read_text(encoding="utf-8")
    data: dict[str, Any] = json.loads(text)
    return data


def _joined(groups: Mapping[str, list[str] | str]) -> dict[str, str]:
    return {name: words if isinstance(words, str) else "|".join(words) for name, words in groups.items()}


def _rule(entry: Mapping[str, Any], words: Mapping[str, str]) -> Rule:
    unknown = set(entry) - _FIELDS
    if unknown or entry.get("scope", "sentence") not in ("sentence", "message"):
        raise ValueError(f"rule {entry.get('name')!r}: unknown field or scope {sorted(unknown)}")
    return Rule(
        name=entry["name"],
        when=tuple(Cue(_expression(p, words)) for p in entry.get("when", ())),
        unless=tuple(Cue(_expression(p, words)) for p in entry.get("unless", ())),
        whole_message=entry.get("scope") == "message",
        general=entry.get("general", False),
        past=entry.get("past", False),
        variant=entry.get("variant"),
        stands=entry.get("stands", False),
        earlier=Cue(_expression(entry["earlier"], words)) if "earlier" in entry else None,
        weigh=tuple((Cue(_expression(cue, words)), float(weight)) for cue, weight in entry.get("weigh", {}).items()),
        least=float(entry.get("least", 0)),
    )


def _expression(text: str, words: Mapping[str, str]) -> str:
    for _ in range(8):  # groups may name groups
        text, replaced = _GROUP.subn(lambda m: f"(?:{words[m[1]]})", text)
        if not replaced:
            break
    for mark, gap in _GAPS:
        text = text.replace(mark, gap)
    # A pattern may end in a space of its own: that is a boundary too.
    return rf"(?<![A-Za-z0-9_])(?:{text})(?:(?<= )|(?![A-Za-z0-9_]))"
