"""Safety briefs over HTTP: the list, the page and the JSON."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from html import unescape
from threading import Event
from typing import Any

import pytest
from starlette.testclient import TestClient

from askms.api import create_app
from askms.assistant import Assistant
from askms.briefs import topics
from askms.errors import UnknownSource
from askms.reply import DISCLAIMER
from askms.wording import is_fixed, wording


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
    assert "No brief" in page.text
    assert DISCLAIMER in page.text
    assert data.json()["error"]["type"] == "UnknownSource"


def test_without_an_index_the_page_says_so(without_index: TestClient) -> None:
    response = without_index.get("/brief/ketamine")

    assert response.status_code == 503
    assert DISCLAIMER in response.text
    assert without_index.get("/brief").status_code == 200


def test_briefs_that_are_written_hold_up_no_card(assistant: Assistant, monkeypatch: pytest.MonkeyPatch) -> None:
    begun, written = Event(), Event()

    def slowly(self: Assistant, topic: str) -> None:
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
