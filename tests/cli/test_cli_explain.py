"""`askms explain`: every sentence with its fate, for those who look after askms."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
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


def test_the_quoting_writer_is_asked_alone_where_a_chat_model_is_set(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASKMS_CHAT_MODEL", "openai:gpt-5-mini")

    def open_it(*_: object, **__: object) -> None:
        pytest.fail("the chat model was opened")

    monkeypatch.setattr("askms.answering.model.ModelWriter.open", open_it)

    for question in ("What is a relapse?", "I want to end my life"):
        ran = run("explain", question)

        assert ran.status == 0
        assert "the quoting writer alone" in ran.out


def test_without_an_index_a_card_is_printed_alone(run: Run, monkeypatch: pytest.MonkeyPatch, folders: Path) -> None:
    monkeypatch.setenv("ASKMS_INDEX_DIR", str(folders / "none"))

    ran = run("explain", "I want to end my life")

    assert ran.status == 0
    assert "Route crisis; nothing could be looked up: No index in" in ran.out
    assert ran.out.endswith(run("ask", "I want to end my life").out)
