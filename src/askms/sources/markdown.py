"""Read and write one corpus file: YAML front matter and a Markdown body of headed sections.

The format is described in `corpus/README.md`. Everything is validated here, so that
later stages can trust a `Document`; each complaint names file, field and fix. What
another reader found is written in the same format and read back by the same rules.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from enum import Enum
from hashlib import sha256
from pathlib import Path
from typing import Any, Final, TypeVar

import yaml

from askms.errors import CorpusError
from askms.sentences import sentence_spans
from askms.types import (
    Conflict,
    Correction,
    Dispute,
    Document,
    EvidenceLevel,
    Provenance,
    Section,
    SourceStatus,
    Trust,
)

TOPICS: Final = frozenset(
    """ketamine esketamine fatigue heat sleep depression anxiety suicide pain spasticity bladder bowel
    sexual-function cognition walking vision vertigo tremor swallowing what-is-ms causes numbers diagnosis mri
    relapse types-of-ms treatment dmt pregnancy vaccines lifestyle diet exercise vitamin-d safety interactions
    infection emergency work driving family life-expectancy trials evidence biomarkers stem-cells mechanism
    animal-research regulation cost anaesthesia unsorted""".split()
)
STUDY_DOSE_HEADING: Final = "What did the trial give?"
"""The heading under which a file keeps what its study gave: the only place for an amount."""
MAX_FILE_BYTES: Final = 1_000_000

_FIELDS: Final = frozenset(
    """id title plain_title authors year venue doi pmid nct url evidence_level population n as_of checked_on topics
    limits conflicts_with disputed_by status trust expected_completion provenance""".split()
)
_OPTIONAL: Final = frozenset({"doi", "pmid", "nct", "expected_completion", "provenance"})
_ID: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_DOI: Final = re.compile(r"10\.\d{4,9}/[^\s\"<>]+")
_PMID: Final = re.compile(r"[1-9]\d{0,8}")
_NCT: Final = re.compile(r"NCT\d{8}")
_URL: Final = re.compile(r"https://[^\s\"<>]+")
_AS_OF: Final = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")
_LOST: Final = re.compile(r"^#(?!# +\S).*", re.MULTILINE)
_FRONT: Final = re.compile(r"\A---\n(.*?\n)---\n", re.DOTALL)
_HEADING: Final = re.compile(r"^## +(.+?) *$", re.MULTILINE)

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
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"true|false"), list("tf"))


class _Dumper(yaml.SafeDumper):
    """Writes every value out; a file that people edit has no references."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def read_markdown(path: Path) -> Document:
    """Read and validate one file.

    Raises:
        CorpusError: the file breaks the format.
    """
    return parse_markdown(path.name, read_text(path))


def parse_markdown(file: str, text: str) -> Document:
    """Validate the text of one file.

    Args:
        file: its name, `<id>.md`.
        text: front matter and body.

    Raises:
        CorpusError: the text breaks the format.
    """
    fields = _Fields(file, front_matter(file, text))
    body = _unwrap(text[_front(file, text).end() :])
    document_id = fields.pattern("id", _ID, "Use lower case letters, digits and hyphens.")
    stem = Path(file).stem
    if document_id is None or document_id != stem:
        raise CorpusError(file, "id", f"{document_id!r} is not the file name", f"Write id: {stem}.")
    identifiers = {
        "doi": fields.pattern("doi", _DOI, "A DOI looks like 10.1177/1352458520936226."),
        "pmid": fields.pattern("pmid", _PMID, 'A PubMed number is digits only, in quotes: "32633662".'),
        "nct": fields.pattern("nct", _NCT, "A trial number looks like NCT03500289."),
        "url": fields.pattern("url", _URL, "Write an https address, or null."),
    }
    if not any(identifiers.values()) and "provenance" not in fields:
        raise CorpusError(file, "url", "no doi, pmid, nct or url", "Add one, to let a reader open the source.")
    return Document(
        id=document_id,
        title=fields.text("title"),
        plain_title=fields.text("plain_title", longest=90),
        authors=fields.texts("authors"),
        year=fields.whole("year", 1800, 2100),
        venue=fields.text("venue"),
        **identifiers,
        evidence_level=fields.choice("evidence_level", EvidenceLevel),
        population=fields.text("population"),
        n=fields.whole("n", 1, 1_000_000_000),
        as_of=fields.as_of("as_of"),
        checked_on=fields.day("checked_on"),
        topics=fields.topics("topics"),
        limits=fields.text("limits"),
        conflicts_with=fields.conflicts("conflicts_with"),
        disputed_by=fields.disputes("disputed_by"),
        status=fields.choice("status", SourceStatus),
        trust=fields.choice("trust", Trust),
        expected_completion=fields.as_of("expected_completion") if "expected_completion" in fields else None,
        provenance=fields.provenance("provenance") if "provenance" in fields else None,
        body=body,
        sections=_sections(file, body),
        content_hash=sha256(text.encode()).hexdigest(),
    )


