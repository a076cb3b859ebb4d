"""The report of an evaluation in Chromium: readable in every look, usable by keyboard, with scripts and without."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import pytest
from playwright.sync_api import Browser, Page, expect

from evals.reporting import report
from tests.evaluation.small_run import ABOUT, CASES, MEASURES, RESPONSES, SCORES

pytestmark = pytest.mark.browser

ADDRESS: Final = "http://127.0.0.1/report.html"
HTML: Final = report(ABOUT, MEASURES, SCORES, RESPONSES, CASES, others=MEASURES, other="a chain")
LOOKS: Final[dict[str, dict[str, Any]]] = {
    "light": {},
    "dark": {"color_scheme": "dark"},
    "forced colours": {"forced_colors": "active"},
    "print": {"media": "print"},
}
PLAIN: Final[dict[str, Any]] = {"color_scheme": "light", "forced_colors": "none", "media": "screen"}
WIDTHS: Final = {"light": 1280, "dark": 320, "forced colours": 1280, "print": 320}


def open_report(page: Page, part: str = "") -> None:
    """Show the report as the answer to its address; no server is needed."""
    page.route(ADDRESS, lambda route: route.fulfill(body=HTML, content_type="text/html; charset=utf-8"))
    page.goto(ADDRESS + part, timeout=0)  # how long that takes is the machine's matter


def open_all(page: Page) -> None:
    page.evaluate("for (const box of document.querySelectorAll('details')) box.open = true")


def test_the_report_is_accessible_and_never_scrolls_sideways(page: Page, axe: Callable[[Page], list[str]]) -> None:
    open_report(page)
    open_all(page)
    for look, media in LOOKS.items():
        page.set_viewport_size({"width": WIDTHS[look], "height": 800})
        page.emulate_media(**{**PLAIN, **media})

        assert axe(page) == [], look
        assert page.evaluate("document.documentElement.scrollWidth") <= WIDTHS[look], look


def test_text_of_twice_the_size_still_fits(page: Page) -> None:
    page.set_viewport_size({"width": 640, "height": 900})
    open_report(page)
    open_all(page)
    page.add_style_tag(content=":root { font-size: 200% }")

    assert page.evaluate("document.documentElement.scrollWidth") <= 640


def test_a_link_opens_what_it_leads_to(page: Page) -> None:
    open_report(page)
    page.get_by_role("list").get_by_role("link", name="chosen", exact=True).first.press("Enter")

    expect(page.locator("#case-chosen > details")).to_have_attribute("open", "")
    page.locator("#case-chosen").get_by_role("link", name="found as passage 2").first.press("Enter")
    expect(page.locator("#case-chosen-found-2 blockquote")).to_be_in_viewport()


def test_an_address_with_a_part_opens_it(page: Page) -> None:
    open_report(page, "#case-false")

    expect(page.locator("#case-false mark")).to_be_visible()


def test_plots_take_the_colours_of_the_page(page: Page) -> None:
    page.emulate_media(color_scheme="dark")
    open_report(page)
    ink = page.evaluate("getComputedStyle(document.documentElement).color")

    filled = page.locator("svg text").first.evaluate("node => getComputedStyle(node).fill")

    assert filled == ink == "rgb(236, 238, 242)"


def test_it_works_without_scripts(browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.route("**/*", lambda route: route.fulfill(body=HTML, content_type="text/html; charset=utf-8"))
    page.goto(ADDRESS)
    page.locator("#case-false > details > summary").click()

    expect(page.locator("#case-false mark")).to_be_visible()
    context.close()
