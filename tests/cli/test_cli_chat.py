"""`askms chat`: turns, follow-ups, and what an error does to a conversation."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from askms.assistant import Assistant
from askms.reply import DISCLAIMER
from askms.types import Turn

QUESTION = "What is a relapse?"
EMERGENCY = "My throat is closing up after my Copaxone injection"

Run = Callable[..., Any]


def test_two_turns_are_one_conversation(run: Run) -> None:
    assistant = Assistant.open()
    first = assistant.ask(QUESTION).text
    follow_up = "Why does heat make it worse?"
    second = assistant.ask(follow_up, [Turn(role="user", content=QUESTION), Turn(role="assistant", content=first)]).text

    ran = run("chat", given=f"{QUESTION}\n{follow_up}\n\n")

    assert ran.status == 0
    assert first in ran.out
    assert second in ran.out
    assert ran.out.index(first) < ran.out.index(second)
    assert ran.out.count(DISCLAIMER) == 2


def test_an_emergency_stays_on_top_in_the_next_turn(run: Run) -> None:
    card = Assistant.open().ask(EMERGENCY).cards[0]

    assert run("chat", given=f"{EMERGENCY}\n{QUESTION}\n").out.count(card.title) == 2


@pytest.mark.parametrize("given", ["", "\n", "   \n"])
def test_an_empty_line_or_the_end_of_input_ends_the_chat(run: Run, given: str) -> None:
    ran = run("chat", given=given)

    assert ran.status == 0
    assert DISCLAIMER not in ran.out


def test_an_error_does_not_end_the_chat(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASKMS_INDEX_DIR", str(tmp_path / "nothing"))

    ran = run("chat", given=f"{QUESTION}\nHow much baclofen should I take?\n")

    assert ran.status == 0
    assert "Run: askms index build" in ran.err
    assert ran.disclaims
    assert ran.out.count(DISCLAIMER) == 1
