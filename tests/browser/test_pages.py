"""The pages for people in Chromium: readable in every look, usable by keyboard, fit to print."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from askms.api import create_app
from askms.assistant import Assistant
from askms.index import LiveIndex
from askms.reply import DISCLAIMER
from askms.settings import Settings
from askms.testing import small_index
from tests.browser.conftest import AxeCheck
from tests.browser.pages import LOOKS, PRINT, large_enough, looks_right
from tests.running import running

pytestmark = pytest.mark.browser

BODY = """\
## Does ketamine help MS fatigue?

In a 2021 trial of 18 people with MS, one ketamine infusion did not change daily fatigue over 7 days.
However, in the same trial a fatigue score was lower after ketamine than after midazolam on day 28.

## What did the trial give?

Each of the 18 people with MS got ketamine 40 mg in a drip once.
"""


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """A server over two sources that disagree, on a free port."""
    conflict = [{"source": "review", "on": "whether ketamine eases MS fatigue"}]
    review = "## Does ketamine help?\n\nNo review of ketamine for MS fatigue was found.\n"
    sources: dict[str, dict[str, Any]] = {
        "trial": {"body": BODY, "conflicts_with": conflict},
        "review": {"body": review, "evidence_level": "narrative_review", "status": "outdated", "topics": ["sleep"]},
    }
    small = small_index(folder, sources)
    app = create_app(Assistant(Settings(index_dir=small.folder), small.embedder, LiveIndex(small.folder)))
    with running(app) as where:
        yield where


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the pages are."""
    with serving(tmp_path_factory.mktemp("pages")) as where:
        yield where


@pytest.mark.parametrize("path", ["/sources", "/sources?topic=sleep", "/sources/trial", "/sources/nope", "/privacy"])
def test_a_page_is_accessible_and_never_scrolls_sideways(page: Page, address: str, axe: AxeCheck, path: str) -> None:
    page.goto(address + path)
    expect(page.locator("main > p").last).to_have_text(DISCLAIMER)
    looks_right(page, axe, LOOKS | PRINT)


@pytest.mark.parametrize("path", ["/sources", "/sources/trial", "/privacy"])
def test_what_can_be_pressed_is_large_enough(page: Page, address: str, path: str) -> None:
    page.goto(address + path)

    large_enough(page.locator("nav > a, main > ul > li > a, select, button, main > p > a"))


def test_the_list_is_narrowed_and_a_source_opened_by_keyboard(page: Page, address: str) -> None:
    page.goto(f"{address}/sources")
    page.get_by_label("Topic").focus()
    page.keyboard.type("sleep")
    page.get_by_role("button", name="Show").press("Enter")

    expect(page.get_by_role("status")).to_have_text("1 of 2 sources.")
    page.locator("li > a").first.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.get_by_role("note").first).to_contain_text("out of date")


def test_a_citation_lands_on_the_marked_words(page: Page, address: str) -> None:
    key = page.request.post(f"{address}/v1/ask", data={"question": "Does ketamine help MS fatigue?"}).json()
    citation = next(s for s in key["sentences"] if s["citations"])["citations"][0]
    query = f"passage={citation['passage_key']}&start={citation['start']}&end={citation['end']}"

    page.goto(f"{address}/sources/{citation['source_id']}?{query}#quote")

    expect(page.locator("mark")).to_have_text(citation["quote"])
    expect(page.locator("mark")).to_be_in_viewport()


def test_an_amount_stands_in_its_frame(page: Page, address: str) -> None:
    page.goto(f"{address}/sources/trial#what-did-the-trial-give")

    expect(page.locator("blockquote")).to_contain_text("40 mg")
    expect(page.locator("#what-did-the-trial-give")).to_be_in_viewport()


def test_the_printed_page_names_the_address_of_the_original(page: Page, address: str) -> None:
    page.goto(f"{address}/sources/trial")
    page.emulate_media(media="print")

    expect(page.locator("nav")).to_be_hidden()
    shown = page.evaluate("getComputedStyle(document.querySelector('main a[href^=http]'), '::after').content")
    assert "attr(href)" in shown or "https://www.nhs.uk/trial" in shown
