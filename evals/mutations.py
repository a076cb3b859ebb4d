"""Sentences that say something else than their source, made from true ones by rule: to test judges, and to teach them.

Each mutation changes one fact and leaves the rest, as the errors that matter do: one digit, one "not", one name.
The idea is the claim mutation of FEVER (Thorne et al. 2018), done by rule.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

KINDS: Final = ("number", "negation", "drug", "population", "direction", "hedging")

_NUMBER: Final = re.compile(r"(?<![\w.,-])\d+(?:[.,]\d+)*(?![\w-]|[.,]\d)")
_WORD_NUMBERS: Final = (
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "twelve",
    "half",
    "a third",
    "a quarter",
)
_YEAR: Final = re.compile(r"(?:19|20)\d\d")
_AFFIRMED: Final = re.compile(
    r"\b(is|are|was|were|can|could|may|might|should|will|has|have|had|did|does|do)(?= (?!not\b|no\b|n't))\b",
    re.IGNORECASE,
)
_DENIED: Final = re.compile(
    r"\b(is|are|was|were|can|could|may|might|should|will|has|have|had|did|does|do) not\b|\bcannot\b"
)
_NONE: Final = re.compile(r"\b(?:no|without)\b")
_HAVE_AND_OBJECT: Final = re.compile(r"(?:has|have|had|do|does|did) (?:a|an|the|no|some|any|more|fewer|less|MS|\d)\b")


@dataclass(frozen=True, slots=True)
class Mutation:
    """A false sentence."""

    kind: str
    """One of KINDS."""
    text: str


def mutations(sentence: str, seed: int = 0) -> list[Mutation]:
    """At most one mutation of each kind that the sentence allows; the same for the same seed."""
    chance = random.Random(f"{seed} {sentence}")  # noqa: S311 - nothing secret
    makers: Mapping[str, Callable[[str, random.Random], str | None]] = {
        "number": _another_number,
        "negation": _negated,
        "drug": _another_drug,
        "population": lambda text, rng: _swapped(text, _pairs("population"), rng),
        "direction": lambda text, rng: _swapped(text, _pairs("direction"), rng),
        "hedging": lambda text, rng: _swapped(text, _pairs("stronger"), rng, both_ways=False),
    }
    made = [(kind, maker(sentence, chance)) for kind, maker in makers.items()]
    return [Mutation(kind, text) for kind, text in made if text is not None and text != sentence]


@cache
def _words() -> Mapping[str, Any]:
    words: dict[str, Any] = json.loads((Path(__file__).parent / "mutations.json").read_text(encoding="utf-8"))
    return words


def _pairs(kind: str) -> Sequence[tuple[str, str]]:
    return [(one, other) for one, other in _words()[kind]]


def _swapped(text: str, pairs: Sequence[tuple[str, str]], rng: random.Random, *, both_ways: bool = True) -> str | None:
    turned = [*pairs, *((other, one) for one, other in pairs)] if both_ways else list(pairs)
    found = [(match, new) for old, new in turned for match in _whole(old, text)]
    if not found:
        return None
    match, new = rng.choice(found)
    return _put(text, match, new)


def _whole(words: str, text: str) -> Iterator[re.Match[str]]:
    return re.finditer(rf"(?<![\w-]){re.escape(words)}(?![\w-])", text, re.IGNORECASE)


def _put(text: str, match: re.Match[str], new: str) -> str:
    if match[0][:1].isupper() and new[:1].islower():
        new = new[:1].upper() + new[1:]
    return text[: match.start()] + new + text[match.end() :]


def _another_number(text: str, rng: random.Random) -> str | None:
    found = list(_NUMBER.finditer(text))
    plain = [m for m in found if not _YEAR.fullmatch(m[0])] or found
    if plain:
        match = rng.choice(plain)
        return text[: match.start()] + _off(match[0], rng) + text[match.end() :]
    words = [m for word in _WORD_NUMBERS for m in _whole(word, text)]
    if not words:
        return None
    match = rng.choice(words)
    return _put(text, match, rng.choice([w for w in _WORD_NUMBERS if w != match[0].lower()]))


def _off(number: str, rng: random.Random) -> str:
    """A number of the same look that is not nearly the same."""
    if _YEAR.fullmatch(number):
        return str(int(number) + rng.choice([-9, -6, -4, -3, 2, 3]))
    digits = [at for at, char in enumerate(number) if char.isdigit()]
    at = digits[0] if len(digits) < 3 or rng.random() < 0.6 else digits[1]
    new = rng.choice([d for d in "123456789" if d != number[at]])
    return number[:at] + new + number[at + 1 :]


def _negated(text: str, rng: random.Random) -> str | None:
    denied = list(_DENIED.finditer(text))
    if denied:
        match = rng.choice(denied)
        return text[: match.start()] + ("can" if match[0] == "cannot" else match[1]) + text[match.end() :]
    none = list(_NONE.finditer(text))
    if none:
        match = rng.choice(none)
        return _put(text, match, "some" if match[0] == "no" else "with")
    affirmed = [m for m in _AFFIRMED.finditer(text) if not _HAVE_AND_OBJECT.match(text, m.start())]
    if not affirmed:
        return None
    match = rng.choice(affirmed)
    return text[: match.end()] + " not" + text[match.end() :]


def _another_drug(text: str, rng: random.Random) -> str | None:
    kinds: list[list[str]] = [_words()["ms_medicines"], _words()["other_medicines"]]
    named = [(match[0], kind) for kind in kinds for name in kind for match in _whole(name, text)]
    if not named:
        return None
    old, kind = rng.choice(named)
    said = {name.lower() for name, _ in named}
    new = rng.choice([name for name in kind if name not in said])
    # The same medicine all through the sentence, or the change would contradict itself.
    for match in reversed(list(_whole(old, text))):
        text = _put(text, match, new)
    return text
