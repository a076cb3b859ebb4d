"""Check a draft sentence by sentence; what does not hold is dropped, never mended.

A quoted span must be exact and whole. A sentence in other words must be a faithful
rewording of what it quotes (`rewording`), and a judge of entailment must agree.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from typing import Final

from askms.answering.evidence import FRAMES
from askms.answering.rewording import why_unfaithful
from askms.types import Citation, Claim, Draft, Passage, Verdict
from askms.wording import connecting, is_fixed, read_frame

_PAIRED: Final = frozenset({connecting("disagree"), connecting("another_finds")})
_DISPUTED: Final = frozenset({connecting("disputed")})
_ANSWER: Final = frozenset({connecting("better_sources")})
_ABOUT_FIRST: Final = _PAIRED | FRAMES
"""Fixed sentences that are about the first source quoted after them, not about all that follows."""


Doubt = Callable[[str, Sequence[str]], str | None]
"""Why a sentence may not follow from what it quotes, or nothing."""


def verify(
    draft: Draft, passages: Mapping[str, Passage], *, names: Callable[[str], frozenset[str]], doubts: Doubt
) -> tuple[Draft, tuple[Verdict, ...]]:
    """Keep the claims that hold.

    Args:
        draft: what a writer proposed.
        passages: the passages found for this question, by key.
        names: the medicines a text names.
        doubts: a second opinion on a sentence in other words; it is asked last.

    Returns:
        The draft with only the claims that hold, and one verdict for each claim dropped.
    """
    reasons = [_why_not(claim, passages, names, doubts) for claim in draft.claims]
    verdicts = tuple(
        Verdict(guard="verify", allowed=False, reason=f"claim {position}: {reason}")
        for position, reason in enumerate(reasons)
        if reason is not None
    )
    held = [reason is None for reason in reasons]
    return replace(draft, claims=settle(draft.claims, held)), verdicts


def settle(claims: Sequence[Claim], held: Sequence[bool]) -> tuple[Claim, ...]:
    """Drop what may not stand once something else was dropped.

    Quotations of one source in a row may limit each other ("However, ..."), so they go together. A fixed sentence
    goes when what it introduces is gone; "Studies disagree:" when one side is; a source that has lost the words that
    frame it ("This is from animals, not people."), with them; and a disputed claim when nothing answers it any more.
    """
    runs = [_Run(list(group)) for group in _runs(claims, held)]
    unframed: frozenset[str] | None = None
    while unframed != (lost := frozenset[str]().union(*(r.first for r in runs if r.has(FRAMES) and not r.leads))):
        unframed = lost
        runs = [run.without_sources(unframed) for run in runs]
    if any(run.has(_PAIRED) and not run.leads for run in runs):
        runs = [run.without(_PAIRED) for run in runs]
    answered = [bool(run.has(_ANSWER) and run.quotations) for run in runs[1:]] + [False]
    runs = [run for run, by_next in zip(runs, answered[: len(runs)], strict=True) if by_next or not run.has(_DISPUTED)]
    return tuple(claim for run in runs if run.quotations for claim in (*run.introductions, *run.quotations))


def _why_not(
    claim: Claim, passages: Mapping[str, Passage], names: Callable[[str], frozenset[str]], doubts: Doubt
) -> str | None:
    if claim.is_template:
        return None if is_fixed(claim.text) else "neither cited nor an approved sentence"
    for citation in claim.citations:
        passage = passages.get(citation.passage_key)
        if passage is None:
            return "cites a passage that was not retrieved"
        if passage.source_id != citation.source_id:
            return "citation names another source than its passage"
        if citation.start < 0 or not citation.quote or passage.text[citation.start : citation.end] != citation.quote:
            return "quotation is not an exact span"
        if not _is_whole(citation, passage):
            return "quotation is not whole sentences"
    frame = read_frame(claim.text)
    said = frame.span if frame else claim.text
    if any(said == citation.quote for citation in claim.citations):
        return None
    quotes = [citation.quote for citation in claim.citations]
    return why_unfaithful(said, quotes, names) or doubts(said, quotes)


def _is_whole(citation: Citation, passage: Passage) -> bool:
    starts, ends = {span.start for span in passage.sentences}, {span.end for span in passage.sentences}
    return citation.start in starts and citation.end in ends


@dataclass(frozen=True)
class _Run:
    """Fixed sentences and the quotations they introduce, each with whether it held."""

    members: list[tuple[Claim, bool]]

    @property
    def introductions(self) -> list[Claim]:
        return [c for c, held in self.members if c.is_template and held and (self.leads or c.text not in _ABOUT_FIRST)]

    @property
    def quotations(self) -> list[Claim]:
        cited = [(claim, held) for claim, held in self.members if not claim.is_template]
        broken = frozenset[str]().union(*(_sources(c) for c, held in cited if not held and _is_verbatim(c)))
        return [claim for claim, held in cited if held and not _sources(claim) & broken]

    @property
    def first(self) -> frozenset[str]:
        """Sources of the first quotation, which the introductions are about."""
        return next((_sources(claim) for claim, _ in self.members if not claim.is_template), frozenset())

    @property
    def leads(self) -> bool:
        """Whether a quotation of the first source is left."""
        return any(_sources(claim) == self.first for claim in self.quotations)

    def has(self, texts: Set[str]) -> bool:
        return any(claim.is_template and claim.text in texts for claim, _ in self.members)

    def without(self, texts: Set[str]) -> _Run:
        return _Run([(claim, held) for claim, held in self.members if claim.text not in texts])

    def without_sources(self, sources: Set[str]) -> _Run:
        return _Run([(claim, held and not _sources(claim) & sources) for claim, held in self.members])


def _runs(claims: Sequence[Claim], held: Sequence[bool]) -> Iterator[list[tuple[Claim, bool]]]:
    run: list[tuple[Claim, bool]] = []
    for claim, holds in zip(claims, held, strict=True):
        if claim.is_template and run and not run[-1][0].is_template:
            yield run
            run = []
        run.append((claim, holds))
    if run:
        yield run


def _sources(claim: Claim) -> frozenset[str]:
    return frozenset(citation.source_id for citation in claim.citations)


def _is_verbatim(claim: Claim) -> bool:
    return any(claim.text == citation.quote for citation in claim.citations)
