"""Put together a reply, and the receipt that tells what it came from."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from hashlib import sha256
from importlib.metadata import version

from askms.answering import overall_strength
from askms.engine import Evidence
from askms.guardrails import Screening
from askms.receipt import VERSION, CitedSpan, FoundPassage, Receipt
from askms.reply import Card, Reply, Suggestion
from askms.settings import Settings
from askms.types import Claim, Route, Turn
from askms.wording import connecting, wording

_ANSWER_SETTINGS = (
    "model",
    "chat_model",
    "judge",
    "fusion",
    "dense_weight",
    "passages_per_source",
    "ranker",
    "min_confidence",
)
"""Settings that can change what a reply says."""


def reply_of(
    screening: Screening,
    evidence: Evidence | None,
    cards: tuple[Card, ...],
    lead: tuple[Claim, ...],
    tail: tuple[Claim, ...],
) -> Reply:
    """Put a reply together.

    Args:
        screening: of the message.
        evidence: what was found and written; nothing where nothing was looked up.
        cards: what comes before all else.
        lead: fixed sentences before what was found.
        tail: fixed sentences after it.
    """
    if evidence is None:
        return Reply(route=screening.route, flags=screening.flags, cards=cards, claims=(*lead, *tail))
    cited = [evidence.snapshot.document(c.source_id) for claim in evidence.claims for c in claim.citations]
    sources = tuple({document.id: document for document in cited}.values())
    route = screening.route
    between: tuple[Claim, ...] = ()
    suggestions: tuple[Suggestion, ...] = ()
    if not cited:
        nothing = wording().route(Route.NO_EVIDENCE)
        why = [connecting(f"only_{evidence.kept_back.value}")] if evidence.kept_back else []
        between = tuple(Claim(text=text) for text in (*nothing.lead, *why, *nothing.tail))
        suggestions = evidence.suggestions
        route = Route.NO_EVIDENCE if route is Route.ANSWER else route
    disagree = any(claim.text == connecting("disagree") for claim in evidence.claims)
    return Reply(
        route=route,
        flags=screening.flags,
        cards=cards,
        claims=(*lead, *between, *evidence.claims, *tail),
        strength=overall_strength(sources, disagree=disagree),
        sources=sources,
        suggestions=suggestions,
        writer=evidence.draft.writer,
        note=evidence.draft.note,
        snapshot=evidence.snapshot.name,
    )


def receipt_of(
    settings: Settings,
    screening: Screening,
    turns: Sequence[Turn],
    place: str,
    evidence: Evidence | None,
    reply: Reply,
) -> Receipt:
    """What a reply came from, sealed (P7).

    Args:
        settings: those it was written with.
        screening: of the message.
        turns: of the conversation before it, identifiers masked.
        place: locale of the cards.
        evidence: what was found and written, if anything was looked up.
        reply: as it is sent.
    """
    documents = {source.id: source for source in reply.sources}
    return Receipt(
        version=VERSION,
        askms=_release(),
        wording=wording().version,
        snapshot=reply.snapshot,
        model=evidence.snapshot.manifest.model_digest if evidence else "",
        settings={
            **settings.model_dump(mode="json", include=set(_ANSWER_SETTINGS)),
            **({"ranker": evidence.ranker} if evidence else {}),
            **({"vectors": "milvus"} if settings.vectors != "faiss" else {}),
        },
        question=screening.question,
        history=tuple(turns),
        locale=place,
        searched=evidence.searched if evidence else "",
        route=reply.route.value,
        flags=tuple(sorted(flag.value for flag in reply.flags)),
        verdicts=(*screening.verdicts, *(evidence.verdicts if evidence else ())),
        hits=tuple(
            FoundPassage(
                passage_key=hit.passage.key,
                source_id=hit.passage.source_id,
                dense=round(hit.dense, 4),
                keyword=round(hit.keyword, 4),
                fused=round(hit.fused, 4),
            )
            for hit in (evidence.hits if evidence else ())
        ),
        citations=tuple(
            CitedSpan(
                source_id=c.source_id,
                content_hash=documents[c.source_id].content_hash,
                passage_key=c.passage_key,
                start=c.start,
                end=c.end,
            )
            for claim in reply.claims
            for c in claim.citations
        ),
        confidence=round(evidence.draft.confidence, 4) if evidence else None,
        writer=reply.writer,
        text_sha256=sha256(reply.text.encode()).hexdigest(),
    ).sealed()


@cache
def _release() -> str:
    """Our version; reading it takes a millisecond, and each receipt names it."""
    return version("askms")
