"""The console in Chromium: every page in every look and size, by keyboard alone, within its own policy."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import pytest
from playwright.sync_api import Page, expect

from askms.api import create_app
from askms.assistant import Assistant
from askms.index import LiveIndex
from askms.records import Records, Role, open_records
from askms.reply import DISCLAIMER
from askms.settings import Settings
from askms.testing import small_index
from tests.browser.conftest import AxeCheck
from tests.browser.pages import large_enough, looks_right, styled
from tests.records.made import receipt, reply
from tests.running import running

pytestmark = pytest.mark.browser

PASSWORD: Final = "correct horse battery"
BODY: Final = """\
## Does ketamine help MS fatigue?

In a 2021 trial of 18 people with MS, one ketamine infusion did not change daily fatigue over 7 days.
However, in the same trial a fatigue score was lower after ketamine than after midazolam on day 28.
"""
LONG: Final = "Does ketamine help MS fatigue? " + "I have a very long story to tell about it. " * 6 + "x" * 90
QUESTIONS: Final = (
    "Does ketamine help MS fatigue?",
    "How much baclofen should I take?",
    "Is zanzibar root any use in MS?",
    "My throat is closing up after my Copaxone injection",
    LONG,
)
PAGES: Final = (
    "/staff/receipts",
    "/staff/receipts?since=never",
    "/staff/receipts?source=trial",
    "/staff/receipts/{receipt}",
    "/staff/receipts/compare",
    "/staff/receipts/compare?receipt={receipt}",
    "/staff/receipts/compare?receipt={receipt}&receipt={other}",
    "/staff/receipts/compare?receipt={receipt}&receipt=never",
    "/staff/sources",
    "/staff/sources/trial",
    "/staff/sources/gone",
    "/staff/try",
    "/staff/feedback",
    "/staff/feedback/1",
    "/staff/feedback/1/case",
    "/staff/health",
    "/staff/audit",
    "/staff/nowhere",
)


FORBIDDEN: Final = re.compile(r"Content.Security.Policy|violates")
"""What Chromium says of something that a page's policy forbids."""


class Console:
    """Where the console is, and two receipts in it."""

    def __init__(self, url: str, receipts: tuple[str, str], token: str, cases: Path, records: Records) -> None:
        self.url, self.receipts, self.token, self.cases, self.records = url, receipts, token, cases, records

    def path(self, path: str) -> str:
        """The whole address of a page."""
        receipt, other = self.receipts
        return self.url + path.format(receipt=receipt, other=other)

    def enter(self, page: Page) -> None:
        """Let the page's browser be signed in."""
        page.context.add_cookies(
            [{"name": "askms-staff", "value": self.token, "domain": "127.0.0.1", "path": "/staff", "httpOnly": True}]
        )


@contextmanager
def serving(folder: Path) -> Iterator[Console]:
    """A console over one source, which was corrected once, with some questions asked and some complaints."""
    title = "Small trial of ketamine for fatigue"
    small_index(folder, {"trial": {"body": BODY.replace("day 28", "day 30"), "plain_title": title}})
    small = small_index(folder, {"trial": {"body": BODY, "plain_title": title}})
    with closing(open_records(f"sqlite:///{folder / 'records' / 'records.sqlite'}", 30)) as records:
        assistant = Assistant(Settings(index_dir=small.folder), small.embedder, LiveIndex(small.folder))
        old = receipt("Does heat make MS worse?", source="gone")
        records.keep(old, reply(old))
        for question, place in [*((each, None) for each in QUESTIONS), (QUESTIONS[0], "uk")]:
            answer = assistant.answer(question, locale=place)
            kept = records.keep(answer.receipt, answer.reply.to_dict())
            if question.startswith("Does"):
                records.add_feedback(
                    answer.receipt.id, conversation=kept.conversation, helpful=False, problem="Too short. " + "y" * 80
                )
        refused = assistant.answer(QUESTIONS[1])
        records.add_feedback(refused.receipt.id, helpful=False)
        records.staff.add("ada", Role.ADMIN, PASSWORD, by="tests")
        records.staff.add("edith", Role.EDITOR, PASSWORD, by="tests")
        visit = records.staff.sign_in("ada", PASSWORD, datetime.now(UTC))
        assert visit
        one, other = (assistant.answer(question).receipt.id for question in (QUESTIONS[0], QUESTIONS[-1]))
        app = create_app(assistant, records=records, cases=folder / "cases", runs=folder / "runs")
        with running(app) as url:
            yield Console(url, (one, other), visit.token, folder / "cases", records)


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    """The console."""
    with serving(tmp_path_factory.mktemp("console")) as running:
        yield running


