"""The chat as a panel in the corner of a page."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.canned import Canned
from tests.browser.driving import ask_and_wait, box, focused, make_sheet
from tests.browser.test_widget_sheet import printed

pytestmark = pytest.mark.browser


@pytest.fixture
def corner(page: Page, server: Canned) -> Page:
    """A page with the chat in its corner."""
    page.goto(f"{server.url}/floating.html")
    return page


def panel(page: Page) -> Locator:
    return page.get_by_role("dialog", name="Ask about MS")


def open_panel(page: Page) -> None:
    page.get_by_role("button", name="Ask about MS").click()
    expect(panel(page)).to_be_visible()


def test_the_panel_opens_and_closes_and_the_focus_follows(corner: Page) -> None:
    expect(box(corner)).to_be_hidden()
    open_panel(corner)
    assert focused(corner) == "Close"
    corner.get_by_role("button", name="Close").click()
    expect(panel(corner)).to_be_hidden()
    expect(corner.get_by_role("button", name="Ask about MS")).to_be_focused()


def test_escape_closes_a_source_first_and_then_the_panel(corner: Page) -> None:
    open_panel(corner)
    ask_and_wait(corner, "answer")
    corner.get_by_role("button", name="Source 1").first.click()
    expect(corner.get_by_role("dialog", name="Source 1")).to_be_visible()

    corner.keyboard.press("Escape")
    expect(corner.get_by_role("dialog", name="Source 1")).to_be_hidden()
    expect(panel(corner)).to_be_visible()
    corner.keyboard.press("Escape")

    expect(panel(corner)).to_be_hidden()


@pytest.mark.parametrize(("width", "modal"), [(1280, False), (320, True)])
def test_the_panel_is_accessible_and_covers_the_page_only_on_a_small_screen(
    corner: Page, axe: Callable[..., list[str]], width: int, modal: bool
) -> None:
    corner.set_viewport_size({"width": width, "height": 700})
    assert axe(corner) == []
    open_panel(corner)
    ask_and_wait(corner, "disagree")

    assert axe(corner) == []
    assert panel(corner).evaluate("node => node.matches(':modal')") is modal
    assert panel(corner).evaluate("node => node.scrollWidth - node.clientWidth") <= 0


def test_close_stays_in_view_however_far_the_reader_has_come(corner: Page) -> None:
    corner.set_viewport_size({"width": 320, "height": 640})
    open_panel(corner)
    ask_and_wait(corner, "show crisis")
    ask_and_wait(corner, "disagree")
    corner.get_by_role("button", name="Ask", exact=True).scroll_into_view_if_needed()

    expect(corner.get_by_role("button", name="Close")).to_be_in_viewport(ratio=1)


def test_the_sheet_prints_from_the_panel_too(corner: Page) -> None:
    open_panel(corner)
    ask_and_wait(corner, "answer")
    paper = make_sheet(corner)

    assert printed(corner) == " ".join(paper.inner_text().split())
