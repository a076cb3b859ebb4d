"""Read and write one corpus file: YAML front matter and a Markdown body of headed sections.

The format is described in `corpus/README.md`. Everything is validated here, so that
later stages can trust a `Document`; each complaint names file, field and fix. What
another reader found is written in the same format and read back by the same rules.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import yaml

from askms.errors import CorpusError
from askms.sentences import sentence_spans
from askms.sources.front_matter import Fields, front_matter, parted
from askms.types import Document, EvidenceLevel, Section, SourceStatus, Trust

STUDY_DOSE_HEADING: Final = "What did the trial give?"
"""The heading under which a file keeps what its study gave: the only place for an amount."""
MAX_FILE_BYTES: Final = 1_000_000
_ID: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_DOI: Final = re.compile(r"10\.\d{4,9}/[^\s\"<>]+")
_PMID: Final = re.compile(r"[1-9]\d{0,8}")
_NCT: Final = re.compile(r"NCT\d{8}")
_URL: Final = re.compile(r"https://[^\s\"<>]+")
_LOST: Final = re.compile(r"^#(?!# +\S).*", re.MULTILINE)
_HEADING: Final = re.compile(r"^## +(.+?) *$", re.MULTILINE)


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
    fields = Fields(file, front_matter(file, text))
    body = _unwrap(parted(file, text)[1])
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
        sections=_sections(file, body, fields.asked_as("asked_as") if "asked_as" in fields else {}),
        content_hash=sha256(text.encode()).hexdigest(),
    )


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


def _sections(file: str, body: str, asked_as: Mapping[str, tuple[str, ...]]) -> tuple[Section, ...]:
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
        name = heading.group(1)
        sections.append(Section(heading=name, start=heading.end(), end=end, asked_as=asked_as.get(name, ())))
    for name in asked_as.keys() - {section.heading for section in sections}:
        raise CorpusError(file, f"asked_as.{name}", "is no heading of this file", "Write the heading as in the body.")
    return tuple(sections)
