"""The nouns of askms: the values that travel from corpus to reader.

Everything here is frozen, compares by content and does no I/O. A passage is known
by what it says, not by its row in an index, so a rebuilt index never orphans a
citation. This module imports nothing else of ours.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from enum import Enum
from hashlib import sha256

_NOT_IN_ANCHOR = re.compile(r"[^a-z0-9]+")


class EvidenceLevel(Enum):
    """What kind of evidence a source is, strongest first."""

    SYSTEMATIC_REVIEW = "systematic_review"
    GUIDELINE = "guideline"
    RANDOMISED_TRIAL = "randomised_trial"
    PILOT_TRIAL = "pilot_trial"
    COHORT = "cohort"
    CASE_CONTROL = "case_control"
    SURVEY = "survey"
    REGULATOR_LABEL = "regulator_label"
    REGISTRY_ENTRY = "registry_entry"
    NARRATIVE_REVIEW = "narrative_review"
    CASE_REPORT = "case_report"
    ANIMAL = "animal"
    LABORATORY = "laboratory"
    PATIENT_ORGANISATION = "patient_organisation"
    NEWS = "news"
    OPINION = "opinion"
    ANECDOTE = "anecdote"

    @property
    def rank(self) -> int:
        """Place in the order of strength; 0 is the strongest."""
        return list(EvidenceLevel).index(self)

    @property
    def is_study(self) -> bool:
        """A primary study or its register entry: the only sources whose amounts may be shown, inside the frame."""
        return self in _STUDIES


_STUDIES = frozenset(
    {
        EvidenceLevel.RANDOMISED_TRIAL,
        EvidenceLevel.PILOT_TRIAL,
        EvidenceLevel.COHORT,
        EvidenceLevel.CASE_REPORT,
        EvidenceLevel.REGISTRY_ENTRY,
        EvidenceLevel.ANIMAL,
    }
)


class SourceStatus(Enum):
    """Whether a source may still be quoted as fact."""

    CURRENT = "current"
    OUTDATED = "outdated"
    SUPERSEDED = "superseded"
    CORRECTED = "corrected"
    RETRACTED = "retracted"

    @property
    def is_quotable(self) -> bool:
        """Whether its words may still reach a reader; those of a withdrawn or replaced source may not."""
        return self not in (SourceStatus.RETRACTED, SourceStatus.SUPERSEDED)


class Trust(Enum):
    """Who stands behind a source: A regulator or peer review, down to D commercial or anecdote."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"


class Route(Enum):
    """What kind of reply a message may get, highest priority first."""

    CRISIS = "crisis"
    EMERGENCY = "emergency"
    URGENT = "urgent"
    MISUSE = "misuse"
    DOSING = "dosing"
    DECISION = "decision"
    DIAGNOSIS = "diagnosis"
    OFFTOPIC = "offtopic"
    NO_EVIDENCE = "no_evidence"
    BOUNDARY = "boundary"
    ANSWER = "answer"

    @property
    def priority(self) -> int:
        """Place in the order of precedence; 0 wins over everything."""
        return list(Route).index(self)

    @property
    def is_safety(self) -> bool:
        """Whether a card comes first and nothing is looked up."""
        return self in (Route.CRISIS, Route.EMERGENCY, Route.URGENT)


