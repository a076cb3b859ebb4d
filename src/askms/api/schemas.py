"""What goes over the wire. The reply's shape is the contract that `Reply.to_dict` fills."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, Field, StringConstraints

from askms.turns import MAX_MESSAGE

Locale = Literal["us", "ca", "uk", "ie", "eu", "unknown"]
Text = Annotated[str, StringConstraints(max_length=MAX_MESSAGE)]


class TurnBody(BaseModel):
    """One earlier message."""

    role: Literal["user", "assistant"]
    content: Text


class AskBody(BaseModel):
    """A question, with the earlier turns of the conversation, oldest first."""

    question: Text
    history: list[TurnBody] = Field(default_factory=list, max_length=50)
    locale: Locale | None = Field(default=None, description="Whose emergency numbers to show.")


class ContactBody(BaseModel):
    """Someone to call."""

    label: str
    tel: str


class CardBody(BaseModel):
    """Fixed text that stands before everything else."""

    kind: str
    title: str
    text: str
    language: str
    contacts: list[ContactBody]


class CitationBody(BaseModel):
    """Exact words of a passage: `text[start:end]` of `GET /v1/passages/{passage_key}` is `quote`."""

    source_id: str
    passage_key: str
    start: int
    end: int
    quote: str
    evidence_level: str
    evidence_label: str
    year: int | None
    n: int | None
    checked_on: str


class SentenceBody(BaseModel):
    """One sentence: one of our fixed ones (`template`), or one that rests on citations."""

    text: str
    template: bool
    citations: list[CitationBody]


class SourceBody(BaseModel):
    """A source as listed under a reply."""

    id: str
    title: str
    full_title: str
    url: str | None
    evidence_level: str
    evidence_label: str
    year: int | None
    n: int | None
    as_of: str
    checked_on: str
    status: str


class SuggestionBody(BaseModel):
    """A question that the sources answer, or (with `url`) a search elsewhere."""

    label: str
    url: str | None


class ReplyBody(BaseModel):
    """A reply. A refusal is a 200 too: read `route`."""

    route: str
    flags: list[str]
    cards: list[CardBody]
    sentences: list[SentenceBody]
    strength: str | None
    sources: list[SourceBody]
    suggestions: list[SuggestionBody]
    writer: str
    note: str | None
    disclaimer: str
    text: str
    receipt_id: str
    snapshot: str


class ErrorDetail(BaseModel):
    """What went wrong, and what to do."""

    type: str
    message: str


class ErrorBody(BaseModel):
    """Every error carries the disclaimer too."""

    error: ErrorDetail
    disclaimer: str
    text: str


class PassageBody(BaseModel):
    """A passage and the source that it is from."""

    key: str
    source_id: str
    text: str
    start: int
    end: int
    source: SourceBody


class SourcePage(BaseModel):
    """One source: what it is, and our notes on it."""

    source: SourceBody
    authors: list[str]
    venue: str
    population: str
    limits: str
    doi: str | None
    pmid: str | None
    nct: str | None
    body: str
    highlight: tuple[int, int] | None = Field(
        default=None, description="Where the quoted words stand in `body`, when a passage and a span were named."
    )


class Health(BaseModel):
    """Whether the process is up, or ready."""

    status: str
    snapshot: str | None = None
