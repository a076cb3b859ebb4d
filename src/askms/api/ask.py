"""Turn HTTP into `Assistant` calls and back. No medical rule lives here."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from http import HTTPStatus
from itertools import chain
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends
from fastapi.sse import EventSourceResponse, ServerSentEvent

from askms.api.deps import AssistantDep, RecordsDep
from askms.api.errors import UNEXPECTED, error_body
from askms.api.schemas import AskBody, ErrorBody, ReplyBody
from askms.assistant import Answer, Event, Started
from askms.errors import AskmsError
from askms.records import Records
from askms.reply import Card, card_to_dict, claim_to_dict
from askms.types import Claim, Turn

_STATUS: Final = (400, 413, 422, 503)
_JSON: Final = {"application/json": {"schema": {"$ref": "#/components/schemas/ErrorBody"}}}
"""FastAPI would describe errors as events too: they come before the stream, as JSON."""

router = APIRouter(prefix="/v1", tags=["ask"])
_log = logging.getLogger(__name__)


@router.post("/ask", response_model_exclude_unset=True, responses={status: {"model": ErrorBody} for status in _STATUS})
def ask(body: AskBody, assistant: AssistantDep, records: RecordsDep) -> ReplyBody:
    """Answer one question. Declining is a 200 too: read `route`."""
    answer = assistant.answer(body.question, _turns(body), locale=body.locale)
    # Here the card comes with the reply, and a card waits for no database.
    return ReplyBody.model_validate(recorded(records, answer, body.conversation, waits=not answer.reply.cards))


def _opened(body: AskBody, assistant: AssistantDep) -> Iterator[Event]:
    """Start the stream, so that a message that cannot be read gets a status code and not half a stream."""
    events = assistant.stream(body.question, _turns(body), locale=body.locale)
    return chain([next(events)], events)


@router.post(
    "/ask/stream",
    response_class=EventSourceResponse,
    responses={status: {"description": HTTPStatus(status).phrase, "content": _JSON} for status in _STATUS},
)
def stream(
    events: Annotated[Iterator[Event], Depends(_opened)], body: AskBody, records: RecordsDep
) -> Iterator[ServerSentEvent]:
    """Answer as server-sent events: `start`, `card`s, checked `sentence`s, then the whole `reply`, or an `error`."""
    try:
        for event in events:
            if isinstance(event, Answer):  # cards and sentences are out; the receipt is written before the last event
                yield ServerSentEvent(event="reply", data=recorded(records, event, body.conversation, waits=True))
            else:
                yield _to_sse(event)
    except AskmsError as exc:
        _log.error("stream ended: %s", exc)
        yield ServerSentEvent(event="error", data=error_body(type(exc).__name__, str(exc)))
    except Exception as exc:  # noqa: BLE001 - the status code has gone; say so as an event, with the disclaimer
        _log.error("stream failed: %s", type(exc).__name__)
        yield ServerSentEvent(event="error", data=error_body("InternalError", UNEXPECTED))


def recorded(records: Records | None, answer: Answer, conversation: str | None, *, waits: bool) -> dict[str, Any]:
    """The reply in wire form, once its receipt is recorded or it is clear that this has to wait."""
    reply = answer.reply.to_dict()
    if records is None:
        return reply
    try:
        kept = records.keep(answer.receipt, reply, conversation, waits=waits)
    except Exception as exc:  # noqa: BLE001 - a fault in our bookkeeping takes no reply from anybody
        _log.error("a reply was not recorded: %s", type(exc).__name__)
        return {**reply, "recorded": False}
    return {**reply, "conversation": kept.conversation, "recorded": kept.recorded}


def _to_sse(event: Started | Card | Claim) -> ServerSentEvent:
    match event:
        case Started():
            return ServerSentEvent(
                event="start", data={"route": event.route.value, "flags": sorted(flag.value for flag in event.flags)}
            )
        case Card():
            return ServerSentEvent(event="card", data=card_to_dict(event))
        case Claim():
            return ServerSentEvent(event="sentence", data=claim_to_dict(event))


def _turns(body: AskBody) -> list[Turn]:
    return [Turn(role=turn.role, content=turn.content) for turn in body.history]
