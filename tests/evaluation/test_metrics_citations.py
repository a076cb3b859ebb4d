"""Citation recall and precision on replies judged by hand."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from askms.entailment import Judgement
from askms.wording import study_dose
from evals.cases import Case
from evals.metrics.citations import not_precise, not_recalled, precision, recall
from evals.responses import Quoted, Response, Said
from evals.scores import Unscored

CASE = Case(id="c", kind="answerable", question="?")


class Holding:
    """Supports the pairs it was told to, and remembers what it was asked."""

    name = "holding"

    def __init__(self, *supported: tuple[str, str]) -> None:
        self.supported, self.asked = supported, list[tuple[str, str]]()

    def judge(self, pairs: Sequence[tuple[str, str]]) -> list[Judgement]:
        self.asked += pairs
        return [Judgement(supported=float(pair in self.supported), contradicted=0.0) for pair in pairs]


def quoted(quote: str, passage: str | None = None, source: str = "s") -> Quoted:
    return Quoted(source=source, passage=quote if passage is None else passage, quote=quote)


def reply(*said: Said) -> Response:
    return Response(text="", said=said)


def test_a_quotation_is_entailed_without_the_judge() -> None:
    judge = Holding()
    said = (
        Said(text="“Sleep is\nworse.”", citations=(quoted("Sleep is worse."),)),
        Said(text=study_dose("A trial", "It gave 0.5 mg."), citations=(quoted("It gave 0.5 mg."),)),
    )

    assert recall(CASE, reply(*said), judge) == 1
    assert precision(CASE, reply(*said), judge) == 1
    assert judge.asked == []


def test_an_invented_quotation_does_not_entail_itself() -> None:
    judge = Holding()
    response = reply(Said(text="It cures.", citations=(quoted("It cures.", passage="It was tried."),)))

    assert recall(CASE, response, judge) == 0
    assert judge.asked == [("It was tried.", "It cures.")]


def test_recall_is_the_mean_over_statements_and_uncited_ones_count_as_zero() -> None:
    judge = Holding(("Nights are bad. Days are good.", "Nights are worse than days."))
    response = reply(
        Said(text="Nights are worse than days.", citations=(quoted("Nights are bad."), quoted("Days are good."))),
        Said(text="Rest helps.", citations=(quoted("Rest was tried."),)),
        Said(text="That is known."),
        Said(text="Here is what I found.", fixed=True),
    )

    assert recall(CASE, response, judge) == pytest.approx(1 / 3)
    assert not_recalled(CASE, response, judge) == ("not entailed: Rest helps.", "not cited: That is known.")


def test_a_citation_that_is_needed_is_precise() -> None:
    judge = Holding(("A. B.", "A and B."))  # only together
    response = reply(Said(text="A and B.", citations=(quoted("A."), quoted("B."))))

    assert precision(CASE, response, judge) == 1


def test_each_of_two_that_support_it_alone_is_precise() -> None:
    response = reply(Said(text="A.", citations=(quoted("A."), quoted("A.", source="other"))))

    assert precision(CASE, response, Holding()) == 1


def test_a_citation_that_adds_nothing_is_not_precise() -> None:
    response = reply(Said(text="A.", citations=(quoted("A."), quoted("Noise.", source="noise"))))

    # The first is the statement itself; the second does not entail it, and without it the first still does.
    assert precision(CASE, response, Holding()) == pytest.approx(1 / 2)
    assert not_precise(CASE, response, Holding()) == ("noise adds nothing to: A.",)


def test_citations_of_a_statement_that_is_not_recalled_are_not_precise() -> None:
    response = reply(
        Said(text="A.", citations=(quoted("A."),)),
        Said(text="C.", citations=(quoted("A."), quoted("B."))),
        Said(text="D."),
    )

    assert precision(CASE, response, Holding(("A.", "C."))) == pytest.approx(1 / 3)


def test_each_statement_counts_the_same_however_many_citations_it_has() -> None:
    many = tuple(quoted(f"N{at}.", source=f"n{at}") for at in range(3))
    response = reply(Said(text="A.", citations=(quoted("A."), *many)), Said(text="B.", citations=(quoted("B."),)))

    assert precision(CASE, response, Holding()) == pytest.approx((1 / 4 + 1) / 2)


def test_a_passage_speaks_for_a_citation_that_only_points() -> None:
    judge = Holding(("The whole passage.", "Something."))
    response = reply(Said(text="Something.", citations=(quoted("", passage="The whole passage."),)))

    assert recall(CASE, response, judge) == 1


def test_a_reply_that_states_nothing_is_unscored() -> None:
    with pytest.raises(Unscored, match="nothing stated"):
        recall(CASE, Response(text="I cannot say.", answered=False), Holding())
