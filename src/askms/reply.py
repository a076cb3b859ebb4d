"""The reply a patient receives, and the one place that turns it into text or JSON.

A `Reply` cannot exist without the disclaimer: it is a constant of the class, not an
argument. Nor can it hold a sentence that is neither a template nor cited.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Final

from askms.ladder import ladder
from askms.types import Claim, Document, Flag, Route

DISCLAIMER: Final = "This is research information, not medical advice. Consult your neurologist before you act on it."

BREAK: Final = "\n\n"
"""What stands between two parts of a reply in plain text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """Someone to call. The label names the number; `tel` is what a phone dials, empty when it is no call."""

    label: str
    tel: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """Fixed text that stands before everything else."""

    kind: str
    """`crisis`, `emergency` or `urgent`."""
    title: str
    text: str
    contacts: tuple[Contact, ...] = ()
    language: str = "en"
    """ISO 639-1 code, so that a screen reader takes the right voice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """Somewhere else to look: a question the sources do answer, or a ready-made search."""

    label: str
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What the patient receives. Declining is a reply, never an exception."""

    disclaimer: ClassVar[str] = DISCLAIMER

    route: Route
    flags: frozenset[Flag] = frozenset()
    cards: tuple[Card, ...] = ()
    claims: tuple[Claim, ...] = ()
    strength: str | None = None
    sources: tuple[Document, ...] = ()
    suggestions: tuple[Suggestion, ...] = ()
    writer: str = "none"
    note: str | None = None
    receipt_id: str = ""
    snapshot: str = ""

    def __post_init__(self) -> None:
        if self.route is Route.ANSWER and not any(c.citations for c in self.claims):
            raise ValueError("a reply on the answer route must cite a passage")
        known = {s.id for s in self.sources}
        for claim in self.claims:
            for citation in claim.citations:
                if citation.source_id not in known:
                    raise ValueError(f"citation of {citation.source_id!r}, which is not among the sources")

    @property
    def text(self) -> str:
        """The whole reply as plain text, disclaimer last."""
        number = {source.id: i for i, source in enumerate(self.sources, 1)}
        parts = [card_text(card) for card in self.cards]
        parts.extend(claim_text(claim, number) for claim in self.claims)
        parts.extend(part for part in (self.strength, self.note) if part)
        if self.suggestions:
            parts.append("\n".join(f"- {s.label}" + (f": {s.url}" if s.url else "") for s in self.suggestions))
        if self.sources:
            parts.append("Sources:\n" + "\n".join(_source_text(number[s.id], s) for s in self.sources))
        parts.append(self.disclaimer)
        return BREAK.join(parts)

    def to_dict(self) -> dict[str, Any]:
        """The wire form, the same for `--json`, HTTP and receipts."""
        return {
            "route": self.route.value,
            "flags": sorted(flag.value for flag in self.flags),
            "cards": [card_to_dict(card) for card in self.cards],
            "sentences": [claim_to_dict(claim) for claim in self.claims],
            "strength": self.strength,
            "sources": [source_to_dict(source) for source in self.sources],
            "suggestions": [{"label": s.label, "url": s.url} for s in self.suggestions],
            "writer": self.writer,
            "note": self.note,
            "disclaimer": self.disclaimer,
            "text": self.text,
            "receipt_id": self.receipt_id,
            "snapshot": self.snapshot,
        }


def card_to_dict(card: Card) -> dict[str, Any]:
    """Wire form of one card."""
    return {
        "kind": card.kind,
        "title": card.title,
        "text": card.text,
        "language": card.language,
        "contacts": [{"label": c.label, "tel": c.tel} for c in card.contacts],
    }


def claim_to_dict(claim: Claim) -> dict[str, Any]:
    """Wire form of one sentence."""
    return {
        "text": claim.text,
        "template": claim.is_template,
        "citations": [
            {
                "source_id": c.source_id,
                "passage_key": c.passage_key,
                "start": c.start,
                "end": c.end,
                "quote": c.quote,
                "evidence_level": c.evidence_level.value,
                "evidence_label": ladder()[c.evidence_level].label,
                "year": c.year,
                "n": c.n,
                "checked_on": c.checked_on.isoformat(),
            }
            for c in claim.citations
        ],
    }


def source_to_dict(source: Document) -> dict[str, Any]:
    """Wire form of one source, as listed under a reply."""
    return {
        "id": source.id,
        "title": source.plain_title,
        "full_title": source.title,
        "url": source.url,
        "evidence_level": source.evidence_level.value,
        "evidence_label": ladder()[source.evidence_level].label,
        "year": source.year,
        "n": source.n,
        "as_of": source.as_of,
        "checked_on": source.checked_on.isoformat(),
        "status": source.status.value,
    }


def card_text(card: Card) -> str:
    """A card as plain text."""
    contacts = "\n".join(f"- {contact.label}" for contact in card.contacts)
    return "\n".join(part for part in (card.title, card.text, contacts) if part)


def claim_text(claim: Claim, number: dict[str, int]) -> str:
    """A sentence as plain text, marked with the numbers of its sources."""
    marks = "".join(f" [{n}]" for n in sorted({number[c.source_id] for c in claim.citations}))
    return claim.text + marks


def _source_text(position: int, source: Document) -> str:
    year = str(source.year) if source.year else "no year"
    people = f", {source.n} studied" if source.n else ""
    link = f" {source.url}" if source.url else ""
    label = ladder()[source.evidence_level].label
    return f"[{position}] {source.plain_title} ({label}, {year}{people}; checked {source.checked_on}).{link}"