def front_matter(file: str, text: str) -> Mapping[str, Any]:
    """The fields of one file as YAML gives them, none missing and none unknown.

    Raises:
        CorpusError: there are none, or they are not YAML.
    """
    return _parse_yaml(file, _front(file, text).group(1))


def _front(file: str, text: str) -> re.Match[str]:
    match = _FRONT.match(text)
    if match is None:
        raise CorpusError(
            file, "front matter", "none found", "Start the file with YAML between two lines of three hyphens."
        )
    return match


def markdown_body(sections: Sequence[tuple[str, str]]) -> str:
    """Body of headed sections, as `parse_markdown` gives it back.

    Args:
        sections: heading and text of each; whatever Markdown would read in the text is made plain.
    """
    body = "\n\n".join(f"## {_plain(heading)}\n\n{_plain_lines(text)}" for heading, text in sections)
    return _unwrap(f"\n{body}\n")


def render_markdown(fields: Mapping[str, Any], body: str) -> str:
    """Text of a corpus file: front matter in the order of `fields`, then the body."""
    front = yaml.dump(dict(fields), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110)
    return f"---\n{front}---\n{body}"


def _plain(text: str) -> str:
    """One line without control characters."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _plain_lines(text: str) -> str:
    """Text whose lines no one can take for headings or lists; an empty line still parts two paragraphs."""
    lines = [_plain(line).lstrip("#*-\u2022 ") for line in text.splitlines()]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n")


def read_text(path: Path) -> str:
    try:
        raw = path.read_bytes()
    except OSError as exc:
        raise CorpusError(path.name, "file", f"cannot be read ({exc.strerror})", "Check its permissions.") from exc
    if not raw.strip():
        raise CorpusError(path.name, "file", "is empty", "Write the source, or delete the file.")
    if len(raw) > MAX_FILE_BYTES:
        raise CorpusError(
            path.name, "file", f"has {len(raw)} bytes, more than {MAX_FILE_BYTES}", "Split it into several sources."
        )
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as exc:
        raise CorpusError(path.name, "file", f"is not UTF-8 (byte {exc.start})", "Save it as UTF-8.") from exc
    if "\x00" in text:
        raise CorpusError(path.name, "file", "holds a NUL character", "Save it as plain text.")
    return text.replace("\r\n", "\n")


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


def _unwrap(body: str) -> str:
    """Join the lines of a paragraph, so that a sentence never holds a line break."""
    lines: list[str] = []
    for line in (raw.strip() for raw in body.split("\n")):
        starts_block = not line or line.startswith(("#", "- ", "* "))
        follows_text = bool(lines) and lines[-1] != "" and not lines[-1].startswith("#")
        if follows_text and not starts_block:
            lines[-1] += " " + line
        else:
            lines.append(line)
    return "\n".join(lines)


def _sections(file: str, body: str) -> tuple[Section, ...]:
    lost = _LOST.search(body)
    if lost:  # it would be taken for a heading and never be quoted
        raise CorpusError(file, "body", f"line {lost.group()!r} is no heading", "Write '## ' and a question.")
    headings = list(_HEADING.finditer(body))
    before = body[: headings[0].start()] if headings else body
    if not headings or before.strip():
        fix = "Put every sentence under a '## question' heading."
        raise CorpusError(file, "body", "has text outside a section", fix)
    ends = [heading.start() for heading in headings[1:]] + [len(body)]
    sections = []
    for heading, end in zip(headings, ends, strict=True):
        if not sentence_spans(body[heading.end() : end]):
            raise CorpusError(file, f"section {heading.group(1)!r}", "is empty", "Answer the heading, or delete it.")
        sections.append(Section(heading=heading.group(1), start=heading.end(), end=end))
    return tuple(sections)


def _is_day(value: str) -> bool:
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True


class _Fields:
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
