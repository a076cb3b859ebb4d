"""The conversation in the widget: asking, waiting, failing, trying again, and the cards that come first."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import Page, expect

from askms.reply import DISCLAIMER, card_to_dict
from tests.browser.canned import ANSWER, CRISIS, EMERGENCY, MICE, MOUSE_TEXT, REFUSALS, REPLIES, WIDGET, Canned
from tests.browser.driving import (
    ask,
    ask_and_wait,
    box,
    clear,
    focused,
    half_way,
    latched,
    overflow,
    status,
    turn,
    waiting,
)

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("name", ["module.html", "classic.html"])
def test_host_page_needs_one_script_and_one_element(page: Page, server: Canned, name: str) -> None:
    page.goto(f"{server.url}/{name}")
    ask_and_wait(page, "answer")

    expect(page.get_by_text("Try one of these:")).to_be_hidden()
    assert overflow(page) == 0


def test_a_widget_that_cannot_load_says_so(page: Page, server: Canned) -> None:
    page.route("**/askms-chat.js", lambda route: route.abort())
    page.goto(f"{server.url}/module.html")

    expect(page.get_by_text("The chat could not load.")).to_be_visible()
    expect(page.get_by_text("911 in the US and Canada, 999 in the UK, 112 in Ireland and the EU")).to_be_visible()


@pytest.mark.parametrize("missing", ["widget.js", "askms-chat.js"])
@pytest.mark.parametrize("hangs", [False, True])
def test_a_page_whose_widget_does_not_come_shows_numbers_to_call(
    page: Page, server: Canned, missing: str, hangs: bool
) -> None:
    page.route(f"**/{missing}", lambda route: None if hangs else route.abort())
    page.goto(server.url, wait_until="commit")
    number = page.get_by_role("link", name="999 in the UK")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(number).to_be_hidden()

    expect(number).to_be_visible(timeout=8_000)
    expect(number).to_have_attribute("href", "tel:999")
    expect(page.get_by_text("The chat has not loaded.")).to_be_visible()


def test_a_style_sheet_that_hangs_does_not_keep_the_chat_away(page: Page, server: Canned) -> None:
    page.route("**/askms-chat.css", lambda route: None)
    page.goto(server.url, wait_until="commit")

    expect(box(page)).to_be_visible(timeout=8_000)
    expect(page.get_by_text("The chat has not loaded.")).to_be_hidden()


def test_the_widget_knows_the_same_disclaimer_as_the_server() -> None:
    words = (WIDGET / "words.js").read_text("utf-8")
    found = re.search(r'DISCLAIMER =\s*"(.*)"', words)

    assert found is not None
    assert found[1] == DISCLAIMER


def test_every_reply_ends_with_the_disclaimer(chat: Page) -> None:
    questions = ["answer", "is down", "breaks off", "fails late", "changes", *REPLIES]
    for number, question in enumerate(questions, 1):
        ask_and_wait(chat, question)
        expect(chat.get_by_role("article")).to_have_count(number)

        assert turn(chat).inner_text().rstrip().endswith(DISCLAIMER), question


def test_a_half_shown_answer_already_ends_with_the_disclaimer(chat: Page, server: Canned) -> None:
    half_way(chat, server)

    assert turn(chat).inner_text().rstrip().endswith(DISCLAIMER)


def test_the_reader_is_told_it_is_an_ai_program(chat: Page) -> None:
    line = "askms is an AI program, not a doctor. In an emergency call your local emergency number."
    expect(chat.get_by_text(line)).to_be_visible()
    ask_and_wait(chat, "answer")
    expect(chat.get_by_text(line)).to_be_visible()


def test_status_speaks_at_the_start_and_the_end_and_the_log_is_silent(chat: Page, server: Canned) -> None:
    waiting(chat, server)
    expect(chat.get_by_role("log")).to_have_attribute("aria-live", "off")
    expect(chat.get_by_role("log").get_by_role("status")).to_have_count(0)
    server.gate.set()

    expect(status(chat)).to_have_text("Answer ready, 3 sentences.")


def test_status_points_at_a_safety_message(chat: Page) -> None:
    ask_and_wait(chat, "show emergency")
    expect(status(chat)).to_have_text("Answer ready. Please read the safety message first.")


def test_a_long_wait_is_put_in_words(own_page: Page, server: Canned) -> None:
    own_page.clock.install()
    own_page.goto(server.url)
    ask(own_page, "slow")
    own_page.clock.run_for(1_000)
    expect(status(own_page)).to_have_text("Looking in the sources…")
    own_page.clock.run_for(6_000)
    expect(status(own_page)).to_contain_text("Still looking in the sources.")
    own_page.clock.run_for(20_000)
    expect(status(own_page)).to_contain_text("This is taking longer than usual.")


def test_cards_come_first_alert_and_dial(chat: Page) -> None:
    ask_and_wait(chat, "show crisis")
    card = chat.get_by_role("alert")
    links = card.get_by_role("link").all()

    assert [(link.inner_text(), link.get_attribute("href")) for link in links] == [
        ("Call or text 988 (US and Canada)", "tel:988"),
        ("Samaritans (UK and Ireland): 116 123", "tel:116123"),
    ]
    expect(card).to_contain_text("Text SHOUT to 85258 (UK)")
    before = "(card, log) => Boolean(card.compareDocumentPosition(log) & Node.DOCUMENT_POSITION_FOLLOWING)"
    log = chat.get_by_role("log").element_handle()
    assert card.evaluate(before, log)
    expect(card).to_be_in_viewport(ratio=1)


def test_a_card_stays_until_the_chat_is_cleared(chat: Page, server: Canned) -> None:
    latched(chat, server)
    assert chat.get_by_role("alert").locator("h3").all_inner_texts() == [CRISIS.title, EMERGENCY.title]
    expect(chat.get_by_role("alert").first).to_be_in_viewport()

    clear(chat)

    expect(chat.get_by_role("alert")).to_have_count(0)
    expect(chat.get_by_role("article")).to_have_count(0)


def test_a_card_is_one_press_away_on_a_low_screen(page: Page, server: Canned) -> None:
    page.set_viewport_size({"width": 640, "height": 400})
    page.goto(server.url)
    ask_and_wait(page, "show crisis")
    ask_and_wait(page, "answer")
    page.get_by_role("button", name="Source 1").last.scroll_into_view_if_needed()
    page.get_by_role("button", name="Back to the safety message").click()

    expect(page.get_by_role("heading", name=CRISIS.title)).to_be_in_viewport()
    assert focused(page) == CRISIS.title


def test_a_card_survives_an_answer_that_fails(chat: Page, server: Canned) -> None:
    chat.route(
        "**/v1/ask/stream",
        lambda route: route.fulfill(
            content_type="text/event-stream", body=f"event: card\ndata: {json.dumps(card_to_dict(CRISIS))}\n\n"
        ),
    )
    ask_and_wait(chat, "anything")

    expect(chat.get_by_role("alert")).to_contain_text(CRISIS.title)


def test_a_refusal_is_not_styled_as_an_error(chat: Page) -> None:
    for number, route in enumerate(REFUSALS, 1):
        ask_and_wait(chat, f"show {route.value}")
        expect(chat.get_by_role("article")).to_have_count(number)

        expect(turn(chat)).to_have_attribute("data-route", route.value)
        expect(turn(chat)).to_have_attribute("data-state", "answered")
        expect(chat.get_by_role("alert")).to_have_count(0)
        expect(chat.get_by_role("button", name="Try again")).to_have_count(0)


@pytest.mark.parametrize(
    ("question", "message"),
    [
        ("is down", "The sources are being updated."),
        ("fails late", "The sources are being updated."),
        ("breaks off", "The answer broke off before it was complete."),
    ],
)
def test_an_error_is_kind_and_keeps_the_question(chat: Page, question: str, message: str) -> None:
    ask_and_wait(chat, question)

    expect(turn(chat)).to_contain_text(message)
    expect(box(chat)).to_have_value(question)
    expect(status(chat)).to_contain_text(message)
    expect(status(chat)).to_contain_text("Your question is still in the box.")
    expect(turn(chat).locator(".sentence")).to_have_count(0)


def test_no_connection_is_an_error_in_plain_words(chat: Page) -> None:
    chat.route("**/v1/ask/stream", lambda route: route.abort())
    ask_and_wait(chat, "answer")

    expect(turn(chat)).to_contain_text("We could not reach askms.")


def test_what_only_an_operator_can_repair_is_not_shown_to_a_reader(chat: Page) -> None:
    body = {"error": {"type": "IndexMissing", "message": "Run askms build."}, "disclaimer": DISCLAIMER}
    chat.route("**/v1/ask/stream", lambda route: route.fulfill(status=503, json=body))
    ask_and_wait(chat, "answer")

    expect(turn(chat)).to_contain_text("askms could not answer just now.")
    expect(turn(chat)).not_to_contain_text("askms build")


@pytest.mark.parametrize(("given", "sent"), [("UK", "uk"), ("mars", "unknown")])
def test_a_host_page_says_whose_emergency_numbers_to_show(chat: Page, server: Canned, given: str, sent: str) -> None:
    chat.evaluate("place => { document.querySelector('askms-chat').locale = place }", given)
    ask_and_wait(chat, "answer")

    assert server.asked[-1]["locale"] == sent


def test_trying_again_replaces_the_failed_turn(chat: Page) -> None:
    ask_and_wait(chat, "is down")
    chat.get_by_role("button", name="Try again").click()
    expect(status(chat)).to_have_text("Answer ready, 3 sentences.")

    expect(chat.get_by_role("article")).to_have_count(1)
    expect(box(chat)).to_have_value("")
    assert focused(chat) == "Question 1"


def test_a_failed_question_asked_again_leaves_no_failed_turn(chat: Page, server: Canned) -> None:
    ask_and_wait(chat, "answer")
    chat.route("**/v1/ask/stream", lambda route: route.abort())
    for _ in range(3):
        ask(chat, "second")
        expect(turn(chat)).to_have_attribute("data-state", "failed")
    chat.unroute("**/v1/ask/stream")
    chat.get_by_role("button", name="Ask", exact=True).click()
    expect(status(chat)).to_have_text("Answer ready, 3 sentences.")

    expect(chat.get_by_role("article")).to_have_count(2)
    assert [title.inner_text() for title in chat.locator(".turn > h3").all()] == ["Question 1", "Question 2"]


def test_a_box_that_holds_something_else_is_not_said_to_hold_the_question(chat: Page, server: Canned) -> None:
    waiting(chat, server)
    box(chat).fill("something else")
    chat.get_by_role("button", name="Stop").click()

    expect(status(chat)).to_have_text("You stopped this answer. Your question is kept above: press Try again.")
    expect(box(chat)).to_have_value("something else")
    expect(turn(chat)).to_contain_text("slow")
    expect(chat.get_by_role("log")).not_to_contain_text("in the box")


def test_the_box_is_not_described_by_a_count_that_is_not_shown(chat: Page) -> None:
    ask_and_wait(chat, "answer")

    expect(box(chat)).to_have_accessible_description("Press Enter to ask. Press Shift and Enter for a new line.")


def test_enter_asks_and_shift_enter_makes_a_line(chat: Page, server: Canned) -> None:
    box(chat).press_sequentially("one")
    box(chat).press("Shift+Enter")
    box(chat).press_sequentially("two")
    expect(box(chat)).to_have_value("one\ntwo")
    box(chat).press("Enter")
    expect(status(chat)).to_have_text("Answer ready, 3 sentences.")

    assert server.asked == [{"question": "one\ntwo", "history": [], "locale": "unknown"}]
    expect(box(chat)).to_be_focused()


def test_a_second_press_while_waiting_asks_nothing(chat: Page, server: Canned) -> None:
    waiting(chat, server)
    ask(chat, "another")

    expect(status(chat)).to_contain_text("Still looking for the last answer.")
    expect(box(chat)).to_have_value("another")
    server.gate.set()
    expect(status(chat)).to_have_text("Answer ready, 3 sentences.")
    assert [body["question"] for body in server.asked] == ["slow"]


def test_stop_ends_the_wait_and_keeps_the_question(chat: Page, server: Canned) -> None:
    waiting(chat, server)
    chat.get_by_role("button", name="Stop").focus()
    chat.keyboard.press("Enter")

    expect(status(chat)).to_have_text("You stopped this answer. Your question is still in the box.")
    expect(box(chat)).to_have_value("slow")
    expect(box(chat)).to_be_focused()
    expect(turn(chat)).to_contain_text(DISCLAIMER)


def test_clearing_while_waiting_drops_the_answer(chat: Page, server: Canned) -> None:
    half_way(chat, server)
    clear(chat)
    server.gate.set()
    ask_and_wait(chat, "answer")

    expect(chat.get_by_role("article")).to_have_count(1)
    assert server.asked[-1]["history"] == []


def test_the_last_six_messages_go_with_a_question(chat: Page, server: Canned) -> None:
    for number in range(5):
        ask_and_wait(chat, f"question {number}")
        expect(chat.get_by_role("article")).to_have_count(number + 1)

    history = server.asked[-1]["history"]
    assert [turn["content"] for turn in history[::2]] == ["question 1", "question 2", "question 3"]
    assert {turn["content"] for turn in history[1::2]} == {ANSWER.text}
    assert [turn["role"] for turn in history] == ["user", "assistant"] * 3


def test_a_suggestion_takes_the_focus_to_its_own_turn(chat: Page) -> None:
    ask_and_wait(chat, "answer")
    chat.get_by_role("button", name="What else was tried for tiredness?").press("Enter")
    expect(chat.get_by_role("article")).to_have_count(2)

    assert focused(chat) == "Question 2"
    expect(turn(chat).locator("h3")).to_be_in_viewport()


def test_the_answer_is_one_press_away_from_the_line_that_announces_it(chat: Page, server: Canned) -> None:
    waiting(chat, server)
    go = chat.get_by_role("button", name="Go to the answer")
    expect(go).to_be_hidden()
    server.gate.set()
    expect(box(chat)).to_be_focused()
    go.press("Enter")

    assert focused(chat) == "Answer"
    chat.keyboard.press("Tab")
    chat.keyboard.press("Tab")
    assert focused(chat) == "Source 1"
    clear(chat)
    expect(go).to_be_hidden()


@pytest.mark.parametrize("size", [100, 200])
def test_the_wait_is_in_words_in_the_window_and_stop_before_the_rest(chat: Page, server: Canned, size: int) -> None:
    chat.set_viewport_size({"width": 320, "height": 640})
    chat.evaluate("size => { document.documentElement.style.fontSize = size }", f"{size}%")
    ask(chat, "slow end")
    expect(status(chat)).to_have_text("Looking in the sources…")

    expect(status(chat)).to_be_in_viewport(ratio=1)
    expect(chat.get_by_role("button", name="Stop")).to_be_in_viewport(ratio=1)
    before = "(one, other) => Boolean(one.compareDocumentPosition(other) & Node.DOCUMENT_POSITION_FOLLOWING)"
    other = chat.get_by_role("button", name="Clear chat").element_handle()
    assert chat.get_by_role("button", name="Stop").evaluate(before, other)
    chat.evaluate("document.documentElement.style.fontSize = ''")


def test_suggestions_ask_or_open_a_new_tab(chat: Page, server: Canned) -> None:
    ask_and_wait(chat, "answer")
    link = chat.get_by_role("link", name="Search PubMed (opens in a new tab)")
    expect(link).to_have_attribute("rel", "noopener")
    expect(link).to_have_attribute("target", "_blank")
    chat.get_by_role("button", name="What else was tried for tiredness?").click()
    expect(chat.get_by_role("article")).to_have_count(2)
    expect(turn(chat).get_by_text(DISCLAIMER)).to_be_visible()

    assert server.asked[-1]["question"] == "What else was tried for tiredness?"


def test_an_example_asks_itself_and_the_focus_is_not_lost(chat: Page, server: Canned) -> None:
    chat.get_by_role("button", name="What is a relapse?").click()
    expect(status(chat)).to_have_text("Answer ready, 3 sentences.")

    assert server.asked[-1]["question"] == "What is a relapse?"
    assert focused(chat) == "Question 1"


def test_the_counter_appears_near_the_limit_and_too_much_is_not_sent(chat: Page, server: Canned) -> None:
    counter = chat.locator(".counter")
    box(chat).fill("x" * 3599)
    expect(counter).to_be_hidden()
    box(chat).fill("🙂" * 3990)
    expect(counter).to_have_text("10 characters left")
    ask(chat, "x" * 4001)

    expect(counter).to_have_text("1 character too many")
    expect(status(chat)).to_have_text("Your question is 1 character too long.")
    assert server.asked == []


def test_an_empty_question_is_not_sent(chat: Page, server: Canned) -> None:
    chat.get_by_role("button", name="Ask", exact=True).click()

    expect(status(chat)).to_have_text("Please type a question first.")
    assert server.asked == []


def test_a_host_page_may_show_the_answer_itself(chat: Page) -> None:
    chat.evaluate(
        "() => document.addEventListener('askms-reply', event => {"
        " window.given = event.detail.reply.route; event.preventDefault() })"
    )
    ask_and_wait(chat, "show crisis")

    assert chat.evaluate("() => window.given") == "crisis"
    expect(turn(chat).locator(".sentence")).to_have_count(0)
    expect(chat.get_by_role("alert")).to_contain_text(CRISIS.title)


def test_a_host_page_may_replace_the_network(chat: Page, server: Canned) -> None:
    wire = f"event: reply\ndata: {json.dumps(MICE.to_dict())}\n\n"
    chat.evaluate(
        "wire => { document.querySelector('askms-chat').send = async () => new Response(wire) }",
        wire,
    )
    ask_and_wait(chat, "anything")

    expect(turn(chat)).to_contain_text(MOUSE_TEXT)
    assert server.asked == []
