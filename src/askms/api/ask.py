"""Turn HTTP into `Assistant` calls and back. No medical rule lives here."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from http import HTTPStatus
from itertools import chain
from typing import Annotated, Final

from fastapi import APIRouter, Depends
from fastapi.sse import EventSourceResponse, ServerSentEvent

from askms.api.deps import AssistantDep
from askms.api.errors import UNEXPECTED, error_body
from askms.api.schemas import AskBody, ErrorBody, ReplyBody
from askms.assistant import Answer, Event, Started
from askms.errors import AskmsError
from askms.reply import Card, card_to_dict, claim_to_dict
from askms.types import Claim, Turn

_STATUS: Final = (400, 413, 422, 503)
_JSON: Final = {"application/json": {"schema": {"$ref": "#/components/schemas/ErrorBody"}}}
"""FastAPI would describe errors as events too: they come before the stream, as JSON."""

router = APIRouter(prefix="/v1", tags=["ask"])
_log = logging.getLogger(__name__)


@router.post("/ask", responses={status: {"model": ErrorBody} for status in _STATUS})
def ask(body: AskBody, assistant: AssistantDep) -> ReplyBody:
    """Answer one question. Declining is a 200 too: read `route`."""
    return ReplyBody.model_validate(assistant.ask(body.question, _turns(body), locale=body.locale).to_dict())


def _opened(body: AskBody, assistant: AssistantDep) -> Iterator[Event]:
    """Start the stream, so that a message that cannot be read gets a status code and not half a stream."""
    events = assistant.stream(body.question, _turns(body), locale=body.locale)
    return chain([next(events)], events)


@router.post(
    "/ask/stream",
    response_class=EventSourceResponse,
    responses={status: {"description": HTTPStatus(status).phrase, "content": _JSON} for status in _STATUS},
)
def stream(events: Annotated[Iterator[Event], Depends(_opened)]) -> Iterator[ServerSentEvent]:
    """Answer as server-sent events: `start`, `card`s, checked `sentence`s, then the whole `reply`, or an `error`."""
    try:
        for event in events:
            yield _to_sse(event)
    except AskmsError as exc:
        _log.error("stream ended: %s", exc)
        yield ServerSentEvent(event="error", data=error_body(type(exc).__name__, str(exc)))
    except Exception as exc:  # noqa: BLE001 - the status code has gone; say so as an event, with the disclaimer
        _log.error("stream failed: %s", type(exc).__name__)
        yield ServerSentEvent(event="error", data=error_body("InternalError", UNEXPECTED))


def _to_sse(event: Event) -> ServerSentEvent:
    match event:
        case Started():
            return ServerSentEvent(
                event="start", data={"route": event.route.value, "flags": sorted(flag.value for flag in event.flags)}
            )
        case Card():
            return ServerSentEvent(event="card", data=card_to_dict(event))
        case Claim():
            return ServerSentEvent(event="sentence", data=claim_to_dict(event))
        case Answer():
            return ServerSentEvent(event="reply", data=event.reply.to_dict())


def _turns(body: AskBody) -> list[Turn]:
    return [Turn(role=turn.role, content=turn.content) for turn in body.history]
