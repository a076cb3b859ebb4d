"""A clock that is set back or forth: nobody is locked out, nothing is erased too late for ever, nothing falls over."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from askms.api import create_app
from askms.assistant import Assistant
from askms.errors import UnknownRecord
from askms.records import Records, open_records
from askms.records import records as keeping

SetClock = Callable[[timedelta], None]
YEAR = timedelta(days=365)


@pytest.fixture
def records(tmp_path: Path) -> Iterator[Records]:
    """Words are kept for 30 days."""
    with closing(open_records(f"sqlite:///{tmp_path / 'records.sqlite'}", 30)) as opened:
        yield opened


@pytest.fixture
def set_clock(monkeypatch: pytest.MonkeyPatch) -> SetClock:
    """Return what sets the clock of the records so far from the right time."""
    off = timedelta()

    class Wrong(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> Any:
            return datetime.now(UTC) + off

    monkeypatch.setattr(keeping, "datetime", Wrong)

    def set_clock(by: timedelta) -> None:
        nonlocal off
        off = by

    return set_clock


def ask(client: TestClient, **more: Any) -> str:
    reply = client.post("/v1/ask", json={"question": "What is a relapse?", **more}).json()
    assert reply["recorded"]
    found: str = reply["conversation"]
    return found


def test_a_conversation_stays_in_order_whatever_the_clock_does(
    assistant: Assistant, records: Records, set_clock: SetClock
) -> None:
    client = TestClient(create_app(assistant, records=records))
    conversation = ask(client)
    for off, question in ((YEAR, "Why does heat make MS worse?"), (-YEAR, "Does ketamine help MS fatigue?")):
        set_clock(off)
        ask(client, question=question, conversation=conversation)

    turns = client.get(f"/v1/conversations/{conversation}").json()["turns"]
    assert [turn["question"].split()[0] for turn in turns] == ["What", "Why", "Does"]


def test_words_kept_under_a_clock_of_last_year_go_once_it_is_right(
    assistant: Assistant, records: Records, set_clock: SetClock
) -> None:
    client = TestClient(create_app(assistant, records=records))
    set_clock(-YEAR)
    conversation = ask(client)
    records.purge()
    assert records.conversation(conversation).turns

    set_clock(timedelta())
    records.purge()

    with pytest.raises(UnknownRecord):
        records.conversation(conversation)


def test_a_clock_that_runs_ahead_erases_early_and_never_late(
    assistant: Assistant, records: Records, set_clock: SetClock
) -> None:
    client = TestClient(create_app(assistant, records=records))
    conversation = ask(client)
    set_clock(YEAR)
    records.purge()
    with pytest.raises(UnknownRecord):
        records.conversation(conversation)
    ahead = ask(client)

    set_clock(timedelta())  # right again: what was said a year ahead is kept for longer, and can be erased by hand
    records.purge()
    assert records.conversation(ahead).turns
    records.erase(ahead)

    with pytest.raises(UnknownRecord):
        records.conversation(ahead)
