"""What has become of a source since a reply cited it, in plain words, and where a citation leads today."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote, urlencode

from askms.api.pages import STATUS_WORDS
from askms.assistant import Assistant
from askms.errors import SnapshotError, UnknownSource
from askms.index import Snapshot
from askms.records import CitedVersion
from askms.types import Document, SourceStatus

GONE: Final = "This source is not held any more."
_GRAVEST: Final = (SourceStatus.RETRACTED, None, SourceStatus.SUPERSEDED, SourceStatus.OUTDATED, SourceStatus.CORRECTED)
"""What is to be looked at first; none stands for a source that is gone."""

Lead = Callable[[Mapping[str, Any]], str]
"""The address to which a citation in wire form leads."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """A source that replies cite, and that is not what it was."""

    source_id: str
    became: str
    replies: int
    """That cite it as it was before."""
    left: int
    """Of them, those that nobody has looked through."""
    weight: int
    """Place by gravity; 0 is the gravest."""


def held(assistant: Assistant) -> Snapshot | None:
    """Today's index, if there is one: what is kept can be read without it."""
    with suppress(SnapshotError):
        return assistant.snapshot()
    return None


def became(document: Document | None, content_hash: str) -> str:
    """What a source is today for a reply that cited it; nothing where it is as it was and may be relied on.

    Args:
        document: the source as it is held today, if it is.
        content_hash: of its file when it was cited.
    """
    if document is None:
        return GONE
    changed = "" if document.content_hash == content_hash else "Its file has changed since."
    return " ".join(said for said in (STATUS_WORDS.get(document.status), changed) if said)


def moved(versions: Iterable[CitedVersion], snapshot: Snapshot) -> list[Moved]:
    """The sources whose file changed or went after a reply cited it, the gravest first."""
    found: dict[str, list[CitedVersion]] = {}
    for version in versions:
        document = snapshot.documents.get(version.source_id)
        if document is None or document.content_hash != version.content_hash:
            found.setdefault(version.source_id, []).append(version)
    return sorted(_moved(found, snapshot), key=lambda each: (not each.left, each.weight, -each.left, each.source_id))


def leads(snapshot: Snapshot | None) -> Lead:
    """Where citations lead: to the words, to their source if the words are gone, to what is known of it if it went."""

    def lead(citation: Mapping[str, Any]) -> str:
        source = str(citation["source_id"])
        if snapshot is None or source not in snapshot.documents:
            return f"/staff/sources/{quote(source, safe='')}"
        with suppress(UnknownSource):
            if snapshot.passage(str(citation["passage_key"])).source_id == source:
                span = {"passage": citation["passage_key"], "start": citation["start"], "end": citation["end"]}
                return f"/sources/{quote(source, safe='')}?{urlencode(span)}#quote"
        return f"/sources/{quote(source, safe='')}"

    return lead


def _moved(found: Mapping[str, list[CitedVersion]], snapshot: Snapshot) -> Iterator[Moved]:
    for source_id, versions in found.items():
        document = snapshot.documents.get(source_id)
        status = document.status if document else None
        yield Moved(
            source_id=source_id,
            became=became(document, versions[0].content_hash),
            replies=sum(version.replies for version in versions),
            left=sum(version.left for version in versions),
            weight=_GRAVEST.index(status) if status in _GRAVEST else len(_GRAVEST),
        )
