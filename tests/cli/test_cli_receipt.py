"""`askms receipt replay`: the same, another index, altered, unreadable."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from askms.testing import corpus_file

Run = Callable[..., Any]


@pytest.fixture
def receipt(run: Run, folders: Path) -> Path:
    """A receipt that was just written."""
    file = folders / "receipt.json"
    run("ask", "What is a relapse?", "--receipt", str(file))
    return file


def test_the_same_index_gives_the_same_reply(run: Run, receipt: Path) -> None:
    ran = run("receipt", "replay", str(receipt))

    assert ran.status == 0
    assert "the same reply" in ran.out


def test_identifiers_that_were_masked_do_not_make_a_difference(run: Run, folders: Path) -> None:
    file = folders / "masked.json"
    run("ask", "My e-mail is jane.doe@example.com. What is a relapse?", "--receipt", str(file))

    assert "jane" not in file.read_text(encoding="utf-8")
    assert run("receipt", "replay", str(file)).status == 0


def test_another_index_is_a_difference_that_is_named(run: Run, receipt: Path, folders: Path) -> None:
    corpus_file(folders / "corpus", "extra")
    run("index", "build")

    ran = run("receipt", "replay", str(receipt))

    assert ran.status == 1
    assert "differs" in ran.out
    assert any(line.startswith("snapshot: ") for line in ran.out.splitlines())
    assert "Traceback" not in ran.err


def test_another_setting_is_a_difference_that_is_named(
    run: Run, receipt: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ASKMS_DENSE_WEIGHT", "0.3")

    ran = run("receipt", "replay", str(receipt))

    assert ran.status == 1
    assert any(line.startswith("settings: ") for line in ran.out.splitlines())


def test_an_altered_receipt_is_refused(run: Run, receipt: Path) -> None:
    text = receipt.read_text(encoding="utf-8").replace("What is a relapse?", "What is a scan?")
    receipt.write_text(text, encoding="utf-8")

    ran = run("receipt", "replay", str(receipt))

    assert (ran.status, ran.out) == (1, "")
    assert "was altered" in ran.err
    assert ran.disclaims


@pytest.mark.parametrize("content", [b"", b"{}", b"zanzibar", b"[1]", b"\xff\xfe\x00", b"null"])
def test_what_is_no_receipt_is_refused(run: Run, folders: Path, content: bytes) -> None:
    (folders / "other.json").write_bytes(content)

    ran = run("receipt", "replay", str(folders / "other.json"))

    assert (ran.status, ran.out) == (1, "")
    assert "Traceback" not in ran.err
    assert "zanzibar" not in ran.err
    assert ran.disclaims


@pytest.mark.parametrize("name", ["nowhere.json", "."])
def test_a_file_that_cannot_be_read_is_named(run: Run, folders: Path, name: str) -> None:
    ran = run("receipt", "replay", str(folders / name))

    assert ran.status == 1
    assert "cannot be read" in ran.err
    assert ran.disclaims
