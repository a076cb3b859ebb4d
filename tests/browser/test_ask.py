"""The demo page against a real server: real model, real corpus, real Chromium."""

from __future__ import annotations

import os
import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from threading import Timer
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, Request, expect

from askms.reply import DISCLAIMER
from tests.browser.driving import clear

pytestmark = [pytest.mark.browser, pytest.mark.model]

SLOWEST = 90
"""Seconds after which a server that hangs is killed."""


@pytest.fixture(scope="module")
def records(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the service keeps its records."""
    return tmp_path_factory.mktemp("records") / "records.sqlite"


@pytest.fixture(scope="module")
def address(real_index: Path, records: Path) -> Iterator[str]:
    """Where `askms serve` serves."""
    process = subprocess.Popen(
        [sys.executable, "-m", "askms", "serve", "--port", "0"],
        env={**os.environ, "ASKMS_INDEX_DIR": str(real_index), "ASKMS_RECORDS": f"sqlite:///{records}"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    killer = Timer(SLOWEST, process.kill)
    killer.start()
    assert process.stderr is not None
    said = []
    for text in process.stderr:
        said.append(text)
        if found := re.search(r"http://127\.0\.0\.1:[1-9]\d*", text):
            yield found[0]
            break
    else:
        pytest.fail("".join(said))
    killer.cancel()
    process.terminate()
    process.communicate(timeout=30)


@pytest.fixture
def asked(page: Page, address: str) -> Iterator[list[str]]:
    """The demo page, open. Returns the hosts that it sends requests to."""
    hosts: list[str] = []

    def keep(request: Request) -> None:
        hosts.append(urlsplit(request.url).netloc)

    page.on("request", keep)
    page.goto(address)
    expect(page.get_by_label("Your question")).to_be_visible()
    yield hosts
    page.remove_listener("request", keep)
    assert set(hosts) <= {urlsplit(address).netloc}


def ask(page: Page, question: str) -> None:
    page.get_by_label("Your question").fill(question)
    page.get_by_role("button", name="Ask", exact=True).click()
    expect(page.locator(".turn").last).to_have_attribute("data-state", "answered", timeout=30_000)


def test_an_answer_shows_the_words_it_rests_on_and_ends_with_the_disclaimer(
    page: Page, asked: list[str], tmp_path: Path
) -> None:
    ask(page, "Does ketamine help MS fatigue?")
    answer = page.locator(".turn .answer").last
    expect(answer.locator(".disclaimer")).to_have_text(DISCLAIMER)
    assert answer.inner_text().rstrip().endswith(DISCLAIMER)

    cited = answer.locator(".sentence:has(.cite)").first
    sentence = cited.locator("p").first.inner_text()
    cited.get_by_role("button", name=re.compile("Source 1")).click()
    expect(page.locator("dialog mark")).to_have_text(sentence)
    expect(page.locator("dialog")).to_contain_text("Kind of evidence:")
    page.screenshot(path=tmp_path / "answer.png", full_page=True)
    assert (tmp_path / "answer.png").stat().st_size > 10_000

    link = page.locator("dialog").get_by_role("link", name="Read all our notes on it").get_attribute("href")
    assert link is not None
    page.goto(link)
    expect(page.locator("mark#quote")).to_be_visible()
    assert " ".join(page.locator("mark").all_inner_texts()).split() == sentence.split()
    expect(page.locator("main")).to_contain_text(DISCLAIMER)
    assert asked


def test_an_emergency_shows_its_card_before_everything(page: Page, asked: list[str], tmp_path: Path) -> None:
    ask(page, "My throat is closing up after my Copaxone injection")

    card = page.get_by_role("alert").first
    expect(card).to_be_visible()
    expect(card).to_have_attribute("data-kind", "emergency")
    assert card.locator("a[href^='tel:']").count() > 0
    top, below = card.bounding_box(), page.locator(".turn").last.bounding_box()
    assert top is not None
    assert below is not None
    assert top["y"] < below["y"]
    assert page.locator(".turn .answer").last.inner_text().rstrip().endswith(DISCLAIMER)
    page.screenshot(path=tmp_path / "emergency.png")
    assert asked


def test_an_example_asks_and_a_follow_up_is_understood(page: Page, asked: list[str]) -> None:
    page.get_by_role("button", name="What is a relapse?").click()
    expect(page.locator(".turn").last).to_have_attribute("data-state", "answered", timeout=30_000)

    ask(page, "Can an infection bring it on?")

    assert page.locator(".turn").count() == 2
    assert page.locator(".turn .disclaimer").all_inner_texts() == [DISCLAIMER, DISCLAIMER]
    assert asked


def rows(file: Path, table: str) -> int:
    with closing(sqlite3.connect(file)) as database:
        (count,) = database.execute(f"SELECT count(*) FROM {table}").fetchone()  # noqa: S608 - a name of ours
    return int(count)


def test_a_chat_is_one_conversation_and_no_word_of_it_is_left_once_it_is_cleared(
    page: Page, asked: list[str], records: Path
) -> None:
    conversations, turns = rows(records, "conversations"), rows(records, "turns")
    ask(page, "What is a relapse, asks the quokka?")
    page.reload()
    ask(page, "And is heat bad for a numbat?")
    assert page.locator(".turn").count() == 2
    assert (rows(records, "conversations"), rows(records, "turns")) == (conversations + 1, turns + 2)
    page.locator(".turn").last.get_by_role("button", name="Yes", exact=True).click()
    expect(page.get_by_role("status")).to_have_text("Thank you. We have passed it on.")
    assert words_in(records) == {"quokka", "numbat"}

    clear(page)

    expect(page.get_by_role("status")).to_contain_text("The chat is erased, here and on the server.", timeout=30_000)
    assert (rows(records, "conversations"), rows(records, "turns")) == (conversations, turns)
    assert words_in(records) == set()
    assert page.evaluate("() => sessionStorage.length") == 0
    assert asked


def words_in(file: Path) -> set[str]:
    """Which words of the chat the database has anywhere in its files."""
    held = b"".join(part.read_bytes() for part in file.parent.glob(f"{file.name}*"))
    return {word for word in ("quokka", "numbat") if word.encode() in held}
