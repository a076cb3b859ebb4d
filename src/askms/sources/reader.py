"""What every reader gives: a document in the corpus format, and what a person should look at before it is used.

A reader never invents: a field that the source does not state is null, and the evidence
level of something that does not say what it is, is the weakest.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any, Protocol

from askms.sources.markdown import markdown_body, parse_markdown, render_markdown
from askms.types import Document


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One source as a reader read it, not yet in the corpus."""

    document: Document
    text: str
    """The file as it would be written; `document.content_hash` is its hash."""
    review: tuple[str, ...]
    """What a person should check, one plain sentence each."""


class Reader(Protocol):
    """One kind of source. Each is tried on every origin until one accepts it."""

    def accepts(self, origin: str) -> bool:
        """Whether this reader knows what to do with a file name, an address or a query."""
        ...

    def read(self, origin: str) -> Iterator[Found]:
        """Read what is there, one source at a time.

        Raises:
            SourceUnreadable: the origin is missing, broken, or nothing can be read from it.
        """
        ...


def compose(
    fields: Mapping[str, Any],
    sections: Sequence[tuple[str, str]],
    *,
    reader: str,
    origin: str,
    retrieved_on: date,
    review: Sequence[str] = (),
) -> Found:
    """Put a source together as a file of the corpus, and read it back by the rules that every file passes.

    Args:
        fields: front matter; must hold id, title, plain_title, authors, year, venue, evidence_level, population,
            as_of, topics, limits and trust. What is left out of the rest is null or empty.
        sections: heading and text of each. The text is kept word for word but for white space and Markdown marks.
        reader: kind of reader, for the provenance.
        origin: what was read.
        retrieved_on: the day it was read.
        review: what a person should check.

    Raises:
        CorpusError: a field breaks the format.
    """
    defaults: dict[str, Any] = {"url": None, "n": None, "conflicts_with": [], "disputed_by": [], "status": "current"}
    provenance = {"reader": reader, "origin": origin, "retrieved_on": retrieved_on}
    full = {**defaults, **fields, "checked_on": retrieved_on, "provenance": {**provenance, "sha256": ""}}
    front = {key: full[key] for key in _ORDER if key in full}
    body = markdown_body(sections)
    front["provenance"] = {**provenance, "sha256": sha256(body.encode()).hexdigest()}
    text = render_markdown(front, body)
    return Found(document=parse_markdown(f"{fields['id']}.md", text), text=text, review=tuple(review))


def edited_by_hand(document: Document) -> bool:
    """Whether somebody changed the words since a reader wrote them; notes that no reader wrote are by hand too."""
    if document.provenance is None:
        return True
    return sha256(document.body.encode()).hexdigest() != document.provenance.sha256


_ORDER = (
    "id", "title", "plain_title", "authors", "year", "venue", "doi", "pmid", "nct", "url", "evidence_level",
    "population", "n", "as_of", "checked_on", "expected_completion", "topics", "limits", "conflicts_with",
    "disputed_by", "status", "trust", "provenance",
)  # fmt: skip
