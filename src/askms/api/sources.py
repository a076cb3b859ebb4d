"""Look up what a reply cites: a passage by its key, a source with the place of the quoted words."""

from __future__ import annotations

from fastapi import APIRouter

from askms.api.deps import READS, AssistantDep
from askms.api.schemas import ErrorBody, PassageBody, SourceBody, SourcePage
from askms.errors import QuestionError
from askms.index import Snapshot
from askms.reply import source_to_dict
from askms.types import Document

router = APIRouter(
    prefix="/v1",
    tags=["sources"],
    responses={status: {"model": ErrorBody} for status in (404, 422, 429, 503)},
    dependencies=[READS],
)


@router.get("/passages/{passage_key}")
def passage(passage_key: str, assistant: AssistantDep) -> PassageBody:
    """The text that citations of this key point into."""
    snapshot = assistant.snapshot()
    found = snapshot.passage(passage_key)
    return PassageBody(
        key=found.key,
        source_id=found.source_id,
        text=found.text,
        start=found.start,
        end=found.end,
        source=SourceBody.model_validate(source_to_dict(snapshot.document(found.source_id))),
    )


@router.get("/sources/{source_id}")
def source(
    source_id: str,
    assistant: AssistantDep,
    passage: str | None = None,
    start: int | None = None,
    end: int | None = None,
) -> SourcePage:
    """One source, and where the quoted words stand in it."""
    snapshot = assistant.snapshot()
    document = snapshot.document(source_id)
    return SourcePage(
        source=SourceBody.model_validate(source_to_dict(document)),
        authors=list(document.authors),
        venue=document.venue,
        population=document.population,
        limits=document.limits,
        doi=document.doi,
        pmid=document.pmid,
        nct=document.nct,
        body=document.body,
        highlight=highlighted(snapshot, document, passage, start, end),
    )


def highlighted(
    snapshot: Snapshot, document: Document, key: str | None, start: int | None, end: int | None
) -> tuple[int, int] | None:
    """Offsets in the document's body of a span of one of its passages."""
    if key is None:
        return None
    found = snapshot.passage(key)
    first, last = start or 0, len(found.text) if end is None else end
    if found.source_id != document.id or not 0 <= first < last <= len(found.text):
        raise QuestionError(
            f"Passage {key!r} of source {document.id!r} has no span {first} to {last}. "
            "Take passage, start and end from one citation."
        )
    return found.start + first, found.start + last
