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
from askms.types import Correction, EvidenceLevel


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
    most: int
    """Sentences after which no further question is asked."""
    each: int
    """The most sentences chosen for one question, the neighbours that they need apart."""
    strongest_first: bool
    """Whether the order is by strength of evidence; otherwise it is that in which the questions found them."""
    disagreements: tuple[tuple[Correction, Correction], ...]
    """Pairs of sentences that disagree, shown side by side before all else."""


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
    order: tuple[str, ...]
    """The parts in the order in which they take their sentences; none stands twice on a page."""
    never: re.Pattern[str]
    """What no sentence of a brief may say."""
    too_weak: frozenset[EvidenceLevel]
    """Kinds of evidence that no brief quotes."""


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
        never = re.compile(data["never_saying"], re.IGNORECASE)
        read = [_topic(row, data["kinds"][row["kind"]], too_weak, never) for row in data["topics"]]
    except (KeyError, TypeError, ValueError, AttributeError, re.error) as exc:
        raise TopicsError(f"topics.json: {exc!r}. Restore the file from the repository.") from exc
    return MappingProxyType({topic.id: topic for topic in read})


def _topic(
    row: Mapping[str, Any], kind: Mapping[str, Any], too_weak: frozenset[EvidenceLevel], never: re.Pattern[str]
) -> Topic:
    parts, own = kind["parts"], row.get("parts", {})
    if sorted(kind["order"]) != sorted(parts):
        raise ValueError(f"{row['kind']}: order names other parts than there are")
    if unknown := own.keys() - parts.keys():
        raise ValueError(f"{row['id']}: no part {sorted(unknown)}")
    return Topic(
        id=row["id"],
        kind=row["kind"],
        title=row["title"],
        named=re.compile(row["named"], re.IGNORECASE),
        parts=tuple(_part(id, {**part, **own.get(id, {})}, row) for id, part in parts.items()),
        order=tuple(kind["order"]),
        never=never,
        too_weak=too_weak,
    )


def _part(id: str, part: Mapping[str, Any], row: Mapping[str, Any]) -> PartPlan:
    if unknown := part.keys() - {
        "asks",
        "saying",
        "never_saying",
        "levels",
        "most",
        "each",
        "strongest_first",
        "disagreements",
    }:
        raise ValueError(f"{row['id']}: {id}: unknown field {sorted(unknown)}")
    levels = frozenset(map(EvidenceLevel, part["levels"])) if "levels" in part else frozenset(EvidenceLevel)
    return PartPlan(
        id=id,
        asks=tuple(ask.format(name=row["name"]) for ask in part["asks"]),
        saying=_pattern(part.get("saying"), row["named"]),
        never_saying=_pattern(part.get("never_saying"), row["named"]),
        levels=levels,
        most=part["most"],
        each=part["each"],
        strongest_first=part.get("strongest_first", False) is True,
        disagreements=tuple((Correction(**one), Correction(**other)) for one, other in part.get("disagreements", ())),
    )


def _pattern(text: str | None, named: str) -> re.Pattern[str] | None:
    return None if text is None else re.compile(text.replace("{named}", f"(?:{named})"), re.IGNORECASE)
