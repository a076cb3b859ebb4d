"""Write a brief: ask the index each part's questions and put what is quoted in order. Nothing here makes words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from askms.answering import Wanted, frames
from askms.briefs.brief import Brief, Part, Quoted, Sides
from askms.briefs.topics import PartPlan, Topic
from askms.engine import Engine
from askms.index import Snapshot
from askms.types import Claim, Document, Passage
from askms.wording import connecting, wording


def write(engine: Engine, topic: Topic) -> Brief:
    """The brief on a topic from one snapshot; the same snapshot and settings give the same brief.

    Raises:
        ModelUnavailable: the embedding model cannot be loaded.
    """
    words = wording().brief
    shown: set[str] = set()
    parts = []
    for plan in topic.parts:
        part = _part(engine, topic, plan, words.headings[topic.kind][plan.id], frozenset(shown))
        shown.update(claim.text for claim in part.claims if claim.citations)
        parts.append(part)
    return Brief(
        topic=topic.id,
        title=words.title.format(name=topic.title),
        lead=_fixed(words.lead),
        parts=tuple(parts),
        questions_heading=words.questions_heading,
        questions=_fixed(words.questions[topic.kind]),
        snapshot=engine.snapshot.name,
    )


def _part(engine: Engine, topic: Topic, plan: PartPlan, heading: str, shown: frozenset[str]) -> Part:
    words = wording().brief
    wanted = _wanted(topic, plan)
    claims: list[Claim] = []
    for asked in plan.asks:
        here = shown | {claim.text for claim in claims}
        found = engine.quote(asked, already_shown=here, wanted=wanted)
        claims.extend(claim for claim in found if claim.citations and claim.text not in here)
    if not claims:
        said = any(engine.quote(asked, already_shown=frozenset(), wanted=wanted) for asked in plan.asks)
        return Part(id=plan.id, heading=heading, note=Claim(text=words.above if said else words.nothing))
    sides: tuple[Sides, ...] = ()
    if plan.sides:
        sources = {claim.citations[0].source_id for claim in claims}
        sides = tuple(_sides(engine.snapshot, found) for found in engine.contrasts(sources, wanted))
    beside = {claim.text for pair in sides for claim in pair.claims}
    return Part(
        id=plan.id,
        heading=heading,
        note=None,
        sides=sides,
        quoted=_by_source(engine, [claim for claim in claims if claim.text not in beside]),
    )


def _wanted(topic: Topic, plan: PartPlan) -> Wanted:
    def wanted(document: Document, passage: Passage, sentence: str) -> bool:
        return (
            document.evidence_level in plan.levels
            and all(dispute.sentence != sentence for dispute in document.disputed_by)
            and topic.named.search(sentence) is not None
            and (plan.saying is None or plan.saying.search(sentence) is not None)
            and (plan.never_saying is None or plan.never_saying.search(sentence) is None)
        )

    return wanted


def _by_source(engine: Engine, claims: Sequence[Claim]) -> tuple[Quoted, ...]:
    """What each source says, together and in its own order; strongest evidence first, then the newest."""
    of_source: dict[str, list[Claim]] = {}
    for claim in claims:
        of_source.setdefault(claim.citations[0].source_id, []).append(claim)
    quoted = [_quoted(engine.snapshot, of) for of in of_source.values()]
    return tuple(sorted(quoted, key=lambda one: (one.source.evidence_level.rank, -(one.source.year or 0))))


def _quoted(snapshot: Snapshot, claims: Sequence[Claim]) -> Quoted:
    """Quotations of one source, in its own order."""
    source = snapshot.document(claims[0].citations[0].source_id)
    return Quoted(
        source=source,
        before=_fixed(frames(source)),
        sentences=tuple(sorted(claims, key=lambda claim: _place(snapshot, claim))),
    )


def _place(snapshot: Snapshot, claim: Claim) -> int:
    """Where the words stand in the body of their source."""
    citation = claim.citations[0]
    return snapshot.passage(citation.passage_key).start + citation.start


def _sides(snapshot: Snapshot, claims: Sequence[Claim]) -> Sides:
    """Two sides from the claims that say both."""
    opening, *rest = claims
    middle = next(at for at, claim in enumerate(rest) if claim.text == connecting("another_finds"))
    one, other = (
        _quoted(snapshot, [claim for claim in side if claim.citations]) for side in (rest[:middle], rest[middle:])
    )
    return Sides(opening=opening, one=one, between=rest[middle], other=other)


def _fixed(texts: Iterable[str]) -> tuple[Claim, ...]:
    return tuple(Claim(text=text) for text in texts)
