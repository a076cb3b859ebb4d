"""What staff do in the console, step by step in Chromium; and hostile words, which must stay words there."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from langchain_core.language_models.fake_chat_models import FakeListChatModel
from playwright.sync_api import Page, expect

from askms.api import create_app
from askms.assistant import Assistant
from askms.index import LiveIndex
from askms.records import Role, open_records
from askms.settings import Settings
from askms.testing import small_index
from tests.api.hostile import MORE, PAYLOADS
from tests.browser.conftest import AxeCheck
from tests.browser.pages import looks_right
from tests.browser.test_console_pages import BODY, FORBIDDEN, PASSWORD, QUESTIONS, Console, policed, serving
from tests.records.made import receipt
from tests.running import running

__all__ = ["policed"]  # a fixture
pytestmark = pytest.mark.browser


@pytest.fixture
def console(tmp_path: Path) -> Iterator[Console]:
    """A console of the test's own, as what is done here stays done."""
    with serving(tmp_path) as made:
        yield made


def test_feedback_is_taken_given_away_commented_on_and_resolved(policed: Page, console: Console, axe: AxeCheck) -> None:
    policed.goto(console.path("/staff/feedback/1"))
    policed.get_by_role("button", name="Assign to me").click()
    expect(policed.get_by_text("With ada, since")).to_be_visible()
    expect(policed.get_by_role("button", name="Assign to me")).to_have_count(0)

    policed.get_by_label("Give it to").select_option("edith")
    policed.get_by_role("button", name="Give", exact=True).click()
    expect(policed.get_by_text("With edith, since")).to_be_visible()
    looks_right(policed, axe)
    policed.get_by_role("button", name="Take it over from edith").click()
    expect(policed.get_by_text("With ada, since")).to_be_visible()

    policed.get_by_label("Comment").fill("I shall add a source.")
    policed.get_by_role("button", name="Add comment").click()
    expect(policed.get_by_text("I shall add a source.")).to_be_visible()
    policed.get_by_role("button", name="Resolve").click()
    expect(policed.get_by_text("Resolved by ada")).to_be_visible()
    policed.goto(console.path("/staff/feedback?state=resolved"))
    expect(policed.get_by_role("row")).to_have_count(2)


def test_feedback_is_worked_on_by_keyboard_alone(policed: Page, console: Console) -> None:
    policed.goto(console.path("/staff/feedback"))
    tab_to(policed, "Not helpful. Too short.")
    policed.keyboard.press("Enter")
    expect(policed.get_by_role("heading", level=1)).to_have_text(re.compile("^Feedback "))
    tab_to(policed, "Assign to me")
    policed.keyboard.press("Enter")
    expect(policed.get_by_text("With ada, since")).to_be_visible()
    while policed.evaluate("document.activeElement.id") != "text":
        policed.keyboard.press("Tab")
    policed.keyboard.type("By keyboard.")
    tab_to(policed, "Add comment")
    policed.keyboard.press("Enter")
    expect(policed.get_by_text("By keyboard.")).to_be_visible()
    tab_to(policed, "Resolve")
    policed.keyboard.press("Enter")
    expect(policed.get_by_text("Resolved by ada")).to_be_visible()


