"""What the reader can change in the widget: it takes effect and is remembered in this browser alone."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.canned import ANSWER, DISAGREE, FELL, MICE, MOUSE_TEXT, PASSAGES, TOOK_PART, Canned
from tests.browser.driving import ask_and_wait, box, clear, open_settings, status, turn

pytestmark = pytest.mark.browser

LOOK = """() => {
  const frame = document.querySelector('askms-chat').shadowRoot.querySelector('.frame')
  const style = getComputedStyle(frame)
  const words = getComputedStyle(frame.querySelector('textarea'))
  return {size: parseFloat(style.fontSize), scheme: style.colorScheme, spaced: parseFloat(words.letterSpacing) > 0,
    short: frame.hasAttribute('data-short')}
}"""
BLOCKED = """for (const name of ['localStorage', 'sessionStorage']) {
  Object.defineProperty(window, name, {get() { throw new DOMException('denied', 'SecurityError') }})
}"""


def shown(page: Page) -> list[str]:
    """The sentences of the last answer that can be seen."""
    return [p.inner_text() for p in turn(page).locator(".sentence > p").all() if p.is_visible()]


def test_choices_take_effect_and_are_remembered_here_alone(chat: Page, server: Canned) -> None:
    plain = {"size": 18, "scheme": "light dark", "spaced": False, "short": False}
    assert chat.evaluate(LOOK) == plain
    open_settings(chat)
    chat.get_by_role("button", name="Larger").focus()
    for _ in range(7):
        chat.keyboard.press("Enter")
    expect(status(chat)).to_have_text("Text size: 250%")
    chat.get_by_role("radio", name="Dark", exact=True).check()
    chat.get_by_label("Short answers").check()
    chat.get_by_label("More space").check()
    chosen = {"size": 45, "scheme": "dark", "spaced": True, "short": True}
    assert chat.evaluate(LOOK) == chosen

    chat.reload()
    expect(box(chat)).to_be_visible()

    assert chat.evaluate(LOOK) == chosen
    assert chat.context.cookies() == []
    assert server.asked == []
    open_settings(chat)
    expect(chat.get_by_role("button", name="Larger")).to_have_attribute("aria-disabled", "true")
    for _ in range(6):
        chat.get_by_role("button", name="Smaller").click()
    assert chat.evaluate(LOOK) == {**chosen, "size": 18}


def test_the_page_s_wishes_hold_until_the_reader_chooses(chat: Page) -> None:
    chat.evaluate("""() => {
      const chat = document.querySelector('askms-chat')
      chat.setAttribute('theme', 'dark'); chat.setAttribute('mode', 'short')
    }""")
    assert chat.evaluate(LOOK) == {"size": 18, "scheme": "dark", "spaced": False, "short": True}
    open_settings(chat)
    chat.get_by_role("radio", name="Light", exact=True).check()
    chat.get_by_label("Short answers").uncheck()

    chat.evaluate("() => document.querySelector('askms-chat').setAttribute('theme', 'no such theme')")

    assert chat.evaluate(LOOK) == {"size": 18, "scheme": "light", "spaced": False, "short": False}


@pytest.mark.parametrize(
    "kept", ["no JSON", "7", '{"size": 9999, "theme": "<b>", "short": "yes", "more": 1}', '{"size": "125"}', "[null]"]
)
def test_odd_remembered_choices_are_ignored(chat: Page, kept: str) -> None:
    chat.evaluate("kept => localStorage.setItem('askms-settings', kept)", kept)
    chat.reload()
    expect(box(chat)).to_be_visible()

    assert chat.evaluate(LOOK) == {"size": 18, "scheme": "light dark", "spaced": False, "short": False}


def test_a_browser_that_keeps_nothing_is_no_obstacle(own_page: Page, server: Canned) -> None:
    own_page.add_init_script(BLOCKED)
    own_page.goto(server.url)
    ask_and_wait(own_page, "answer")
    expect(own_page.get_by_text("Your browser keeps nothing for this page.")).to_be_visible()
    open_settings(own_page)
    own_page.get_by_role("button", name="Larger").click()

    assert own_page.evaluate(LOOK)["size"] == 22.5
    clear(own_page)
    expect(status(own_page)).to_have_text("The chat is erased here. You can ask a new question.")


LEANING = (
    ("trial", 0, "Ketamine lowered tiredness."),
    ("trial", 28, "A secondary measure was lower too."),
    ("review", 0, "Tiredness is common."),
    ("mouse", 0, "However, this is a hint and not proof."),
    ("review", 400, "Sleep matters."),
    ("review", 900, "Heat matters."),
    ("review", 914, "Cooling was tried."),
)
"""Quoted sentences by source and place: the second follows the first at once, the fourth limits the third."""


def test_short_answers_keep_a_result_together_with_what_limits_it(chat: Page, server: Canned) -> None:
    wire = MICE.to_dict()
    quoted = wire["sentences"][0]["citations"][0]
    wire["sources"] = ANSWER.to_dict()["sources"] + wire["sources"]
    wire["sentences"] = [
        {
            "text": text,
            "template": False,
            "citations": [
                quoted
                | {"source_id": PASSAGES[key][0].id, "passage_key": key, "start": start, "end": start + len(text)}
            ],
        }
        for key, start, text in LEANING
    ]
    server.extra = {"leans": wire}
    open_settings(chat)
    chat.get_by_label("Short answers").check()
    ask_and_wait(chat, "leans")

    assert shown(chat) == [text for _, _, text in LEANING[:5]]
    chat.get_by_role("button", name="Show more").click()
    assert shown(chat) == [text for _, _, text in LEANING]


def test_short_answers_show_few_ideas_and_never_cut_one_from_what_qualifies_it(chat: Page) -> None:
    everything = [claim.text for claim in DISAGREE.claims]
    open_settings(chat)
    chat.get_by_label("Short answers").check()
    ask_and_wait(chat, "disagree")
    first = everything[: everything.index(TOOK_PART)]  # a disagreement is enough for one answer
    more = chat.get_by_role("button", name="Show more")

    assert shown(chat) == [*first, *everything[-3:]]
    expect(turn(chat).locator(".strength")).to_be_visible()
    expect(chat.get_by_text("Was this helpful?")).to_be_hidden()

    more.click()
    assert shown(chat) == everything
    less = chat.get_by_role("button", name="Show less")
    expect(less).to_have_attribute("aria-expanded", "true")
    expect(less).to_be_focused()
    expect(chat.get_by_text("Was this helpful?")).to_be_visible()
    less.click()
    assert MOUSE_TEXT not in shown(chat)

    chat.get_by_label("Short answers").uncheck()
    assert shown(chat) == everything
    expect(more).to_be_hidden()


def test_a_refusal_is_never_shortened(chat: Page) -> None:
    open_settings(chat)
    chat.get_by_label("Short answers").check()
    ask_and_wait(chat, "show dosing")

    assert shown(chat) == ["We cannot help with that here.", "Your MS nurse can."]


def test_the_two_sides_stand_side_by_side_where_there_is_room(chat: Page) -> None:
    ask_and_wait(chat, "disagree")
    one, other = (side.bounding_box() for side in turn(chat).locator(".side").all())
    assert one is not None
    assert other is not None
    assert one["y"] == other["y"]
    assert one["x"] + one["width"] <= other["x"]
    texts = [side.locator(".sentence > p").all_inner_texts() for side in turn(chat).locator(".side").all()]
    assert texts[0] == ["This was a small study, so chance may have played a part.", FELL]
    assert texts[1] == ["Another source says:", "This source is out of date.", "Tiredness is common in MS."]

    chat.set_viewport_size({"width": 320, "height": 640})
    one, other = (side.bounding_box() for side in turn(chat).locator(".side").all())

    assert one is not None
    assert other is not None
    assert one["x"] == other["x"]
    assert one["y"] + one["height"] <= other["y"]
