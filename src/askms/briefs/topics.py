"""What briefs there are, and what is asked of the index for each part: data that needs no programmer.

`topics.json` holds the parts of a brief for each kind of topic, with the questions asked
for each, and the topics, which may ask other questions where the general ones miss.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from askms.errors import AskmsError
from askms.types import EvidenceLevel


class TopicsError(AskmsError):
    """The file of topics is damaged; the message names the place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PartPlan:
    """One part of a brief: what is asked, and which sentences may answer."""

    id: str
    asks: tuple[str, ...]
    """Questions of the index, in order."""
    saying: re.Pattern[str] | None
    """What a sentence must say to belong here; none: anything on the topic does."""
    never_saying: re.Pattern[str] | None
    """What a sentence may not say here."""
    levels: frozenset[EvidenceLevel]
    """The kinds of evidence that may answer."""
    sides: bool
    """Whether recorded disagreements of the sources quoted here are shown side by side."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """What a brief is about."""

    id: str
    kind: str
    """`medicine` or `symptom`: which headings and which questions to the neurologist it has."""
    title: str
    named: re.Pattern[str]
    """How a sentence, or the heading it stands under, names the topic."""
    parts: tuple[PartPlan, ...]


@cache
def topics() -> Mapping[str, Topic]:
    """Every topic by id, in the order to list them."""
    return parse(files("askms.briefs").joinpath("topics.json").read_text(encoding="utf-8"))


def parse(raw: str) -> Mapping[str, Topic]:
    """Check the text of a file of topics.

    Raises:
        TopicsError: it is damaged, or names a part or kind that there is not.
    """
    try:
        data: dict[str, Any] = json.loads(raw)
        too_weak = frozenset(EvidenceLevel(level) for level in data["too_weak"])
        read = [_topic(row, data["kinds"][row["kind"]], too_weak) for row in data["topics"]]
    except (KeyError, TypeError, ValueError, AttributeError, re.error) as exc:
        raise TopicsError(f"topics.json: {exc!r}. Restore the file from the repository.") from exc
    return MappingProxyType({topic.id: topic for topic in read})


def _topic(row: Mapping[str, Any], parts: Mapping[str, Any], too_weak: frozenset[EvidenceLevel]) -> Topic:
    own = row.get("asks", {})
    if unknown := own.keys() - parts.keys():
        raise ValueError(f"{row['id']}: no part {sorted(unknown)}")
    return Topic(
        id=row["id"],
        kind=row["kind"],
        title=row["title"],
        named=re.compile(row["named"], re.IGNORECASE),
        parts=tuple(_part(id, part, own.get(id), row["name"], too_weak) for id, part in parts.items()),
    )


def _part(
    id: str, part: Mapping[str, Any], own: list[str] | None, name: str, too_weak: frozenset[EvidenceLevel]
) -> PartPlan:
    asks = part["asks"] if own is None else own
    levels = frozenset(map(EvidenceLevel, part["levels"])) if "levels" in part else frozenset(EvidenceLevel)
    return PartPlan(
        id=id,
        asks=tuple(ask.format(name=name) for ask in asks),
        saying=_pattern(part.get("saying")),
        never_saying=_pattern(part.get("never_saying")),
        levels=levels - too_weak,
        sides=part.get("sides", False) is True,
    )


def _pattern(text: str | None) -> re.Pattern[str] | None:
    return None if text is None else re.compile(text, re.IGNORECASE)
