"""User names that are told by what stands around them: `u/...`, `name#1234`, "I post as ...".

`online` knows those that are told by their own look: an @, a figure, a stroke.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from askms.guardrails.identifiers.words import either, fold, is_medicine, is_nearly_ordinary, is_ordinary, words

_NAME: Final = r"(?P<name>[^\W_][\w.-]{2,39}(?<![.-]))"
_OF_REDDIT: Final = re.compile(rf"(?P<label>(?<![\w/])(?<!\d )/?u/){_NAME}(?![\w/])", re.IGNORECASE)
_NUMBERED: Final = re.compile(r"(?P<label>)(?<![\w.#@])(?P<name>[^\W\d_][\w.]{1,31}) ?#\d{4}(?!\w)")
"""`saltlamp#0917`"""
_CAMEL: Final = re.compile(r"[a-z\d][A-Z]")
_SHORTEST: Final = 5
"""Of a name that nothing but the name of a network stands before."""


def mask_handles(text: str) -> str:
    """The text without the names that people go by on networks and forums."""
    text = _OF_REDDIT.sub(lambda m: m["label"] + "[name]" if _means_nothing(m["name"]) else m[0], text)
    if "#" in text:
        text = _NUMBERED.sub(lambda m: "[name]" if _means_nothing(m["name"]) else m[0], text)
    text = _own().sub(lambda m: m["label"] + ("[name]" if _means_nothing(m["name"]) else m["name"]), text)
    text = _on_network().sub(lambda m: "[name]" + m["rest"] if _means_nothing(m["name"]) else m[0], text)
    return _beside().sub(lambda m: m["label"] + ("[name]" if _is_strange(m["name"]) else m["name"]), text)


def _means_nothing(name: str) -> bool:
    """Whether it cannot be a word of the sentence."""
    if not name.isalpha() or _CAMEL.search(name):
        return any(c.isalpha() for c in name) and not is_medicine(fold(name))
    return not is_ordinary(fold(name)) and fold(name) not in words("function")


def _is_strange(name: str) -> bool:
    """The same where less tells of a user name."""
    if "." in name.strip("."):
        return any(c.isalpha() for c in name)
    return len(name) >= _SHORTEST and _means_nothing(name) and not is_nearly_ordinary(fold(name))


@cache
def _own() -> re.Pattern[str]:
    """`my handle is sparklefoot`, `i post as ...`"""
    return re.compile(
        rf"(?P<label>(?<!\w){either('handle_is')}[ :=]{{1,2}}[\"'“]?)(?!\[){_NAME}(?!\w)(?!(?-i: [A-Z][a-z]))",
        re.IGNORECASE,
    )


@cache
def _on_network() -> re.Pattern[str]:
    """`jellylegs on reddit`, behind `I'm` and the like."""
    i_am = r"(?<![^\W_])(?:(?<=m )|(?<=its )|(?<=it['’]s )|(?<=is )|(?<=me, ))"
    return re.compile(rf"{i_am}{_NAME}(?P<rest> (?:on|over on|at) (?:the )?{either('social')}(?!\w))", re.IGNORECASE)


@cache
def _beside() -> re.Pattern[str]:
    """`tiktok spoonqueenmarge,`: nothing else is said of the network."""
    not_seen_there = r"(?<!on )(?<!from )(?<!in )(?<!via )(?<!\w)"
    link = r"(?:['’]?s)?(?: (?:is|as|name|handle|user|id)){0,2}[ :=]{1,2}"
    label = rf"(?P<label>{not_seen_there}{either('networks')}{link})"
    return re.compile(
        rf"{label}(?!\[){_NAME}(?= ?(?:[,;!?\n)]|\.(?!\w)|$)| (?:asks?|here|says|wants|again)(?!\w))", re.IGNORECASE
    )
