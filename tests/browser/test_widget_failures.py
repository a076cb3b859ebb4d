"""What the widget says and keeps when the line, the server or the answer fails, with the help numbers still there."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from playwright.sync_api import Page, expect

from tests.browser.canned import Canned, serving
from tests.browser.driving import ask, ask_and_wait, box, status, turn

pytestmark = pytest.mark.browser

ERRORS = "() => { window.errors = []; addEventListener('askms-error', event => window.errors.push(event.detail)) }"


def assert_nothing_is_lost(page: Page, question: str, message: str) -> None:
    """The question is kept, the failure is in plain words, help and another try are at hand."""
    expect(turn(page)).to_contain_text(message)
    expect(box(page)).to_have_value(question)
    expect(status(page)).to_contain_text(message)
    expect(status(page)).to_contain_text("Your question is still in the box.")
    expect(page.get_by_role("button", name="Try again")).to_be_visible()
    turn(page).get_by_role("button", name="Help now").click()
    expect(page.get_by_role("link", name="UK emergency: 999")).to_have_attribute("href", "tel:999")


@pytest.mark.parametrize(
    ("wait", "words"),
    [
        ("30", "Please wait 30 seconds, then try again."),
        ("1", "Please wait 1 second, then try again."),
        ("150", "Please wait 3 minutes, then try again."),
        ("in a while", "Please wait a minute, then try again."),
        (None, "Please wait a minute, then try again."),
        ("date", "Please wait 10 minutes, then try again."),
    ],
)
def test_a_busy_server_says_how_long_to_wait(chat: Page, server: Canned, wait: str | None, words: str) -> None:
    if wait == "date":
        wait = format_datetime(datetime.now(UTC) + timedelta(seconds=595), usegmt=True)
    server.refusal_headers = {"Retry_After": wait} if wait else {}
    chat.evaluate(ERRORS)
    ask_and_wait(chat, "is busy")

    assert_nothing_is_lost(chat, "is busy", f"Too many questions are coming in. {words}")
    assert [error["status"] for error in chat.evaluate("() => window.errors")] == [429]


def test_a_server_without_room_is_told_in_its_own_words(chat: Page) -> None:
    ask_and_wait(chat, "is full")

    assert_nothing_is_lost(chat, "is full", "Many people are asking just now. Please wait 10 seconds")
    expect(turn(chat)).to_contain_text("In an emergency call 999.")


def test_a_server_with_a_fault_is_told_plainly(chat: Page) -> None:
    chat.evaluate(ERRORS)
    ask_and_wait(chat, "is broken")

    assert_nothing_is_lost(chat, "is broken", "The sources are being updated.")
    assert chat.evaluate("() => window.errors") == [{"message": "The sources are being updated.", "status": 500}]


def test_a_reader_who_is_offline_is_told_so(chat: Page) -> None:
    chat.context.set_offline(True)
    ask_and_wait(chat, "answer")

    assert_nothing_is_lost(chat, "answer", "You are not online. Please check your connection and try again.")
    chat.context.set_offline(False)
    chat.get_by_role("button", name="Try again").click()
    expect(status(chat)).to_have_text("Answer ready, 3 sentences.")


def test_a_line_that_falls_silent_is_given_up(own_page: Page, server: Canned) -> None:
    own_page.clock.install()
    own_page.goto(server.url)
    ask(own_page, "slow end")
    expect(turn(own_page)).to_contain_text("Tiredness is common in MS.")
    own_page.clock.run_for(59_000)
    expect(turn(own_page)).to_contain_text("Tiredness is common in MS.")
    own_page.clock.run_for(2_000)

    assert_nothing_is_lost(own_page, "slow end", "The answer broke off before it was complete. Please try again.")
    expect(turn(own_page)).to_contain_text("We took away the part you saw. Half an answer can mislead.")


def test_a_server_that_restarts_in_the_middle_costs_only_another_try(page: Page) -> None:
    with serving() as first:
        page.goto(first.url)
        ask(page, "slow end")
        expect(turn(page)).to_contain_text("In a trial of 18 people")
        first.die()

    assert_nothing_is_lost(page, "slow end", "The answer broke off before it was complete. Please try again.")
    expect(turn(page).locator(".sentence")).to_have_count(0)
    with serving(int(first.url.rpartition(":")[2])) as second:
        second.gate.set()
        page.get_by_role("button", name="Try again").click()
        expect(status(page)).to_have_text("Answer ready, 3 sentences.")
        expect(page.get_by_role("article")).to_have_count(1)
