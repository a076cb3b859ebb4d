"""Every state of the widget in every look: no accessibility violation, nothing cut off, everything large to press.

Each state is visited once and looked at in every way: that is what these tests cost.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import pytest
from playwright.sync_api import Page, expect

from tests.browser import driving
from tests.browser.canned import CRISIS, Canned
from tests.browser.driving import ask_and_wait, asking, latched, overflow

pytestmark = pytest.mark.browser

STATES: Final[dict[str, Callable[[Page, Canned], None]]] = {
    "welcome": driving.welcome,
    "help": driving.help_open,
    "waiting": driving.waiting,
    "half way": driving.half_way,
    "answer": asking("answer"),
    "two sides": asking("disagree"),
    "settings": driving.settings,
    "strong contrast": driving.contrast,
    "short answers": driving.short,
    "largest text": driving.largest,
    "quotation": driving.quotation,
    "all sources": driving.all_sources,
    "reporting": driving.reporting,
    "visit sheet": driving.visit_sheet,
    "stopped": driving.stopped,
    "server down": asking("is down"),
    "too long": driving.too_long,
    "latched": latched,
    "clearing": driving.clearing,
    "cleared": driving.cleared,
    "not erased on the server": driving.unerased,
    **{f"show {route}": asking(f"show {route}") for route in ("crisis", "emergency", "urgent", "dosing")},
}
COLOURS: Final[dict[str, dict[str, Any]]] = {
    "dark": {"color_scheme": "dark"},
    "forced colours": {"forced_colors": "active"},
}
CONTRAST: Final[dict[str, dict[str, Any]]] = {
    "more contrast": {"contrast": "more"},
    "more contrast, dark": {"contrast": "more", "color_scheme": "dark"},
}
FULL: Final = ("two sides", "quotation", "settings", "reporting", "visit sheet", "latched")
"""States that between them show every colour: only these are looked at in more contrast too."""
PLAIN: Final[dict[str, Any]] = {"color_scheme": "light", "forced_colors": "none", "contrast": "no-preference"}
WIDTHS: Final = ((320, 100), (320, 200), (640, 200), (1280, 200))
"""Width in CSS pixels and the reader's text size in percent. 320 is also 1280 at 400% zoom."""

NARROW: Final = ("color-contrast", "scrollable-region-focusable")
"""Rules that may say something else where there is less room. Targets are measured by `SMALL_TARGETS`: axe takes a
button that happens to be scrolled half under a card for a small one."""

SMALL_TARGETS: Final = """() => {
  const chat = document.querySelector('askms-chat')
  const pressed = 'button, a, summary, textarea, label:has(input)'
  const all = [...chat.shadowRoot.querySelectorAll(pressed), ...chat.querySelectorAll('button')]
  return all.filter(one => one.checkVisibility())
    .map(one => [one.textContent, one.getBoundingClientRect()])
    .filter(([, box]) => box.width < 44 || box.height < 44)
    .map(([text, box]) => `${text}: ${box.width} x ${box.height}`)
}"""


def problems(page: Page, axe: Callable[..., list[str]], colours: dict[str, dict[str, Any]]) -> dict[str, list[str]]:
    """What is wrong with the state that the page is in, by look."""
    found = {"desktop": axe(page), "targets": page.evaluate(SMALL_TARGETS)}
    for look, media in colours.items():
        page.emulate_media(**media)
        found[look] = axe(page, "color-contrast")
        page.emulate_media(**PLAIN)
    for width, text in WIDTHS:
        page.set_viewport_size({"width": width, "height": 640})
        page.evaluate("size => { document.documentElement.style.fontSize = size }", f"{text}%")
        found[f"{width} px, {text}%"] = ["scrolls sideways"] * (overflow(page) > 0)
    page.evaluate("document.documentElement.style.fontSize = ''")
    page.set_viewport_size({"width": 320, "height": 640})
    found["320 px"] = [*axe(page, *NARROW), *page.evaluate(SMALL_TARGETS)]
    page.set_viewport_size({"width": 1280, "height": 900})
    return {look: what for look, what in found.items() if what}


def test_nothing_is_wrong_in_any_state_however_it_looks(
    own_page: Page, server: Canned, axe: Callable[..., list[str]]
) -> None:
    found: dict[str, dict[str, list[str]]] = {}
    own_page.add_init_script("localStorage.clear(); sessionStorage.clear()")
    for name, reach in STATES.items():
        server.gate.clear()
        server.asked.clear()
        server.keeps = False
        own_page.goto(server.url)
        reach(own_page, server)
        found[name] = problems(own_page, axe, COLOURS | CONTRAST if name in FULL else COLOURS)
        server.gate.set()

    assert found == {name: {} for name in STATES}


def test_text_grows_with_the_reader_s_own_size(chat: Page) -> None:
    size = """() => {
      const frame = document.querySelector('askms-chat').shadowRoot.querySelector('.frame')
      return parseFloat(getComputedStyle(frame).fontSize)
    }"""
    assert chat.evaluate(size) == 18
    chat.evaluate("() => { document.documentElement.style.fontSize = '200%' }")
    assert chat.evaluate(size) == 36


def test_focus_is_always_visible(chat: Page, server: Canned) -> None:
    latched(chat, server)
    chat.keyboard.press("Tab")
    outline = """() => {
      let node = document.activeElement
      if (node.shadowRoot?.activeElement) node = node.shadowRoot.activeElement
      const style = getComputedStyle(node)
      return [style.outlineStyle, parseFloat(style.outlineWidth)]
    }"""
    for _ in range(12):
        chat.keyboard.press("Shift+Tab")
        assert chat.evaluate(outline) == ["solid", 3]


def test_what_has_the_focus_is_not_under_what_stays(chat: Page, server: Canned) -> None:
    latched(chat, server)
    covered = """() => {
      const root = document.querySelector('askms-chat').shadowRoot
      const focused = root.activeElement
      const cards = root.querySelector('.safety')
      if (!focused || cards.contains(focused)) return []
      const inside = root.querySelector('.log').contains(focused)
      const hidden = focused.getBoundingClientRect().top < cards.getBoundingClientRect().bottom
      return inside && hidden ? [focused.textContent] : []
    }"""
    in_log = "() => Boolean(document.activeElement.shadowRoot?.activeElement?.closest('.log'))"
    visited = 0
    for _ in range(12):
        chat.keyboard.press("Shift+Tab")
        assert chat.evaluate(covered) == []
        visited += chat.evaluate(in_log)
    assert visited >= 5


def test_a_card_is_never_cut_off(page: Page, server: Canned) -> None:
    page.set_viewport_size({"width": 320, "height": 480})
    page.goto(server.url)
    ask_and_wait(page, "show crisis")

    cut = "node => node.parentElement.scrollHeight - node.parentElement.clientHeight"
    assert page.get_by_role("alert").evaluate(cut) <= 0
    expect(page.get_by_role("heading", name=CRISIS.title)).to_be_in_viewport()
    expect(page.get_by_role("link", name="988")).to_be_in_viewport(ratio=1)
