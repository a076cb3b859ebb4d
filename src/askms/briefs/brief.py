"""A brief as a value: parts, the sources quoted in each, and the disclaimer, which it cannot be made without.

Nor can it hold a sentence that is neither one of our fixed ones nor, letter for letter, a quotation.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, ClassVar

from askms.ladder import ladder
from askms.reply import DISCLAIMER, claim_to_dict, source_to_dict
from askms.types import Claim, Document
from askms.wording import is_fixed


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Quotations that follow each other in one passage: what a link can mark as a whole."""

    passage_key: str
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Quoted:
    """What one source says."""

    source: Document
    before: tuple[Claim, ...]
    """Fixed sentences on what kind of source it is."""
    sentences: tuple[Claim, ...]

    @property
    def claims(self) -> tuple[Claim, ...]:
        """All of it, in reading order."""
        return (*self.before, *self.sentences)

    @property
    def badge(self) -> str:
        """What kind of evidence it is, from when, on how many people, and when it was last checked."""
        source = self.source
        year = f", {source.year}" if source.year else ""
        people = f", {source.n:,} studied" if source.n else ""
        return (
            f"{ladder()[source.evidence_level].label}{year}{people}. True as of {_in_words(source.as_of)}. "
            f"Checked on {_in_words(source.checked_on.isoformat())}."
        )

    @property
    def runs(self) -> tuple[Run, ...]:
        """The sentences in runs, as they stand in the source."""
        runs: list[Run] = []
        for citation in (claim.citations[0] for claim in self.sentences):
            run = Run(passage_key=citation.passage_key, start=citation.start, end=citation.end, text=citation.quote)
            if runs and runs[-1].passage_key == run.passage_key and run.start - runs[-1].end <= 1:
                before = runs.pop()
                run = replace(run, start=before.start, text=f"{before.text} {run.text}")
            runs.append(run)
        return tuple(runs)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sides:
    """Two sources that disagree, stronger evidence first."""

    opening: Claim
    one: Quoted
    between: Claim
    other: Quoted

    @property
    def claims(self) -> tuple[Claim, ...]:
        """All of it, in reading order."""
        return (self.opening, *self.one.claims, self.between, *self.other.claims)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One part of a brief."""

    id: str
    heading: str
    note: Claim | None
    """Why nothing is quoted here, if nothing is."""
    sides: tuple[Sides, ...] = ()
    quoted: tuple[Quoted, ...] = ()
    """Strongest evidence first."""

    @property
    def claims(self) -> tuple[Claim, ...]:
        """All of it, in reading order."""
        blocks: tuple[Sides | Quoted, ...] = (*self.sides, *self.quoted)
        return (*((self.note,) if self.note else ()), *(claim for block in blocks for claim in block.claims))


@dataclass(frozen=True, slots=True, kw_only=True)
class Brief:
    """A page on one topic."""

    disclaimer: ClassVar[str] = DISCLAIMER

    topic: str
    title: str
    lead: tuple[Claim, ...]
    parts: tuple[Part, ...]
    questions_heading: str
    questions: tuple[Claim, ...]
    """For the neurologist."""
    snapshot: str

    def __post_init__(self) -> None:
        for claim in self.claims:
            is_quotation = any(claim.text == citation.quote for citation in claim.citations)
            if not (is_fixed(claim.text) if claim.is_template else is_quotation):
                raise ValueError(f"neither fixed nor a quotation: {claim.text!r}")

    @property
    def claims(self) -> tuple[Claim, ...]:
        """Every sentence, in reading order."""
        return (*self.lead, *(claim for part in self.parts for claim in part.claims), *self.questions)

    @property
    def text(self) -> str:
        """The whole brief as plain text, disclaimer last."""
        blocks = [self.title, *(claim.text for claim in self.lead)]
        for part in self.parts:
            blocks.append(f"## {part.heading}")
            blocks.extend([part.note.text] if part.note else [])
            for sides in part.sides:
                blocks.extend((sides.opening.text, *_lines(sides.one), sides.between.text, *_lines(sides.other)))
            blocks.extend(line for quoted in part.quoted for line in _lines(quoted))
        questions = "\n".join(f"- {claim.text}" for claim in self.questions)
        return "\n\n".join((*blocks, f"## {self.questions_heading}", questions, self.disclaimer))

    def to_dict(self) -> dict[str, Any]:
        """The wire form, the same for `--json` and HTTP."""
        return {
            "topic": self.topic,
            "title": self.title,
            "lead": [claim_to_dict(claim) for claim in self.lead],
            "parts": [_part_to_dict(part) for part in self.parts],
            "questions_heading": self.questions_heading,
            "questions": [claim_to_dict(claim) for claim in self.questions],
            "snapshot": self.snapshot,
            "disclaimer": self.disclaimer,
            "text": self.text,
        }


def _in_words(day: str) -> str:
    """2026-11-21 as 21 November 2026; a month and a year in the same way."""
    year, *rest = day.split("-")
    month = f"{date(int(year), int(rest[0]), 1):%B} " if rest else ""
    return (f"{int(rest[1])} " if len(rest) == 2 else "") + month + year


def _lines(quoted: Quoted) -> Iterator[str]:
    yield " ".join(claim.text for claim in quoted.claims)
    link = f" {quoted.source.url}" if quoted.source.url else ""
    yield f"[{quoted.source.plain_title}. {quoted.badge}{link}]"


def _part_to_dict(part: Part) -> dict[str, Any]:
    return {
        "id": part.id,
        "heading": part.heading,
        "note": claim_to_dict(part.note) if part.note else None,
        "disagreements": [
            {
                "opening": claim_to_dict(sides.opening),
                "one": _quoted_to_dict(sides.one),
                "between": claim_to_dict(sides.between),
                "other": _quoted_to_dict(sides.other),
            }
            for sides in part.sides
        ],
        "quoted": [_quoted_to_dict(quoted) for quoted in part.quoted],
    }


def _quoted_to_dict(quoted: Quoted) -> dict[str, Any]:
    return {
        "source": source_to_dict(quoted.source),
        "badge": quoted.badge,
        "before": [claim_to_dict(claim) for claim in quoted.before],
        "sentences": [claim_to_dict(claim) for claim in quoted.sentences],
    }
