"""The door for software that speaks OpenAI's chat format. No medical rule lives here; none can be turned off here."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import AsyncIterator
from functools import partial
from typing import Annotated, Any, Final
from uuid import uuid4

from fastapi import APIRouter, Depends, Request
from fastapi.responses import StreamingResponse

from askms.api.answering import Asked, answering
from askms.api.ask import is_late, recorded
from askms.api.bodies import completions_error
from askms.api.deps import AssistantDep, GuardDep, RecordsDep
from askms.api.errors import UNEXPECTED
from askms.api.limits import Refusal
from askms.api.logs import RECEIPT, REFUSED
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
from askms.api.threads import in_thread
from askms.assistant import Answer, Event
from askms.errors import AskmsError, UnknownModel
from askms.pieces import Pieces, cited
from askms.records import Records
from askms.reply import Reply
from askms.types import Turn

_EVENTS: Final = "text/event-stream"

router = APIRouter(
    prefix="/v1",
    tags=["openai"],
    responses={status: {"model": CompletionsErrorBody} for status in (400, 404, 408, 413, 429, 503)},
)
_log = logging.getLogger(__name__)


async def _answering(
    body: CompletionsBody, request: Request, assistant: AssistantDep, guard: GuardDep
) -> AsyncIterator[AsyncIterator[Event]]:
    _known(body.model)
    async for events in answering(_asked(body), request, assistant, guard):
        yield events


@router.post(
    "/chat/completions",
    response_model=CompletionBody,
    responses={200: {"content": {_EVENTS: {"schema": {"type": "string"}}}}},
)
async def completions(
    body: CompletionsBody,
    request: Request,
    events: Annotated[AsyncIterator[Event], Depends(_answering)],
    records: RecordsDep,
) -> CompletionBody | StreamingResponse:
    """Answer the last message of the user; with `stream`, in pieces. Declining is a normal completion."""
    begun = {"id": f"chatcmpl-{uuid4().hex}", "created": int(time.time())}
    if body.stream:
        return StreamingResponse(_events(events, begun, request, records), media_type=_EVENTS)
    answer = [event async for event in events][-1]
    assert isinstance(answer, Answer)  # noqa: S101 - a stream ends so
    setattr(request.state, RECEIPT, answer.receipt)
    has_card = bool(answer.reply.cards)
    recording = partial(recorded, records, answer, None, waits=not has_card, late=is_late(request))
    reply = await in_thread(recording, apart=has_card)
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


def _asked(body: CompletionsBody) -> Asked:
    """The question and what was said before it. What stands after it is no question and is left out."""
    said = [message for message in body.messages if message.role in ("user", "assistant")]
    last = max(at for at, message in enumerate(said) if message.role == "user")
    return Asked(said[last].text, [Turn(role=message.role, content=message.text) for message in said[:last]], None)


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


async def _events(
    events: AsyncIterator[Event], begun: dict[str, Any], request: Request, records: Records | None
) -> AsyncIterator[str]:
    """The pieces as chunks; the last but one has the citations, and the reply as `POST /v1/ask` gives it."""
    chunk = {**begun, "object": "chat.completion.chunk", "model": MODEL}
    made = Pieces()
    try:
        yield _event(chunk, {"role": "assistant", "content": ""})
        async for event in events:
            for piece in made.of(event):
                if isinstance(piece, str):
                    yield _event(chunk, {"content": piece})
                    continue
                setattr(request.state, RECEIPT, piece.receipt)
                recording = partial(recorded, records, piece, None, waits=True, late=is_late(request))
                reply = await in_thread(recording, apart=bool(piece.reply.cards))
                annotations = [one.model_dump() for one in _annotations(piece.reply, str(request.base_url))]
                yield _event({**chunk, "askms": reply}, {"annotations": annotations})
        yield _event(chunk, {}, "stop")
    except Refusal as exc:
        setattr(request.state, REFUSED, exc.why)
        yield _data(completions_error(exc.kind, exc.message, exc.status))
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