@pytest.fixture
def policed(page: Page, console: Console) -> Iterator[Page]:
    """A page of somebody signed in. Fails its test if anything was done that the policy forbids."""
    console.enter(page)
    said: list[str] = []

    def listen(message: Any) -> None:
        if FORBIDDEN.search(message.text):
            said.append(message.text)

    page.on("console", listen)
    yield page
    page.remove_listener("console", listen)
    page.context.clear_cookies()
    assert said == []


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_accessible_and_never_scrolls_sideways(
    policed: Page, console: Console, axe: AxeCheck, path: str
) -> None:
    policed.goto(console.path(path))

    expect(policed.get_by_role("heading", level=1)).to_have_count(1)
    expect(policed.get_by_role("contentinfo")).to_have_text(DISCLAIMER)
    looks_right(policed, axe)


def test_the_sign_in_is_accessible_also_when_it_failed(page: Page, console: Console, axe: AxeCheck) -> None:
    page.goto(console.path("/staff/receipts"))
    looks_right(page, axe)

    page.get_by_label("Name").fill("ada")
    page.get_by_label("Password").fill("a wrong password")
    page.get_by_role("button", name="Sign in").click()

    expect(page.get_by_role("alert")).to_contain_text("There is a problem")
    expect(page).to_have_title(re.compile("^Problem: "))
    looks_right(page, axe)


