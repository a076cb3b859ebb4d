"""Safety briefs over HTTP: the list, the page and the JSON."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from html import unescape
from http.client import HTTPResponse
from threading import Event, Semaphore
from time import monotonic, sleep
from typing import Any
from urllib.request import urlopen

import pytest
from starlette.testclient import TestClient

from askms.api import create_app
from askms.api.brief_page import LOW_MOOD
from askms.api.limits import Guard, Protection
from askms.assistant import Assistant
from askms.briefs import Brief, Tell, Topic, topics
from askms.briefs.writing import write
from askms.engine import Engine
from askms.errors import ModelUnavailable, UnknownSource
from askms.reply import DISCLAIMER
from askms.wording import is_fixed, wording
from tests.running import running


@pytest.fixture(scope="module")
def brief(client: TestClient) -> dict[str, Any]:
    """The brief on ketamine over the small index."""
    found: dict[str, Any] = client.get("/v1/brief/ketamine").json()
    return found


def test_the_list_links_every_topic(client: TestClient) -> None:
    page = unescape(client.get("/brief").text)

    for topic in topics().values():
        assert f'<a href="/brief/{topic.id}">{topic.title}</a>' in page
    assert DISCLAIMER in page


def test_a_brief_that_is_not_there_lists_those_that_are_by_their_names(client: TestClient) -> None:
    response = client.get("/brief/nothing")
    page = unescape(response.text)

    assert response.status_code == 404
    assert "There is no brief of that name." in page
    for topic in topics().values():
        assert f'<a href="/brief/{topic.id}">{topic.title}</a>' in page


@pytest.mark.parametrize("locale", ["uk", "us", "unknown", "zebra"])
def test_every_page_names_the_numbers_to_call(locale: str, client: TestClient) -> None:
    app = create_app(client.app.state.assistant, guard=Guard(Protection(locale=locale)))  # type: ignore[attr-defined]
    place = wording().contacts.get(locale) or wording().contacts["unknown"]
    assert topics().keys() >= LOW_MOOD
    with TestClient(app) as local:
        for path, purpose in (
            ("/brief", "emergency"),
            ("/brief/fatigue", "emergency"),
            ("/brief/depression", "crisis"),
        ):
            page = unescape(local.get(path).text)
            for contact in place.by_purpose[purpose]:
                link = f'<a href="tel:{contact.tel}">{contact.label}</a>' if contact.tel else f"{contact.label}."
                assert link in page, (path, contact)


def test_the_first_page_links_to_briefs_and_sources(client: TestClient) -> None:
    page = client.get("/").text

    assert 'href="/brief"' in page
    assert 'href="/sources"' in page


def test_the_sources_link_to_the_briefs(client: TestClient) -> None:
    assert 'href="/brief"' in client.get("/sources").text
    assert 'href="/brief"' in client.get("/sources/fatigue").text


def test_every_sentence_is_fixed_or_stands_in_its_passage(client: TestClient, brief: dict[str, Any]) -> None:
    quoted = [sentence for part in brief["parts"] for one in part["quoted"] for sentence in one["sentences"]]
    fixed = [*brief["lead"], *brief["questions"], *(part["note"] for part in brief["parts"] if part["note"])]

    assert quoted
    assert all(is_fixed(sentence["text"]) for sentence in fixed)
    for sentence in quoted:
        (citation,) = sentence["citations"]
        passage = client.get(f"/v1/passages/{citation['passage_key']}").json()
        assert passage["text"][citation["start"] : citation["end"]] == sentence["text"] == citation["quote"]


def test_the_brief_has_its_parts_in_order_and_ends_with_the_disclaimer(brief: dict[str, Any]) -> None:
    assert [part["heading"] for part in brief["parts"]] == list(wording().brief.headings["medicine"].values())
    assert brief["text"].endswith(f"\n\n{DISCLAIMER}")
    assert brief["title"] == "Ketamine and MS: what the sources say"


def test_the_page_says_what_the_json_says_and_links_the_words_in_their_source(
    client: TestClient, brief: dict[str, Any]
) -> None:
    page = unescape(client.get("/brief/ketamine").text)
    quoted = [one for part in brief["parts"] for one in part["quoted"]]

    for one in quoted:
        assert one["badge"] in page
        assert all(sentence["text"] in page for sentence in one["sentences"])
    citation = quoted[0]["sentences"][0]["citations"][0]
    link = f"/sources/{citation['source_id']}?passage={citation['passage_key']}&start={citation['start']}&end="
    assert link in page
    assert all(question["text"] in page for question in brief["questions"])
    assert page.index(DISCLAIMER) > page.index(brief["questions"][-1]["text"])


def test_an_unknown_topic_is_a_page_for_people_and_json_for_programs(client: TestClient) -> None:
    page, data = client.get("/brief/zebra"), client.get("/v1/brief/zebra")

    assert page.status_code == data.status_code == 404
    assert "text/html" in page.headers["content-type"]
    assert "There is no brief of that name." in page.text
    assert DISCLAIMER in page.text
    assert data.json()["error"]["type"] == "UnknownSource"


def test_without_an_index_the_page_says_so(without_index: TestClient) -> None:
    response = without_index.get("/brief/ketamine")

    assert response.status_code == 503
    assert DISCLAIMER in response.text
    assert without_index.get("/brief").status_code == 200


class Slow:
    """Stands for `write`: begins, and goes on a part at a time when it is told to."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, fails: Exception | None = None) -> None:
        self.begun, self.go_on, self.times, self._fails = Event(), Semaphore(0), 0, fails
        monkeypatch.setattr("askms.briefs.keeping.write", self)

    def __call__(self, engine: Engine, topic: Topic, tell: Tell) -> Brief:
        """Write as `write` does."""
        self.begun.set()
        self.times += 1
        if self._fails is not None:
            raise self._fails

        def slowly(done: int, of: int) -> None:
            tell(done, of)
            assert self.go_on.acquire(timeout=20)

        return write(engine, topic, slowly)


