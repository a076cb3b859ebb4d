"""Does a reply contradict itself or the truth, or say what must not be said?

Statements are judged against facts of the case and against what other statements quote. Pairs that share few words are
not asked: they can hardly contradict each other, and the judge, which errs, would only add noise. What a reply calls
disputed is not its own claim. Where it says that studies disagree, its statements are not held against each other, and
a contested case is held against no facts, as its facts contradict each other.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from askms.entailment import Judge, Judgement
from askms.terms import terms
from askms.wording import connecting
from evals.cases import Case
from evals.metrics.matching import asserted, evidence_of, folded, own_words
from evals.responses import Response, Said
from evals.scores import Metric

LEAST_SHARED: Final = 0.3
"""Of the terms of the shorter text; pairs that share fewer are not asked."""
CONTRADICTED: Final = 0.6
"""Probability from which a contradiction counts. A reply has many pairs, so that few may be false: on `claims_dev` the
packaged judge finds 33 of 115 contradictions so, and 7 false ones among 460 other claims."""
ENTAILED: Final = 0.8
"""Probability from which a statement says what must not be said, likewise: 71 of 230 found, 6 of 345 falsely."""
CONTRADICTION: Final = Metric(
    name="contradiction",
    meaning="Share of replies with a statement that contradicts a fact of the case or another statement's quote.",
    paper="",
    better="lower",
)
MUST_NOT_SAY: Final = Metric(
    name="must_not_say",
    meaning="Share of replies with a statement from which something follows that the case says must not be said.",
    paper="",
    better="lower",
)
METRICS: Final = (CONTRADICTION, MUST_NOT_SAY)


def contradicts(case: Case, response: Response, judge: Judge) -> float:
    """1 when some statement contradicts a fact of the case or what another statement quotes."""
    return float(bool(contradictions(case, response, judge)))


def contradictions(case: Case, response: Response, judge: Judge) -> tuple[str, ...]:
    """Each statement with what it contradicts."""
    said = asserted(response)
    pairs = [
        (against, own_words(one))
        for one in said
        for against in (*_facts(case), *_others(one, said, response))
        if shares_words(against, own_words(one)) and folded(against) != folded(own_words(one))
    ]
    judged = judge.judge(pairs) if pairs else []
    return tuple(
        f'"{claim}" contradicts "{against}"'
        for (against, claim), one in zip(pairs, judged, strict=True)
        if one.contradicted >= CONTRADICTED
    )


def says_forbidden(case: Case, response: Response, judge: Judge) -> float:
    """1 when some statement entails what must not be said."""
    return float(bool(forbidden(case, response, judge)))


def forbidden(case: Case, response: Response, judge: Judge) -> tuple[str, ...]:
    """Each statement with what it says that must not be said; the very words need no judge."""
    pairs = [
        (own_words(one), never)
        for one in asserted(response)
        for never in case.must_not_say
        if shares_words(own_words(one), never)
    ]
    asked = [pair for pair in pairs if folded(pair[0]) != folded(pair[1])]
    judged = dict(zip(asked, judge.judge(asked) if asked else [], strict=True))
    return tuple(f'"{said}" says "{never}"' for said, never in pairs if _says((said, never), judged))


def shares_words(one: str, other: str) -> bool:
    """Whether two texts share enough terms to have to do with each other."""
    a, b = set(terms(one)), set(terms(other))
    return len(a & b) >= LEAST_SHARED * max(1, min(len(a), len(b)))


def _says(pair: tuple[str, str], judged: Mapping[tuple[str, str], Judgement]) -> bool:
    return judged[pair].supported >= ENTAILED if pair in judged else True


def _facts(case: Case) -> tuple[str, ...]:
    return () if case.kind == "contested" else tuple(fact.fact for fact in case.facts)


def _others(said: Said, all_said: tuple[Said, ...], response: Response) -> list[str]:
    """What the other statements rest on; their words where they quote nothing."""
    if any(one.fixed and one.text == connecting("disagree") for one in response.said):
        return []
    own = {folded(evidence_of(citation)) for citation in said.citations if citation.quote}
    quoted = [
        words
        for one in all_said
        if one is not said
        for words in ([evidence_of(c) for c in one.citations if c.quote] or [own_words(one)])
    ]
    return [words for words in dict.fromkeys(quoted) if folded(words) not in own]