def test_signing_in_needs_nothing_but_the_keyboard(page: Page, console: Console) -> None:
    page.goto(console.path("/staff/try"))
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the page")).to_be_focused()
    expect(page.get_by_role("link", name="Skip to the page")).to_be_in_viewport()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_label("Name")).to_be_focused()
    page.keyboard.type("ada")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_have_text("Try a question")
    page.get_by_role("button", name="Sign out").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    page.goto(console.path("/staff/try"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")


def test_what_has_the_focus_is_seen(policed: Page, console: Console) -> None:
    policed.goto(console.path("/staff/receipts"))
    for _ in range(14):
        policed.keyboard.press("Tab")
        outline = policed.evaluate("getComputedStyle(document.activeElement).outlineWidth")
        assert float(outline.removesuffix("px")) >= 2, policed.evaluate("document.activeElement.outerHTML")


@pytest.mark.parametrize("path", PAGES)
def test_what_can_be_pressed_is_large_enough(policed: Page, console: Console, path: str) -> None:
    policed.goto(console.path(path))

    large_enough(
        policed.locator("header a, button, select, input:not([type=checkbox]), td > a, .doors a, .plain a, summary")
    )


@pytest.mark.parametrize("path", PAGES)
def test_text_of_twice_the_size_is_not_cut_off(policed: Page, console: Console, path: str) -> None:
    policed.set_viewport_size({"width": 640, "height": 900})
    policed.goto(console.path(path))
    policed.evaluate("document.documentElement.style.fontSize = '200%'")

    assert policed.evaluate("document.documentElement.scrollWidth") <= 640


def test_a_question_is_tried_with_a_change_and_the_replies_stand_side_by_side(
    policed: Page, console: Console, axe: AxeCheck
) -> None:
    policed.goto(console.path("/staff/try"))
    policed.get_by_label("Question").fill(QUESTIONS[0])
    policed.locator("summary").click()
    policed.get_by_label("Least confidence").fill("1")
    policed.get_by_role("button", name="Ask").click()

    expect(policed.get_by_role("status")).to_contain_text("The replies differ.")
    styled(policed)
    one, other = (policed.get_by_role("region", name=name) for name in ("As it is", "With the changes"))
    boxes = one.bounding_box(), other.bounding_box()
    assert boxes[0]
    assert boxes[1]
    assert boxes[0]["y"] == boxes[1]["y"]
    assert boxes[0]["x"] < boxes[1]["x"]
    expect(one.locator("del").first).to_contain_text("only here")
    looks_right(policed, axe)


def test_a_question_is_tried_on_the_index_before_this_one(policed: Page, console: Console, axe: AxeCheck) -> None:
    policed.goto(console.path("/staff/try"))
    policed.get_by_label("Question").fill(QUESTIONS[0])
    policed.locator("summary").click()
    policed.get_by_label("Index", exact=True).select_option(index=1)
    policed.get_by_role("button", name="Ask").click()

    expect(policed.get_by_role("status")).to_contain_text("The replies differ.")
    expect(policed.get_by_role("region", name="With the changes").locator("ins")).to_contain_text("30.")
    expect(policed.get_by_label("Index", exact=True)).not_to_have_value("")
    looks_right(policed, axe)


def test_a_receipt_is_asked_again(policed: Page, console: Console, axe: AxeCheck) -> None:
    policed.goto(console.path("/staff/receipts/{receipt}"))
    policed.get_by_role("button", name="Ask again and compare").click()

    expect(policed.get_by_role("status")).to_have_text("The same reply.")
    looks_right(policed, axe)


def test_two_receipts_are_marked_in_the_list_and_compared_by_keyboard_alone(
    policed: Page, console: Console, axe: AxeCheck
) -> None:
    policed.goto(console.path("/staff/receipts"))
    policed.get_by_label("Route").focus()
    marked = 0
    while marked < 2:
        policed.keyboard.press("Tab")
        if policed.evaluate("document.activeElement.type") == "checkbox":
            policed.keyboard.press("Space")
            marked += 1
    for _ in range(20):
        policed.keyboard.press("Tab")
        if policed.evaluate("document.activeElement.textContent").startswith("Compare the two"):
            break
    policed.keyboard.press("Enter")

    expect(policed.get_by_role("heading", level=1)).to_have_text("Two receipts side by side")
    expect(policed.get_by_role("status")).to_contain_text("They differ in: masked question")
    styled(policed)
    boxes = [policed.get_by_role("region", name=name).bounding_box() for name in ("Earlier:", "Later:")]
    assert boxes[0] is not None
    assert boxes[1] is not None
    assert boxes[0]["y"] == boxes[1]["y"]
    expect(policed.get_by_role("row", name="Route").locator("del")).to_contain_text("only earlier")
    looks_right(policed, axe)


def test_a_problem_leads_to_its_field(policed: Page, console: Console) -> None:
    policed.goto(console.path("/staff/receipts?source=%3Cb%3E"))
    policed.get_by_role("alert").get_by_role("link").press("Enter")

    expect(policed.get_by_label("Source")).to_be_focused()


def test_feedback_becomes_a_case_that_is_checked_and_saved(policed: Page, console: Console, axe: AxeCheck) -> None:
    policed.goto(console.path("/staff/feedback/1"))
    policed.get_by_role("link", name="Make an eval case of it").click()
    policed.get_by_label("A good reply").select_option("answerable")
    policed.get_by_label("In your words").first.fill("Ketamine did not change daily fatigue.")
    policed.get_by_label(re.compile("^trial . In a 2021 trial")).select_option("1")
    policed.get_by_role("button", name="Check against today's askms").click()
    expect(policed.get_by_role("heading", name="Today's askms passes")).to_be_visible()
    looks_right(policed, axe)

    policed.get_by_role("button", name="Save case").click()

    said = policed.get_by_role("status")
    expect(said).to_have_text(re.compile(r"^Saved as staff-[0-9a-f]{8} in staff\.jsonl\.$"))
    first = said.text_content()
    policed.reload()
    expect(said).to_have_text(first or "nothing")
    assert (console.cases / "staff.jsonl").read_text(encoding="utf-8").count("\n") == 1
    looks_right(policed, axe)


def test_of_a_refusal_no_case_of_an_answer_is_made(policed: Page, console: Console, axe: AxeCheck) -> None:
    policed.goto(console.path("/staff/feedback/4"))
    policed.get_by_role("link", name="Make an eval case of it").click()

    expect(policed.get_by_role("status")).to_contain_text("route dosing")
    looks_right(policed, axe)


def test_the_policy_stops_what_somebody_slips_into_a_page(own_page: Page, console: Console) -> None:
    console.enter(own_page)
    said: list[str] = []
    own_page.on("console", lambda message: said.append(message.text))
    own_page.goto(console.path("/staff/health"))

    own_page.evaluate("""() => {
      const script = document.createElement('script'); script.textContent = 'window.pwned = 1'
      const style = document.createElement('style'); style.textContent = 'main { display: none }'
      document.body.append(script, style)
    }""")

    assert own_page.evaluate("window.pwned") is None
    expect(own_page.get_by_role("main")).to_be_visible()
    assert len([text for text in said if FORBIDDEN.search(text)]) == 2
