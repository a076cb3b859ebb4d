"""An answer in the widget: its sentences, where each comes from, and the words it rests on."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.canned import ANSWER, FELL, TRIAL_TEXT, Canned
from tests.browser.driving import all_sources, ask_and_wait, focused, half_way, open_first_source, status, turn

pytestmark = pytest.mark.browser


def test_headings_lead_from_question_to_answer(chat: Page) -> None:
    ask_and_wait(chat, "answer")
    open_first_source(chat)
    headings = chat.get_by_role("heading").all()

    assert [(heading.evaluate("node => node.tagName"), heading.inner_text()) for heading in headings] == [
        ("H1", "askms"),
        ("H2", "Ask about MS"),
        ("H3", "Question 1"),
        ("H4", "Answer"),
        ("H5", "Source 1: A trial of ketamine for tiredness"),
    ]


def test_sources_are_buttons_after_the_sentence_named_by_title(chat: Page) -> None:
    ask_and_wait(chat, "answer")
    sentence = turn(chat).locator(".sentence").nth(2)

    assert sentence.locator("p").inner_text() == "Tiredness is common in MS."
    names = [button.get_attribute("aria-label") for button in sentence.get_by_role("button").all()]
    assert names == ["Source 2: Tiredness in MS, an overview", "Source 1: A trial of ketamine for tiredness"]
    assert "[" not in turn(chat).inner_text()


def test_the_kind_of_evidence_stands_in_words_by_each_quotation(chat: Page) -> None:
    ask_and_wait(chat, "answer")
    expect(turn(chat).locator(".kind").first).to_have_text("small early trial, 18 people, 2021")
    ask_and_wait(chat, "show mice")
    expect(turn(chat).locator(".kind").first).to_have_text("study in animals, not in people, 24 animals, 2021")


def test_a_quotation_is_marked_in_its_passage_even_after_an_emoji(chat: Page) -> None:
    ask_and_wait(chat, "answer")
    dialog = open_first_source(chat)

    expect(dialog.locator("blockquote")).to_have_text(TRIAL_TEXT)
    assert dialog.locator("mark").all_inner_texts() == [FELL]
    expect(dialog).to_contain_text("These are our plain-word notes on the source.")
    expect(dialog.locator("figcaption")).to_have_text("Kind of evidence: small early trial.")
    facts = dialog.locator(".facts > div").all_inner_texts()
    assert [" ".join(fact.split()) for fact in facts] == [
        "Year: 2021",
        "How many: 18 people",
        "Checked on: 21 November 2026",
    ]


def test_a_quotation_links_to_the_original_and_to_our_page_at_the_quotation(chat: Page, server: Canned) -> None:
    ask_and_wait(chat, "answer")
    links = open_first_source(chat).get_by_role("link").all()
    start = TRIAL_TEXT.index(FELL)

    assert [link.get_attribute("href") for link in links] == [
        "https://example.org/trial-2021",
        f"{server.url}/sources/trial-2021?passage=trial&start={start}&end={start + len(FELL)}#quote",
    ]
    assert {link.get_attribute("rel") for link in links} == {"noopener"}


def test_a_quotation_whose_passage_is_gone_links_to_the_page_of_its_source(chat: Page, server: Canned) -> None:
    ask_and_wait(chat, "passage is gone")
    link = open_first_source(chat).get_by_role("link", name="Read all our notes on it")

    expect(link).to_have_attribute("href", f"{server.url}/sources/trial-2021")


def test_a_double_press_opens_a_source_and_leaves_it_open(chat: Page) -> None:
    ask_and_wait(chat, "answer")
    source = chat.get_by_role("button", name="Source 1").first
    source.dblclick()
    expect(chat.get_by_role("dialog")).to_be_visible()

    source.click()
    expect(chat.get_by_role("dialog")).to_be_hidden()


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("passage differs", "We could not show the text around these words."),
        ("passage is gone", "We could not get the text around these words."),
    ],
)
def test_a_quotation_without_its_passage_stands_alone(chat: Page, question: str, words: str) -> None:
    ask_and_wait(chat, question)
    dialog = open_first_source(chat)

    expect(dialog).to_contain_text(words)
    expect(dialog.locator("blockquote")).to_have_text(FELL)


@pytest.mark.parametrize("way", ["Escape", "Close"])
def test_closing_a_quotation_returns_the_focus(chat: Page, way: str) -> None:
    ask_and_wait(chat, "answer")
    dialog = open_first_source(chat)
    assert focused(chat) == "Source 1: A trial of ketamine for tiredness"

    if way == "Escape":
        chat.keyboard.press("Escape")
    else:
        dialog.get_by_role("button", name="Close").click()

    expect(dialog).to_be_hidden()
    expect(chat.get_by_role("button", name="Source 1").first).to_be_focused()
    expect(chat.get_by_role("button", name="Source 1").first).to_have_attribute("aria-expanded", "false")


def test_a_quotation_traps_nobody(chat: Page) -> None:
    ask_and_wait(chat, "answer")
    open_first_source(chat)
    for _ in range(4):
        chat.keyboard.press("Tab")

    assert focused(chat) == "Source 2"


def test_a_quotation_opens_before_the_answer_is_complete_and_survives_its_end(chat: Page, server: Canned) -> None:
    half_way(chat, server)
    dialog = open_first_source(chat)
    expect(dialog).to_contain_text("A trial of ketamine for tiredness")
    server.gate.set()
    expect(status(chat)).to_have_text("Answer ready, 3 sentences.")

    expect(dialog).to_be_visible()


@pytest.mark.parametrize("question", ["changes", "skips a number"])
def test_the_final_reply_is_what_counts(chat: Page, question: str) -> None:
    ask_and_wait(chat, question)
    expect(status(chat)).to_have_text("Answer ready, 3 sentences.")

    shown = turn(chat).locator(".sentence > p").all_inner_texts()
    assert shown == [claim.text for claim in ANSWER.claims]


def test_a_source_that_was_withdrawn_is_called_that(chat: Page, server: Canned) -> None:
    all_sources(chat, server)

    expect(turn(chat)).to_contain_text("This source was withdrawn. Do not rely on it.")


def test_data_is_shown_as_text_and_odd_links_are_left_out(chat: Page) -> None:
    ask_and_wait(chat, "show markup")

    expect(turn(chat).locator(".sentence > p")).to_have_text("<img src=x onerror=alert(1)><b>bold</b>")
    expect(turn(chat).locator("img")).to_have_count(0)
    expect(turn(chat).get_by_text("Press me")).to_have_count(0)
