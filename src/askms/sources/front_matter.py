"""The front matter of one corpus file: YAML read strictly, each field checked and typed.

Every complaint names file, field and fix, so that later stages can trust what they are given.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from enum import Enum
from typing import Any, Final, TypeVar

import yaml

from askms.errors import CorpusError
from askms.types import Conflict, Correction, Dispute, Provenance

TOPICS: Final = frozenset(
    """ketamine esketamine fatigue heat sleep depression anxiety suicide pain spasticity bladder bowel
    sexual-function cognition walking vision vertigo tremor swallowing what-is-ms causes numbers diagnosis mri
    relapse types-of-ms treatment dmt pregnancy vaccines lifestyle diet exercise vitamin-d safety interactions
    infection emergency work driving family life-expectancy trials evidence biomarkers stem-cells mechanism
    animal-research regulation cost anaesthesia unsorted""".split()
)
_FIELDS: Final = frozenset(
    """id title plain_title authors year venue doi pmid nct url evidence_level population n as_of checked_on topics
    limits conflicts_with disputed_by status trust expected_completion provenance asked_as""".split()
)
_OPTIONAL: Final = frozenset({"doi", "pmid", "nct", "expected_completion", "provenance", "asked_as"})
MOST_ASKED: Final = 12
"""Questions in people's own words that one section may list."""
LONGEST_QUESTION: Final = 400
_AS_OF: Final = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")
_FRONT: Final = re.compile(r"\A---\n(.*?\n)---\n", re.DOTALL)

_Chosen = TypeVar("_Chosen", bound=Enum)


class _Loader(yaml.SafeLoader):
    """YAML 1.2 booleans only: in YAML 1.1 the words on, off, yes and no are booleans, even as a field's name.

    A field written twice is refused; plain YAML silently takes the last.
    """

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode) and key.value in seen:
                raise yaml.constructor.ConstructorError(None, None, f"{key.value!r} is written twice", key.start_mark)
            seen.add(str(key.value))
        return super().construct_mapping(node, deep)


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:bool"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"(?:true|false)\Z"), list("tf"))


def front_matter(file: str, text: str) -> Mapping[str, Any]:
    """The fields of one file as YAML gives them, none missing and none unknown.

    Raises:
        CorpusError: there are none, or they are not YAML.
    """
    return _parse_yaml(file, parted(file, text)[0])


def parted(file: str, text: str) -> tuple[str, str]:
    """Front matter and body of a file, unread.

    Raises:
        CorpusError: it does not start with front matter.
    """
    match = _FRONT.match(text)
    if match is None:
        raise CorpusError(
            file, "front matter", "none found", "Start the file with YAML between two lines of three hyphens."
        )
    return match.group(1), text[match.end() :]


def _parse_yaml(file: str, front: str) -> Mapping[str, Any]:
    try:
        parsed = yaml.load(front, Loader=_Loader)  # noqa: S506 - a SafeLoader
    except yaml.YAMLError as exc:
        mark = getattr(exc, "problem_mark", None)
        where = f"line {mark.line + 2}" if mark else "front matter"
        problem = getattr(exc, "problem", None) or getattr(exc, "reason", exc)
        raise CorpusError(file, where, f"is not YAML ({problem})", "Quote values that contain a colon.") from exc
    except (ValueError, KeyError, AttributeError, RecursionError) as exc:
        # An impossible date such as 2026-02-31, a tag PyYAML trips over, or brackets without end.
        raise CorpusError(file, "front matter", f"holds an impossible value ({exc})", "Correct that value.") from exc
    if not isinstance(parsed, dict):
        raise CorpusError(file, "front matter", "is not a list of fields", "Write one 'field: value' a line.")
    unknown = sorted(str(key) for key in parsed if key not in _FIELDS)
    if unknown:
        raise CorpusError(file, unknown[0], "is not a field of the format", "See corpus/README.md for the fields.")
    missing = sorted(_FIELDS - _OPTIONAL - parsed.keys())
    if missing:
        raise CorpusError(file, missing[0], "is missing", f"Add '{missing[0]}:' to the front matter.")
    return parsed


def _is_day(value: str) -> bool:
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True


