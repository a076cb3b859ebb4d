"""Safety briefs over HTTP: a page for people, JSON for programs, and the list of topics."""

from __future__ import annotations

from typing import Annotated

from anyio import to_thread
from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse

from askms.api.deps import READS, AssistantDep, GuardDep
from askms.api.limits import Refusal
from askms.api.limits.guard import FULL_SECONDS
from askms.api.limits.slots import Full
from askms.api.pages import render
from askms.api.schemas import ErrorBody
from askms.api.schemas_brief import BriefBody
from askms.briefs import Brief, topics
from askms.wording import wording

router = APIRouter(dependencies=[READS])


async def _brief(topic: str, assistant: AssistantDep, guard: GuardDep) -> Brief:
    try:
        await guard.briefs.take(guard.seconds)
    except Full:
        raise Refusal("other", guard.locale, FULL_SECONDS) from None
    try:
        return await to_thread.run_sync(assistant.brief, topic)
    finally:
        guard.briefs.give_back()


BriefDep = Annotated[Brief, Depends(_brief)]
"""The brief that an address names."""


@router.get("/brief", include_in_schema=False)
def briefs() -> HTMLResponse:
    """The topics, by kind."""
    kinds = {kind: [one for one in topics().values() if one.kind == kind] for kind in wording().brief.headings}
    return HTMLResponse(render("briefs.html", kinds=kinds))


@router.get("/brief/{topic}", include_in_schema=False)
def brief_page(brief: BriefDep) -> HTMLResponse:
    """One brief, to read and to print."""
    return HTMLResponse(render("brief.html", brief=brief))


@router.get(
    "/v1/brief/{topic}", tags=["brief"], responses={status: {"model": ErrorBody} for status in (404, 422, 429, 503)}
)
def brief(brief: BriefDep) -> BriefBody:
    """Everything quoted on a topic, part by part. A part with a `note` quotes nothing."""
    return BriefBody.model_validate(brief.to_dict())
