"""The widget by keyboard alone, and as a screen reader gets it: names, roles and the order of things."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.canned import CRISIS, Canned
from tests.browser.driving import ask_and_wait, box, focused, open_first_source, status

pytestmark = pytest.mark.browser

FOCUS = """() => {
  const one = document.activeElement.shadowRoot?.activeElement ?? document.activeElement
  return one.getAttribute('aria-label') || one.labels?.[0]?.textContent || one.textContent
}"""
SPOKEN = """() => {
  window.said = []
  const line = document.querySelector('askms-chat').shadowRoot.querySelector('[role=status]')
  new MutationObserver(() => window.said.push(line.textContent)).observe(line, {childList: true, characterData: true})
}"""


def press_until(page: Page, name: str, key: str = "Tab") -> None:
    """Go on with the key until the focus is on what is called so."""
    passed = []
    for _ in range(60):
        page.keyboard.press(key)
        passed.append(str(page.evaluate(FOCUS)))
        if passed[-1].startswith(name):
            return
    raise AssertionError(f"{name!r} was not reached by {key}: {passed}")


def test_the_whole_way_by_keyboard(chat: Page, server: Canned) -> None:
    press_until(chat, "Settings")
    chat.keyboard.press("Enter")
    press_until(chat, "Larger")
    chat.keyboard.press("Enter")
    expect(status(chat)).to_have_text("Text size: 125%")
    press_until(chat, "Short answers")
    chat.keyboard.press("Space")
    press_until(chat, "Your question")
    chat.keyboard.type("disagree")
    chat.keyboard.press("Enter")
    expect(status(chat)).to_have_text("Answer ready, 14 sentences.")

    press_until(chat, "Show more", "Shift+Tab")
    chat.keyboard.press("Enter")
    press_until(chat, "Source 2", "Shift+Tab")
    chat.keyboard.press("Enter")
    expect(chat.get_by_role("dialog")).to_contain_text("Checked on:")
    assert focused(chat) == "Source 2: Tiredness in MS, an overview"
    chat.keyboard.press("Escape")
    assert str(chat.evaluate(FOCUS)).startswith("Source 2")

    press_until(chat, "Yes")
    chat.keyboard.press("Enter")
    expect(status(chat)).to_have_text("Thank you. We have passed it on.")
    press_until(chat, "Make a visit sheet")
    chat.keyboard.press("Enter")
    assert focused(chat) == "Visit sheet"
    press_until(chat, "My own questions")
    chat.keyboard.type("What now?")
    press_until(chat, "Back to the chat")
    chat.keyboard.press("Enter")
    assert focused(chat) == "Make a visit sheet"

    press_until(chat, "Clear chat")
    chat.keyboard.press("Enter")
    assert focused(chat) == "Erase this chat for good?"
    press_until(chat, "Yes, erase it")
    chat.keyboard.press("Enter")
    expect(box(chat)).to_be_focused()
    press_until(chat, "Help now", "Shift+Tab")
    chat.keyboard.press("Enter")
    press_until(chat, "US and Canada emergency: 911")
    assert server.feedback


def test_the_status_line_speaks_once_at_the_start_and_once_at_the_end(chat: Page) -> None:
    chat.evaluate(SPOKEN)
    ask_and_wait(chat, "disagree")
    expect(status(chat)).to_have_text("Answer ready, 14 sentences.")

    assert chat.evaluate("() => window.said") == ["Looking in the sources…", "Answer ready, 14 sentences."]


def test_what_a_screen_reader_finds_in_an_answer(chat: Page) -> None:
    ask_and_wait(chat, "answer")

    expect(chat.get_by_role("article")).to_match_aria_snapshot("""
      - 'article "Question 1: answer"':
        - 'heading "Question 1: answer" [level=3]'
        - paragraph: answer
        - 'heading "Answer: answer" [level=4]'
        - button "Read aloud"
        - paragraph: Here is what our sources say.
        - paragraph: /In a trial of 18 people/
        - 'button "Source 1: A trial of ketamine for tiredness"'
        - text: small early trial, 18 people, 2021
        - paragraph: Tiredness is common in MS.
        - 'button "Source 2: Tiredness in MS, an overview"'
        - text: /overview/
        - 'button "Source 1: A trial of ketamine for tiredness"'
        - text: small early trial, 18 people, 2021
        - paragraph:
          - strong: How strong is this?
        - paragraph: "You could try:"
        - list:
          - listitem:
            - button "What else was tried for tiredness?"
          - listitem:
            - link "Search PubMed (opens in a new tab)"
        - group: All sources of this answer (2)
        - group "Was this helpful?":
          - text: Was this helpful?
          - button "Yes"
          - button "No"
        - group: Report a problem
        - paragraph: /Consult your neurologist before you act on it\\./
    """)


def test_what_a_screen_reader_finds_in_settings_and_cards(chat: Page) -> None:
    ask_and_wait(chat, "show crisis")
    chat.locator("summary", has_text="Settings").click()

    expect(chat.get_by_role("group").filter(has_text="Settings")).to_match_aria_snapshot("""
      - group:
        - group "Text size":
          - text: Text size
          - button "Smaller" [disabled]
          - text: 100%
          - button "Larger"
        - group "Colours":
          - radio "Same as my device" [checked]
          - radio "Light"
          - radio "Dark"
          - radio "Strong contrast, light"
          - radio "Strong contrast, dark"
        - checkbox "Short answers"
        - checkbox "More space"
    """)
    expect(chat.get_by_role("alert")).to_match_aria_snapshot(f"""
      - alert:
        - heading "{CRISIS.title}" [level=3]
        - paragraph
        - list:
          - listitem:
            - link "Call or text 988 (US and Canada)"
          - listitem:
            - 'link "Samaritans (UK and Ireland): 116 123"'
    """)


def test_enter_pressed_long_or_twice_erases_nothing_and_escape_takes_the_question_back(chat: Page) -> None:
    ask_and_wait(chat, "answer")
    chat.get_by_role("button", name="Clear chat").focus()
    for _ in range(4):
        chat.keyboard.down("Enter")  # the second and later ones are repeats
    chat.keyboard.up("Enter")
    chat.keyboard.press("Enter")
    expect(chat.get_by_role("article")).to_have_count(1)
    expect(chat.get_by_role("button", name="No, keep it")).to_be_visible()

    chat.keyboard.press("Escape")

    expect(chat.get_by_role("button", name="No, keep it")).to_be_hidden()
    assert focused(chat) == "Clear chat"
    expect(chat.get_by_role("article")).to_have_count(1)


def test_escape_closes_a_source_only_from_there(chat: Page) -> None:
    ask_and_wait(chat, "answer")
    open_first_source(chat)
    chat.get_by_role("button", name="Source 1").last.focus()
    place = "() => [scrollX, scrollY]"
    before = chat.evaluate(place)
    chat.keyboard.press("Escape")
    expect(chat.get_by_role("dialog")).to_be_visible()
    assert chat.evaluate(place) == before

    chat.get_by_role("button", name="Source 1").first.focus()
    chat.keyboard.press("Escape")

    expect(chat.get_by_role("dialog")).to_be_hidden()
