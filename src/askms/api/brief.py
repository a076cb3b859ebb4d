"""Safety briefs over HTTP: a page for people, JSON for programs, and the list of topics."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from askms.api.deps import AssistantDep
from askms.api.pages import render
from askms.api.schemas import ErrorBody
from askms.api.schemas_brief import BriefBody
from askms.briefs import topics
from askms.wording import wording

router = APIRouter()


@router.get("/brief", include_in_schema=False)
def briefs() -> HTMLResponse:
    """The topics, by kind."""
    kinds = {kind: [one for one in topics().values() if one.kind == kind] for kind in wording().brief.headings}
    return HTMLResponse(render("briefs.html", kinds=kinds))


@router.get("/brief/{topic}", include_in_schema=False)
def brief_page(topic: str, assistant: AssistantDep) -> HTMLResponse:
    """One brief, to read and to print."""
    return HTMLResponse(render("brief.html", brief=assistant.brief(topic)))


@router.get("/v1/brief/{topic}", tags=["brief"], responses={status: {"model": ErrorBody} for status in (404, 422, 503)})
def brief(topic: str, assistant: AssistantDep) -> BriefBody:
    """Everything quoted on a topic, part by part. A part with a `note` quotes nothing."""
    return BriefBody.model_validate(assistant.brief(topic).to_dict())
