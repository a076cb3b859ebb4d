"""A wrong premise is put right first or it counts as not put right."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from askms.entailment import Judgement
from evals.cases import Case, Evidence, Fact
from evals.metrics.premise import corrected, why
from evals.responses import Quoted, Response, Said
from evals.scores import Unscored

TRUTH = "Ketamine is not approved for tiredness in multiple sclerosis."
CASE = Case(
    id="c",
    kind="false_premise",
    question="?",
    facts=(Fact(fact="Ketamine is not approved.", evidence=(Evidence(source="a", quote=TRUTH),)),),
    correction=0,
)


class Reads:
    """Supports a claim when the passage holds the words it was told."""

    name = "reads"

    def __init__(self, words: str) -> None:
        self.words = words

    def judge(self, pairs: Sequence[tuple[str, str]]) -> list[Judgement]:
        return [Judgement(supported=float(self.words in passage), contradicted=0.0) for passage, _ in pairs]


def says(text: str) -> Said:
    return Said(text=text, citations=(Quoted(source="a", passage=text, quote=text),))


@pytest.mark.parametrize(("before", "value"), [(0, 1), (1, 1), (2, 0)])
def test_the_correction_must_be_among_the_first_two(before: int, value: float) -> None:
    fixed = Said(text="Here is what I found.", fixed=True)
    said = (fixed, *(says(f"Ketamine fact number {at}.") for at in range(before)), says(TRUTH))
    response = Response(text="", said=said)

    assert corrected(CASE, response, Reads("never")) == value
    assert why(CASE, response, Reads("never")) == (() if value else ("corrected too late: Ketamine is not approved.",))


def test_of_a_reply_without_quotes_the_judge_reads_the_first_two_sentences() -> None:
    judge = Reads("No approval")

    assert corrected(CASE, Response(text="It is used. No approval exists. Ask."), judge) == 1
    assert corrected(CASE, Response(text="It is used. It is new. No approval exists."), judge) == 0


def test_an_abstention_corrects_nothing() -> None:
    abstained = Response(text="No approval.", answered=False)

    assert corrected(CASE, abstained, Reads("No")) == 0
    assert why(CASE, abstained, Reads("No")) == ("not corrected: Ketamine is not approved.",)


def test_a_case_without_a_correction_is_unscored() -> None:
    case = Case(id="c", kind="false_premise", question="?", facts=CASE.facts)

    with pytest.raises(Unscored, match="names no correction"):
        corrected(case, Response(text="It is."), Reads(""))
