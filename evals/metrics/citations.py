"""Do the citations carry what is said, and does each have a part in it? Citation recall and precision of ALCE.

Gao et al. 2023, arXiv 2305.14627. A statement is recalled when its citations together entail it. A citation is precise
when its statement is recalled and it supports the statement alone, or the others no longer do without it. ALCE pools
the citations of a reply; here each statement counts the same, so that one with ten citations does not outweigh ten.

Words that are a quote, bare or in the frame of a study dose, are entailed by it; only for others is the judge asked. A
quote that its passage does not hold is no evidence: the passage then speaks for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Final

from askms.entailment import Judge
from evals.cases import Case
from evals.metrics.matching import evidence_of, folded, own_words, some_statements
from evals.responses import Quoted, Response, Said
from evals.scores import Metric

_ALCE: Final = "Gao et al. 2023, arXiv 2305.14627"
RECALL: Final = Metric(
    name="citation_recall",
    meaning="Share of the statements that their citations together entail.",
    paper=_ALCE,
    kind="mean",
    floor=0.97,
)
PRECISION: Final = Metric(
    name="citation_precision",
    meaning="Share of a statement's citations that it needs or that support it alone.",
    paper=_ALCE,
    kind="mean",
    floor=0.95,
)
METRICS: Final = (RECALL, PRECISION)


@dataclass(frozen=True, slots=True)
class _Judged:
    said: Said
    recalled: bool
    precise: tuple[bool, ...]
    """Of each citation."""


def recall(case: Case, response: Response, judge: Judge) -> float:
    """Share of the statements that are recalled.

    Raises:
        Unscored: nothing is stated.
    """
    return fmean(one.recalled for one in _judged(response, judge))


def precision(case: Case, response: Response, judge: Judge) -> float:
    """Mean over the statements of the share of precise citations; 0 for a statement without any.

    Raises:
        Unscored: nothing is stated.
    """
    return fmean(fmean(one.precise) if one.precise else 0.0 for one in _judged(response, judge))


def not_recalled(case: Case, response: Response, judge: Judge) -> tuple[str, ...]:
    """The statements that their citations do not entail."""
    return tuple(
        f"{'not entailed' if one.said.citations else 'not cited'}: {one.said.text}"
        for one in _judged(response, judge)
        if not one.recalled
    )


def not_precise(case: Case, response: Response, judge: Judge) -> tuple[str, ...]:
    """The citations that have no part in their statement."""
    judged = _judged(response, judge)
    bare = [f"not cited: {one.said.text}" for one in judged if not one.said.citations]
    return (
        *bare,
        *(
            f"{citation.source} adds nothing to: {one.said.text}"
            for one in judged
            for citation, precise in zip(one.said.citations, one.precise, strict=True)
            if not precise
        ),
    )


def _judged(response: Response, judge: Judge) -> list[_Judged]:
    said = some_statements(response)
    carried = _entailed([(one, one.citations) for one in said], judge)
    several = [one for one, holds in zip(said, carried, strict=True) if holds and len(one.citations) > 1]
    places = [(one, at) for one in several for at in range(len(one.citations))]
    alone = _entailed([(one, one.citations[at : at + 1]) for one, at in places], judge)
    others = _entailed([(one, (*one.citations[:at], *one.citations[at + 1 :])) for one, at in places], judge)
    needed = {place: by_itself or not rest for place, by_itself, rest in zip(places, alone, others, strict=True)}
    return [
        _Judged(one, holds, tuple(holds and needed.get((one, at), True) for at in range(len(one.citations))))
        for one, holds in zip(said, carried, strict=True)
    ]


def _entailed(claims: Sequence[tuple[Said, Sequence[Quoted]]], judge: Judge) -> list[bool]:
    """Whether each sentence follows from these citations."""
    sure = [is_quote(said, citations) for said, citations in claims]
    asked = [
        (together(citations), own_words(said))
        for (said, citations), known in zip(claims, sure, strict=True)
        if citations and not known
    ]
    answers = iter(judge.judge(asked) if asked else [])
    return [
        known or (bool(citations) and next(answers).holds) for (_, citations), known in zip(claims, sure, strict=True)
    ]


def together(citations: Sequence[Quoted]) -> str:
    """What a judge reads of citations."""
    return " ".join(evidence_of(citation) for citation in citations)


def is_quote(said: Said, citations: Sequence[Quoted]) -> bool:
    """Whether a sentence is the words of one of its citations, so that no judge need be asked."""
    words = folded(own_words(said))
    return any(citation.quote and words == folded(evidence_of(citation)) for citation in citations)
