"""Check a draft sentence by sentence; what does not hold is dropped, never mended.

A quoted span must be exact. A sentence in other words must add nothing to what it
quotes: no number, name of a medicine, negation or population that its quotations lack.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from askms.terms import terms
from askms.types import Claim, Draft, Passage, Verdict
from askms.wording import connecting, is_approved, read_frame

_NUMBER: Final = re.compile(r"\d+(?:[.,]\d+)*")
_NUMBER_WORDS: Final = frozenset(
    "one two three four five six seven eight nine ten eleven twelve twenty thirty forty fifty hundred thousand million "
    "half third quarter twice double triple most all every none majority".split()
)
_NEGATIONS: Final = re.compile(
    r"\b(no|not|never|none|neither|nor|without|cannot|can't|doesn't|don't|didn't|isn't|aren't|wasn't|weren't|won't|"
    r"fail(?:s|ed)?|lack(?:s|ed)?|unlikely|unclear|unknown|insufficient|ineffective|inconclusive)\b",
    re.I,
)
_POPULATIONS: Final = re.compile(
    r"\b(mice|mouse|rats?|rodents?|animals?|cells?|children|child|pregnan\w+|women|men|adults|healthy|elderly|veterans)\b",
    re.I,
)
_PAIRED: Final = frozenset({connecting("disagree"), connecting("another_finds")})
LEAST_OVERLAP: Final = 0.6
"""Share of a sentence's content terms that its quotations must hold."""


def verify(
    draft: Draft, passages: Mapping[str, Passage], *, names: Callable[[str], frozenset[str]]
) -> tuple[Draft, tuple[Verdict, ...]]:
    """Keep the claims that hold.

    Args:
        draft: what a writer proposed.
        passages: the passages found for this question, by key.
        names: the medicines a text names.

    Returns:
        The draft with only the claims that hold, and one verdict for each claim dropped.
    """
    reasons = [_why_not(claim, passages, names) for claim in draft.claims]
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
    goes when all that it introduces is gone, and "Studies disagree:" when one side is.
    """
    runs = [_Run(list(group)) for group in _runs(claims, held)]
    kept = [run for run in runs if run.quotations]
    if any(run.is_one_side for run in runs if not run.quotations):
        kept = [run.without(_PAIRED) for run in kept]
    return tuple(claim for run in kept for claim in (*run.introductions, *run.quotations))


def _why_not(claim: Claim, passages: Mapping[str, Passage], names: Callable[[str], frozenset[str]]) -> str | None:
    if claim.is_template:
        return None if is_approved(claim.text) else "neither cited nor an approved sentence"
    for citation in claim.citations:
        passage = passages.get(citation.passage_key)
        if passage is None:
            return "cites a passage that was not retrieved"
        if not citation.quote or passage.text[citation.start : citation.end] != citation.quote:
            return "quotation is not an exact span"
        if passage.source_id != citation.source_id:
            return "citation names another source than its passage"
    frame = read_frame(claim.text)
    said = frame.span if frame else claim.text
    if any(said == citation.quote for citation in claim.citations):
        return None
    return _adds_something(said, " ".join(citation.quote for citation in claim.citations), names)


def _adds_something(sentence: str, quoted: str, names: Callable[[str], frozenset[str]]) -> str | None:
    """Name what a sentence in other words has and its quotations lack."""
    if extra := _numbers(sentence) - _numbers(quoted):
        return f"number not quoted: {sorted(extra)[0]}"
    if extra := names(sentence) - names(quoted):
        return f"medicine not quoted: {sorted(extra)[0]}"
    if bool(_NEGATIONS.search(sentence)) != bool(_NEGATIONS.search(quoted)):
        return "negation differs from the quotation"
    if extra := _matches(_POPULATIONS, sentence) - _matches(_POPULATIONS, quoted):
        return f"population not quoted: {sorted(extra)[0]}"
    said = set(terms(sentence))
    if not said or len(said & set(terms(quoted))) / len(said) < LEAST_OVERLAP:
        return "says more than its quotation"
    return None


def _numbers(text: str) -> set[str]:
    found = {match.replace(",", "") for match in _NUMBER.findall(text)}
    return found | {word for word in re.findall(r"[a-z]+", text.lower()) if word in _NUMBER_WORDS}


def _matches(pattern: re.Pattern[str], text: str) -> set[str]:
    return {match.lower() for match in pattern.findall(text)}


@dataclass(frozen=True)
class _Run:
    """Fixed sentences and the quotations they introduce, each with whether it held."""

    members: list[tuple[Claim, bool]]

    @property
    def introductions(self) -> list[Claim]:
        return [claim for claim, held in self.members if claim.is_template and held]

    @property
    def quotations(self) -> list[Claim]:
        cited = [(claim, held) for claim, held in self.members if not claim.is_template]
        broken = {_source(claim) for claim, held in cited if not held and _is_verbatim(claim)}
        return [claim for claim, held in cited if held and _source(claim) not in broken]

    @property
    def is_one_side(self) -> bool:
        return any(claim.text in _PAIRED for claim, _ in self.members)

    def without(self, texts: frozenset[str]) -> _Run:
        return _Run([(claim, held) for claim, held in self.members if claim.text not in texts])


def _runs(claims: Sequence[Claim], held: Sequence[bool]) -> Iterator[list[tuple[Claim, bool]]]:
    run: list[tuple[Claim, bool]] = []
    for claim, holds in zip(claims, held, strict=True):
        if claim.is_template and run and not run[-1][0].is_template:
            yield run
            run = []
        run.append((claim, holds))
    if run:
        yield run


def _source(claim: Claim) -> str:
    return claim.citations[0].source_id


def _is_verbatim(claim: Claim) -> bool:
    return any(claim.text == citation.quote for citation in claim.citations)
