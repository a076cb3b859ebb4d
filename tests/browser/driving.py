"""What a reader does with the widget, and the states that this leads to."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

from askms.reply import DISCLAIMER
from tests.browser.canned import Canned


def box(page: Page) -> Locator:
    return page.get_by_role("textbox", name="Your question")


def status(page: Page) -> Locator:
    return page.get_by_role("status")


def turn(page: Page) -> Locator:
    return page.get_by_role("article").last


def ask(page: Page, question: str) -> None:
    box(page).fill(question)
    box(page).press("Enter")


def ask_and_wait(page: Page, question: str) -> None:
    ask(page, question)
    expect(turn(page).get_by_text(DISCLAIMER, exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="Stop")).to_be_hidden()


def open_first_source(page: Page) -> Locator:
    page.get_by_role("button", name="Source 1").first.click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Checked on:")
    return dialog


def focused(page: Page) -> str:
    """Text of what has the focus, inside the widget."""
    script = "() => document.activeElement.shadowRoot?.activeElement?.textContent ?? ''"
    return str(page.evaluate(script))


def overflow(page: Page) -> int:
    return int(page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth"))


def welcome(page: Page, server: Canned) -> None:
    expect(page.get_by_role("button", name="What is a relapse?")).to_be_visible()


def waiting(page: Page, server: Canned) -> None:
    ask(page, "slow")
    expect(status(page)).to_have_text("Looking in the sources…")


def half_way(page: Page, server: Canned) -> None:
    ask(page, "slow end")
    expect(turn(page)).to_contain_text("Tiredness is common in MS.")


def quotation(page: Page, server: Canned) -> None:
    ask_and_wait(page, "answer")
    open_first_source(page)


def all_sources(page: Page, server: Canned) -> None:
    ask_and_wait(page, "show mice")
    page.get_by_text("All sources of this answer").click()


def stopped(page: Page, server: Canned) -> None:
    waiting(page, server)
    page.get_by_role("button", name="Stop").click()
    expect(turn(page)).to_contain_text("You stopped this answer.")


def too_long(page: Page, server: Canned) -> None:
    box(page).fill("x" * 4001)


def latched(page: Page, server: Canned) -> None:
    ask_and_wait(page, "show crisis")
    ask_and_wait(page, "show emergency")
    ask_and_wait(page, "answer")


def clear(page: Page) -> None:
    page.get_by_role("button", name="Clear chat").click()
    page.get_by_role("button", name="Yes, erase it").click()


def cleared(page: Page, server: Canned) -> None:
    ask_and_wait(page, "answer")
    clear(page)


def unerased(page: Page, server: Canned) -> None:
    server.keeps, server.erase_status = True, 503
    cleared(page, server)
    expect(page.get_by_role("button", name="Erase it on the server")).to_be_visible()


def clearing(page: Page, server: Canned) -> None:
    ask_and_wait(page, "answer")
    page.get_by_role("button", name="Clear chat").click()


def open_settings(page: Page) -> None:
    page.locator("summary", has_text="Settings").click()


def settings(page: Page, server: Canned) -> None:
    ask_and_wait(page, "disagree")
    open_settings(page)


def contrast(page: Page, server: Canned) -> None:
    settings(page, server)
    page.get_by_label("Strong contrast, dark").check()


def short(page: Page, server: Canned) -> None:
    settings(page, server)
    page.get_by_label("Short answers").check()
    page.get_by_label("More space").check()


def largest(page: Page, server: Canned) -> None:
    settings(page, server)
    for _ in range(6):
        page.get_by_role("button", name="Larger").click()
    expect(page.get_by_text("250%", exact=True)).to_be_visible()


def help_button(page: Page) -> Locator:
    """The one that is always there; a failed turn has another."""
    return page.get_by_role("button", name="Help now").first


def help_open(page: Page, server: Canned) -> None:
    help_button(page).click()
    expect(page.get_by_role("link", name="UK emergency: 999")).to_be_visible()


def reporting(page: Page, server: Canned) -> None:
    ask_and_wait(page, "answer")
    page.get_by_role("button", name="Yes", exact=True).click()
    page.get_by_text("Report a problem").click()


def make_sheet(page: Page) -> Locator:
    page.get_by_role("button", name="Make a visit sheet").click()
    page.get_by_label("My own questions for the visit").fill("Why am I so tired?")
    return page.get_by_role("article", name="For my visit")


def visit_sheet(page: Page, server: Canned) -> None:
    ask_and_wait(page, "disagree")
    make_sheet(page)


def asking(question: str) -> Callable[[Page, Canned], None]:
    return lambda page, _server: ask_and_wait(page, question)