def more(response: HTTPResponse, until: str) -> str:
    """What comes until something is said."""
    text = ""
    while until not in text:
        piece = response.read1(65536).decode()
        assert piece, text
        text += piece
    return text


def fresh(assistant: Assistant) -> Assistant:
    """One that has written no brief yet."""
    return assistant.varied()


def test_a_page_that_is_still_to_be_written_arrives_at_once_and_says_how_far_it_is(
    assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = Slow(monkeypatch)
    with running(create_app(fresh(assistant))) as address, urlopen(f"{address}/brief/ketamine") as response:
        first = more(response, "1 of 7 parts")
        assert "Ketamine and MS: what the sources say</h1>" in first
        assert "Looking in our sources." in first
        assert "blockquote" not in first
        slow.go_on.release()
        assert "blockquote" not in more(response, "2 of 7 parts")
        slow.go_on.release(20)
        rest = response.read().decode()
        again = urlopen(f"{address}/brief/ketamine").read().decode()

    assert "7 of 7 parts" in rest
    assert "blockquote" in rest
    assert rest.index(DISCLAIMER) > rest.index('id="questions"')
    assert "waiting" not in again
    assert (first + rest).count(DISCLAIMER) == again.count(DISCLAIMER) == 1
    assert again.partition("<blockquote>")[2] == rest.partition("<blockquote>")[2]


def test_who_comes_later_waits_for_the_same_writing_and_hears_of_it(
    assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = Slow(monkeypatch)
    with running(create_app(fresh(assistant))) as address, urlopen(f"{address}/brief/ketamine") as one:
        more(one, "1 of 7 parts")
        with urlopen(f"{address}/brief/ketamine") as other:
            more(other, "Looking in our sources.")
            slow.go_on.release()
            more(other, "2 of 7 parts")
            slow.go_on.release(20)
            assert "blockquote" in other.read().decode()
        assert "blockquote" in one.read().decode()

    assert slow.times == 1


def test_a_brief_is_kept_and_its_place_free_when_its_reader_has_gone(
    assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow, guard, own = Slow(monkeypatch), Guard(Protection()), fresh(assistant)
    with running(create_app(own, guard=guard)) as address:
        with urlopen(f"{address}/brief/ketamine") as response:
            more(response, "1 of 7 parts")
            assert guard.briefs.taken == 1
        slow.go_on.release(20)
        until = monotonic() + 20
        while guard.briefs.taken:
            assert monotonic() < until
            sleep(0.05)

    assert own.kept_brief("ketamine") is not None


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (ModelUnavailable("The model is gone. Fetch it."), "The model is gone. Fetch it."),
        (KeyError("zanzibar"), "Something went wrong on our side."),
    ],
)
def test_a_page_that_fails_when_it_has_begun_says_so_and_ends_with_the_disclaimer(
    assistant: Assistant, monkeypatch: pytest.MonkeyPatch, wrong: Exception, said: str
) -> None:
    Slow(monkeypatch, wrong)
    guard = Guard(Protection())

    page = TestClient(create_app(fresh(assistant), guard=guard)).get("/brief/ketamine").text

    assert said in page
    assert "zanzibar" not in page
    assert page.rstrip().endswith(f"<p>{DISCLAIMER}</p>\n</main>\n</body>\n</html>")
    assert guard.briefs.taken == 0


def test_briefs_that_are_written_hold_up_no_card(assistant: Assistant, monkeypatch: pytest.MonkeyPatch) -> None:
    begun, written = Event(), Event()

    def slowly(self: Assistant, topic: str, tell: Tell | None = None) -> None:
        begun.set()
        assert written.wait(30)
        raise UnknownSource(f"No brief {topic!r}.")

    monkeypatch.setattr(Assistant, "brief", slowly)
    # More than there are threads for endpoints.
    with TestClient(create_app(assistant)) as client, ThreadPoolExecutor(61) as people:
        readers = [people.submit(client.get, "/v1/brief/ketamine") for _ in range(60)]
        assert begun.wait(10)
        try:
            asked = people.submit(client.post, "/v1/ask", json={"question": "I want to end my life"})
            assert asked.result(timeout=10).json()["cards"]
        finally:
            written.set()
        answers = [reader.result() for reader in readers]

    assert {answer.status_code for answer in answers} == {404, 429}
    assert all(answer.json()["disclaimer"] == DISCLAIMER for answer in answers)
