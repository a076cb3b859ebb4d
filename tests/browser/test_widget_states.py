"""Every state of the chat widget in a real browser, against a small server with canned replies."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final

import pytest
from playwright.sync_api import Locator, Page, expect

import askms
from askms.reply import DISCLAIMER, Card, Contact, Reply, Suggestion, card_to_dict, source_to_dict
from askms.types import Citation, Claim, Document, EvidenceLevel, Route, SourceStatus, Trust

pytestmark = pytest.mark.browser

WIDGET: Final = Path(askms.__path__[0]) / "widget"

# Stricter than a server need be: it also forbids every way of turning text into HTML.
CSP: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; "
    "form-action 'none'; require-trusted-types-for 'script'"
)

TRIAL_TEXT: Final = (
    "🙂 This was a small early trial. Eighteen people with MS took part. "
    "Tiredness fell for some of them after one week. It is too early to say more."
)
REVIEW_TEXT: Final = "Tiredness is common in MS. About three in four people have it at some time."
MOUSE_TEXT: Final = "In mice, the nerve cover grew back faster."


def _document(name: str, title: str, level: EvidenceLevel, *, n: int | None, status: SourceStatus) -> Document:
    return Document(
        id=name,
        title=f"Full title of {title}",
        plain_title=title,
        authors=("A. Author",),
        year=2021,
        venue="A Journal",
        doi=None,
        pmid=None,
        nct=None,
        url=f"https://example.org/{name}",
        evidence_level=level,
        population="people with MS",
        n=n,
        as_of="2021",
        checked_on=date(2026, 11, 21),
        topics=("fatigue",),
        limits="small",
        conflicts_with=(),
        disputed_by=(),
        status=status,
        trust=Trust.A,
        body="",
        sections=(),
        content_hash="0" * 64,
    )


TRIAL: Final = _document(
    "trial-2021", "A trial of ketamine for tiredness", EvidenceLevel.PILOT_TRIAL, n=18, status=SourceStatus.CURRENT
)
REVIEW: Final = _document(
    "review-2020", "Tiredness in MS, an overview", EvidenceLevel.NARRATIVE_REVIEW, n=None, status=SourceStatus.OUTDATED
)
MOUSE: Final = _document("mice-2019", "Nerve repair in mice", EvidenceLevel.ANIMAL, n=24, status=SourceStatus.RETRACTED)
PASSAGES: Final = {"trial": (TRIAL, TRIAL_TEXT), "review": (REVIEW, REVIEW_TEXT), "mouse": (MOUSE, MOUSE_TEXT)}

CRISIS: Final = Card(
    kind="crisis",
    title="You can talk to someone now",
    text="You matter. Please call or text one of these lines.\nThey are open day and night.",
    contacts=(
        Contact(label="Call or text 988 (US and Canada)", tel="988"),
        Contact(label="Samaritans (UK and Ireland)", tel="116 123"),
        Contact(label="Text SHOUT to 85258 (UK)", tel=""),
    ),
)
EMERGENCY: Final = Card(
    kind="emergency",
    title="Call for help now",
    text="Say that you have MS and name your medicines.",
    contacts=(Contact(label="Emergency (US)", tel="911"), Contact(label="Emergency (EU)", tel="112")),
)


def _cite(key: str, quote: str, text: str | None = None) -> Citation:
    document, whole = PASSAGES[key]
    start = (text or whole).index(quote)
    return Citation(
        source_id=document.id,
        passage_key=key,
        start=start,
        end=start + len(quote),
        quote=quote,
        evidence_level=document.evidence_level,
        year=document.year,
        n=document.n,
        checked_on=document.checked_on,
    )


FELL: Final = "Tiredness fell for some of them after one week."
ANSWER: Final = Reply(
    route=Route.ANSWER,
    claims=(
        Claim(text="Here is what our sources say."),
        Claim(text=f"In a trial of 18 people: {FELL}", citations=(_cite("trial", FELL),)),
        Claim(
            text="Tiredness is common in MS.",
            citations=(_cite("review", "Tiredness is common in MS."), _cite("trial", "Eighteen people with MS")),
        ),
    ),
    strength="This rests on one small early trial, so it may turn out to be wrong.",
    sources=(TRIAL, REVIEW),
    suggestions=(
        Suggestion(label="What else was tried for tiredness?"),
        Suggestion(label="Search PubMed", url="https://example.org/search"),
    ),
)
MICE: Final = Reply(
    route=Route.ANSWER, claims=(Claim(text=MOUSE_TEXT, citations=(_cite("mouse", MOUSE_TEXT),)),), sources=(MOUSE,)
)
MARKUP: Final = Reply(
    route=Route.ANSWER,
    claims=(Claim(text="<img src=x onerror=alert(1)><b>bold</b>", citations=(_cite("trial", "Eighteen people"),)),),
    sources=(TRIAL,),
    suggestions=(Suggestion(label="Press me", url="javascript:alert(1)"),),
)
REFUSALS: Final = {
    route: Reply(
        route=route,
        claims=(Claim(text="We cannot help with that here."), Claim(text="Your MS nurse can.")),
        suggestions=(Suggestion(label="What is a relapse?"),),
    )
    for route in Route
    if route not in (Route.ANSWER, Route.CRISIS, Route.EMERGENCY, Route.URGENT)
}
CARDS: Final = {
    Route.CRISIS: Reply(route=Route.CRISIS, cards=(CRISIS,), claims=(Claim(text="We are glad that you said it."),)),
    Route.EMERGENCY: Reply(route=Route.EMERGENCY, cards=(EMERGENCY,)),
    Route.URGENT: Reply(
        route=Route.URGENT,
        cards=(Card(kind="urgent", title="Contact your MS team today", text="If you cannot, go to urgent care."),),
    ),
}
REPLIES: Final[dict[str, Reply]] = {
    **{f"show {route.value}": reply for route, reply in (*REFUSALS.items(), *CARDS.items())},
    "show mice": MICE,
    "show markup": MARKUP,
}
ERROR: Final = {"error": {"message": "The sources are being updated."}, "disclaimer": DISCLAIMER}


def _events(reply: Reply) -> Iterator[tuple[str, Any]]:
    wire = reply.to_dict()
    yield "start", {"route": wire["route"], "flags": wire["flags"]}
    yield from (("card", card_to_dict(card)) for card in reply.cards)
    yield from (("sentence", sentence) for sentence in wire["sentences"])
    yield "reply", wire


@dataclass
class Canned:
    """The server's side of a test: what it was asked, and the gate that slow answers wait at."""

    url: str = ""
    asked: list[dict[str, Any]] = field(default_factory=list)
    gate: threading.Event = field(default_factory=threading.Event)

    def stream(self, question: str, send: Callable[[str, Any], None]) -> None:
        """Send the events of the answer to `question`, which names the behaviour wanted."""
        events = list(_events(REPLIES.get(question, ANSWER)))
        if question == "slow":
            self.gate.wait(20)
        if question == "changes":
            events.insert(2, ("sentence", {"text": "This is not in the reply.", "template": True, "citations": []}))
        if question == "skips a number":
            del events[2]
        for name, data in events:
            if name == "reply" and question == "fails late":
                send("error", ERROR)
                return
            if name == "reply" and question == "breaks off":
                return
            if name == "reply" and question == "slow end":
                self.gate.wait(20)
            send(name, data)


