"""`askms explain`: every sentence with its fate, for those who look after askms."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from askms.reply import DISCLAIMER

Run = Callable[..., Any]


@pytest.fixture(autouse=True)
def wide(folders: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "400")


def test_the_sentence_quoted_is_listed_with_what_spoke_for_it(run: Run) -> None:
    ran = run("explain", "What is a relapse?")

    assert ran.status == 0
    assert "Probability of answering" in ran.out
    assert "quoted" in ran.out
    assert "[relapse]" in ran.out
    assert ran.out.endswith(f"\n{DISCLAIMER}\n")


def test_as_many_sentences_as_asked_for_are_listed(run: Run) -> None:
    one, more = run("explain", "What is a relapse in MS?", "--most", "1"), run("explain", "What is a relapse in MS?")

    assert one.out.count("[relapse]") == 1
    assert len(more.out) > len(one.out)


def test_nothing_found_is_said(run: Run) -> None:
    ran = run("explain", "zzzz qqqq")

    assert ran.status == 0
    assert "Nothing was found." in ran.out
    assert ran.out.endswith(f"{DISCLAIMER}\n")
