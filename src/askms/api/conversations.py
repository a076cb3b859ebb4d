"""What a browser may do with its own records: look at a conversation, erase it, say what it thinks of a reply."""

from __future__ import annotations

from dataclasses import asdict

from fastapi import APIRouter, Response

from askms.api.deps import CHANGES, READS, NeededRecordsDep
from askms.api.schemas import ConversationBody, ErrorBody, FeedbackBody, StoredFeedback, StoredTurnBody
from askms.reply import DISCLAIMER

router = APIRouter(
    prefix="/v1", tags=["records"], responses={status: {"model": ErrorBody} for status in (400, 404, 422, 429, 503)}
)


@router.get("/conversations/{conversation}", response_model_exclude_unset=True, dependencies=[READS])
def conversation(conversation: str, records: NeededRecordsDep, response: Response) -> ConversationBody:
    """Everything that is kept of a conversation. Its id is the only key to it."""
    response.headers["cache-control"] = "no-store"
    found = records.conversation(conversation)
    return ConversationBody(
        conversation=found.id,
        begun_at=found.begun_at,
        keep_days=records.keep_days,
        turns=[
            StoredTurnBody.model_validate(
                {**asdict(turn), "feedback": [StoredFeedback(**asdict(said)) for said in turn.feedback]}
            )
            for turn in found.turns
        ],
        disclaimer=DISCLAIMER,
    )


@router.delete("/conversations/{conversation}", status_code=204, dependencies=[CHANGES])
def erase(conversation: str, records: NeededRecordsDep) -> None:
    """Erase a conversation for good. On a 503, ask again: it is not, or not yet wholly, erased."""
    records.erase(conversation)


@router.post("/feedback", status_code=204, dependencies=[CHANGES])
def feedback(body: FeedbackBody, records: NeededRecordsDep) -> None:
    """Say whether a reply helped, or what is wrong with it."""
    records.add_feedback(body.receipt_id, conversation=body.conversation, helpful=body.helpful, problem=body.problem)
