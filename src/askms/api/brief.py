"""Safety briefs over HTTP: a page for people, JSON for programs, and the list of topics."""

from __future__ import annotations

from typing import Annotated

from anyio import to_thread
from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import HTMLResponse, StreamingResponse

from askms.api.brief_page import Writing, listed, whole
from askms.api.deps import READS, AssistantDep, GuardDep
from askms.api.limits import Guard, Refusal
from askms.api.limits.guard import FULL_SECONDS
from askms.api.limits.slots import Full
from askms.api.schemas import ErrorBody
from askms.api.schemas_brief import BriefBody
from askms.briefs import Brief, topics

router = APIRouter(dependencies=[READS])


async def _take_place(guard: Guard) -> None:
    try:
        await guard.briefs.take(guard.seconds)
    except Full:
        raise Refusal("other", guard.locale, FULL_SECONDS) from None


async def _brief(topic: str, assistant: AssistantDep, guard: GuardDep) -> Brief:
    await _take_place(guard)
    try:
        return await to_thread.run_sync(assistant.brief, topic)
    finally:
        guard.briefs.give_back()


BriefDep = Annotated[Brief, Depends(_brief)]
"""The brief that an address names."""


@router.get("/brief", include_in_schema=False)
def briefs(guard: GuardDep) -> HTMLResponse:
    """The topics, by kind."""
    return HTMLResponse(listed(guard.locale))


@router.get("/brief/{topic}", include_in_schema=False)
async def brief_page(topic: str, request: Request, assistant: AssistantDep, guard: GuardDep) -> Response:
    """One brief, to read and to print; written for the first time, it says how far it is."""
    if topic not in topics():
        return HTMLResponse(listed(guard.locale, missing=True), status_code=404)
    # First of all: what is wrong with the index can have a status of its own only before a page begins.
    brief = await to_thread.run_sync(assistant.kept_brief, topic)
    if brief is not None:
        return HTMLResponse(whole(topics()[topic], brief, guard.locale))
    await _take_place(guard)
    writing = Writing(topics()[topic], guard.locale, assistant, guard.briefs.give_back)
    return StreamingResponse(writing.page(request), media_type="text/html", headers={"X-Accel-Buffering": "no"})


@router.get(
    "/v1/brief/{topic}", tags=["brief"], responses={status: {"model": ErrorBody} for status in (404, 422, 429, 503)}
)
def brief(brief: BriefDep) -> BriefBody:
    """Everything quoted on a topic, part by part. A part with a `note` quotes nothing."""
    return BriefBody.model_validate(brief.to_dict())