class Fields:
    """Typed access to the front matter of one file; every complaint names file and field."""

    def __init__(self, file: str, values: Mapping[str, Any]) -> None:
        self._file, self._values = file, values

    def _wrong(self, field: str, value: object, fix: str) -> CorpusError:
        return CorpusError(self._file, field, f"{value!r} is not valid", fix)

    def __contains__(self, field: str) -> bool:
        return self._values.get(field) is not None

    def text(self, field: str, *, longest: int = 1000) -> str:
        return self._text(field, self._values[field], longest)

    def _text(self, field: str, value: object, longest: int = 1000) -> str:
        if not isinstance(value, str) or not value.strip():
            raise self._wrong(field, value, "Write text, in quotes.")
        if len(value) > longest:
            raise self._wrong(field, value, f"Shorten it to {longest} characters; it has {len(value)}.")
        return value.strip()

    def texts(self, field: str) -> tuple[str, ...]:
        return tuple(self._text(field, item) for item in self._list(field, self._values[field]))

    def _list(self, field: str, value: object) -> list[Any]:
        if not isinstance(value, list):
            raise self._wrong(field, value, "Write a list, [] when there is none.")
        return value

    def pattern(self, field: str, pattern: re.Pattern[str], fix: str) -> str | None:
        value = self._values.get(field)
        if value is None:
            return None
        if not isinstance(value, str) or not pattern.fullmatch(value):
            raise self._wrong(field, value, fix)
        return value

    def whole(self, field: str, least: int, most: int) -> int | None:
        value = self._values[field]
        if value is None:
            return None
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise self._wrong(field, value, f"Write a whole number from {least} to {most}, or null.")
        return value

    def choice(self, field: str, options: type[_Chosen]) -> _Chosen:
        value = self._values[field]
        for option in options:
            if option.value == value:
                return option
        raise self._wrong(field, value, f"Choose one of: {', '.join(str(o.value) for o in options)}.")

    def as_of(self, field: str) -> str:
        value = str(self._values[field])
        if not _AS_OF.fullmatch(value) or not _is_day(f"{value}-01-01"[:10]):
            raise self._wrong(field, value, "Write YYYY, YYYY-MM or YYYY-MM-DD.")
        return value

    def day(self, field: str) -> date:
        value = self._values[field]
        if type(value) is not date:  # a datetime is a date too
            raise self._wrong(field, value, "Write YYYY-MM-DD, without quotes.")
        return value

    def topics(self, field: str) -> tuple[str, ...]:
        topics = self.texts(field)
        unknown = [topic for topic in topics if topic not in TOPICS]
        if unknown or not topics:
            raise self._wrong(field, unknown or [], "Choose from the list of topics in corpus/README.md.")
        return topics

    def conflicts(self, field: str) -> tuple[Conflict, ...]:
        return tuple(
            Conflict(source_id=self._part(field, item, "source"), on=self._part(field, item, "on"))
            for item in self._list(field, self._values[field])
        )

    def disputes(self, field: str) -> tuple[Dispute, ...]:
        return tuple(
            Dispute(
                sentence=self._part(field, item, "sentence"),
                why=self._part(field, item, "why"),
                answered_by=self._many(field, item, "answered_by", self._correction),
            )
            for item in self._list(field, self._values[field])
        )

    def asked_as(self, field: str) -> Mapping[str, tuple[str, ...]]:
        """Questions by the heading of the section that answers them."""
        value = self._values[field]
        if not isinstance(value, dict) or not all(isinstance(heading, str) for heading in value):
            raise self._wrong(field, value, "Write a heading of this file, and under it a list of questions.")
        return {heading: self._questions(f"{field}.{heading}", asked) for heading, asked in value.items()}

    def _questions(self, field: str, value: object) -> tuple[str, ...]:
        asked = tuple(" ".join(self._text(field, item, LONGEST_QUESTION).split()) for item in self._list(field, value))
        if not 1 <= len(asked) <= MOST_ASKED:
            raise self._wrong(field, value, f"List 1 to {MOST_ASKED} questions, or leave the heading out.")
        return asked

    def provenance(self, field: str) -> Provenance:
        item = self._values[field]
        day = item.get("retrieved_on") if isinstance(item, dict) else None
        if type(day) is not date:
            raise self._wrong(f"{field}.retrieved_on", day, "Write YYYY-MM-DD, without quotes.")
        return Provenance(
            reader=self._part(field, item, "reader"),
            origin=self._part(field, item, "origin"),
            retrieved_on=day,
            sha256=self._part(field, item, "sha256"),
        )

    def _correction(self, field: str, item: object) -> Correction:
        return Correction(source_id=self._part(field, item, "source"), sentence=self._part(field, item, "sentence"))

    def _part(self, field: str, item: object, key: str) -> str:
        if not isinstance(item, dict) or key not in item:
            raise self._wrong(field, item, f"Each item needs '{key}:'.")
        return self._text(f"{field}.{key}", item[key])

    def _many(
        self, field: str, item: dict[str, Any], key: str, read: Callable[[str, object], Correction]
    ) -> tuple[Correction, ...]:
        values = self._list(f"{field}.{key}", item.get(key))
        if not values:
            raise self._wrong(f"{field}.{key}", values, "Name at least one sentence that answers the claim.")
        return tuple(read(f"{field}.{key}", value) for value in values)
