"""askms in this process, as a system under test."""

from __future__ import annotations

import json
from collections.abc import Sequence
from time import perf_counter
from typing import Final

from askms import Answer, AskmsError, Assistant, Claim, Turn
from askms.index import Snapshot
from evals.responses import Found, Quoted, Response, Said


class Own:
    """askms with the settings of the environment."""

    def __init__(self, assistant: Assistant) -> None:
        """Warm it, so that the first question is timed like the others.

        Raises:
            AskmsError: there is no usable index or model.
        """
        self.assistant: Final = assistant
        """What is asked; for suites that look inside."""
        assistant.warm()

    @property
    def name(self) -> str:
        """askms and the snapshot it answers from."""
        return f"askms {self.assistant.snapshot().name}"

    def ask(self, question: str, history: Sequence[Turn] = ()) -> Response:
        """Put one question."""
        begun = perf_counter()
        try:
            answer = self.assistant.answer(question, history)
        except AskmsError as exc:
            return Response(text="", answered=False, error=f"{type(exc).__name__}: {exc}")
        took = (perf_counter() - begun) * 1000
        return as_response(answer, self.assistant.snapshot(), took)


def as_response(answer: Answer, snapshot: Snapshot, ms: float) -> Response:
    """An answer of askms in the common form."""
    reply, receipt = answer.reply, answer.receipt
    said = tuple(_said(claim, snapshot) for claim in reply.claims)
    return Response(
        text=reply.text,
        said=said,
        found=tuple(
            Found(source=hit.source_id, passage=snapshot.passage(hit.passage_key).text) for hit in receipt.hits
        ),
        answered=any(one.citations for one in said),
        route=reply.route.value,
        confidence=receipt.confidence,
        ms=ms,
        trace={"receipt": json.loads(receipt.to_json()), "reply": reply.to_dict()},
    )


def _said(claim: Claim, snapshot: Snapshot) -> Said:
    quoted = tuple(
        Quoted(
            source=citation.source_id,
            passage=snapshot.passage(citation.passage_key).text,
            quote=citation.quote,
            start=citation.start,
            end=citation.end,
            level=citation.evidence_level.value,
        )
        for citation in claim.citations
    )
    return Said(text=claim.text, citations=quoted, fixed=claim.is_template)