def _handler(canned: Canned) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path.startswith("/v1/passages/"):
                self._passage(self.path.rpartition("/")[2])
                return
            name = {"/": "index.html"}.get(self.path, self.path.lstrip("/"))
            if name in PAGES:
                self._send(200, "text/html", PAGES[name].encode())
            elif (WIDGET / name).is_file():
                kinds = {".html": "text/html", ".js": "text/javascript", ".css": "text/css"}
                self._send(200, kinds[Path(name).suffix], (WIDGET / name).read_bytes())
            else:
                self._send(404, "text/plain", b"")

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            canned.asked.append(body)
            if body["question"] == "is down" and len(canned.asked) == 1:
                self._send(503, "application/json", json.dumps(ERROR).encode())
                return
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream")
            self.end_headers()
            try:
                self.wfile.write(b": hello\r\n\r\n")
                canned.stream(body["question"], self._event)
            except OSError:
                pass  # the reader pressed Stop

        def _event(self, name: str, data: Any) -> None:
            line = f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n".encode()
            middle = len(line) // 2
            for part in (line[:middle], line[middle:]):
                self.wfile.write(part)
                self.wfile.flush()

        def _passage(self, key: str) -> None:
            document, text = PASSAGES[key]
            wire = {"key": key, "source_id": document.id, "start": 0, "end": len(text)}
            wire |= {"text": text, "source": source_to_dict(document)}
            if canned.asked[-1]["question"] == "passage differs":
                wire["text"] = "Other words. " + text
            if canned.asked[-1]["question"] == "passage is gone":
                self._send(404, "application/json", json.dumps(ERROR).encode())
            else:
                self._send(200, "application/json", json.dumps(wire).encode())

        def _send(self, status: int, kind: str, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", f"{kind}; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Content-Security-Policy", CSP)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            """Stay quiet."""

    return Handler


_EMBED: Final = (
    '<!doctype html><html lang="en"><title>Host</title><main><h1>Host</h1>{}<askms-chat></askms-chat></main>'
)
PAGES: Final = {
    "module.html": _EMBED.format('<script type="module" src="/widget.js"></script>'),
    "classic.html": _EMBED.format('<script src="/widget.js"></script>'),
}


@pytest.fixture
def server() -> Iterator[Canned]:
    canned = Canned()
    http = ThreadingHTTPServer(("127.0.0.1", 0), _handler(canned))
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    canned.url = f"http://127.0.0.1:{http.server_port}"
    yield canned
    canned.gate.set()
    http.shutdown()
    http.server_close()
    thread.join()


@pytest.fixture
def chat(page: Page, server: Canned) -> Page:
    """The demo page, ready for a question."""
    page.goto(server.url)
    expect(_box(page)).to_be_visible()
    return page


def _box(page: Page) -> Locator:
    return page.get_by_role("textbox", name="Your question")


def _status(page: Page) -> Locator:
    return page.get_by_role("status")


def _turn(page: Page) -> Locator:
    return page.get_by_role("article").last


def _ask(page: Page, question: str) -> None:
    _box(page).fill(question)
    _box(page).press("Enter")


def _ask_and_wait(page: Page, question: str) -> None:
    _ask(page, question)
    expect(_turn(page).get_by_text(DISCLAIMER, exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="Stop")).to_be_hidden()


def _open_first_source(page: Page) -> Locator:
    page.get_by_role("button", name="Source 1").first.click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Checked on:")
    return dialog


def _focused(page: Page) -> str:
    """Text of what has the focus, inside the widget."""
    script = "() => document.activeElement.shadowRoot?.activeElement?.textContent ?? ''"
    return str(page.evaluate(script))


def _overflow(page: Page) -> int:
    return int(page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth"))


def _welcome(page: Page, server: Canned) -> None:
    expect(page.get_by_role("button", name="What is a relapse?")).to_be_visible()


def _waiting(page: Page, server: Canned) -> None:
    _ask(page, "slow")
    expect(_status(page)).to_have_text("Looking in the sources…")


def _half_way(page: Page, server: Canned) -> None:
    _ask(page, "slow end")
    expect(_turn(page)).to_contain_text("Tiredness is common in MS.")


def _quotation(page: Page, server: Canned) -> None:
    _ask_and_wait(page, "answer")
    _open_first_source(page)


def _all_sources(page: Page, server: Canned) -> None:
    _ask_and_wait(page, "show mice")
    page.get_by_text("All sources of this answer").click()


def _stopped(page: Page, server: Canned) -> None:
    _waiting(page, server)
    page.get_by_role("button", name="Stop").click()
    expect(_turn(page)).to_contain_text("You stopped this answer.")


def _too_long(page: Page, server: Canned) -> None:
    _box(page).fill("x" * 4001)


def _latched(page: Page, server: Canned) -> None:
    _ask_and_wait(page, "show crisis")
    _ask_and_wait(page, "show emergency")
    _ask_and_wait(page, "answer")


def _new_chat(page: Page, server: Canned) -> None:
    _ask_and_wait(page, "answer")
    page.get_by_role("button", name="New chat").click()


def _asking(question: str) -> Callable[[Page, Canned], None]:
    return lambda page, _server: _ask_and_wait(page, question)


STATES: Final[dict[str, Callable[[Page, Canned], None]]] = {
    "welcome": _welcome,
    "waiting": _waiting,
    "half way": _half_way,
    "answer": _asking("answer"),
    "quotation": _quotation,
    "all sources": _all_sources,
    "stopped": _stopped,
    "server down": _asking("is down"),
    "breaks off": _asking("breaks off"),
    "too long": _too_long,
    "latched": _latched,
    "new chat": _new_chat,
    **{question: _asking(question) for question in REPLIES},
}
LOOKS: Final[dict[str, Callable[[Page], None]]] = {
    "desktop": lambda page: None,
    "320px": lambda page: page.set_viewport_size({"width": 320, "height": 640}),
    "dark": lambda page: page.emulate_media(color_scheme="dark"),
    "forced colours": lambda page: page.emulate_media(forced_colors="active"),
    "more contrast": lambda page: page.emulate_media(contrast="more"),
    "more contrast, dark": lambda page: page.emulate_media(contrast="more", color_scheme="dark"),
}


def test_axe_finds_nothing_in_any_state_however_it_looks(
    page: Page, server: Canned, axe: Callable[[Page], list[str]]
) -> None:
    found: dict[str, list[str]] = {}
    for name, reach in STATES.items():
        server.gate.clear()
        server.asked.clear()
        page.goto(server.url)
        reach(page, server)
        size = page.viewport_size
        assert size is not None
        for look, change in LOOKS.items():
            change(page)
            found[f"{name}, {look}"] = axe(page)
            page.emulate_media(color_scheme="light", forced_colors="none", contrast="no-preference")
            page.set_viewport_size(size)
        server.gate.set()

    assert found == {f"{name}, {look}": [] for name in STATES for look in LOOKS}


@pytest.mark.parametrize(("width", "text"), [(320, 100), (640, 200), (320, 200), (1280, 200)])
def test_nothing_scrolls_sideways(page: Page, server: Canned, width: int, text: int) -> None:
    page.set_viewport_size({"width": width, "height": 640})
    wide: dict[str, int] = {}
    for name, reach in STATES.items():
        server.gate.clear()
        server.asked.clear()
        page.goto(server.url)
        page.evaluate("size => { document.documentElement.style.fontSize = size }", f"{text}%")
        reach(page, server)
        wide[name] = _overflow(page)
        server.gate.set()

    assert wide == dict.fromkeys(STATES, 0)


def test_text_grows_with_the_reader_s_own_size(chat: Page) -> None:
    size = "() => parseFloat(getComputedStyle(document.querySelector('askms-chat')).fontSize)"
    assert chat.evaluate(size) == 18
    chat.evaluate("() => { document.documentElement.style.fontSize = '200%' }")
    assert chat.evaluate(size) == 36


SMALL_TARGETS: Final = """() => {
  const chat = document.querySelector('askms-chat')
  const all = [...chat.shadowRoot.querySelectorAll('button, a, summary, textarea'), ...chat.querySelectorAll('button')]
  return all.filter(one => one.checkVisibility())
    .map(one => [one.textContent, one.getBoundingClientRect()])
    .filter(([, box]) => box.width < 44 || box.height < 44)
    .map(([text, box]) => `${text}: ${box.width} x ${box.height}`)
}"""


@pytest.mark.parametrize("state", STATES)
def test_everything_to_press_is_large(chat: Page, server: Canned, state: str) -> None:
    STATES[state](chat, server)

    assert chat.evaluate(SMALL_TARGETS) == []


@pytest.mark.parametrize("name", ["module.html", "classic.html"])
def test_host_page_needs_one_script_and_one_element(page: Page, server: Canned, name: str) -> None:
    page.goto(f"{server.url}/{name}")
    _ask_and_wait(page, "answer")

    expect(page.get_by_text("Try one of these:")).to_be_hidden()
    assert _overflow(page) == 0


def test_a_widget_that_cannot_load_says_so(page: Page, server: Canned) -> None:
    page.route("**/turn.js", lambda route: route.abort())
    page.goto(server.url)

    expect(page.get_by_text("The chat could not load.")).to_be_visible()
    expect(page.get_by_text("call your local emergency number")).to_be_visible()


def test_the_widget_knows_the_same_disclaimer_as_the_server() -> None:
    words = (WIDGET / "words.js").read_text("utf-8")
    found = re.search(r'DISCLAIMER =\s*"(.*)"', words)

    assert found is not None
    assert found[1] == DISCLAIMER


@pytest.mark.parametrize("question", ["answer", "is down", "breaks off", "fails late", "changes", *REPLIES])
def test_every_reply_ends_with_the_disclaimer(chat: Page, question: str) -> None:
    _ask_and_wait(chat, question)

    assert _turn(chat).inner_text().rstrip().endswith(DISCLAIMER)


def test_a_half_shown_answer_already_ends_with_the_disclaimer(chat: Page, server: Canned) -> None:
    _half_way(chat, server)

    assert _turn(chat).inner_text().rstrip().endswith(DISCLAIMER)


def test_the_reader_is_told_it_is_an_ai_program(chat: Page) -> None:
    line = "askms is an AI program, not a doctor. In an emergency call your local emergency number."
    expect(chat.get_by_text(line)).to_be_visible()
    _ask_and_wait(chat, "answer")
    expect(chat.get_by_text(line)).to_be_visible()


def test_status_speaks_at_the_start_and_the_end_and_the_log_is_silent(chat: Page, server: Canned) -> None:
    _waiting(chat, server)
    expect(chat.get_by_role("log")).to_have_attribute("aria-live", "off")
    expect(chat.get_by_role("log").get_by_role("status")).to_have_count(0)
    server.gate.set()

    expect(_status(chat)).to_have_text("Answer ready, 3 sentences.")


def test_status_points_at_a_safety_message(chat: Page) -> None:
    _ask_and_wait(chat, "show emergency")
    expect(_status(chat)).to_have_text("Answer ready. Please read the safety message first.")


def test_a_long_wait_is_put_in_words(page: Page, server: Canned) -> None:
    page.clock.install()
    page.goto(server.url)
    _ask(page, "slow")
    page.clock.run_for(1_000)
    expect(_status(page)).to_have_text("Looking in the sources…")
    page.clock.run_for(6_000)
    expect(_status(page)).to_contain_text("Still looking in the sources.")
    page.clock.run_for(20_000)
    expect(_status(page)).to_contain_text("This is taking longer than usual.")


def test_headings_lead_from_question_to_answer(chat: Page) -> None:
    _ask_and_wait(chat, "answer")
    _open_first_source(chat)
    headings = chat.get_by_role("heading").all()

    assert [(heading.evaluate("node => node.tagName"), heading.inner_text()) for heading in headings] == [
        ("H1", "askms"),
        ("H2", "Ask about MS"),
        ("H3", "Question 1"),
        ("H4", "Answer"),
        ("H5", "Source 1: A trial of ketamine for tiredness"),
    ]


def test_sources_are_buttons_after_the_sentence_named_by_title(chat: Page) -> None:
    _ask_and_wait(chat, "answer")
    sentence = _turn(chat).locator(".sentence").nth(2)

    assert sentence.locator("p").inner_text() == "Tiredness is common in MS."
    names = [button.get_attribute("aria-label") for button in sentence.get_by_role("button").all()]
    assert names == ["Source 2: Tiredness in MS, an overview", "Source 1: A trial of ketamine for tiredness"]
    assert "[" not in _turn(chat).inner_text()


def test_the_kind_of_evidence_stands_in_words_by_each_quotation(chat: Page) -> None:
    _ask_and_wait(chat, "answer")
    expect(_turn(chat).locator(".kind").first).to_have_text("small early trial, 2021, 18 people")
    _ask_and_wait(chat, "show mice")
    expect(_turn(chat).locator(".kind").first).to_have_text("study in animals, not in people, 2021, 24 animals")


def test_a_quotation_is_marked_in_its_passage_even_after_an_emoji(chat: Page) -> None:
    _ask_and_wait(chat, "answer")
    dialog = _open_first_source(chat)

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
    _ask_and_wait(chat, "answer")
    links = _open_first_source(chat).get_by_role("link").all()
    start = TRIAL_TEXT.index(FELL)

    assert [link.get_attribute("href") for link in links] == [
        "https://example.org/trial-2021",
        f"{server.url}/sources/trial-2021?passage=trial&start={start}&end={start + len(FELL)}#quote",
    ]
    assert {link.get_attribute("rel") for link in links} == {"noopener"}


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("passage differs", "We could not show the text around these words."),
        ("passage is gone", "We could not get the text around these words."),
    ],
)
def test_a_quotation_without_its_passage_stands_alone(chat: Page, question: str, words: str) -> None:
    _ask_and_wait(chat, question)
    dialog = _open_first_source(chat)

    expect(dialog).to_contain_text(words)
    expect(dialog.locator("blockquote")).to_have_text(FELL)


@pytest.mark.parametrize("way", ["Escape", "Close"])
def test_closing_a_quotation_returns_the_focus(chat: Page, way: str) -> None:
    _ask_and_wait(chat, "answer")
    dialog = _open_first_source(chat)
    assert _focused(chat) == "Source 1: A trial of ketamine for tiredness"

    if way == "Escape":
        chat.keyboard.press("Escape")
    else:
        dialog.get_by_role("button", name="Close").click()

    expect(dialog).to_be_hidden()
    expect(chat.get_by_role("button", name="Source 1").first).to_be_focused()
    expect(chat.get_by_role("button", name="Source 1").first).to_have_attribute("aria-expanded", "false")


def test_a_quotation_traps_nobody(chat: Page) -> None:
    _ask_and_wait(chat, "answer")
    _open_first_source(chat)
    for _ in range(4):
        chat.keyboard.press("Tab")

    assert _focused(chat) == "Source 2"


def test_a_quotation_opens_before_the_answer_is_complete_and_survives_its_end(chat: Page, server: Canned) -> None:
    _half_way(chat, server)
    dialog = _open_first_source(chat)
    expect(dialog).to_contain_text("A trial of ketamine for tiredness")
    server.gate.set()
    expect(_status(chat)).to_have_text("Answer ready, 3 sentences.")

    expect(dialog).to_be_visible()


@pytest.mark.parametrize("question", ["changes", "skips a number"])
def test_the_final_reply_is_what_counts(chat: Page, question: str) -> None:
    _ask_and_wait(chat, question)
    expect(_status(chat)).to_have_text("Answer ready, 3 sentences.")

    shown = _turn(chat).locator(".sentence > p").all_inner_texts()
    assert shown == [claim.text for claim in ANSWER.claims]


def test_a_source_that_was_withdrawn_is_called_that(chat: Page, server: Canned) -> None:
    _all_sources(chat, server)

    expect(_turn(chat)).to_contain_text("This source was withdrawn. Do not rely on it.")


def test_data_is_shown_as_text_and_odd_links_are_left_out(chat: Page) -> None:
    _ask_and_wait(chat, "show markup")

    expect(_turn(chat).locator(".sentence > p")).to_have_text("<img src=x onerror=alert(1)><b>bold</b>")
    expect(_turn(chat).locator("img")).to_have_count(0)
    expect(_turn(chat).get_by_text("Press me")).to_have_count(0)


def test_cards_come_first_alert_and_dial(chat: Page) -> None:
    _ask_and_wait(chat, "show crisis")
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


def test_a_card_stays_until_a_new_chat(chat: Page, server: Canned) -> None:
    _latched(chat, server)
    assert chat.get_by_role("alert").locator("h3").all_inner_texts() == [CRISIS.title, EMERGENCY.title]
    expect(chat.get_by_role("alert").first).to_be_in_viewport()

    chat.get_by_role("button", name="New chat").click()

    expect(chat.get_by_role("alert")).to_have_count(0)
    expect(chat.get_by_role("article")).to_have_count(0)


def test_a_card_is_one_press_away_on_a_low_screen(page: Page, server: Canned) -> None:
    page.set_viewport_size({"width": 640, "height": 400})
    page.goto(server.url)
    _ask_and_wait(page, "show crisis")
    _ask_and_wait(page, "answer")
    page.get_by_role("button", name="Source 1").last.scroll_into_view_if_needed()
    page.get_by_role("button", name="Back to the safety message").click()

    expect(page.get_by_role("heading", name=CRISIS.title)).to_be_in_viewport()
    assert _focused(page) == CRISIS.title


def test_an_accidental_new_chat_can_be_undone(chat: Page, server: Canned) -> None:
    _latched(chat, server)
    chat.get_by_role("button", name="New chat").click()
    chat.get_by_role("button", name="Bring the chat back").click()

    expect(chat.get_by_role("alert")).to_have_count(2)
    expect(chat.get_by_role("article")).to_have_count(3)
    _ask_and_wait(chat, "answer")
    assert len(server.asked[-1]["history"]) == 6


def test_a_card_survives_an_answer_that_fails(chat: Page, server: Canned) -> None:
    chat.route(
        "**/v1/ask/stream",
        lambda route: route.fulfill(
            content_type="text/event-stream", body=f"event: card\ndata: {json.dumps(card_to_dict(CRISIS))}\n\n"
        ),
    )
    _ask_and_wait(chat, "anything")

    expect(chat.get_by_role("alert")).to_contain_text(CRISIS.title)


@pytest.mark.parametrize("route", REFUSALS, ids=lambda route: route.value)
def test_a_refusal_is_not_styled_as_an_error(chat: Page, route: Route) -> None:
    _ask_and_wait(chat, f"show {route.value}")

    expect(_turn(chat)).to_have_attribute("data-route", route.value)
    expect(_turn(chat)).to_have_attribute("data-state", "answered")
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
    _ask_and_wait(chat, question)

    expect(_turn(chat)).to_contain_text(message)
    expect(_box(chat)).to_have_value(question)
    expect(_status(chat)).to_have_text("No answer yet. Your question is still in the box.")
    expect(_turn(chat).locator(".sentence")).to_have_count(0)


def test_no_connection_is_an_error_in_plain_words(chat: Page) -> None:
    chat.route("**/v1/ask/stream", lambda route: route.abort())
    _ask_and_wait(chat, "answer")

    expect(_turn(chat)).to_contain_text("We could not reach askms.")


def test_what_only_an_operator_can_repair_is_not_shown_to_a_reader(chat: Page) -> None:
    body = {"error": {"type": "IndexMissing", "message": "Run askms build."}, "disclaimer": DISCLAIMER}
    chat.route("**/v1/ask/stream", lambda route: route.fulfill(status=503, json=body))
    _ask_and_wait(chat, "answer")

    expect(_turn(chat)).to_contain_text("askms could not answer just now.")
    expect(_turn(chat)).not_to_contain_text("askms build")


@pytest.mark.parametrize(("given", "sent"), [("UK", "uk"), ("mars", "unknown")])
def test_a_host_page_says_whose_emergency_numbers_to_show(chat: Page, server: Canned, given: str, sent: str) -> None:
    chat.evaluate("place => { document.querySelector('askms-chat').locale = place }", given)
    _ask_and_wait(chat, "answer")

    assert server.asked[-1]["locale"] == sent


def test_trying_again_replaces_the_failed_turn(chat: Page) -> None:
    _ask_and_wait(chat, "is down")
    chat.get_by_role("button", name="Try again").click()
    expect(_status(chat)).to_have_text("Answer ready, 3 sentences.")

    expect(chat.get_by_role("article")).to_have_count(1)
    expect(_box(chat)).to_have_value("")
    assert _focused(chat) == "Question 1"


def test_enter_asks_and_shift_enter_makes_a_line(chat: Page, server: Canned) -> None:
    _box(chat).press_sequentially("one")
    _box(chat).press("Shift+Enter")
    _box(chat).press_sequentially("two")
    expect(_box(chat)).to_have_value("one\ntwo")
    _box(chat).press("Enter")
    expect(_status(chat)).to_have_text("Answer ready, 3 sentences.")

    assert server.asked == [{"question": "one\ntwo", "history": [], "locale": "unknown"}]
    expect(_box(chat)).to_be_focused()


def test_a_second_press_while_waiting_asks_nothing(chat: Page, server: Canned) -> None:
    _waiting(chat, server)
    _ask(chat, "another")

    expect(_status(chat)).to_contain_text("Still looking for the last answer.")
    expect(_box(chat)).to_have_value("another")
    server.gate.set()
    expect(_status(chat)).to_have_text("Answer ready, 3 sentences.")
    assert [body["question"] for body in server.asked] == ["slow"]


def test_stop_ends_the_wait_and_keeps_the_question(chat: Page, server: Canned) -> None:
    _waiting(chat, server)
    chat.get_by_role("button", name="Stop").focus()
    chat.keyboard.press("Enter")

    expect(_status(chat)).to_have_text("Stopped. Your question is still in the box.")
    expect(_box(chat)).to_have_value("slow")
    expect(_box(chat)).to_be_focused()
    expect(_turn(chat)).to_contain_text(DISCLAIMER)


def test_a_new_chat_while_waiting_drops_the_answer(chat: Page, server: Canned) -> None:
    _half_way(chat, server)
    chat.get_by_role("button", name="New chat").click()
    server.gate.set()
    _ask_and_wait(chat, "answer")

    expect(chat.get_by_role("article")).to_have_count(1)
    assert server.asked[-1]["history"] == []


def test_the_last_six_messages_go_with_a_question(chat: Page, server: Canned) -> None:
    for number in range(5):
        _ask_and_wait(chat, f"question {number}")
        expect(chat.get_by_role("article")).to_have_count(number + 1)

    history = server.asked[-1]["history"]
    assert [turn["content"] for turn in history[::2]] == ["question 1", "question 2", "question 3"]
    assert {turn["content"] for turn in history[1::2]} == {ANSWER.text}
    assert [turn["role"] for turn in history] == ["user", "assistant"] * 3


def test_suggestions_ask_or_open_a_new_tab(chat: Page, server: Canned) -> None:
    _ask_and_wait(chat, "answer")
    link = chat.get_by_role("link", name="Search PubMed (opens in a new tab)")
    expect(link).to_have_attribute("rel", "noopener")
    expect(link).to_have_attribute("target", "_blank")
    chat.get_by_role("button", name="What else was tried for tiredness?").click()
    expect(chat.get_by_role("article")).to_have_count(2)
    expect(_turn(chat).get_by_text(DISCLAIMER)).to_be_visible()

    assert server.asked[-1]["question"] == "What else was tried for tiredness?"


def test_an_example_asks_itself_and_the_focus_is_not_lost(chat: Page, server: Canned) -> None:
    chat.get_by_role("button", name="What is a relapse?").click()
    expect(_status(chat)).to_have_text("Answer ready, 3 sentences.")

    assert server.asked[-1]["question"] == "What is a relapse?"
    assert _focused(chat) == "Question 1"


def test_the_counter_appears_near_the_limit_and_too_much_is_not_sent(chat: Page, server: Canned) -> None:
    counter = chat.locator(".counter")
    _box(chat).fill("x" * 3599)
    expect(counter).to_be_hidden()
    _box(chat).fill("🙂" * 3990)
    expect(counter).to_have_text("10 characters left")
    _ask(chat, "x" * 4001)

    expect(counter).to_have_text("1 character too many")
    expect(_status(chat)).to_have_text("Your question is 1 character too long.")
    assert server.asked == []


def test_an_empty_question_is_not_sent(chat: Page, server: Canned) -> None:
    chat.get_by_role("button", name="Ask", exact=True).click()

    expect(_status(chat)).to_have_text("Please type a question first.")
    assert server.asked == []


def test_a_host_page_may_show_the_answer_itself(chat: Page) -> None:
    chat.evaluate(
        "() => document.addEventListener('askms-answer', event => {"
        " window.given = event.detail.answer.route; event.preventDefault() })"
    )
    _ask_and_wait(chat, "show crisis")

    assert chat.evaluate("() => window.given") == "crisis"
    expect(_turn(chat).locator(".sentence")).to_have_count(0)
    expect(chat.get_by_role("alert")).to_contain_text(CRISIS.title)


def test_a_host_page_may_replace_the_network(chat: Page, server: Canned) -> None:
    wire = f"event: reply\ndata: {json.dumps(MICE.to_dict())}\n\n"
    chat.evaluate(
        "wire => { document.querySelector('askms-chat').send = async () => new Response(wire) }",
        wire,
    )
    _ask_and_wait(chat, "anything")

    expect(_turn(chat)).to_contain_text(MOUSE_TEXT)
    assert server.asked == []


def test_nothing_is_stored_and_nothing_moves(chat: Page) -> None:
    _ask_and_wait(chat, "answer")
    _open_first_source(chat)

    assert chat.evaluate("() => localStorage.length + sessionStorage.length") == 0
    assert chat.context.cookies() == []
    assert chat.evaluate("() => document.getAnimations().length") == 0


def test_focus_is_always_visible(chat: Page, server: Canned) -> None:
    _latched(chat, server)
    chat.keyboard.press("Tab")
    outline = """() => {
      let node = document.activeElement
      if (node.shadowRoot?.activeElement) node = node.shadowRoot.activeElement
      const style = getComputedStyle(node)
      return [style.outlineStyle, parseFloat(style.outlineWidth)]
    }"""
    for _ in range(12):
        chat.keyboard.press("Shift+Tab")
        assert chat.evaluate(outline) == ["solid", 3]


def test_what_has_the_focus_is_not_under_what_stays(chat: Page, server: Canned) -> None:
    _latched(chat, server)
    covered = """() => {
      const root = document.querySelector('askms-chat').shadowRoot
      const focused = root.activeElement
      const cards = root.querySelector('.safety')
      if (!focused || cards.contains(focused)) return []
      const inside = root.querySelector('.log').contains(focused)
      const hidden = focused.getBoundingClientRect().top < cards.getBoundingClientRect().bottom
      return inside && hidden ? [focused.textContent] : []
    }"""
    in_log = "() => Boolean(document.activeElement.shadowRoot?.activeElement?.closest('.log'))"
    visited = 0
    for _ in range(12):
        chat.keyboard.press("Shift+Tab")
        assert chat.evaluate(covered) == []
        visited += chat.evaluate(in_log)
    assert visited >= 5


def test_a_card_is_never_cut_off(page: Page, server: Canned) -> None:
    page.set_viewport_size({"width": 320, "height": 480})
    page.goto(server.url)
    _ask_and_wait(page, "show crisis")

    cut = "node => node.parentElement.scrollHeight - node.parentElement.clientHeight"
    assert page.get_by_role("alert").evaluate(cut) <= 0
    expect(page.get_by_role("heading", name=CRISIS.title)).to_be_in_viewport()
    expect(page.get_by_role("link", name="988")).to_be_in_viewport(ratio=1)
