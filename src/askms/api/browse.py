"""The corpus for people: the list of sources, and the page of each with the quotation marked."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from askms.api.deps import READS, AssistantDep
from askms.api.pages import browse_page, source_page
from askms.api.sources import highlighted
from askms.errors import QuestionError, UnknownSource
from askms.types import EvidenceLevel

router = APIRouter(
    prefix="/sources",
    include_in_schema=False,  # for people, not for programs
    default_response_class=HTMLResponse,
    dependencies=[READS],
)


@router.get("")
def browse(assistant: AssistantDep, topic: str = "", level: str = "") -> HTMLResponse:
    """Every source by title; of one topic or kind of evidence if asked."""
    known = {one.value: one for one in EvidenceLevel}
    if level and level not in known:
        raise QuestionError(f"{level!r} is no kind of evidence. Choose one of: {', '.join(known)}.")
    documents = tuple(assistant.snapshot().documents.values())
    return HTMLResponse(browse_page(documents, topic or None, known.get(level)))


@router.get("/{source_id}")
def source(
    source_id: str,
    assistant: AssistantDep,
    passage: str | None = None,
    start: int | None = None,
    end: int | None = None,
) -> HTMLResponse:
    """One source, with the quoted words marked. A passage that is not held was quoted before the source was updated."""
    snapshot = assistant.snapshot()
    document = snapshot.document(source_id)
    try:
        marked = highlighted(snapshot, document, passage, start, end)
    except UnknownSource:  # a reply that somebody kept may cite words that the source does not hold any more
        return HTMLResponse(source_page(snapshot, document, None, words_gone=True))
    return HTMLResponse(source_page(snapshot, document, marked))
