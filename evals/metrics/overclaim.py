"""Does a reply claim more than its evidence can carry?

Two ways, after what is known of exaggeration in health news (Sumner et al. 2014, BMJ 349:g7015; Wright and Augenstein
2021, arXiv 2108.13493). A statement that rests on weak evidence alone uses strong words; quoting them is no excuse
unless they are denied, doubted or somebody else's. Or a statement drops the doubt of what it quotes ("may help" to
"helps"), whatever the evidence. The words are few and general, so what is found is wrong but not everything is found.
"""

from __future__ import annotations

import re
from typing import Final

from askms.answering.phrases import read, word_key
from askms.sentences import split_sentences
from evals.cases import Case
from evals.metrics.matching import asserted, evidence_of, folded, own_words
from evals.responses import Response, Said
from evals.scores import Metric, Unscored

METRIC: Final = Metric(
    name="overclaim",
    meaning="Share of replies with a statement that is stronger than its evidence.",
    paper="after Sumner et al. 2014, BMJ 349:g7015",
    better="lower",
    floor=0.0,
)
WEAK: Final = frozenset(
    {
        "animal",
        "laboratory",
        "case_report",
        "pilot_trial",
        "narrative_review",
        "opinion",
        "anecdote",
        "news",
        "patient_organisation",
        "survey",
    }
)
"""Evidence levels that carry no strong words."""
STRONG: Final = re.compile(
    r"\b(?:proves?|proved|proven|cures?|cured|definitely|certainly|undoubtedly|always|guarantee[sd]?"
    r"|works(?! (?:by|in|on|as|at|with|for|like|through|out)\b)|(?:is|are) (?:very |highly |completely |perfectly )?"
    r"(?:effective|safe)|reverses|heals|miracle|breakthrough)\b",
    re.I,
)
"""Words that say a matter is settled. "Works by" and the like explain, and claim nothing."""
_DENIED: Final = re.compile(
    r"\b(?:not|no|never|none|nor|neither|nobody|nothing|cannot|without|whether|if|how|in which"
    r"|un(?:clear|known|certain))\b|n't\b",
    re.I,
)
_DOUBTED: Final = re.compile(
    r"\b(?:may|might|could|possibly|perhaps|maybe|suggest(?:s|ed|ing)?|hint(?:s|ed)?|seem(?:s|ed)?|appear(?:s|ed)?"
    r"|likely|probably|hope[sd]?)\b",
    re.I,
)
_ATTRIBUTED: Final = re.compile(
    r"\b(?:say|says|said|saying|claim(?:s|ed|ing)?|report(?:s|ed)?|argue[sd]?|writes?|wrote|believe[sd]?|thinks?|thought"
    r"|felt|rated|told|called|according to|promise[sd]?|advertis\w+)\b"
    r"|\b(?:in|of) (?:(?:an?|one|the|this|that|these) )?(?:[\w-]+ )?"
    r"(?:study|trial|survey|mice|rats|animals|cells|laboratory)\b",
    re.I,
)
_CLAUSE_END: Final = re.compile(r"[;:]|,? (?:but|although|though|while|whereas|however)\b|, (?:and|so|or) ", re.I)
_HEDGES: Final = frozenset(map(word_key, ("may", "can", "suggest", "seem", "likely", "rarely", "sometimes", "unclear")))
LEAST_USED: Final = 0.5
"""Of the other words of a doubting clause, from which a statement says that clause again."""


def overclaims(case: Case, response: Response) -> float:
    """1 when some statement is stronger than its evidence; 0 for a reply that states nothing.

    Raises:
        Unscored: no statement shows what it rests on.
    """
    return float(bool(overclaimed(case, response)))


def overclaimed(case: Case, response: Response) -> tuple[str, ...]:
    """Each statement that is stronger than its evidence, and by what.

    Raises:
        Unscored: no statement shows what it rests on.
    """
    said = asserted(response)
    if said and not any(citation.quote or citation.level for one in said for citation in one.citations):
        raise Unscored("no statement shows a quote or an evidence level")
    found = []
    for one in said:
        if (
            one.citations
            and {citation.level for citation in one.citations} <= WEAK
            and (word := strong(own_words(one)))
        ):
            found.append(f'"{word}" on weak evidence: {one.text}')
        if lost := _lost_doubt(one):
            found.append(f'"{lost}" of the quote is lost: {one.text}')
    return tuple(found)


def strong(sentence: str) -> str | None:
    """The first strong word of a sentence that its clause neither denies nor doubts and nobody is named for."""
    start = 0
    for clause in _CLAUSE_END.split(sentence):
        start = sentence.index(clause, start)
        for match in STRONG.finditer(clause):
            before = clause[: match.start()]
            if not (_DENIED.search(before) or _DOUBTED.search(clause) or _ATTRIBUTED.search(sentence[:start] + before)):
                return match.group()
        start += len(clause)
    return None


def _lost_doubt(said: Said) -> str | None:
    """A word of doubt in a clause that the statement says again without any."""
    words, quotes = own_words(said), [evidence_of(citation) for citation in said.citations if citation.quote]
    stated = read(words).held
    whole = {folded(sentence) for quote in quotes for sentence in (quote, *split_sentences(quote))}
    if stated & _HEDGES or folded(words) in whole:
        return None
    for quote in quotes:
        for clause in read(quote).clauses:
            keys = {word.key for word in clause}
            doubts, rest = keys & _HEDGES, keys - _HEDGES
            if doubts and rest and len(rest & stated) >= LEAST_USED * len(rest):
                return min(doubts)
    return None