class Flag(Enum):
    """Something noticed in a message that adds handling and never lowers a route."""

    INJECTION = "injection"
    PII = "pii"
    WELLBEING = "wellbeing"
    """A general question on a painful theme (suicide in MS, say): a soft line of support is added."""
    IF_NOW = "if_now"
    """Words of danger in a message that is not about danger now: a line says whom to call if it should be."""
    STUDY_DOSE = "study_dose"
    """Asks what a named study or trial gave: the only door to the framed quote block."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """Another source that says otherwise."""

    source_id: str
    on: str
    """The point they differ on, in plain words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """The sentence of another source that answers a disputed claim."""

    source_id: str
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispute:
    """A sentence of a weak source that is wrong or imprecise, with what answers it."""

    sentence: str
    why: str
    answered_by: tuple[Correction, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A heading and the stretch of the document's body under it."""

    heading: str
    start: int
    end: int
    asked_as: tuple[str, ...] = ()
    """Questions in people's own words that it answers; searched, never shown."""

    @property
    def anchor(self) -> str:
        """Name of the section inside its document, for links: `#what-did-the-trial-give`, `#page-3`."""
        return _NOT_IN_ANCHOR.sub("-", self.heading.lower()).strip("-")


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """Where a document came from that a reader made, and not a person."""

    reader: str
    """Kind of reader: `pdf`, `web`, `pubmed`, `trials`."""
    origin: str
    """Address or file name that was read."""
    retrieved_on: date
    sha256: str
    """Of the text that was read, so that a later reading shows whether the source changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One source: what it is, how far to trust it, and the words that may be quoted."""

    id: str
    title: str
    plain_title: str
    authors: tuple[str, ...]
    year: int | None
    venue: str
    doi: str | None
    pmid: str | None
    nct: str | None
    url: str | None
    evidence_level: EvidenceLevel
    population: str
    n: int | None
    as_of: str
    """When the facts were true: YYYY, YYYY-MM or YYYY-MM-DD."""
    checked_on: date
    """When somebody last compared these notes with the source."""
    topics: tuple[str, ...]
    limits: str
    conflicts_with: tuple[Conflict, ...]
    disputed_by: tuple[Dispute, ...]
    status: SourceStatus
    trust: Trust
    expected_completion: str | None = None
    """When a running study expects to end: YYYY, YYYY-MM or YYYY-MM-DD."""
    provenance: Provenance | None = None
    """None: the body is our own notes. Otherwise it is what a reader took from the source."""
    body: str
    sections: tuple[Section, ...]
    content_hash: str
    """sha256 of the whole file, front matter included."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A half-open stretch of characters: `text[start:end]`."""

    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A stretch of one source, short enough to embed whole and to show to a patient."""

    source_id: str
    header: str
    """Title and heading; embedded with the text, never quotable."""
    text: str
    start: int
    """Offset of `text` in the document's body."""
    sentences: tuple[Span, ...]
    """Where each sentence stands in `text`."""
    asked_as: tuple[str, ...] = ()
    """Questions in people's own words that its section answers; searched, never shown."""

    @property
    def end(self) -> int:
        """Offset in the document's body just past the passage."""
        return self.start + len(self.text)

    @property
    def key(self) -> str:
        """Name used in citations; the same words of the same source keep the same key."""
        return sha256(f"{self.source_id}\n{self.text}".encode()).hexdigest()[:16]

    @property
    def stable_id(self) -> int:
        """The key as a positive 63-bit number, for indexes that want one."""
        return int(self.key, 16) >> 1

    def sentence(self, position: int) -> str:
        """The words of the sentence at `position`."""
        span = self.sentences[position]
        return self.text[span.start : span.end]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A passage and why it was found. Scores are for ordering and receipts, never for people."""

    passage: Passage
    dense: float
    """Cosine of question and passage, -1 to 1."""
    asked: float
    """Cosine of the question with the nearest one that the passage is known to answer; `dense` where none is known."""
    keyword: float
    """BM25 score, 0 upwards."""
    fused: float
    """Both, normalised and combined, 0 to 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """Words of a passage that a sentence rests on: `passage.text[start:end] == quote`."""

    source_id: str
    passage_key: str
    start: int
    end: int
    quote: str
    evidence_level: EvidenceLevel
    year: int | None
    n: int | None
    checked_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One sentence of a reply: an approved template, or words that rest on citations."""

    text: str
    citations: tuple[Citation, ...] = ()

    @property
    def is_template(self) -> bool:
        """Whether the sentence states nothing from a source."""
        return not self.citations


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What a writer proposes; nothing in it has been checked yet."""

    claims: tuple[Claim, ...]
    writer: str
    confidence: float
    """Calibrated probability, 0 to 1, that the claims answer the question."""
    note: str | None = None
    """Why another writer than the one asked for was used, if so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What one guard said."""

    guard: str
    allowed: bool
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One earlier message of a conversation."""

    role: str
    """`user` or `assistant`."""
    content: str
