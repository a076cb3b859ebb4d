"""Reading answers aloud and speaking questions, with stand-ins for the voice and the ear of the device.

Chromium without a screen has neither; what it does then is tested as it is.
"""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from askms.reply import DISCLAIMER
from tests.browser.canned import ANSWER, DISAGREE, MOUSE_TEXT, Canned
from tests.browser.driving import ask_and_wait, box, clear, open_settings, status, turn

pytestmark = pytest.mark.browser

VOICES = """() => {
window.spoken = []
window.voices = [
  {lang: 'en-US', localService: false, default: true, name: 'remote'},
  {lang: 'fr-FR', localService: true, name: 'french'},
  {lang: 'en-GB', localService: true, name: 'own'},
]
window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text } }
const synthesis = new EventTarget()
Object.assign(synthesis, {
  getVoices: () => window.voices,
  speak: one => { window.spoken.push(one); window.speaking = one },
  cancel: () => { const one = window.speaking; window.speaking = null; one?.onerror?.({error: 'interrupted'}) },
})
Object.defineProperty(window, 'speechSynthesis', {value: synthesis})
window.finish = () => { const one = window.speaking; window.speaking = null; one.onend() }
}"""
EAR = """
window.SpeechRecognition = class {
  constructor() { window.ear = this }
  start() { this.started = true }
  stop() { this.onend() }
  abort() { this.onend() }
  hear(text) {
    const result = Object.assign([{transcript: text}], {isFinal: true})
    this.onresult({resultIndex: 0, results: [result]})
  }
}
"""
SPOKEN = "() => window.spoken.map(one => one.text)"
MARKED = "() => document.querySelector('askms-chat').shadowRoot.querySelector('[data-spoken]')?.textContent ?? ''"


@pytest.fixture
def reader(chat: Page) -> Page:
    """The demo page on a device with three voices."""
    chat.evaluate(VOICES)
    return chat


def finish_all(page: Page) -> list[str]:
    """Let the voice speak to the end; returns everything that it said."""
    while page.evaluate("() => Boolean(window.speaking)"):
        page.evaluate("() => window.finish()")
    return [str(text) for text in page.evaluate(SPOKEN)]


def test_an_answer_is_read_sentence_by_sentence_and_the_spoken_one_is_marked(reader: Page) -> None:
    ask_and_wait(reader, "answer")
    reader.get_by_role("button", name="Read aloud").click()
    expect(reader.get_by_role("button", name="Pause")).to_be_focused()
    assert reader.evaluate(MARKED) == ANSWER.claims[0].text
    reader.evaluate("() => window.finish()")
    assert reader.evaluate(MARKED) == ANSWER.claims[1].text

    assert finish_all(reader) == [
        *(claim.text for claim in ANSWER.claims),
        f"How strong is this? {ANSWER.strength}",
        DISCLAIMER,
    ]
    assert reader.evaluate(MARKED) == ""
    expect(reader.get_by_role("button", name="Read aloud")).to_be_visible()
    expect(reader.get_by_role("button", name="Stop reading")).to_be_hidden()


def test_only_a_voice_of_the_device_speaks(reader: Page) -> None:
    ask_and_wait(reader, "answer")
    reader.get_by_role("button", name="Read aloud").click()
    assert reader.evaluate("() => window.spoken[0].voice.name") == "own"
    reader.get_by_role("button", name="Stop reading").click()

    reader.evaluate("() => { window.voices.pop(); window.spoken.length = 0 }")
    reader.get_by_role("button", name="Read aloud").click()

    expect(status(reader)).to_have_text("Your device has no voice of its own to read with.")
    assert reader.evaluate(SPOKEN) == []


def test_a_pause_goes_on_with_the_same_sentence_and_stop_is_the_end(reader: Page) -> None:
    ask_and_wait(reader, "answer")
    reader.get_by_role("button", name="Read aloud").click()
    reader.evaluate("() => window.finish()")
    reader.get_by_role("button", name="Pause").click()
    assert reader.evaluate("() => window.speaking") is None
    assert reader.evaluate(MARKED) == ANSWER.claims[1].text

    reader.get_by_role("button", name="Go on reading").click()
    assert reader.evaluate(SPOKEN)[-1] == ANSWER.claims[1].text
    reader.get_by_role("button", name="Stop reading").focus()
    reader.keyboard.press("Enter")

    assert reader.evaluate("() => window.speaking") is None
    assert reader.evaluate(MARKED) == ""
    expect(reader.get_by_role("button", name="Read aloud")).to_be_focused()


