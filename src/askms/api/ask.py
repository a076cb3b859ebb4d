"""Turn HTTP into `Assistant` calls and back. No medical rule lives here."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from functools import partial
from http import HTTPStatus
from typing import Any, Final

from fastapi import APIRouter, Request, Response
from fastapi.sse import EventSourceResponse, ServerSentEvent

from askms.api.answering import AnsweringDep
from askms.api.bodies import error_body
from askms.api.deps import RecordsDep
from askms.api.errors import UNEXPECTED
from askms.api.limits import Refusal
from askms.api.logs import LATE, RECEIPT, REFUSED
from askms.api.schemas import AskBody, ErrorBody, ReplyBody
from askms.api.threads import in_thread
from askms.assistant import Answer, Started
from askms.errors import AskmsError
from askms.records import Records, new_conversation
from askms.reply import Card, card_to_dict, claim_to_dict
from askms.stages import stage
from askms.types import Claim

_STATUS: Final = (400, 408, 413, 422, 429, 503)
_JSON: Final = {"application/json": {"schema": {"$ref": "#/components/schemas/ErrorBody"}}}
"""FastAPI would describe errors as events too: they come before the stream, as JSON."""

router = APIRouter(prefix="/v1", tags=["ask"])
_log = logging.getLogger(__name__)


@router.post("/ask", response_model=ReplyBody, responses={status: {"model": ErrorBody} for status in _STATUS})
async def ask(body: AskBody, events: AnsweringDep, records: RecordsDep, request: Request) -> Response:
    """Answer one question. Declining is a 200 too: read `route`."""
    answer = [event async for event in events][-1]
    assert isinstance(answer, Answer)  # noqa: S101 - a stream ends so
    setattr(request.state, RECEIPT, answer.receipt)
    replying = partial(_reply_json, records, answer, body, is_late(request))
    content = await in_thread(replying, apart=bool(answer.reply.cards))
    return Response(content, media_type="application/json")


@router.post(
    "/ask/stream",
    response_class=EventSourceResponse,
    responses={status: {"description": HTTPStatus(status).phrase, "content": _JSON} for status in _STATUS},
)
async def stream(
    events: AnsweringDep, body: AskBody, records: RecordsDep, request: Request
) -> AsyncIterator[ServerSentEvent]:
    """Answer as server-sent events: `start`, `card`s, checked `sentence`s, then the whole `reply`, or an `error`.

    A conversation that begins is named at the start: who leaves before the reply can still have it erased.
    """
    begins = new_conversation() if records and body.conversation is None and not is_late(request) else None
    try:
        async for event in events:
            if isinstance(event, Answer):  # cards and sentences are out; the receipt is written before the last event
                setattr(request.state, RECEIPT, event.receipt)
                recording = partial(
                    recorded, records, event, body.conversation, begins=begins, waits=True, late=is_late(request)
                )
                reply = await in_thread(recording, apart=bool(event.reply.cards))
                yield ServerSentEvent(event="reply", data=reply)
            else:
                yield _to_sse(event, begins)
    except Refusal as exc:
        setattr(request.state, REFUSED, exc.why)
        yield ServerSentEvent(event="error", data=error_body(exc.kind, exc.message))
    except AskmsError as exc:
        _log.error("stream ended: %s", exc)
        yield ServerSentEvent(event="error", data=error_body(type(exc).__name__, str(exc)))
    except Exception as exc:  # noqa: BLE001 - the status code has gone; say so as an event, with the disclaimer
        _log.error("stream failed: %s", type(exc).__name__)
        yield ServerSentEvent(event="error", data=error_body("InternalError", UNEXPECTED))


def is_late(request: Request) -> bool:
    """Whether who asks has asked too often, and gets cards only."""
    return bool(getattr(request.state, LATE))


def _reply_json(records: Records | None, answer: Answer, body: AskBody, late: bool) -> str:
    # Here the card comes with the reply, and a card waits for no database.
    reply = recorded(records, answer, body.conversation, waits=not answer.reply.cards, late=late)
    return ReplyBody.model_validate(reply).model_dump_json(exclude_unset=True)


def recorded(
    records: Records | None,
    answer: Answer,
    conversation: str | None,
    *,
    begins: str | None = None,
    waits: bool,
    late: bool,
) -> dict[str, Any]:
    """The reply in wire form, once its receipt is recorded or it is clear that this has to wait."""
    reply = answer.reply.to_dict()
    if records is None:
        return reply
    if late:  # it has a card, which is never refused; sent in a loop it would fill the disk
        return {**reply, "recorded": False}
    try:
        with stage("record"):
            kept = records.keep(answer.receipt, reply, conversation, begins=begins, waits=waits)
    except Exception as exc:  # noqa: BLE001 - a fault in our bookkeeping takes no reply from anybody
        _log.error("a reply was not recorded: %s", type(exc).__name__)
        return {**reply, "recorded": False}
    return {**reply, "conversation": kept.conversation, "recorded": kept.recorded}


def _to_sse(event: Started | Card | Claim, begins: str | None) -> ServerSentEvent:
    match event:
        case Started():
            begun = {"conversation": begins} if begins else {}
            flags = sorted(flag.value for flag in event.flags)
            return ServerSentEvent(event="start", data={"route": event.route.value, "flags": flags, **begun})
        case Card():
            return ServerSentEvent(event="card", data=card_to_dict(event))
        case Claim():
            return ServerSentEvent(event="sentence", data=claim_to_dict(event))
