"""Write a brief: ask the index each part's questions and put what is quoted in order. Nothing here makes words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from askms.answering import Candidate, Wanted, frames, with_companions
from askms.briefs.brief import Brief, Part, Quoted, Sides
from askms.briefs.topics import PartPlan, Topic
from askms.engine import Engine
from askms.index import Snapshot
from askms.types import Claim
from askms.wording import connecting, wording

Tell = Callable[[int, int], None]
"""Takes how many parts are looked up, and of how many."""


def write(engine: Engine, topic: Topic, tell: Tell | None = None) -> Brief:
    """The brief on a topic from one snapshot; the same snapshot and settings give the same brief.

    Args:
        engine: what is asked.
        topic: what it is about.
        tell: called after each part, as all of them take seconds.

    Raises:
        ModelUnavailable: the embedding model cannot be loaded.
    """
    words = wording().brief
    plans = {plan.id: plan for plan in topic.parts}
    shown: set[str] = set()
    written: dict[str, Part] = {}
    for id in topic.order:
        written[id] = _part(engine, topic, plans[id], words.headings[topic.kind][id], frozenset(shown))
        shown.update(claim.text for claim in written[id].claims if claim.citations)
        if tell is not None:
            tell(len(written), len(topic.order))
    return Brief(
        topic=topic.id,
        title=title_of(topic),
        lead=_fixed(words.lead),
        parts=tuple(written[id] for id in plans),
        questions_heading=words.questions_heading,
        questions=_fixed(words.questions[topic.kind]),
        snapshot=engine.snapshot.name,
    )


def title_of(topic: Topic) -> str:
    """What its brief is called."""
    return wording().brief.title.format(name=topic.title)


def _part(engine: Engine, topic: Topic, plan: PartPlan, heading: str, shown: frozenset[str]) -> Part:
    words = wording().brief
    wanted = _wanted(topic, plan)
    sides = tuple(_sides(engine.snapshot, said) for pair in plan.disagreements if (said := engine.contrast(*pair)))
    here = set(shown) | {claim.text for pair in sides for claim in pair.claims}
    claims: list[Claim] = []
    for asked in plan.asks:
        if len(claims) >= plan.most:
            break
        found = engine.quote(asked, already_shown=frozenset(here), wanted=wanted, most=plan.each)
        claims.extend(claim for claim in found if claim.citations and claim.text not in here)
        here.update(claim.text for claim in claims)
    note = None
    if not claims and not sides:
        is_said = any(engine.quote(asked, already_shown=frozenset(), wanted=wanted, most=1) for asked in plan.asks)
        note = Claim(text=words.elsewhere if is_said else words.nothing)
    quoted = _by_source(engine.snapshot, claims, plan.strongest_first)
    return Part(id=plan.id, heading=heading, note=note, sides=sides, quoted=quoted)


def _wanted(topic: Topic, plan: PartPlan) -> Wanted:
    """Whether a sentence belongs in a part. What is disputed belongs nowhere."""

    def wanted(candidate: Candidate) -> bool:
        document, sentence = candidate.document, candidate.text
        beside = [candidate.passage.sentence(at) for at in with_companions(candidate.passage, candidate.position)]
        return (
            document.evidence_level in plan.levels - topic.too_weak
            and all(dispute.sentence != sentence for dispute in document.disputed_by)
            and not any(topic.never.search(each) for each in beside)
            and topic.named.search(sentence) is not None
            and (plan.saying is None or plan.saying.search(sentence) is not None)
            and (plan.never_saying is None or plan.never_saying.search(sentence) is None)
        )

    return wanted


def _by_source(snapshot: Snapshot, claims: Sequence[Claim], strongest_first: bool) -> tuple[Quoted, ...]:
    """What each source says, together and in its own order."""
    of_source: dict[str, list[Claim]] = {}
    for claim in claims:
        of_source.setdefault(claim.citations[0].source_id, []).append(claim)
    quoted = [_quoted(snapshot, of) for of in of_source.values()]
    if strongest_first:
        quoted.sort(key=lambda one: (one.source.evidence_level.rank, -(one.source.year or 0)))
    return tuple(quoted)


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
    _, *rest = claims
    middle = next(at for at, claim in enumerate(rest) if claim.text == connecting("another_finds"))
    one, other = (
        _quoted(snapshot, [claim for claim in side if claim.citations]) for side in (rest[:middle], rest[middle:])
    )
    return Sides(opening=Claim(text=wording().brief.disagree), one=one, between=rest[middle], other=other)


def _fixed(texts: Iterable[str]) -> tuple[Claim, ...]:
    return tuple(Claim(text=text) for text in texts)
