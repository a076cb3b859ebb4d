"""The door for software that speaks OpenAI's chat format. No medical rule lives here; none can be turned off here."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Iterator
from itertools import chain
from typing import Any, Final
from uuid import uuid4

from fastapi import APIRouter, Request
from fastapi.responses import StreamingResponse

from askms.api.ask import recorded
from askms.api.deps import AssistantDep, RecordsDep
from askms.api.errors import UNEXPECTED, completions_error
from askms.api.schemas_completions import (
    MODEL,
    Annotation,
    AnswerMessage,
    Choice,
    CompletionBody,
    CompletionsBody,
    CompletionsErrorBody,
    ModelBody,
    ModelsBody,
    UrlCitation,
)
from askms.assistant import Answer
from askms.errors import AskmsError, UnknownModel
from askms.pieces import cited, pieces
from askms.records import Records
from askms.reply import Reply
from askms.types import Turn

_EVENTS: Final = "text/event-stream"

router = APIRouter(
    prefix="/v1",
    tags=["openai"],
    responses={status: {"model": CompletionsErrorBody} for status in (400, 404, 413, 503)},
)
_log = logging.getLogger(__name__)


@router.post(
    "/chat/completions",
    response_model=CompletionBody,
    responses={200: {"content": {_EVENTS: {"schema": {"type": "string"}}}}},
)
def completions(
    body: CompletionsBody, request: Request, assistant: AssistantDep, records: RecordsDep
) -> CompletionBody | StreamingResponse:
    """Answer the last message of the user; with `stream`, in pieces. Declining is a normal completion."""
    _known(body.model)
    question, history = _asked(body)
    begun = {"id": f"chatcmpl-{uuid4().hex}", "created": int(time.time())}
    if body.stream:
        said = pieces(assistant.stream(question, history))
        said = chain([next(said)], said)  # a message that cannot be read gets a status code, not half a stream
        return StreamingResponse(_events(said, begun, str(request.base_url), records), media_type=_EVENTS)
    answer = assistant.answer(question, history)
    reply = recorded(records, answer, None, waits=not answer.reply.cards)
    message = AnswerMessage(content=answer.reply.text, annotations=_annotations(answer.reply, str(request.base_url)))
    return CompletionBody.model_validate({**begun, "choices": [Choice(message=message)], "askms": reply})


@router.get("/models")
def models() -> ModelsBody:
    """The one model there is."""
    return ModelsBody(data=[ModelBody()])


@router.get("/models/{model}")
def model(model: str) -> ModelBody:
    """The same by name."""
    _known(model)
    return ModelBody()


def _known(model: str) -> None:
    if model != MODEL:
        raise UnknownModel(f"There is no model {model!r} here. Ask for {MODEL!r}.")


def _asked(body: CompletionsBody) -> tuple[str, list[Turn]]:
    """The question and what was said before it. What stands after it is no question and is left out."""
    said = [message for message in body.messages if message.role in ("user", "assistant")]
    last = max(at for at, message in enumerate(said) if message.role == "user")
    return said[last].text, [Turn(role=message.role, content=message.text) for message in said[:last]]


def _annotations(reply: Reply, base_url: str) -> list[Annotation]:
    """Where in the text each source is quoted. A source without an address of its own is shown by us."""
    titles = {source.id: source.plain_title for source in reply.sources}
    urls = {source.id: source.url or f"{base_url}sources/{source.id}" for source in reply.sources}
    return [
        Annotation(
            url_citation=UrlCitation(
                start_index=place.start, end_index=place.end, title=titles[source_id], url=urls[source_id]
            )
        )
        for place in cited(reply)
        for source_id in place.source_ids
    ]


def _events(
    said: Iterator[str | Answer], begun: dict[str, Any], base_url: str, records: Records | None
) -> Iterator[str]:
    """The pieces as chunks; the last but one has the citations, and the reply as `POST /v1/ask` gives it."""
    chunk = {**begun, "object": "chat.completion.chunk", "model": MODEL}
    try:
        yield _event(chunk, {"role": "assistant", "content": ""})
        for piece in said:
            if isinstance(piece, str):
                yield _event(chunk, {"content": piece})
                continue
            reply = recorded(records, piece, None, waits=True)
            annotations = [one.model_dump() for one in _annotations(piece.reply, base_url)]
            yield _event({**chunk, "askms": reply}, {"annotations": annotations})
        yield _event(chunk, {}, "stop")
    except AskmsError as exc:
        _log.error("stream ended: %s", exc)
        yield _data(completions_error(type(exc).__name__, str(exc), 503))
    except Exception as exc:  # noqa: BLE001 - the status code has gone; say so as an event, with the disclaimer
        _log.error("stream failed: %s", type(exc).__name__)
        yield _data(completions_error("InternalError", UNEXPECTED, 500))
    yield "data: [DONE]\n\n"


def _event(chunk: dict[str, Any], delta: dict[str, Any], finish: str | None = None) -> str:
    return _data({**chunk, "choices": [{"index": 0, "delta": delta, "finish_reason": finish, "logprobs": None}]})


def _data(value: dict[str, Any]) -> str:
    return f"data: {json.dumps(value, ensure_ascii=False)}\n\n"
