"""Do numbers, medicines and negations of a statement stand in what it cites? By words alone, without a judge.

Statements that change just these are what summaries most often get wrong: Kryscinski et al. 2020 (FactCC, arXiv
1910.12840); for names, Nan et al. 2021 (arXiv 2102.09130). A quotation is consistent by itself; what is measured is
rewording. A negation is lost when a word that the evidence only denies stands without a negation in the statement; a
word that the evidence denies of one thing and says of another, and "ineffective" made "effective", are left to
citation recall.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from askms.answering.phrases import Clause, Text, keys_of, numbers, read
from askms.guardrails import named_medicines
from evals.cases import Case
from evals.metrics.matching import evidence_of, own_words, some_statements
from evals.responses import Response
from evals.scores import Metric, Unscored

_FACTCC: Final = "Kryscinski et al. 2020, arXiv 1910.12840"
_INTENSIFIERS: Final = keys_of("intensifiers")

Differ = Callable[[str, str], frozenset[str]]
"""What a statement changes of its evidence, given both."""


def new_numbers(said: str, evidence: str) -> frozenset[str]:
    """Numbers, and words that count, which the evidence lacks."""
    return numbers(said) - numbers(evidence)


def new_medicines(said: str, evidence: str) -> frozenset[str]:
    """Medicines that the evidence does not name."""
    return named_medicines(said) - named_medicines(evidence)


def changed_negations(said: str, evidence: str) -> frozenset[str]:
    """Words that the statement denies and the evidence does not, or the other way round."""
    stated, source = read(said), read(evidence)
    denied = frozenset[str]().union(*_denied(source))
    new = {min(of) for group in _denied(stated) if (of := group - _INTENSIFIERS or group) and not of <= denied}
    lost = (denied - _plain(source)) & _plain(stated)
    return frozenset({f"not {word}" for word in new} | lost)


CHECKS: Final[dict[Metric, Differ]] = {
    Metric(
        name="numbers_kept",
        meaning="Share of replies without a number that their citations lack.",
        paper=_FACTCC,
    ): new_numbers,
    Metric(
        name="medicines_kept",
        meaning="Share of replies without a medicine that their citations do not name.",
        paper="Nan et al. 2021, arXiv 2102.09130",
    ): new_medicines,
    Metric(
        name="negations_kept",
        meaning="Share of replies that neither add nor lose a negation.",
        paper=_FACTCC,
    ): changed_negations,
}
METRICS: Final = tuple(CHECKS)


def kept(case: Case, response: Response, differ: Differ) -> float:
    """1 when no statement differs from what it cites.

    Raises:
        Unscored: nothing is stated or cited.
    """
    return float(not changed(case, response, differ))


def changed(case: Case, response: Response, differ: Differ) -> tuple[str, ...]:
    """What statements change, each with its statement.

    Raises:
        Unscored: nothing is stated or cited.
    """
    said = some_statements(response)
    if not any(one.citations for one in said):
        raise Unscored("nothing cited")
    found = []
    for one in said:
        evidence = " ".join(evidence_of(citation) for citation in one.citations)
        if words := differ(own_words(one), evidence):
            found.append(f"{', '.join(sorted(words))} differs from the citation: {one.text}")
    return tuple(found)


def _denied(text: Text) -> list[frozenset[str]]:
    """For each negation the words that it denies: those after it up to the first that is no intensifier."""
    return [_after(clause, at) for clause in text.clauses for at, word in enumerate(clause) if word.negates]


def _after(clause: Clause, at: int) -> frozenset[str]:
    reach = []
    for word in clause[at + 1 :]:
        reach.append(word.key)
        if word.key not in _INTENSIFIERS:
            break
    return frozenset(reach or [clause[at].key])


def _plain(text: Text) -> frozenset[str]:
    """Words that stand somewhere without being denied."""
    found: set[str] = set()
    for clause in text.clauses:
        reached = 0
        for at, word in enumerate(clause):
            if word.negates:
                reached = at + 1 + len(_after(clause, at))
            elif at >= reached:
                found.add(word.key)
    return frozenset(found)
