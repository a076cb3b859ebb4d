"""A quotation is exact letter for letter, at its place, or not at all."""

from __future__ import annotations

import pytest

from evals.cases import Case
from evals.metrics.quotations import exact, inexact, integrity
from evals.responses import Quoted, Response, Said
from evals.scores import Unscored

CASE = Case(id="c", kind="answerable", question="?")
PASSAGE = "Sleep is worse. Rest helps."
RIGHT = Quoted(source="s", passage=PASSAGE, quote="Rest helps.", start=16, end=27)


def reply(*citations: Quoted) -> Response:
    return Response(text="", said=(Said(text="It helps.", citations=citations),))


def test_exact_quotations_are_exact() -> None:
    assert exact(CASE, reply(RIGHT, RIGHT)) == 1
    assert integrity(CASE, reply(RIGHT, RIGHT)) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        Quoted(source="s", passage=PASSAGE, quote="Rest helps", start=16, end=27),
        Quoted(source="s", passage=PASSAGE, quote="rest helps.", start=16, end=27),
        Quoted(source="s", passage=PASSAGE, quote="Rest helps.", start=0, end=11),
        Quoted(source="s", passage=PASSAGE, quote="Rest helps", start=-11, end=-1),
        Quoted(source="s", passage=PASSAGE, quote="", start=3, end=3),
    ],
)
def test_one_of_three_that_is_not_spoils_the_whole(wrong: Quoted) -> None:
    assert exact(CASE, reply(RIGHT, RIGHT, wrong)) == pytest.approx(2 / 3)
    assert integrity(CASE, reply(RIGHT, RIGHT, wrong)) == 0
    assert inexact(CASE, reply(RIGHT, wrong)) == (f"not exact: s [{wrong.start}:{wrong.end}]: {wrong.quote}",)


def test_a_reply_without_quotations_is_unscored() -> None:
    for response in (reply(), reply(Quoted(source="s", passage=PASSAGE))):
        with pytest.raises(Unscored, match="nothing quoted"):
            exact(CASE, response)
