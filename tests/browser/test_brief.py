"""A safety brief in Chromium: readable in every look, by keyboard, on a phone and on paper."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Semaphore

import pytest
from playwright.sync_api import Page, expect

from askms.api import create_app
from askms.assistant import Assistant
from askms.briefs import Brief, Tell, Topic, topics
from askms.briefs.writing import write
from askms.engine import Engine
from askms.errors import ModelUnavailable
from askms.index import LiveIndex
from askms.reply import DISCLAIMER
from askms.settings import Settings
from askms.testing import small_index
from tests.briefs.conftest import SOURCES
from tests.browser.conftest import AxeCheck
from tests.browser.pages import LOOKS, PRINT, large_enough, looks_right, styled
from tests.running import running

pytestmark = pytest.mark.browser

ONE, OTHER = next(plan for plan in topics()["ketamine"].parts if plan.id == "studied").disagreements[0]


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """A server over sources on ketamine, two of which disagree as the data of the brief says."""
    sides = {
        said.source_id: {"body": f"## Does ketamine help?\n\n{said.sentence}\n", "evidence_level": level}
        for said, level in ((ONE, "pilot_trial"), (OTHER, "registry_entry"))
    }
    small = small_index(folder, {**SOURCES, **sides})
    settings = Settings(index_dir=small.folder, min_confidence=0, ranker="none")
    app = create_app(Assistant(settings, small.embedder, LiveIndex(small.folder)))
    with running(app) as where:
        yield where


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the pages are."""
    with serving(tmp_path_factory.mktemp("briefs")) as where:
        yield where


@pytest.mark.parametrize("path", ["/brief", "/brief/ketamine", "/brief/zebra"])
def test_a_page_is_accessible_and_never_scrolls_sideways(page: Page, address: str, axe: AxeCheck, path: str) -> None:
    page.goto(address + path)
    expect(page.locator("main > p").last).to_have_text(DISCLAIMER)
    looks_right(page, axe, LOOKS | PRINT)


@pytest.mark.parametrize("path", ["/brief", "/brief/ketamine"])
def test_what_can_be_pressed_is_large_enough(page: Page, address: str, path: str) -> None:
    page.goto(address + path)

    large_enough(page.locator("nav > a, main > ul > li > a, blockquote a, .call > a"))


def test_a_part_is_reached_by_keyboard_and_every_part_has_a_heading(page: Page, address: str) -> None:
    page.goto(f"{address}/brief/ketamine")
    page.get_by_role("link", name="Known risks", exact=True).press("Enter")

    expect(page.locator("#risks")).to_be_in_viewport()
    headings = page.get_by_role("heading", level=2).all_inner_texts()
    assert headings == page.get_by_role("navigation", name="On this page").get_by_role("link").all_inner_texts()


def test_a_quotation_leads_to_the_marked_words_in_its_source(page: Page, address: str) -> None:
    page.goto(f"{address}/brief/ketamine")
    link = page.locator("blockquote a.in-source").first
    said = link.locator("xpath=..").inner_text().removesuffix(" Show in the source")
    link.press("Enter")

    expect(page.locator("mark").first).to_be_in_viewport()
    assert " ".join(page.locator("mark").all_inner_texts()) == said


def test_two_sides_stand_beside_each_other_where_there_is_room(page: Page, address: str) -> None:
    page.goto(f"{address}/brief/ketamine")
    sides = page.get_by_role("group", name="Sources disagree:")

    def tops() -> list[float]:
        boxes = [block.bounding_box() for block in sides.first.locator("blockquote").all()]
        return [box["y"] for box in boxes if box is not None]

    assert len(set(tops())) == 1
    page.set_viewport_size({"width": 320, "height": 640})
    assert tops()[0] < tops()[1]


def test_the_printed_brief_has_every_sentence_and_no_links_to_press(page: Page, address: str) -> None:
    page.goto(f"{address}/brief/ketamine")
    page.emulate_media(media="print")

    expect(page.locator("nav").first).to_be_hidden()
    expect(page.locator(".in-source").first).to_be_hidden()
    expect(page.get_by_text(ONE.sentence).first).to_be_visible()
    expect(page.locator("main > p").last).to_have_text(DISCLAIMER)
    assert page.evaluate("getComputedStyle(document.querySelector('blockquote')).breakInside") == "avoid"


@pytest.fixture
def slow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, Semaphore]]:
    """Where a brief is written a part at a time, and what lets it go on."""
    go_on = Semaphore(0)

    def slowly(engine: Engine, topic: Topic, tell: Tell) -> Brief:
        def wait(done: int, of: int) -> None:
            tell(done, of)
            assert go_on.acquire(timeout=60)

        return write(engine, topic, wait)

    monkeypatch.setattr("askms.briefs.keeping.write", slowly)
    with serving(tmp_path) as where:
        yield where, go_on
        go_on.release(20)


def test_a_brief_that_is_being_written_says_so_at_once_in_every_look(
    page: Page, slow: tuple[str, Semaphore], axe: AxeCheck
) -> None:
    address, go_on = slow
    page.goto(f"{address}/brief/ketamine", wait_until="commit")

    expect(page.get_by_role("heading", level=1)).to_be_visible()
    styled(page)
    expect(page.locator(".waiting:visible")).to_have_text("Looking in our sources. 1 of 7 parts are done.")
    looks_right(page, axe)
    page.set_viewport_size({"width": 320, "height": 480})
    expect(page.locator(".waiting:visible")).to_be_in_viewport(ratio=1)
    go_on.release()
    expect(page.locator(".waiting:visible")).to_have_text("Looking in our sources. 2 of 7 parts are done.")
    go_on.release(20)

    expect(page.locator("main > p").last).to_have_text(DISCLAIMER)
    expect(page.locator(".waiting:visible")).to_have_count(0)
    expect(page.locator("blockquote").first).to_be_visible()
    looks_right(page, axe, LOOKS | PRINT)


def test_a_brief_that_fails_on_its_way_says_so_and_offers_to_try_again(
    page: Page, slow: tuple[str, Semaphore], axe: AxeCheck, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise ModelUnavailable("The model cannot be loaded.")

    with monkeypatch.context() as broken:
        broken.setattr("askms.briefs.keeping.write", fails)
        page.goto(f"{slow[0]}/brief/ketamine")

    expect(page.get_by_role("alert")).to_have_text("The model cannot be loaded.")
    expect(page.locator("main > p").last).to_have_text(DISCLAIMER)
    expect(page.locator(".waiting:visible")).to_have_count(0)
    looks_right(page, axe)
    large_enough(page.get_by_role("link", name="Try again"))
    slow[1].release(20)
    page.get_by_role("link", name="Try again").press("Enter")
    expect(page.locator("blockquote").first).to_be_visible()
