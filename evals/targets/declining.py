"""Whether a chat model says that it does not know: such models have no other way to abstain."""

from __future__ import annotations

import re
from typing import Final

_NOT_KNOWN: Final = re.compile(
    r"\b(?:i|we) (?:really |simply |just )?(?:do not|don['’]t|cannot|can['’]t|could not|couldn['’]t) "
    r"(?:know|find|answer|say for)\b"
    r"|\b(?:i am|i['’]m) (?:sorry, (?:but )?i )?(?:not sure|unable to|not able to)\b"
    r"|\b(?:the|this|these) (?:provided |given |retrieved )?(?:context|passages?|sources?|documents?|information)"
    r"(?: (?:provided|given|above))? (?:do|does)(?: not|n['’]t) "
    r"(?:say|state|mention|contain|include|provide|cover|answer|address)\b",
    re.IGNORECASE,
)


def declines(reply: str) -> bool:
    """Whether the first words of a reply (200 characters) say that it cannot answer; later ones may only limit it."""
    return _NOT_KNOWN.search(reply[:200]) is not None
