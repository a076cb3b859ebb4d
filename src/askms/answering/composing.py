"""Put chosen sentences in order, each with its citation, after what must be said of its source."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from askms.answering.choice import MOST, Pick, with_companions
from askms.answering.contrast import Disagreement
from askms.answering.evidence import frames
from askms.types import Citation, Claim, Document, Passage, Span
from askms.wording import connecting

ON_PAR: Final = 0.75
"""Share of the best sentence's score from which a sentence answers about as well."""


def compose(picks: Sequence[Pick], disagreement: Disagreement | None) -> tuple[Claim, ...]:
    """The picked sentences in the order to say them, two sides of a disagreement first."""
    claims: list[Claim] = []
    rest = list(picks)
    introduced: set[str] = set()
    if disagreement is not None:
        # What was picked for the question speaks for its source; the point of conflict finds the other side.
        sides = [
            next((pick for pick in picks if pick.source_id == side.source_id), side)
            for side in (disagreement.one, disagreement.other)
        ]
        pair = sorted(sides, key=_strongest_first)
        rest = [pick for pick in picks if not any(pick.overlaps(side) for side in pair)][: MOST - len(pair)]
        claims.append(Claim(text=connecting("disagree")))
        claims.extend(_quote([pair[0]], introduced))
        claims.append(Claim(text=connecting("another_finds")))
        claims.extend(_quote([pair[1]], introduced))
    claims.extend(_quote(_in_order(rest), introduced))
    return tuple(claims)


def _quote(picks: Sequence[Pick], introduced: set[str]) -> list[Claim]:
    """Sentences of each source together, in reading order, after what must be said of that source."""
    claims: list[Claim] = []
    for source_id in dict.fromkeys(pick.source_id for pick in picks):
        of_source = [pick for pick in picks if pick.source_id == source_id]
        document = of_source[0].candidate.document
        if source_id not in introduced:
            claims.extend(Claim(text=frame) for frame in frames(document))
            introduced.add(source_id)
        places = dict.fromkeys((pick.candidate.passage, at) for pick in of_source for at in pick.positions)
        claims.extend(
            quotation(document, passage, at)
            for passage, at in sorted(places, key=lambda place: (place[0].start, place[1]))
        )
    return claims


def quotation(document: Document, passage: Passage, position: int) -> Claim:
    """One sentence of a passage, citing itself."""
    return Claim(text=passage.sentence(position), citations=(cite(document, passage, passage.sentences[position]),))


def cite(document: Document, passage: Passage, span: Span) -> Citation:
    """Cite a stretch of a passage."""
    return Citation(
        source_id=document.id,
        passage_key=passage.key,
        start=span.start,
        end=span.end,
        quote=passage.text[span.start : span.end],
        evidence_level=document.evidence_level,
        year=document.year,
        n=document.n,
        checked_on=document.checked_on,
    )


def one_after_another(places: Sequence[tuple[Document, Passage, int]]) -> tuple[Claim, ...]:
    """Sentences with their companions, none said twice, each source introduced once."""
    claims: list[Claim] = []
    introduced: set[str] = set()
    for document, passage, position in places:
        said = introduced_by_source(document, passage, position)
        claims.extend(c for c in said if c not in claims or (c.is_template and document.id not in introduced))
        introduced.add(document.id)
    return tuple(claims)


def introduced_by_source(document: Document, passage: Passage, position: int) -> tuple[Claim, ...]:
    """A sentence with its companions, after what must be said of its source."""
    said = tuple(Claim(text=frame) for frame in frames(document))
    return (*said, *(quotation(document, passage, at) for at in with_companions(passage, position)))


def _in_order(picks: Sequence[Pick]) -> list[Pick]:
    """What says what the asked thing is; what answers about as well as the best, strongest first; the rest likewise."""
    line = ON_PAR * max((pick.candidate.score for pick in picks), default=0.0)
    return sorted(
        picks,
        key=lambda pick: (
            not pick.candidate.signals.defines,
            pick.candidate.score < line,
            *_strongest_first(pick),
        ),
    )


def _strongest_first(pick: Pick) -> tuple[int, float]:
    return pick.candidate.document.evidence_level.rank, -pick.candidate.score
