"""A safety brief over the wire: the contract that `Brief.to_dict` fills."""

from __future__ import annotations

from pydantic import BaseModel, Field

from askms.api.schemas import SentenceBody, SourceBody


class QuotedBody(BaseModel):
    """What one source says."""

    source: SourceBody
    badge: str = Field(description="Kind of evidence, year, people studied and the day it was last checked, in words.")
    before: list[SentenceBody]
    sentences: list[SentenceBody]


class SidesBody(BaseModel):
    """Two sources that disagree."""

    opening: SentenceBody
    one: QuotedBody
    between: SentenceBody
    other: QuotedBody


class PartBody(BaseModel):
    """One part of a brief."""

    id: str
    heading: str
    note: SentenceBody | None
    disagreements: list[SidesBody]
    quoted: list[QuotedBody]


class BriefBody(BaseModel):
    """A safety brief on one topic."""

    topic: str
    title: str
    lead: list[SentenceBody]
    parts: list[PartBody]
    questions_heading: str
    questions: list[SentenceBody]
    snapshot: str
    disclaimer: str
    text: str
