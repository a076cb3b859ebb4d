"""What the widget tells the page around it and the service: events, and the reader's feedback."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.canned import ANSWER, Canned
from tests.browser.driving import ask_and_wait, status, turn

pytestmark = pytest.mark.browser

LISTEN = """() => {
  window.heard = []
  for (const name of ['question', 'reply', 'error', 'feedback']) {
    addEventListener(`askms-${name}`, ({detail, cancelable}) => window.heard.push([name, detail, cancelable]))
  }
}"""

SEEN = """words => [...document.querySelector('askms-chat').shadowRoot.querySelectorAll('p')]
  .filter(one => one.textContent === words && one.getBoundingClientRect().width > 1).map(one => one.className)"""


def test_the_page_around_hears_of_questions_replies_and_errors(chat: Page) -> None:
    chat.evaluate(LISTEN)
    ask_and_wait(chat, "answer")
    ask_and_wait(chat, "breaks off")
    heard = chat.evaluate("() => window.heard")

    assert [(name, cancelable) for name, _, cancelable in heard] == [
        ("question", False),
        ("reply", True),
        ("question", False),
        ("error", False),
    ]
    assert heard[0][1] == {"question": "answer"}
    assert heard[1][1] == {"reply": ANSWER.to_dict()}
    assert heard[3][1] == {"message": "The answer broke off before it was complete. Please try again.", "status": 0}


def test_a_vote_goes_to_the_page_and_to_the_service(chat: Page, server: Canned) -> None:
    chat.evaluate(LISTEN)
    ask_and_wait(chat, "answer")
    yes = chat.get_by_role("button", name="Yes", exact=True)
    yes.click()
    expect(turn(chat)).to_contain_text("Thank you. We have passed it on.")
    assert chat.evaluate(SEEN, "Thank you. We have passed it on.") == ["result"]
    expect(yes).to_have_attribute("aria-pressed", "true")
    chat.get_by_role("button", name="No", exact=True).click()
    expect(yes).to_have_attribute("aria-pressed", "false")

    votes = [{"receipt_id": "receipt-1", "helpful": helpful} for helpful in (True, False)]
    expect(chat.get_by_role("button", name="No", exact=True)).to_have_attribute("aria-pressed", "true")
    assert [detail for name, detail, _ in chat.evaluate("() => window.heard") if name == "feedback"] == votes
    assert server.feedback == votes


def test_a_problem_is_reported_in_the_reader_s_words(chat: Page, server: Canned) -> None:
    ask_and_wait(chat, "answer")
    chat.get_by_text("Report a problem").click()
    expect(chat.get_by_text("Please leave out names and numbers.")).to_be_visible()
    chat.get_by_role("button", name="Send").click()
    what = chat.get_by_label("What is wrong with this answer?")
    expect(what).to_be_focused()
    what.fill("  The link is dead. ")
    chat.get_by_role("button", name="Send").click()

    expect(turn(chat)).to_contain_text("Thank you. We have passed it on.")
    expect(what).to_be_hidden()
    expect(chat.locator("summary", has_text="Report a problem")).to_be_focused()
    assert server.feedback == [{"receipt_id": "receipt-1", "problem": "The link is dead."}]


@pytest.mark.parametrize(
    ("keeps", "answer", "words"),
    [
        (True, 404, "We could not pass this on: this answer is not kept any more."),
        (False, 404, "We could not pass this on: this service takes no feedback."),
        (False, 405, "We could not pass this on: this service takes no feedback."),
        (True, 503, "We could not send this. Please try again later."),
    ],
)
def test_feedback_that_cannot_be_passed_on_is_told_and_kept(
    chat: Page, server: Canned, keeps: bool, answer: int, words: str
) -> None:
    server.keeps, server.feedback_status = keeps, answer
    ask_and_wait(chat, "answer")
    chat.get_by_text("Report a problem").click()
    chat.get_by_label("What is wrong with this answer?").fill("Wrong year.")
    chat.get_by_role("button", name="Send").click()

    expect(turn(chat)).to_contain_text(words)
    expect(status(chat)).to_have_text(words)
    expect(chat.get_by_label("What is wrong with this answer?")).to_have_value("Wrong year.")


def test_without_a_line_feedback_says_so(chat: Page) -> None:
    ask_and_wait(chat, "answer")
    chat.context.set_offline(True)
    chat.get_by_role("button", name="Yes", exact=True).click()

    expect(turn(chat)).to_contain_text("We could not send this. Please try again later.")


def test_a_reply_without_a_receipt_asks_for_no_feedback(chat: Page) -> None:
    ask_and_wait(chat, "show mice")

    expect(chat.get_by_text("Was this helpful?")).to_have_count(0)
