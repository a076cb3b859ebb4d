"""OpenAI's chat format, as far as askms speaks it. What it cannot do is refused; what would only colour an answer
(temperature, max_tokens, seed and the like) is ignored, because nothing of a reply may be changed or cut off."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from askms.api.schemas import ReplyBody, Text

MODEL: Final = "askms"
"""The one model there is."""
CANNOT: Final = {
    "tools": "askms calls no tools. Leave tools out.",
    "functions": "askms calls no functions. Leave functions out.",
    "n": "askms has one answer to a question. Leave n out, or send 1.",
    "stream_options": "askms counts no tokens. Leave stream_options.include_usage out.",
    "response_format": "askms answers in plain text only. Leave response_format out. POST /v1/ask answers in JSON.",
    "logprobs": "askms has no probabilities of words. Leave logprobs out.",
    "modalities": "askms answers in text only. Leave modalities out.",
    "audio": "askms answers in text only. Leave audio out.",
    "messages": "askms reads text only: messages of role system, developer, user or assistant, with text as content, "
    "at least one of them from the user. Leave out images, sound, files and the results of tools.",
}
"""Why a field cannot be as it was sent, and what to do."""


class TextPart(BaseModel):
    """A part of a message that is text."""

    type: Literal["text"]
    text: Text


class MessageBody(BaseModel):
    """One message."""

    role: Literal["system", "developer", "user", "assistant"]
    content: Text | list[TextPart]

    @property
    def text(self) -> str:
        """What it says."""
        return self.content if isinstance(self.content, str) else "\n".join(part.text for part in self.content)


class StreamOptions(BaseModel):
    """How to stream."""

    include_usage: Literal[False] | None = None


class ResponseFormat(BaseModel):
    """What to answer in."""

    type: Literal["text"]


class CompletionsBody(BaseModel):
    """A chat: the last message of the user is the question, what stands before it is its history."""

    model: str = Field(description="Always askms.", examples=[MODEL])
    messages: Annotated[
        list[MessageBody],
        Field(
            min_length=1,
            description="System messages are ignored: what askms may say cannot be changed by a message.",
            json_schema_extra={"contains": {"type": "object", "properties": {"role": {"const": "user"}}}},
        ),
    ]
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    n: Literal[1] | None = None
    tools: Annotated[list[Any], Field(max_length=0)] | None = None
    functions: Annotated[list[Any], Field(max_length=0)] | None = None
    response_format: ResponseFormat | None = None
    logprobs: Literal[False] | None = None
    modalities: list[Literal["text"]] | None = None
    audio: None = None

    @field_validator("messages")
    @classmethod
    def _asks_something(cls, messages: list[MessageBody]) -> list[MessageBody]:
        if all(message.role != "user" for message in messages):
            raise ValueError("no message of the user")
        return messages


class UrlCitation(BaseModel):
    """Words of the content and the source that they are quoted from."""

    start_index: int
    end_index: int
    title: str
    url: str


class Annotation(BaseModel):
    """A citation."""

    type: Literal["url_citation"] = "url_citation"
    url_citation: UrlCitation


class AnswerMessage(BaseModel):
    """The reply as plain text: cards first, the sources named, the disclaimer last."""

    role: Literal["assistant"] = "assistant"
    content: str
    refusal: None = None
    annotations: list[Annotation]


class Choice(BaseModel):
    """The one answer."""

    index: Literal[0] = 0
    message: AnswerMessage
    finish_reason: Literal["stop"] = "stop"
    logprobs: None = None


class CompletionBody(BaseModel):
    """A whole answer. A refusal is one too: `askms.route` says which."""

    id: str
    object: Literal["chat.completion"] = "chat.completion"
    created: int
    model: Literal["askms"] = MODEL
    choices: list[Choice]
    askms: ReplyBody = Field(description="The same reply as POST /v1/ask gives it.")


class ModelBody(BaseModel):
    """The one model."""

    id: Literal["askms"] = MODEL
    object: Literal["model"] = "model"
    created: Literal[0] = 0
    owned_by: Literal["askms"] = MODEL


class ModelsBody(BaseModel):
    """All models."""

    object: Literal["list"] = "list"
    data: list[ModelBody]


class CompletionsErrorDetail(BaseModel):
    """What went wrong; the message ends with the disclaimer."""

    message: str
    type: str
    param: str | None
    code: str | None


class CompletionsErrorBody(BaseModel):
    """An error in OpenAI's shape."""

    model_config = ConfigDict(extra="forbid")

    error: CompletionsErrorDetail
    disclaimer: str
    text: str
