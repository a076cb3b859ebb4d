"""`askms brief` prints what the sources say on a topic, and lists the topics when asked for another."""

from __future__ import annotations

import json

import pytest
from rich.status import Status

from askms.reply import DISCLAIMER
from tests.cli.conftest import Run


def test_a_brief_is_printed_with_the_disclaimer_last(run: Run) -> None:
    ran = run("brief", "ketamine")

    assert ran.status == 0
    assert ran.out.startswith("Ketamine and MS: what the sources say\n")
    assert ran.out.endswith(f"\n\n{DISCLAIMER}\n")


def test_a_brief_is_printed_as_data(run: Run) -> None:
    made = json.loads(run("brief", "heat", "--json").out)

    assert made["topic"] == "heat"
    assert made["disclaimer"] == DISCLAIMER


def test_an_unknown_topic_is_refused_with_those_there_are(run: Run) -> None:
    ran = run("brief", "zebra")

    assert ran.status == 1
    assert "No brief 'zebra'. Choose one of: ketamine" in ran.err
    assert ran.disclaims


def test_a_terminal_is_told_how_far_it_is(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    monkeypatch.setattr(Status, "update", lambda self, text: said.append(text))

    run("brief", "ketamine")

    assert said[0] == "Looking in the sources: 1 of 7 parts are done..."
    assert said[-1] == "Looking in the sources: 7 of 7 parts are done..."