def test_one_answer_is_read_at_a_time_and_none_once_the_chat_is_cleared(reader: Page) -> None:
    ask_and_wait(reader, "answer")
    ask_and_wait(reader, "disagree")
    reader.get_by_role("button", name="Read aloud").first.click()
    reader.get_by_role("button", name="Read aloud").click()

    assert reader.evaluate(MARKED) == DISAGREE.claims[0].text
    expect(reader.get_by_role("button", name="Pause")).to_have_count(1)
    clear(reader)
    assert reader.evaluate("() => window.speaking") is None


def test_a_short_answer_is_read_short(reader: Page) -> None:
    open_settings(reader)
    reader.get_by_label("Short answers").check()
    ask_and_wait(reader, "disagree")
    reader.get_by_role("button", name="Read aloud").click()

    said = finish_all(reader)
    assert MOUSE_TEXT not in said
    assert said[-1] == DISCLAIMER


def test_source_numbers_and_addresses_are_not_spoken(chat: Page) -> None:
    script = "async text => (await import('/speaking.js')).spokenWords(text)"

    assert chat.evaluate(script, "It fell [1]. See https://example.org/a or that (http://b.org/c) [2, 3].") == (
        "It fell. See or that."
    )


def test_a_voice_that_fails_is_told(reader: Page) -> None:
    ask_and_wait(reader, "answer")
    reader.get_by_role("button", name="Read aloud").click()
    reader.evaluate("() => window.speaking.onerror({error: 'synthesis-failed'})")

    expect(status(reader)).to_have_text("Reading aloud stopped: the voice of your device did not answer.")
    expect(reader.get_by_role("button", name="Read aloud")).to_be_visible()


def test_a_device_without_a_voice_says_so_beside_the_button(chat: Page) -> None:
    chat.set_viewport_size({"width": 320, "height": 640})
    ask_and_wait(chat, "answer")
    chat.get_by_role("button", name="Read aloud").click()

    expect(status(chat)).to_have_text("Your device has no voice of its own to read with.")
    expect(turn(chat).get_by_text("Your device has no voice of its own to read with.")).to_be_in_viewport()


def test_what_pauses_and_what_stops_the_reading_stand_apart(reader: Page) -> None:
    ask_and_wait(reader, "answer")
    reader.get_by_role("button", name="Read aloud").click()
    pause = reader.get_by_role("button", name="Pause").bounding_box()
    stop = reader.get_by_role("button", name="Stop reading").bounding_box()
    assert pause is not None
    assert stop is not None

    assert stop["x"] - (pause["x"] + pause["width"]) >= 8


def test_speaking_is_off_until_switched_on_and_the_reader_is_told_where_the_sound_may_go(
    own_page: Page, server: Canned
) -> None:
    own_page.add_init_script(EAR)
    own_page.goto(server.url)
    speak = own_page.get_by_role("button", name="Speak", exact=True)
    expect(box(own_page)).to_be_visible()
    expect(speak).to_be_hidden()
    open_settings(own_page)
    expect(own_page.get_by_text("it may send the sound to the company that makes it")).to_be_visible()
    own_page.get_by_label("Speak my question").check()

    box(own_page).fill("Why am I")
    speak.click()
    expect(status(own_page)).to_have_text("Listening. Press Stop listening when you are done.")
    assert own_page.evaluate("() => [window.ear.started, window.ear.lang]") == [True, "en"]
    own_page.evaluate("() => window.ear.hear(' so tired ')")
    own_page.get_by_role("button", name="Stop listening").click()

    expect(box(own_page)).to_have_value("Why am I so tired")
    expect(status(own_page)).to_have_text("Not listening any more. Check the words, then press Ask.")
    assert server.asked == []
    speak.click()
    own_page.evaluate("() => { window.ear.onerror({error: 'not-allowed'}); window.ear.onend() }")
    expect(status(own_page)).to_contain_text("The microphone is blocked.")
    own_page.get_by_label("Speak my question").uncheck()
    expect(speak).to_be_hidden()


def test_a_browser_that_cannot_listen_does_not_offer_it(own_page: Page, server: Canned) -> None:
    own_page.add_init_script("delete window.SpeechRecognition; delete window.webkitSpeechRecognition")
    own_page.goto(server.url)
    open_settings(own_page)

    expect(own_page.get_by_label("More space")).to_be_visible()
    expect(own_page.get_by_label("Speak my question")).to_have_count(0)
    expect(turn(own_page)).to_have_count(0)
