"""A small server with canned replies for the tests of the widget: each question names the behaviour wanted."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socket import SHUT_RDWR, socket
from typing import Any, Final

import askms
from askms.api.assets import small
from askms.reply import DISCLAIMER, Card, Contact, Reply, Suggestion, card_to_dict, source_to_dict
from askms.types import Citation, Claim, Document, EvidenceLevel, Route, SourceStatus, Trust
from askms.wording import wording

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


def document(name: str, title: str, level: EvidenceLevel, *, n: int | None, status: SourceStatus) -> Document:
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


TRIAL: Final = document(
    "trial-2021", "A trial of ketamine for tiredness", EvidenceLevel.PILOT_TRIAL, n=18, status=SourceStatus.CURRENT
)
REVIEW: Final = document(
    "review-2020", "Tiredness in MS, an overview", EvidenceLevel.NARRATIVE_REVIEW, n=None, status=SourceStatus.OUTDATED
)
MOUSE: Final = document("mice-2019", "Nerve repair in mice", EvidenceLevel.ANIMAL, n=24, status=SourceStatus.RETRACTED)
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


def cite(key: str, quote: str, text: str | None = None) -> Citation:
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


TOOK_PART: Final = "Eighteen people with MS took part."
FELL: Final = "Tiredness fell for some of them after one week."
ANSWER: Final = Reply(
    route=Route.ANSWER,
    claims=(
        Claim(text="Here is what our sources say."),
        Claim(text=f"In a trial of 18 people: {FELL}", citations=(cite("trial", FELL),)),
        Claim(
            text="Tiredness is common in MS.",
            citations=(cite("review", "Tiredness is common in MS."), cite("trial", "Eighteen people with MS")),
        ),
    ),
    strength="This rests on one small early trial, so it may turn out to be wrong.",
    sources=(TRIAL, REVIEW),
    suggestions=(
        Suggestion(label="What else was tried for tiredness?"),
        Suggestion(label="Search PubMed", url="https://example.org/search"),
    ),
    receipt_id="receipt-1",
)
DISAGREE: Final = Reply(
    route=Route.ANSWER,
    claims=(
        Claim(text="I am an AI program. I am not a person, a doctor or a nurse."),
        Claim(text="Studies disagree:"),
        Claim(text="This was a small study, so chance may have played a part."),
        Claim(text=FELL, citations=(cite("trial", FELL),)),
        Claim(text="Another source says:"),
        Claim(text="This source is out of date."),
        Claim(text="Tiredness is common in MS.", citations=(cite("review", "Tiredness is common in MS."),)),
        Claim(
            text="Eighteen people with MS took part.", citations=(cite("trial", "Eighteen people with MS took part."),)
        ),
        Claim(text="This is from animals, not people."),
        Claim(text=MOUSE_TEXT, citations=(cite("mouse", MOUSE_TEXT),)),
        Claim(
            text="About three in four people have it at some time.",
            citations=(cite("review", "About three in four people have it at some time."),),
        ),
        Claim(text="What is not known:"),
        Claim(text="It is too early to say more.", citations=(cite("trial", "It is too early to say more."),)),
        Claim(text="Your MS nurse can say what this means for you."),
    ),
    strength="This is not settled: the sources do not agree.",
    sources=(TRIAL, REVIEW, MOUSE),
    receipt_id="receipt-2",
)
MICE: Final = Reply(
    route=Route.ANSWER, claims=(Claim(text=MOUSE_TEXT, citations=(cite("mouse", MOUSE_TEXT),)),), sources=(MOUSE,)
)
MARKUP: Final = Reply(
    route=Route.ANSWER,
    claims=(Claim(text="<img src=x onerror=alert(1)><b>bold</b>", citations=(cite("trial", "Eighteen people"),)),),
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
    "disagree": DISAGREE,
    "show markup": MARKUP,
}
FULL: Final = {"error": {"type": "Busy", "message": wording().wait("full", "uk", 10)}, "disclaimer": DISCLAIMER}
ERROR: Final = {"error": {"message": "The sources are being updated."}, "disclaimer": DISCLAIMER}


def events_of(reply: Reply) -> Iterator[tuple[str, Any]]:
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
    feedback: list[dict[str, Any]] = field(default_factory=list)
    feedback_status: int = 204
    keeps: bool = False
    """Whether it keeps records, as `askms serve` does unless told otherwise."""
    conversations: dict[str, list[str]] = field(default_factory=dict)
    """The questions that are kept, by conversation."""
    erase_status: int = 204
    """With which it refuses to erase, if that is an error."""
    erase_tries: list[str] = field(default_factory=list)
    refusal_headers: dict[str, str] = field(default_factory=dict)
    extra: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Replies in wire form that a test adds, by question."""
    passage: dict[str, Any] | None = None
    """A passage in wire form that a test puts in the place of every other."""
    lines: list[socket] = field(default_factory=list)
    """Open lines to readers who wait for an answer."""

    def die(self) -> None:
        """Cut every line at once, as a killed server does."""
        for line in self.lines:
            line.shutdown(SHUT_RDWR)

    def refusal(self, question: str) -> int:
        """Status with which a question is refused before any stream, or 0. Some are refused only the first time."""
        if question == "is down" and len(self.asked) == 1:
            return 503
        return {"is busy": 429, "is broken": 500, "is full": 503}.get(question, 0)

    def record(self, question: str, conversation: str | None) -> dict[str, Any]:
        """Keep a question, and return what that adds to its reply. An id that is not kept is replaced."""
        if not self.keeps:
            return {}
        name = conversation if conversation in self.conversations else f"secret-{len(self.asked)}"
        self.conversations.setdefault(name, []).append(question)
        return {"conversation": name, "recorded": True}

    def erase(self, conversation: str) -> int:
        """Erase what is kept under an id; returns the status to answer with."""
        self.erase_tries.append(conversation)
        if self.erase_status != 204:
            return self.erase_status
        return 204 if self.conversations.pop(conversation, None) else 404

    def stream(self, question: str, conversation: str | None, send: Callable[[str, Any], None]) -> None:
        """Send the events of the answer to `question`, which names the behaviour wanted."""
        if question in self.extra:
            send("reply", self.extra[question])
            return
        events = list(events_of(REPLIES.get(question.removeprefix("slow "), ANSWER)))
        if question in ("slow", "slow show crisis"):
            self.gate.wait(20)
        if question == "changes":
            events.insert(2, ("sentence", {"text": "This is not in the reply.", "template": True, "citations": []}))
        if question == "skips a number":
            del events[2]
        if self.keeps and conversation is None:
            events[0][1]["conversation"] = f"secret-{len(self.asked)}"
        for name, data in events:
            if name == "reply" and question == "fails late":
                send("error", ERROR)
                return
            if name == "reply" and question == "breaks off":
                self.record(question, conversation)
                return
            if name == "reply" and question == "slow end":
                self.gate.wait(20)
            send(name, {**data, **self.record(question, conversation)} if name == "reply" else data)


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
                self._file(WIDGET / name)
            else:
                self._send(404, "text/plain", b"")

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if self.path == "/v1/feedback":
                canned.feedback.append(body)
                self._json(canned.feedback_status, {})
                return
            canned.asked.append(body)
            if refused := canned.refusal(body["question"]):
                self._json(refused, FULL if body["question"] == "is full" else ERROR, **canned.refusal_headers)
                return
            canned.lines.append(self.connection)
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream")
            self.end_headers()
            try:
                self.wfile.write(b": hello\r\n\r\n")
                canned.stream(body["question"], body.get("conversation"), self._event)
            except OSError:
                pass  # the reader pressed Stop

        def do_DELETE(self) -> None:
            status = canned.erase(self.path.removeprefix("/v1/conversations/"))
            gone = {**ERROR, "error": {"type": "UnknownRecord", "message": "No conversation of this id is kept."}}
            self._json(status, gone if canned.erase_status == 204 else ERROR)

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
            wire = canned.passage or wire
            if canned.asked[-1]["question"] == "passage differs":
                wire["text"] = "Other words. " + text
            if canned.asked[-1]["question"] == "passage is gone":
                self._json(404, ERROR)
            else:
                self._json(200, wire)

        def _file(self, path: Path) -> None:
            kinds = {".html": "text/html", ".js": "text/javascript", ".css": "text/css"}
            made = path.read_bytes() if path.suffix == ".html" else small(path, 0)
            self._send(200, kinds[path.suffix], made)

        def _json(self, status: int, body: dict[str, Any], **headers: str) -> None:
            self._send(status, "application/json", b"" if status == 204 else json.dumps(body).encode(), **headers)

        def _send(self, status: int, kind: str, body: bytes, **headers: str) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name.replace("_", "-"), value)
            self.send_header("Content-Type", f"{kind}; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Content-Security-Policy", CSP)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            """Stay quiet."""

    return Handler


_EMBED: Final = (
    '<!doctype html><html lang="en"><title>Host</title><main><h1>Host</h1>{}<askms-chat{}></askms-chat></main>'
)
PAGES: Final = {
    "module.html": _EMBED.format('<script type="module" src="/widget.js"></script>', ""),
    "classic.html": _EMBED.format('<script src="/widget.js"></script>', ""),
    "floating.html": _EMBED.format('<script type="module" src="/widget.js"></script>', ' position="floating"'),
}


@contextmanager
def serving(port: int = 0) -> Iterator[Canned]:
    """The server on a port, 0 for a free one."""
    canned = Canned()
    http = ThreadingHTTPServer(("127.0.0.1", port), _handler(canned))
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    canned.url = f"http://127.0.0.1:{http.server_port}"
    try:
        yield canned
    finally:
        canned.gate.set()
        http.shutdown()
        http.server_close()
        thread.join()
