"""The server's copy of a chat: kept under one id that nobody sees, and erased with the chat, or that is told."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.canned import ANSWER, Canned
from tests.browser.driving import ask, ask_and_wait, box, clear, half_way, status, turn

pytestmark = pytest.mark.browser

HERE = "The chat is erased here. You can ask a new question."
BOTH = "The chat is erased, here and on the server. You can ask a new question."
LEFT = "The server may still hold a chat that you erased. Keep this tab open and try again."
THERE = "The server keeps a copy for a while. Clear chat erases both."
SHOWN = "() => document.documentElement.outerHTML + document.querySelector('askms-chat').shadowRoot.innerHTML"
KEPT = "() => JSON.stringify(sessionStorage) + JSON.stringify(localStorage)"
HEAR = """() => {
  window.heard = []
  for (const name of ['question', 'reply', 'error', 'feedback']) {
    addEventListener(`askms-${name}`, ({detail}) => window.heard.push(detail))
  }
}"""


@pytest.fixture
def kept(chat: Page, server: Canned) -> Page:
    """The demo page of a server with records."""
    server.keeps = True
    return chat


def vote(page: Page) -> None:
    page.get_by_role("button", name="Yes", exact=True).last.click()
    expect(status(page)).to_have_text("Thank you. We have passed it on.")


def test_a_chat_is_one_conversation_even_when_the_page_is_loaded_again(kept: Page, server: Canned) -> None:
    ask_and_wait(kept, "answer")
    ask_and_wait(kept, "show mice")
    kept.reload()
    ask_and_wait(kept, "disagree")
    vote(kept)

    assert "conversation" not in server.asked[0]
    assert server.conversations == {"secret-1": ["answer", "show mice", "disagree"]}
    assert server.feedback == [{"receipt_id": "receipt-2", "helpful": True, "conversation": "secret-1"}]


def test_the_id_is_shown_nowhere_and_the_page_around_does_not_hear_it(kept: Page, server: Canned) -> None:
    kept.evaluate(HEAR)
    ask_and_wait(kept, "answer")
    vote(kept)
    heard = kept.evaluate("() => window.heard")

    assert "secret-1" in kept.evaluate(KEPT)
    assert heard == [
        {"question": "answer"},
        {"reply": {**ANSWER.to_dict(), "recorded": True}},
        {"receipt_id": "receipt-1", "helpful": True},
    ]
    clear(kept)
    expect(status(kept)).to_have_text(BOTH)
    assert "secret-" not in kept.evaluate(SHOWN)
    assert "secret-" not in json.dumps([heard, kept.evaluate("() => window.heard"), kept.url])


def test_an_id_that_the_server_replaces_is_replaced_here(kept: Page, server: Canned) -> None:
    ask_and_wait(kept, "answer")
    server.conversations.clear()
    ask_and_wait(kept, "show mice")
    ask_and_wait(kept, "disagree")

    assert server.conversations == {"secret-2": ["show mice", "disagree"]}


def test_clearing_erases_here_and_on_the_server(kept: Page, server: Canned) -> None:
    expect(kept.get_by_text(THERE)).to_have_count(0)
    ask_and_wait(kept, "answer")
    expect(kept.get_by_text(THERE)).to_be_visible()
    clear(kept)

    expect(status(kept)).to_have_text(BOTH)
    expect(box(kept)).to_be_focused()
    expect(kept.get_by_text(LEFT)).to_be_hidden()
    assert server.conversations == {}
    assert kept.evaluate("() => sessionStorage.length + localStorage.length") == 0
    ask_and_wait(kept, "show mice")
    assert "conversation" not in server.asked[-1]


@pytest.mark.parametrize(
    ("refusal", "words"),
    [
        (0, "We could not reach the server to erase it there too."),
        (503, "The server could not erase its copy just now."),
        (404, "The server could not erase its copy just now."),
    ],
)
def test_a_copy_that_is_left_is_told_and_can_be_erased_later(
    kept: Page, server: Canned, refusal: int, words: str
) -> None:
    ask_and_wait(kept, "my first question")
    if refusal:
        server.erase_status = refusal
    else:
        kept.route("**/v1/conversations/*", lambda route: route.abort())
    clear(kept)
    expect(status(kept)).to_have_text(f"The chat is erased here. {words}")
    expect(kept.get_by_text(LEFT)).to_be_visible()
    expect(kept.get_by_role("article")).to_have_count(0)
    assert "secret-1" in kept.evaluate(KEPT)
    assert "my first question" not in kept.evaluate(KEPT)

    ask_and_wait(kept, "another question")
    assert "conversation" not in server.asked[-1]
    kept.reload()
    again = kept.get_by_role("button", name="Erase it on the server")
    again.click()
    expect(status(kept)).to_have_text(words)
    expect(again).to_be_visible()
    kept.unroute_all()
    server.erase_status = 204
    again.click()

    expect(status(kept)).to_have_text("The chat that you erased is now erased on the server too.")
    expect(again).to_be_hidden()
    expect(box(kept)).to_be_focused()
    assert server.conversations == {"secret-2": ["another question"]}
    expect(turn(kept)).to_contain_text("another question")
    assert "secret-1" not in kept.evaluate(KEPT)


def test_the_next_clearing_erases_what_was_left(kept: Page, server: Canned) -> None:
    server.erase_status = 503
    for number in (1, 2):
        ask_and_wait(kept, f"question {number}")
        clear(kept)
        expect(kept.get_by_text(LEFT)).to_be_visible()
    server.erase_status = 204
    ask_and_wait(kept, "question 3")
    clear(kept)

    expect(status(kept)).to_have_text(BOTH)
    expect(kept.get_by_text(LEFT)).to_be_hidden()
    assert server.conversations == {}


def test_what_the_server_holds_no_more_counts_as_erased(kept: Page, server: Canned) -> None:
    ask_and_wait(kept, "answer")
    server.conversations.clear()
    clear(kept)

    expect(status(kept)).to_have_text(BOTH)
    assert server.erase_tries == ["secret-1"]


@pytest.mark.parametrize("earlier", [False, True])
def test_an_answer_on_its_way_is_erased_when_it_has_come(kept: Page, server: Canned, earlier: bool) -> None:
    """Its start says where it is kept, its end that nothing more of it comes."""
    kept.evaluate(HEAR)
    if earlier:
        ask_and_wait(kept, "answer")
    half_way(kept, server)
    clear(kept)
    expect(status(kept)).to_contain_text("We are erasing it on the server too.")
    expect(kept.get_by_role("button", name="Stop")).to_be_hidden()
    server.gate.set()

    expect(status(kept)).to_have_text(BOTH)
    assert server.conversations == {}
    expect(kept.get_by_role("article")).to_have_count(0)
    assert [detail for detail in kept.evaluate("() => window.heard") if "reply" in detail][earlier:] == []
    assert kept.evaluate("() => sessionStorage.length") == 0


def test_an_answer_that_broke_off_leaves_nothing_on_the_server(kept: Page, server: Canned) -> None:
    ask(kept, "breaks off")
    expect(kept.get_by_role("button", name="Try again")).to_be_visible()
    assert server.conversations == {"secret-1": ["breaks off"]}
    kept.reload()
    clear(kept)

    expect(status(kept)).to_have_text(BOTH)
    assert server.conversations == {}


def test_feedback_on_its_way_is_let_through_first(kept: Page, server: Canned) -> None:
    """Coming later, it would belong to no conversation, and what it says would stay."""
    held: list[Route] = []
    kept.route("**/v1/feedback", lambda route: held.append(route))
    ask_and_wait(kept, "answer")
    with kept.expect_request("**/v1/feedback"):
        kept.get_by_role("button", name="Yes", exact=True).click()
    clear(kept)
    expect(status(kept)).to_have_text("The chat is erased here. We are erasing it on the server too.")
    assert server.erase_tries == []
    held[0].continue_()

    expect(status(kept)).to_have_text(BOTH)
    assert server.feedback[0]["conversation"] == server.erase_tries[0] == "secret-1"


def test_a_card_of_a_cleared_chat_does_not_come_back(kept: Page, server: Canned) -> None:
    ask(kept, "slow show crisis")
    clear(kept)
    server.gate.set()

    expect(status(kept)).to_have_text(BOTH)
    expect(kept.get_by_role("alert")).to_have_count(0)


def test_a_server_without_records_is_asked_for_nothing(chat: Page, server: Canned) -> None:
    ask_and_wait(chat, "answer")
    vote(chat)
    clear(chat)

    expect(status(chat)).to_have_text(HERE)
    expect(chat.get_by_text(LEFT)).to_be_hidden()
    assert server.erase_tries == []
    assert "conversation" not in {**server.asked[-1], **server.feedback[-1]}


def test_the_page_on_privacy_is_one_press_away_before_the_first_question(chat: Page, server: Canned) -> None:
    link = chat.get_by_role("link", name="What is kept of what you type (opens in a new tab)")

    expect(link).to_be_visible()
    expect(link).to_have_attribute("href", f"{server.url}/privacy")
    expect(link).to_have_attribute("rel", "noopener")
