"""What goes over the wire. The reply's shape is the contract that `Reply.to_dict` fills."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from askms.turns import MAX_MESSAGE

Locale = Literal["us", "ca", "uk", "ie", "eu", "unknown"]
Text = Annotated[str, StringConstraints(max_length=MAX_MESSAGE)]
MOST_TURNS = 50
"""Earlier turns that are read, the latest. A longer chat is no reason to refuse a message: it may need a card."""


class TurnBody(BaseModel):
    """One earlier message."""

    role: Literal["user", "assistant"]
    content: Text


class AskBody(BaseModel):
    """A question, with the earlier turns of the conversation, oldest first."""

    question: Text
    history: list[TurnBody] = Field(default_factory=list, description=f"The last {MOST_TURNS} are read.")
    locale: Locale | None = Field(default=None, description="Whose emergency numbers to show.")
    conversation: str | None = Field(
        default=None,
        max_length=200,
        description="The conversation of an earlier reply, to go on with it. Without one nothing links two questions.",
    )


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
    conversation: str | None = Field(
        default=None, description="Where records are kept: the id that opens, continues and erases this conversation."
    )
    recorded: bool | None = Field(
        default=None,
        description="Where records are kept: whether the receipt is committed. False: it waits to be written.",
    )


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


class FeedbackBody(BaseModel):
    """What somebody says of a reply: whether it helped, what is wrong with it, or both."""

    model_config = ConfigDict(
        json_schema_extra={
            "anyOf": [
                {"required": ["helpful"], "properties": {"helpful": {"type": "boolean"}}},
                {"required": ["problem"], "properties": {"problem": {"type": "string"}}},
            ]
        }
    )

    receipt_id: Annotated[str, StringConstraints(pattern="^[0-9a-f]{24}$")]
    conversation: str | None = Field(default=None, max_length=200, description="So that it is erased with it.")
    helpful: bool | None = None
    problem: Annotated[str, StringConstraints(pattern=r"\S", max_length=4000)] | None = Field(
        default=None, description="In words; what names a person is taken out before it is kept."
    )

    @model_validator(mode="after")
    def _says_something(self) -> FeedbackBody:
        if self.helpful is None and self.problem is None:
            raise ValueError("the feedback says nothing; set helpful, problem or both")
        return self


class StoredFeedback(BaseModel):
    """What was said of a reply."""

    given_on: date
    helpful: bool | None
    problem: str | None


class StoredTurnBody(BaseModel):
    """A question as it is kept, identifiers masked, and its reply."""

    at: datetime
    receipt_id: str
    question: str
    reply: ReplyBody
    feedback: list[StoredFeedback]


class ConversationBody(BaseModel):
    """Everything that is kept of one conversation."""

    conversation: str
    begun_at: datetime
    keep_days: int = Field(description="Days after which a turn is erased.")
    turns: list[StoredTurnBody]
    disclaimer: str


class RecordsHealth(BaseModel):
    """Replies that are not in the database."""

    waiting: int = Field(description="In memory, to be written when the database can be used.")
    lost: int = Field(description="Since the start: never recorded.")


class Health(BaseModel):
    """Whether the process is up, or ready."""

    status: str
    snapshot: str | None = None
    records: RecordsHealth | None = None
