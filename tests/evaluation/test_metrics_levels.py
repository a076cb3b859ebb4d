"""A citation shows a known evidence level or it does not count."""

from __future__ import annotations

import pytest

from evals.cases import Case
from evals.metrics.levels import missing, shown
from evals.responses import Quoted, Response, Said
from evals.scores import Unscored

CASE = Case(id="c", kind="answerable", question="?")


def test_the_share_of_citations_with_a_known_level() -> None:
    citations = tuple(
        Quoted(source=f"s{at}", passage="p", level=level) for at, level in enumerate(("", "news", "gold"))
    )
    response = Response(text="", said=(Said(text="A.", citations=citations),))

    assert shown(CASE, response) == pytest.approx(1 / 3)
    assert missing(CASE, response) == ("s0: no level", "s2: unknown level 'gold'")


def test_a_reply_without_citations_is_unscored() -> None:
    with pytest.raises(Unscored, match="nothing cited"):
        shown(CASE, Response(text="A.", said=(Said(text="A."),)))
