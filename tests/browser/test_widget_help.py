"""Help is always in reach: numbers that need no server, checked against the words that a clinician signs."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from askms.reply import DISCLAIMER
from askms.types import Route
from askms.wording import LOCALES, connecting, wording
from tests.browser.canned import Canned
from tests.browser.driving import ask, ask_and_wait, box, focused, help_button, help_open, turn

pytestmark = pytest.mark.browser


def exported(page: Page, module: str) -> dict[str, Any]:
    """The values that a module of the widget exports."""
    script = """async name => {
      const all = Object.entries(await import('/' + name))
      return Object.fromEntries(all.filter(([, value]) => typeof value !== 'function'))
    }"""
    values: dict[str, Any] = page.evaluate(script, module)
    return values


def test_the_numbers_are_those_of_the_signed_words(chat: Page) -> None:
    numbers = exported(chat, "help.js")["NUMBERS"]

    assert set(numbers) == set(LOCALES)
    for locale, pairs in numbers.items():
        shown = set(zip(pairs[::2], pairs[1::2], strict=True))
        assert shown == {(c.label, c.tel) for c in wording().contacts[locale].by_purpose["crisis"]}, locale
        assert "mergency" in pairs[0]


def test_the_words_that_steer_the_layout_are_those_of_the_signed_words(chat: Page) -> None:
    words = exported(chat, "words.js")

    assert words["DISCLAIMER"] == DISCLAIMER
    assert words["SIDES"] == {
        connecting("disagree"): connecting("another_finds"),
        connecting("disputed"): connecting("better_sources"),
    }
    assert words["ALWAYS_SHOWN"] == [connecting("not_known"), connecting("limits")]
    assert words["VISIT_QUESTIONS"] == list(wording().route(Route.DECISION).questions)


def test_help_needs_no_server_and_follows_the_place(chat: Page, server: Canned) -> None:
    chat.context.set_offline(True)
    help_open(chat, server)
    chat.evaluate("() => { document.querySelector('askms-chat').locale = 'UK' }")

    links = chat.get_by_role("link").filter(has_text=":").all()
    assert [(link.inner_text(), link.get_attribute("href")) for link in links] == [
        ("Emergency: 999", "tel:999"),
        ("Samaritans: 116 123", "tel:116123"),
    ]
    expect(chat.get_by_role("link", name="NHS 111, mental health option 2")).to_have_attribute("href", "tel:111")
    expect(chat.get_by_text("Text SHOUT to 85258")).to_be_visible()
    assert server.asked == []


@pytest.mark.parametrize("height", [900, 256])
def test_help_stays_in_view_however_far_the_reader_has_come(chat: Page, height: int) -> None:
    chat.set_viewport_size({"width": 320, "height": height})
    ask_and_wait(chat, "answer")
    ask_and_wait(chat, "answer")
    chat.get_by_role("button", name="Ask", exact=True).scroll_into_view_if_needed()

    expect(help_button(chat)).to_be_in_viewport(ratio=0.9)


PLACE = """() => Math.round(
  document.querySelector('askms-chat').shadowRoot.querySelector('.ask').getBoundingClientRect().top
)"""
OVER = """() => {
  const root = document.querySelector('askms-chat').shadowRoot
  const at = one => {
    const { x, y, width, height } = one.getBoundingClientRect()
    return [x + width / 2, y + height / 2]
  }
  const reached = one => one.contains(root.elementFromPoint(...at(one)))
  return ['textarea', '.ask', '.stop'].map(one => root.querySelector(one)).filter(one => {
    one.scrollIntoView({ block: 'center' })
    return one.checkVisibility() && !reached(one)
  }).map(one => one.className)
}"""


def test_open_help_lies_over_nothing_that_is_pressed(chat: Page, server: Canned) -> None:
    chat.set_viewport_size({"width": 320, "height": 640})
    ask(chat, "slow end")
    help_open(chat, server)

    assert chat.evaluate(OVER) == []
    expect(help_button(chat)).to_be_in_viewport(ratio=1)
    help_button(chat).click()
    expect(chat.get_by_role("link", name="UK emergency: 999")).to_be_in_viewport()


def test_help_closes_by_escape_and_the_reader_is_where_he_was(chat: Page, server: Canned) -> None:
    chat.set_viewport_size({"width": 320, "height": 640})
    ask_and_wait(chat, "answer")
    chat.get_by_role("button", name="Ask", exact=True).scroll_into_view_if_needed()
    before = chat.evaluate(PLACE)
    help_button(chat).evaluate("button => button.click()")  # a driver's click would scroll first
    expect(help_button(chat)).to_have_attribute("aria-expanded", "true")
    chat.get_by_role("link", name="UK emergency: 999").focus()
    chat.keyboard.press("Escape")

    expect(chat.get_by_role("link", name="UK emergency: 999")).to_be_hidden()
    expect(help_button(chat)).to_have_attribute("aria-expanded", "false")
    assert focused(chat) == "Help now"
    assert chat.evaluate(PLACE) == before


def test_asking_closes_help(chat: Page, server: Canned) -> None:
    help_open(chat, server)
    ask_and_wait(chat, "answer")

    expect(chat.get_by_role("link", name="UK emergency: 999")).to_be_hidden()
    expect(turn(chat)).to_be_in_viewport()
    expect(box(chat)).to_be_focused()


def test_no_word_shows_beside_the_way_to_help(chat: Page, server: Canned) -> None:
    ask_and_wait(chat, "answer")
    bar = chat.locator(".bar").bounding_box()
    frame = chat.locator(".frame").bounding_box()
    assert bar is not None
    assert frame is not None

    assert bar["width"] == frame["width"]
    assert chat.locator(".bar").evaluate("bar => getComputedStyle(bar).backgroundColor") == "rgb(255, 255, 255)"
