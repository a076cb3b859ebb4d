"""Passages that speak to a program instead of a person: found at indexing, before anything quotes them."""

from __future__ import annotations

import json
import re
import unicodedata
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Final

from askms.guardrails.names import named_medicines
from askms.guardrails.showing import amount_in, directive_in

_HIDDEN: Final = frozenset({"Cf", "Co", "Cs"})


@cache
def rules_digest() -> str:
    """Hash of the rules, so that an index that older rules let through is known as stale."""
    folder = files("askms.guardrails")
    rules = (folder.joinpath(name).read_bytes() for name in ("poison.json", "poison.py", "showing.py"))
    return sha256(b"".join(rules)).hexdigest()


@cache
def _kinds() -> tuple[tuple[str, re.Pattern[str]], ...]:
    data = json.loads(files("askms.guardrails").joinpath("poison.json").read_text(encoding="utf-8"))
    kinds = (kind for kind in data if kind != "note")
    return tuple((kind, re.compile("|".join(data[kind]), re.IGNORECASE | re.MULTILINE)) for kind in kinds)


def poisoned(text: str) -> str | None:
    """Why a passage looks like an attack on the assistant or its readers, or nothing."""
    if any(unicodedata.category(c) in _HIDDEN and c != "\u00ad" for c in text):
        return "hidden_characters"
    plain = unicodedata.normalize("NFKC", text)
    for kind, pattern in _kinds():
        if pattern.search(plain):
            return kind
    return _dose_directive(plain)


def _dose_directive(text: str) -> str | None:
    """An order to take an amount: no honest source of ours holds one."""
    for sentence in re.split(r"(?<=[.!?])\s+|\n", text):
        if amount_in(sentence) and directive_in(sentence):
            return "dose_directive"
        kind = directive_in(sentence)
        if kind == "second_person" or (kind == "imperative" and named_medicines(sentence)):
            return "directive"
    return None
