"""Words of statements are counted, fixed sentences are not."""

from __future__ import annotations

import pytest

from evals.cases import Case
from evals.metrics.length import words
from evals.responses import Response, Said
from evals.scores import Unscored

CASE = Case(id="c", kind="answerable", question="?")


def test_words_of_all_statements() -> None:
    said = (Said(text="Here is more.", fixed=True), Said(text="Sleep is  worse."), Said(text="Rest helps."))

    assert words(CASE, Response(text="", said=said)) == 5


def test_a_reply_that_states_nothing_is_unscored() -> None:
    with pytest.raises(Unscored, match="nothing stated"):
        words(CASE, Response(text="I cannot say.", answered=False))
