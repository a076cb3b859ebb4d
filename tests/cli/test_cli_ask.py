"""`askms ask`: text, JSON, standard input, receipts, and everything that can go wrong."""

from __future__ import annotations

import gc
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from askms.api import create_app
from askms.assistant import Assistant
from askms.receipt import read_receipt
from askms.reply import DISCLAIMER

QUESTION = "What is a relapse?"
EMERGENCY = "My throat is closing up after my Copaxone injection"

Run = Callable[..., Any]


def test_a_reply_is_printed_as_it_is(run: Run) -> None:
    ran = run("ask", QUESTION)

    assert ran.status == 0
    assert ran.out == Assistant.open().ask(QUESTION).text + "\n"
    assert ran.out.endswith(f"\n\n{DISCLAIMER}\n")


@pytest.mark.parametrize("question", [QUESTION, EMERGENCY, "hello", "How much baclofen should I take?", ""])
def test_json_is_what_http_gives(run: Run, question: str) -> None:
    ran = run("ask", question, "--json")

    http = TestClient(create_app(Assistant.open())).post("/v1/ask", json={"question": question})
    assert json.loads(ran.out) == http.json()


@pytest.mark.parametrize("question", [QUESTION, "x" * 100_000])
def test_no_look_for_rubbish_while_a_question_is_answered_and_as_before_after_it(
    run: Run, monkeypatch: pytest.MonkeyPatch, question: str
) -> None:
    seen: list[bool] = []
    answer = Assistant.answer

    def watched(*arguments: Any, **named: Any) -> Any:
        seen.append(gc.isenabled())
        return answer(*arguments, **named)

    monkeypatch.setattr(Assistant, "answer", watched)

    run("ask", question)

    assert seen == [False]
    assert gc.isenabled()


def test_a_question_can_come_from_standard_input(run: Run) -> None:
    assert run("ask", "-", given=f"{QUESTION}\n").out == run("ask", QUESTION).out


@pytest.mark.parametrize("given", [b"", b"\xff\xfe\x00binary\x80", "\ufeff¿Qué es un brote?\r\n".encode()])
def test_any_bytes_on_standard_input_get_a_reply(run: Run, given: bytes) -> None:
    ran = run("ask", "-", given=given)

    assert ran.status == 0
    assert ran.out.endswith(f"\n\n{DISCLAIMER}\n")


def test_arguments_that_are_not_utf8_get_a_reply(run: Run) -> None:
    assert run("ask", b"what is a relapse \xff".decode(errors="surrogateescape")).out.endswith(f"{DISCLAIMER}\n")


def test_the_locale_chooses_the_numbers(run: Run) -> None:
    assert "999" in run("ask", EMERGENCY, "--locale", "uk").out
    assert "911" in run("ask", EMERGENCY, "--locale", "us").out


def test_an_unknown_locale_shows_all_numbers(run: Run) -> None:
    text = run("ask", EMERGENCY, "--locale", "atlantis").out

    assert all(number in text for number in ("911", "999", "112"))


def test_a_receipt_is_written(run: Run, tmp_path: Path) -> None:
    ran = run("ask", QUESTION, "--json", "--receipt", str(tmp_path / "receipt.json"))

    receipt = read_receipt((tmp_path / "receipt.json").read_text(encoding="utf-8"))
    assert receipt.id == json.loads(ran.out)["receipt_id"]


def test_a_receipt_that_cannot_be_written_does_not_cost_the_reply(run: Run, tmp_path: Path) -> None:
    ran = run("ask", EMERGENCY, "--receipt", str(tmp_path / "no" / "folder" / "receipt.json"))

    assert ran.status == 1
    assert ran.out == run("ask", EMERGENCY).out
    assert "receipt.json: No such file or directory" in ran.err
    assert ran.disclaims


def test_without_an_index_it_says_what_to_run(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASKMS_INDEX_DIR", str(tmp_path / "nothing"))

    ran = run("ask", QUESTION)

    assert (ran.status, ran.out) == (1, "")
    assert "Run: askms index build" in ran.err
    assert "Traceback" not in ran.err
    assert ran.disclaims


def test_an_emergency_needs_no_index(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASKMS_INDEX_DIR", str(tmp_path / "nothing"))

    ran = run("ask", EMERGENCY)

    card = Assistant.open().ask(EMERGENCY).cards[0]
    assert ran.status == 0
    assert ran.out.startswith(f"{card.title}\n{card.text}\n")


def test_a_question_that_is_too_long_is_refused(run: Run) -> None:
    ran = run("ask", "-", given="zanzibar " * 12_000)

    assert (ran.status, ran.out) == (1, "")
    assert "108,000 characters" in ran.err
    assert "zanzibar" not in ran.err
    assert ran.disclaims


@pytest.mark.parametrize("arguments", [("ask",), ("ask", "a", "b"), ("ask", "a", "--nope"), ("nope",)])
def test_a_command_typed_wrong_is_explained(run: Run, arguments: tuple[str, ...]) -> None:
    ran = run(*arguments)

    assert ran.status == 2
    assert "Usage:" in ran.err
    assert ran.disclaims
