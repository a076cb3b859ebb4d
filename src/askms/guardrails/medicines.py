"""Which medicines a text names: generic names, brands, common misspellings and near misses.

Matching works on folded text. A name is found exactly, or, from six letters on, with one
slip (a letter missing, added, changed or swapped), two slips from nine letters on.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

from rapidfuzz.distance import OSA

_FUZZY_FROM: Final = 6
_TWO_SLIPS_FROM: Final = 10


@dataclass(frozen=True, slots=True)
class Formulary:
    """What is known about medicines' names."""

    by_name: dict[str, str]
    """Every spelling, to the generic name."""
    tags: dict[str, frozenset[str]]
    """Generic name to tags such as `dmt`, `pml`, `s1p`, `teratogenic`, `withdrawal`, `supplement`."""
    single_words: frozenset[str]
    longest: int
    """Words in the longest name."""
    suffix: re.Pattern[str]
    """Endings that medicines share, for names not on the list."""
    ordinary: frozenset[str]
    """Words that look like a medicine and are none."""
    generic_words: tuple[str, ...]
    """Patterns for "tablet", "jab", "my meds" and the like."""


@cache
def formulary() -> Formulary:
    """The medicines of this release."""
    data = json.loads(files("askms.guardrails").joinpath("medicines.json").read_text(encoding="utf-8"))
    by_name = {}
    for generic, entry in data["medicines"].items():
        for name in (generic, *entry["names"]):
            by_name[name] = generic
    return Formulary(
        by_name=by_name,
        tags={generic: frozenset(entry["tags"]) for generic, entry in data["medicines"].items()},
        single_words=frozenset(name for name in by_name if " " not in name),
        longest=max(name.count(" ") + 1 for name in by_name),
        suffix=re.compile(data["suffixes"]),
        ordinary=frozenset(data["not_medicines"]),
        generic_words=tuple(data["generic_words"]),
    )


def annotate(sentence: str) -> tuple[str, tuple[str, ...]]:
    """The folded sentence with every medicine's name replaced by a mark, and the generic names found.

    `is tysabri ok` becomes `is RX_natalizumab_dmt_pml ok`. Marks carry the tags, so a rule can ask for "a medicine
    that raises the risk of PML" without listing names; capitals cannot stand in folded text.
    """
    book = formulary()
    words = [w if w in book.single_words else _nearest(w) or w for w in sentence.split()]
    marked: list[str] = []
    found: list[str] = []
    at = 0
    while at < len(words):
        for length in range(min(book.longest, len(words) - at), 0, -1):
            generic = book.by_name.get(" ".join(words[at : at + length]))
            if generic:
                found.append(generic)
                marked.append("_".join(["RX", generic.replace(" ", "-"), *sorted(book.tags[generic])]))
                at += length
                break
        else:
            marked.append("RX_unlisted" if looks_like_medicine(words[at]) else words[at])
            at += 1
    return " ".join(marked), tuple(found)


def tagged(medicines: Iterable[str], tag: str) -> bool:
    """Whether one of the medicines carries the tag."""
    tags = formulary().tags
    return any(tag in tags[m] for m in medicines if m in tags)


def looks_like_medicine(word: str) -> bool:
    """Whether an unlisted word ends like a medicine's name."""
    book = formulary()
    return len(word) >= 6 and word not in book.ordinary and book.suffix.fullmatch(word) is not None


def _nearest(word: str) -> str | None:
    if len(word) < _FUZZY_FROM or not word.isalpha() or word in formulary().ordinary:
        return None
    for name in _by_initial().get(word[0], ()):
        allowed = 2 if min(len(word), len(name)) >= _TWO_SLIPS_FROM else 1
        if OSA.distance(word, name, score_cutoff=allowed) <= allowed:
            return name
    return None


@cache
def _by_initial() -> dict[str, tuple[str, ...]]:
    names: dict[str, list[str]] = {}
    for name in sorted(formulary().single_words):
        if len(name) >= _FUZZY_FROM and name.isalpha():
            names.setdefault(name[0], []).append(name)
    return {initial: tuple(found) for initial, found in names.items()}
