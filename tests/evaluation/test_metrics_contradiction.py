"""Contradictions and forbidden statements are looked for among pairs that share words, and there alone."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from askms.entailment import Judgement
from askms.wording import connecting
from evals.cases import Case, Evidence, Fact
from evals.metrics.contradiction import contradictions, contradicts, forbidden, says_forbidden, shares_words
from evals.responses import Quoted, Response, Said

FACT = "Ketamine did not ease tiredness."
NEVER = "Ketamine cures tiredness."
CASE = Case(
    id="c",
    kind="answerable",
    question="?",
    facts=(Fact(fact=FACT, evidence=(Evidence(source="s", quote=FACT),)),),
    must_not_say=(NEVER,),
)


class Says:
    """Gives one label to the pairs it was told, `unsupported` to others, and remembers what it was asked."""

    name = "says"

    def __init__(self, label: str, *pairs: tuple[str, str], chance: float = 1.0) -> None:
        self.label, self.pairs, self.asked = label, pairs, list[tuple[str, str]]()
        self.chance = chance

    def judge(self, pairs: Sequence[tuple[str, str]]) -> list[Judgement]:
        self.asked += pairs
        return [
            Judgement(
                supported=self.chance * (pair in self.pairs and self.label == "supported"),
                contradicted=self.chance * (pair in self.pairs and self.label == "contradicted"),
            )
            for pair in pairs
        ]


def quotes(text: str, quote: str = "") -> Said:
    quote = quote or text
    return Said(text=text, citations=(Quoted(source="s", passage=quote, quote=quote),))


def reply(*said: Said) -> Response:
    return Response(text="", said=said)


def test_a_statement_that_contradicts_a_fact() -> None:
    response = reply(quotes("Ketamine eased tiredness."))
    judge = Says("contradicted", (FACT, "Ketamine eased tiredness."))

    assert contradicts(CASE, response, judge) == 1
    assert contradictions(CASE, response, judge) == (f'"Ketamine eased tiredness." contradicts "{FACT}"',)
    assert contradicts(CASE, response, Says("supported", (FACT, "Ketamine eased tiredness."))) == 0


@pytest.mark.parametrize(("chance", "value"), [(0.59, 0), (0.6, 1)])
def test_only_a_judge_that_is_sure_counts_a_contradiction(chance: float, value: float) -> None:
    judge = Says("contradicted", (FACT, "Ketamine eased tiredness."), chance=chance)

    assert contradicts(CASE, reply(quotes("Ketamine eased tiredness.")), judge) == value


@pytest.mark.parametrize(("chance", "value"), [(0.79, 0), (0.8, 1)])
def test_only_a_judge_that_is_sure_counts_what_must_not_be_said(chance: float, value: float) -> None:
    said = f"{NEVER} Indeed."
    judge = Says("supported", (said, NEVER), chance=chance)

    assert says_forbidden(CASE, reply(quotes(said)), judge) == value


def test_a_statement_that_contradicts_what_another_one_quotes() -> None:
    one, other = "Sleep was better after exercise.", "After exercise sleep was worse."
    response = reply(quotes("Sleep got better.", one), quotes(other))

    assert contradicts(CASE, response, Says("contradicted", (one, other))) == 1
    assert contradicts(CASE, reply(quotes(other, one)), Says("contradicted", (one, other))) == 0  # its own quote
    shared = reply(quotes("Sleep got better.", one), quotes("Exercise made sleep better.", one))
    assert contradicts(CASE, shared, Says("contradicted", (one, "Sleep got better."))) == 0


def test_pairs_that_share_few_words_are_not_asked() -> None:
    judge = Says("contradicted")

    assert contradicts(CASE, reply(quotes("Vaccines are advised each winter.")), judge) == 0
    assert judge.asked == []


def test_three_of_ten_words_are_enough_and_two_are_not() -> None:
    ten = "alpha bravo charlie delta echo foxtrot golf hotel india juliet"

    assert shares_words(ten, "alpha bravo charlie kilo lima mike november oscar papa quebec")
    assert not shares_words(ten, "alpha bravo kilo lima mike november oscar papa quebec romeo")


def test_the_words_of_a_fact_do_not_contradict_it() -> None:
    judge = Says("contradicted", (FACT, FACT))

    assert contradicts(CASE, reply(quotes(FACT)), judge) == 0
    assert judge.asked == []


def test_a_contested_case_is_held_against_no_fact() -> None:
    contested = Case(id="c", kind="contested", question="?", facts=CASE.facts)
    judge = Says("contradicted", (FACT, "Ketamine eased tiredness."))

    assert contradicts(contested, reply(quotes("Ketamine eased tiredness.")), judge) == 0


def test_statements_that_the_reply_says_disagree_are_not_held_against_each_other() -> None:
    one, other = "Sleep was better after exercise.", "After exercise sleep was worse."
    disagree = Said(text=connecting("disagree"), fixed=True)

    assert contradicts(CASE, reply(disagree, quotes(one), quotes(other)), Says("contradicted", (one, other))) == 0


def test_what_must_not_be_said() -> None:
    said = "It is known that ketamine cures tiredness."
    judge = Says("supported", (said, NEVER))

    assert says_forbidden(CASE, reply(quotes(said)), judge) == 1
    assert forbidden(CASE, reply(quotes(said)), judge) == (f'"{said}" says "{NEVER}"',)
    assert says_forbidden(CASE, reply(quotes("Ketamine was tried against tiredness.")), judge) == 0


def test_the_very_words_that_must_not_be_said_need_no_judge() -> None:
    judge = Says("contradicted")

    assert says_forbidden(CASE, reply(quotes(f" {NEVER}")), judge) == 1
    assert judge.asked == []


def test_what_the_reply_calls_disputed_is_not_said() -> None:
    disputed = (Said(text=connecting("disputed"), fixed=True), quotes("Surely ketamine cures tiredness."))
    answer = (Said(text=connecting("better_sources"), fixed=True), quotes(FACT))
    judge = Says("supported", ("Surely ketamine cures tiredness.", NEVER))

    assert says_forbidden(CASE, reply(*disputed, *answer), judge) == 0


def test_a_reply_that_states_nothing_says_nothing_wrong() -> None:
    abstained = Response(text="Ketamine cures tiredness?", answered=False)

    assert contradicts(CASE, abstained, Says("contradicted")) == 0
    assert says_forbidden(CASE, abstained, Says("supported")) == 0
