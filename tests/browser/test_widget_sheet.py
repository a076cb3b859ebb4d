"""The visit sheet: what stands on it, how it prints, and that the page is afterwards as it was."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from askms.reply import DISCLAIMER
from tests.browser.canned import DISAGREE, FELL, Canned
from tests.browser.driving import ask_and_wait, box, clear, make_sheet

pytestmark = pytest.mark.browser

MARKS = """() => document.querySelectorAll('[data-askms-away], [data-askms-path]').length
  + document.adoptedStyleSheets.length"""


def words(text: str) -> str:
    """Text as one line, since paper breaks lines where it likes."""
    return " ".join(text.split())


def printed(page: Page) -> str:
    """What comes out of the printer."""
    return words(" ".join(sheet.extract_text() for sheet in PdfReader(BytesIO(page.pdf())).pages))


def test_the_sheet_holds_questions_answers_with_sources_and_what_to_ask(chat: Page) -> None:
    ask_and_wait(chat, "disagree")
    paper = make_sheet(chat)
    expect(chat.get_by_role("heading", name="Visit sheet", level=3)).to_be_visible()
    expect(chat.get_by_role("heading", name="For my visit")).to_have_count(1)
    headings = [heading.inner_text() for heading in paper.get_by_role("heading").all()]

    assert headings == [
        "For my visit", "My questions", "What the sources say", "disagree", "What to ask my neurologist",
    ]  # fmt: skip
    lists = [[item.inner_text() for item in one.locator("li").all()] for one in paper.locator("ul").all()]
    assert lists[0] == ["disagree"]
    assert lists[1][0] == (
        "[1] A trial of ketamine for tiredness: small early trial, 18 people, 2021. "
        "Checked on 21 November 2026. https://example.org/trial-2021"
    )
    assert "This source was withdrawn. Do not rely on it." in lists[1][2]
    assert lists[2][0] == "Why am I so tired?"
    assert lists[2][1] == "What do the studies show for people like me, and what do they not show?"
    expect(paper).to_contain_text(f"{FELL} [1]")
    expect(paper).to_contain_text(f"How strong is this? {DISAGREE.strength}")
    expect(paper.locator("p").last).to_have_text(DISCLAIMER)
    expect(box(chat)).to_be_hidden()

    chat.get_by_role("button", name="Back to the chat").click()
    expect(box(chat)).to_be_visible()
    expect(chat.get_by_role("button", name="Make a visit sheet")).to_be_focused()


def test_a_question_can_be_left_out(chat: Page) -> None:
    ask_and_wait(chat, "answer")
    ask_and_wait(chat, "show mice")
    paper = make_sheet(chat)
    chat.get_by_role("checkbox", name="show mice").uncheck()

    expect(paper).not_to_contain_text("mice")
    expect(paper.locator("ul").first).to_have_text("answer")
    chat.get_by_role("button", name="Back to the chat").click()
    ask_and_wait(chat, "disagree")
    make_sheet(chat)
    expect(chat.get_by_role("checkbox", name="show mice")).not_to_be_checked()
    expect(chat.get_by_role("checkbox", name="disagree")).to_be_checked()
    chat.reload()
    make_sheet(chat)
    expect(chat.get_by_role("checkbox", name="show mice")).not_to_be_checked()
    assert [li.inner_text() for li in paper.locator("ul").first.locator("li").all()] == ["answer", "disagree"]
    chat.get_by_role("button", name="Back to the chat").click()
    clear(chat)
    ask_and_wait(chat, "answer")
    ask_and_wait(chat, "show mice")
    make_sheet(chat)
    expect(chat.get_by_role("checkbox", name="show mice")).to_be_checked()


def test_only_the_sheet_is_printed_and_the_page_is_as_before(chat: Page) -> None:
    ask_and_wait(chat, "disagree")
    assert "See all the sources" in printed(chat)
    paper = make_sheet(chat)
    text = printed(chat)

    assert text == words(paper.inner_text())
    assert text.endswith(DISCLAIMER)
    for elsewhere in ("Settings", "Help now", "Download as text", "answers questions about", "See all the sources"):
        assert elsewhere not in text
    assert chat.evaluate(MARKS) == 0
    expect(chat.get_by_role("heading", level=1)).to_be_visible()

    chat.get_by_role("button", name="Back to the chat").click()
    assert "What to ask my neurologist" not in printed(chat)


def test_no_printed_page_ends_with_a_heading(chat: Page) -> None:
    ask_and_wait(chat, "disagree")
    paper = make_sheet(chat)
    headings = tuple(heading.inner_text() for heading in paper.get_by_role("heading").all())
    for height in range(300, 1000, 25):
        pages = PdfReader(BytesIO(chat.pdf(width="600px", height=f"{height}px"))).pages
        said = [words(sheet.extract_text()) for sheet in pages]

        assert len(said) > 1
        assert [text for text in said if text.endswith(headings)] == [], height


def test_the_print_button_prints(chat: Page) -> None:
    chat.evaluate("() => { window.print = () => { window.printed = true } }")
    ask_and_wait(chat, "answer")
    make_sheet(chat)
    chat.get_by_role("button", name="Print or save as PDF").click()

    assert chat.evaluate("() => window.printed") is True


def test_the_sheet_can_be_had_as_text(chat: Page, tmp_path: Path) -> None:
    ask_and_wait(chat, "disagree")
    paper = make_sheet(chat)
    with chat.expect_download() as download:
        chat.get_by_role("button", name="Download as text").click()
    download.value.save_as(tmp_path / "sheet.txt")
    text = (tmp_path / "sheet.txt").read_text("utf-8")

    assert download.value.suggested_filename == "for-my-visit.txt"
    assert text.startswith("For my visit\nMade with askms on ")
    assert "\nWhat to ask my neurologist\n- Why am I so tired?\n- What do the studies show" in text
    assert text.endswith(f"{DISCLAIMER}\n")
    assert words(text.replace("- ", "")) == words(paper.inner_text().replace("- ", ""))


def test_notes_for_the_visit_outlive_the_page(chat: Page, server: Canned) -> None:
    ask_and_wait(chat, "answer")
    make_sheet(chat)

    chat.reload()
    chat.get_by_role("button", name="Make a visit sheet").click()

    expect(chat.get_by_label("My own questions for the visit")).to_have_value("Why am I so tired?")
    expect(chat.get_by_role("article", name="For my visit")).to_contain_text("Why am I so tired?")