def tab_to(page: Page, begins: str) -> None:
    """Press Tab until something whose words begin so has the focus."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent.trim()").startswith(begins):
            return
    raise AssertionError(f"no way by keyboard to {begins!r}")


def test_the_replies_that_cite_a_source_that_went_are_worked_through(
    policed: Page, console: Console, axe: AxeCheck
) -> None:
    policed.goto(console.path("/staff/health"))
    policed.get_by_role("link", name="Work through them").click()
    looks_right(policed, axe)
    policed.get_by_role("link", name="gone", exact=True).click()
    expect(policed.get_by_role("status")).to_contain_text("1 of 1 still to look through.")
    expect(policed.get_by_role("link", name="Does heat make MS worse?")).to_be_visible()

    policed.get_by_role("button", name=re.compile("^Done")).click()

    expect(policed.get_by_role("status")).to_contain_text("0 of 1 still to look through.")
    expect(policed.get_by_text("Done by ada")).to_be_visible()
    policed.goto(console.path("/staff/health"))
    expect(policed.get_by_role("link", name="Work through them")).to_have_count(0)


def test_a_copy_is_taken_and_words_are_erased(policed: Page, console: Console) -> None:
    policed.goto(console.path("/staff/receipts/{receipt}"))
    with policed.expect_download() as coming:
        policed.get_by_role("link", name="Take a copy (JSON)").click()
    copy = json.loads(Path(coming.value.path()).read_text(encoding="utf-8"))
    assert copy["receipt"]["question"] == QUESTIONS[0]
    assert "In a 2021 trial" in copy["reply"]["text"]

    policed.get_by_role("button", name="Erase", exact=True).click()
    expect(policed.get_by_label("Erase the words for good")).to_be_focused()  # the browser asks for it first
    policed.get_by_label("Erase the words for good").check()
    policed.get_by_role("button", name="Erase", exact=True).click()

    expect(policed.get_by_text("The patient's words were erased on")).to_be_visible()
    expect(policed.get_by_text(QUESTIONS[0], exact=True)).to_have_count(0)


def test_a_reply_that_differs_today_is_shown_beside_the_old_one(
    policed: Page, console: Console, axe: AxeCheck, tmp_path: Path
) -> None:
    small_index(tmp_path, {"trial": {"body": BODY.replace("7 days", "9 days"), "plain_title": "Small trial"}})
    policed.goto(console.path("/staff/receipts/{receipt}"))
    expect(policed.get_by_text("Its file has changed since.").first).to_be_visible()
    policed.get_by_role("button", name="Ask again and compare").click()

    expect(policed.get_by_role("status")).to_have_text("The reply rests on other things today. Its words differ.")
    expect(policed.get_by_role("region", name="Then").locator("del").first).to_contain_text("7")
    expect(policed.get_by_role("region", name="Today").locator("ins").first).to_contain_text("9")
    looks_right(policed, axe)


def test_what_was_typed_is_sent_after_signing_in_again(policed: Page, console: Console, axe: AxeCheck) -> None:
    policed.goto(console.path("/staff/feedback/1"))
    policed.get_by_label("Comment").fill("Typed before the session ended.")
    policed.context.clear_cookies()
    policed.get_by_role("button", name="Add comment").click()
    expect(policed.get_by_role("status")).to_contain_text("You were signed out")
    looks_right(policed, axe)
    policed.get_by_label("Name").fill("ada")
    policed.get_by_label("Password").fill(PASSWORD)
    policed.get_by_role("button", name="Sign in").click()
    expect(policed.get_by_role("status")).to_contain_text("nothing of it was sent")
    looks_right(policed, axe)

    policed.get_by_role("button", name="Send it now").click()

    expect(policed.get_by_role("heading", level=1)).to_have_text("Feedback 1")
    expect(policed.get_by_text("Typed before the session ended.")).to_be_visible()


def test_hostile_words_stay_words_wherever_they_come_from(
    own_page: Page, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    payloads = (*PAYLOADS, *MORE)
    assert len(set(payloads)) >= 40
    said: list[str] = []
    own_page.on("console", lambda message: said.append(message.text))
    own_page.on("dialog", lambda dialog: said.append(f"dialog violates: {dialog.message}"))
    own_page.add_init_script("window.pwned = () => { window.hit = true }")
    outputs = [model_output(payload) for payload in payloads[::4]]
    monkeypatch.setattr("askms.answering.model.open_chat_model", lambda *_, **__: FakeListChatModel(responses=outputs))
    sources = {
        f"trial{n}": {"body": BODY, "plain_title": f"Trial {payload}", "authors": [payload], "limits": payload}
        for n, payload in enumerate(payloads[:6])
    }
    small = small_index(tmp_path, {"trial": {"body": BODY, "plain_title": "Small trial of ketamine"}, **sources})
    with closing(open_records(f"sqlite:///{tmp_path / 'records.sqlite'}", 30)) as records:
        settings = Settings(index_dir=small.folder, chat_model="openai:gpt-5-mini")
        assistant = Assistant(settings, small.embedder, LiveIndex(small.folder))
        records.staff.add("ada", Role.ADMIN, PASSWORD, by="tests")
        paths = ["/staff/receipts", "/staff/feedback", "/staff/health", "/staff/sources", "/staff/audit"]
        for n, payload in enumerate(payloads):
            made = receipt(payload, source=f"trial{n}" if n < len(sources) else payload)
            records.keep(made, hostile_reply(payload))
            records.add_feedback(made.id, helpful=False, problem=payload)
            paths += [f"/staff/receipts/{made.id}", f"/staff/feedback/{n + 1}", f"/staff/feedback/{n + 1}/case"]
        app = create_app(assistant, records=records, chat_model="openai:gpt-5-mini", cases=tmp_path / "cases")
        with running(app) as url:
            own_page.goto(f"{url}/staff/try")
            own_page.get_by_label("Name").fill("ada")
            own_page.get_by_label("Password").fill(PASSWORD)
            own_page.get_by_role("button", name="Sign in").click()
            for path in paths:
                own_page.goto(f"{url}{path}")
                require_harmless(own_page, url)
            for payload in payloads[::4]:  # typed by staff, and written by a chat model
                own_page.goto(f"{url}/staff/try")
                own_page.get_by_label("Question").fill(f"Does ketamine help MS fatigue? {payload}")
                own_page.get_by_role("button", name="Ask").click()
                expect(own_page.get_by_role("status")).to_contain_text("Route:")
                require_harmless(own_page, url)
    assert [text for text in said if FORBIDDEN.search(text)] == []


def model_output(payload: str) -> str:
    """What a chat model says that was led astray: a quotation, and a sentence of its own."""
    quote = {"id": "q1", "passage": "P1", "text": BODY.splitlines()[2]}
    answer = [{"sentence": BODY.splitlines()[2], "quotes": ["q1"]}, {"sentence": payload, "quotes": ["q1"]}]
    return json.dumps({"quotes": [quote], "answer": answer})


def hostile_reply(payload: str) -> dict[str, object]:
    """A reply as it would be kept if such a sentence had come through all guards."""
    cited = {"source_id": payload, "passage_key": payload, "start": 0, "end": 5, "quote": payload}
    return {
        "text": payload,
        "sentences": [{"text": payload, "citations": [{**cited, "evidence_label": payload, "year": 2021, "n": 3}]}],
        "cards": [{"title": payload, "text": payload, "contacts": [{"label": payload, "tel": payload}]}],
        "suggestions": [{"label": payload, "url": payload}],
        "sources": [{"title": payload, "evidence_label": payload, "year": 1, "checked_on": payload, "url": payload}],
        "strength": payload,
        "note": payload,
    }


def require_harmless(page: Page, url: str) -> None:
    """Check that nothing ran, no element came out of the words, and no link leads to a script or to a strange place."""
    assert page.evaluate("window.hit") is None
    foreign = page.locator(
        ", ".join(f"main {each}" for each in ("script", "iframe", "img", "object", "embed", "style"))
    )
    assert foreign.count() == 0
    handlers = "[...document.all].flatMap(it => it.getAttributeNames()).filter(name => name.startsWith('on'))"
    assert page.evaluate(handlers) == []
    for address in page.evaluate("[...document.links].map(it => it.href)"):
        assert address.startswith((url, "https://")), address
        assert urlsplit(address).hostname != "evil.example"
