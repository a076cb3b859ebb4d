"""Put what a reader found into the corpus folder: new files, fresh copies of old ones, never a duplicate.

What people wrote or corrected is kept. A file whose words somebody changed is left alone, but
for one thing: a source that its register says was withdrawn is marked so, whoever wrote the notes.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any, Final

from askms.sources.corpus import corpus_files
from askms.sources.front_matter import front_matter
from askms.sources.markdown import parse_markdown, render_markdown
from askms.sources.reader import Found, edited_by_hand
from askms.types import Document, EvidenceLevel, SourceStatus

_JUDGED: Final = (
    "plain_title", "evidence_level", "population", "n", "topics", "limits", "conflicts_with", "disputed_by", "trust",
)  # fmt: skip
"""Fields that people set or correct after a reader; a later reading must not undo that."""
_UNSET: Final[tuple[Any, ...]] = (None, [], ["unsorted"])


class Outcome(Enum):
    """What writing a found source does."""

    NEW = "new"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    WITHDRAWN = "marked as withdrawn"
    KEPT = "left as it is: changed by hand"


@dataclass(frozen=True, slots=True, kw_only=True)
class Addition:
    """One found source, and what writing it would do."""

    found: Found
    outcome: Outcome
    path: Path
    text: str
    """The whole file as it would stand."""


def plan(folder: Path, found: Iterable[Found]) -> Iterator[Addition]:
    """Compare each found source with what the folder holds. Writes nothing.

    Raises:
        CorpusError: a file of the folder breaks the format.
    """
    held = {path: path.read_text(encoding="utf-8-sig") for path in corpus_files(folder)} if _holds_any(folder) else {}
    known = {path: parse_markdown(path.name, text) for path, text in held.items()}
    for one in found:
        same = next((path for path, document in known.items() if _is_same(one.document, document)), None)
        if same is None:
            path = folder / f"{one.document.id}.md"
            addition = Addition(found=one, outcome=Outcome.NEW, path=path, text=one.text)
        else:
            addition = _compare(one, same, held[same], known[same])
        held[addition.path], known[addition.path] = addition.text, parse_markdown(addition.path.name, addition.text)
        yield addition


def write(addition: Addition) -> None:
    """Write the file whole or not at all."""
    if addition.outcome is Outcome.KEPT:
        return
    addition.path.parent.mkdir(parents=True, exist_ok=True)
    beside = addition.path.with_suffix(f".{os.getpid()}.new")
    beside.write_text(addition.text, encoding="utf-8")
    beside.replace(addition.path)


def _holds_any(folder: Path) -> bool:
    return any(path.name != "README.md" for path in folder.rglob("*.md"))


def _compare(found: Found, path: Path, text: str, before: Document) -> Addition:
    if edited_by_hand(before):
        if before.status.is_quotable and not found.document.status.is_quotable:
            return Addition(
                found=found, outcome=Outcome.WITHDRAWN, path=path, text=_marked(text, found.document.status)
            )
        return Addition(found=found, outcome=Outcome.KEPT, path=path, text=text)
    merged = _merged(text, found, before)
    after = parse_markdown(path.name, merged)
    unchanged = after.body == before.body and after.status is before.status
    return Addition(found=found, outcome=Outcome.UNCHANGED if unchanged else Outcome.UPDATED, path=path, text=merged)


def _is_same(one: Document, other: Document) -> bool:
    if one.id == other.id or any(
        getattr(one, kind) and getattr(one, kind) == getattr(other, kind) for kind in ("doi", "pmid")
    ):
        return True
    if one.provenance and other.provenance and one.provenance.origin == other.provenance.origin:
        return True
    registered = EvidenceLevel.REGISTRY_ENTRY
    both = one.evidence_level is registered and other.evidence_level is registered
    return both and one.nct is not None and one.nct == other.nct


def _merged(text: str, found: Found, before: Document) -> str:
    old, new = front_matter(before.id, text), front_matter(found.document.id, found.text)
    kept = {field: old[field] for field in _JUDGED if old.get(field) not in _UNSET}
    status = {} if before.status.is_quotable else {"status": before.status.value}
    headings = {section.heading for section in found.document.sections}
    asked_as = {heading: asked for heading, asked in (old.get("asked_as") or {}).items() if heading in headings}
    asked = {"asked_as": asked_as} if asked_as else {}
    return render_markdown({**new, **kept, **status, **asked, "id": before.id}, found.document.body)


def _marked(text: str, status: SourceStatus) -> str:
    return re.sub(r"^status: .*$", f"status: {status.value}", text, count=1, flags=re.MULTILINE)
