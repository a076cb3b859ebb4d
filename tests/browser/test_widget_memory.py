"""Nothing is lost when the page is loaded again, and everything is erased when the reader says so."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.canned import ANSWER, CRISIS, Canned
from tests.browser.driving import ask_and_wait, box, clear, half_way, status, turn

pytestmark = pytest.mark.browser

KEPT = "This chat stays in this tab until you clear it or close the tab."


def test_a_conversation_outlives_the_page(chat: Page, server: Canned) -> None:
    ask_and_wait(chat, "show crisis")
    ask_and_wait(chat, "answer")
    ask_and_wait(chat, "breaks off")
    box(chat).fill("half a question")
    before = [article.inner_text() for article in chat.get_by_role("article").all()]
    expect(chat.get_by_text(KEPT)).to_be_visible()

    chat.reload()

    expect(chat.get_by_role("article")).to_have_count(3)
    assert [article.inner_text() for article in chat.get_by_role("article").all()] == before
    expect(chat.get_by_role("alert")).to_contain_text(CRISIS.title)
    expect(box(chat)).to_have_value("half a question")
    chat.get_by_role("button", name="Source 1").first.click()
    expect(chat.get_by_role("dialog")).to_contain_text("Checked on:")
    ask_and_wait(chat, "next")
    history = server.asked[-1]["history"]
    assert [one["content"] for one in history if one["role"] == "user"] == ["show crisis", "answer"]
    assert history[-1]["content"] == ANSWER.text


def test_a_question_that_was_waiting_can_be_asked_again(chat: Page, server: Canned) -> None:
    half_way(chat, server)

    chat.reload()
    expect(turn(chat)).to_contain_text("The page was loaded again before the answer was complete.")
    expect(box(chat)).to_have_value("slow end")
    server.gate.set()
    chat.get_by_role("button", name="Try again").click()

    expect(status(chat)).to_have_text("Answer ready, 3 sentences.")
    expect(chat.get_by_role("article")).to_have_count(1)


def test_what_was_typed_while_waiting_outlives_the_page(chat: Page, server: Canned) -> None:
    half_way(chat, server)
    box(chat).fill("the next question")

    chat.reload()

    expect(turn(chat)).to_contain_text("slow end")
    expect(box(chat)).to_have_value("the next question")
    expect(chat.get_by_role("button", name="Try again")).to_be_visible()


def test_a_report_that_is_not_sent_outlives_the_page(chat: Page, server: Canned) -> None:
    ask_and_wait(chat, "answer")
    chat.get_by_text("Report a problem").click()
    chat.get_by_label("What is wrong with this answer?").fill("Wrong year.")

    chat.reload()

    expect(chat.get_by_label("What is wrong with this answer?")).to_have_value("Wrong year.")
    chat.get_by_role("button", name="Send").click()
    expect(turn(chat)).to_contain_text("Thank you. We have passed it on.")
    chat.reload()
    expect(turn(chat)).to_be_visible()
    expect(chat.get_by_label("What is wrong with this answer?")).to_be_hidden()
    assert [one["problem"] for one in server.feedback] == ["Wrong year."]


def test_the_place_on_the_page_outlives_it(chat: Page) -> None:
    for _ in range(3):
        ask_and_wait(chat, "answer")
    chat.evaluate("() => scrollTo(0, 700)")

    chat.reload()

    expect(chat.get_by_role("article")).to_have_count(3)
    chat.wait_for_function("() => scrollY === 700")
    chat.goto(chat.url)
    expect(chat.get_by_role("article")).to_have_count(3)
    assert chat.evaluate("() => new Promise(then => setTimeout(() => then(scrollY), 300))") == 0


def test_an_answer_that_the_page_shows_itself_stays_with_the_page(chat: Page) -> None:
    chat.evaluate("() => document.addEventListener('askms-reply', event => event.preventDefault())")
    ask_and_wait(chat, "answer")

    chat.reload()

    expect(turn(chat)).to_have_attribute("data-state", "answered")
    expect(turn(chat).locator(".sentence")).to_have_count(0)


def test_clearing_asks_first_and_then_erases_for_good(chat: Page) -> None:
    ask_and_wait(chat, "show crisis")
    ask_and_wait(chat, "answer")
    press = chat.get_by_role("button", name="Clear chat")
    press.click()
    expect(chat.get_by_role("group", name="Erase this chat for good?")).to_be_visible()
    expect(chat.get_by_role("group").get_by_text("Erase this chat for good?")).to_be_focused()
    chat.get_by_role("button", name="No, keep it").click()
    expect(press).to_be_focused()
    expect(chat.get_by_role("article")).to_have_count(2)
    assert chat.evaluate("() => sessionStorage.length") == 1

    clear(chat)

    expect(status(chat)).to_have_text("The chat is erased here. You can ask a new question.")
    expect(box(chat)).to_be_focused()
    assert chat.evaluate("() => sessionStorage.length + localStorage.length") == 0
    chat.reload()
    expect(box(chat)).to_be_visible()
    expect(chat.get_by_role("article")).to_have_count(0)
    expect(chat.get_by_role("alert")).to_have_count(0)


@pytest.mark.parametrize(
    "kept",
    [
        "no JSON",
        "7",
        '{"turns": 3}',
        '{"turns": [{"question": "x", "reply": {}}]}',
        '{"conversation": 7, "erasing": "x"}',
    ],
)
def test_a_chat_kept_by_another_version_does_not_stop_the_widget(chat: Page, server: Canned, kept: str) -> None:
    chat.evaluate("kept => sessionStorage.setItem('askms-chat', kept)", kept)
    chat.reload()
    expect(box(chat)).to_be_visible()
    expect(chat.get_by_role("article")).to_have_count(0)
    ask_and_wait(chat, "answer")

    expect(chat.get_by_role("article")).to_have_count(1)
    assert "conversation" not in server.asked[-1]


def test_nothing_moves(chat: Page) -> None:
    ask_and_wait(chat, "answer")

    assert chat.evaluate("() => document.getAnimations().length") == 0
