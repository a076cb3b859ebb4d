"""Looking up what a reply cites: passages, sources as JSON, and the page that marks the quoted words."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from askms.api import create_app
from askms.api.pages import LEVELS, source_page
from askms.assistant import Assistant
from askms.build import build_index
from askms.index import LiveIndex
from askms.reply import DISCLAIMER
from askms.settings import Settings
from askms.testing import FakeEmbedder, corpus_file, document
from askms.types import EvidenceLevel

HTML = {"accept": "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8"}
TRICKY = """\
## What <b>is</b> "spasm" & stiffness?

Spasm is when 5 < 6 & "tight" muscles of people with MS 🙂 pull hard.
Spasm can come at night in MS.

## What else is <script>alert(1)</script> written?

In MS spasm is <img src=x onerror=alert(1)> written.
"""


def citation_of(client: TestClient, question: str) -> dict[str, Any]:
    reply = client.post("/v1/ask", json={"question": question}).json()
    found: dict[str, Any] = next(s for s in reply["sentences"] if not s["template"])["citations"][0]
    return found


def span(citation: dict[str, Any]) -> dict[str, Any]:
    return {"passage": citation["passage_key"], "start": citation["start"], "end": citation["end"]}


def marked(page: str) -> str:
    return " ".join(unescape(words) for words in re.findall(r"<mark[^>]*>(.*?)</mark>", page, re.DOTALL))


def test_a_passage_holds_the_quotation(client: TestClient) -> None:
    citation = citation_of(client, "What is a relapse?")

    passage = client.get(f"/v1/passages/{citation['passage_key']}").json()

    assert passage["key"] == citation["passage_key"]
    assert passage["text"][citation["start"] : citation["end"]] == citation["quote"]
    assert passage["end"] - passage["start"] == len(passage["text"])
    assert passage["source"]["title"] == "What a relapse is"


def test_a_source_is_json_unless_html_is_asked_for(client: TestClient) -> None:
    response = client.get("/v1/sources/relapse", headers={"accept": "*/*"})

    assert response.headers["content-type"] == "application/json"
    assert response.headers["vary"] == "Accept"
    page = response.json()
    assert page["source"]["id"] == "relapse"
    assert (page["authors"], page["population"]) == (["Doe J"], "adults with MS and fatigue")
    assert page["limits"] == "Only 18 people took part."
    assert page["highlight"] is None


def test_a_source_says_where_the_quotation_stands(client: TestClient) -> None:
    citation = citation_of(client, "What is a relapse?")

    page = client.get("/v1/sources/relapse", params=span(citation)).json()

    start, end = page["highlight"]
    assert page["body"][start:end] == citation["quote"]


def test_a_passage_without_a_span_is_marked_whole(client: TestClient) -> None:
    key = citation_of(client, "What is a relapse?")["passage_key"]

    page = client.get("/v1/sources/relapse", params={"passage": key}).json()

    start, end = page["highlight"]
    assert page["body"][start:end] == client.get(f"/v1/passages/{key}").json()["text"]


def test_the_page_marks_exactly_the_quotation(client: TestClient) -> None:
    citation = citation_of(client, "What is a relapse?")

    response = client.get("/v1/sources/relapse", params=span(citation), headers=HTML)

    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert response.headers["vary"] == "Accept"
    assert marked(response.text) == citation["quote"]
    assert response.text.count('id="quote"') == 1
    assert DISCLAIMER in unescape(response.text)


def test_the_page_says_what_the_source_is(client: TestClient) -> None:
    page = unescape(client.get("/v1/sources/relapse", headers=HTML).text)

    assert "<mark" not in page
    assert "<h1>What a relapse is</h1>" in page
    for fact in ("Small early trial", "Doe J", "2021", "adults with MS and fatigue (18)", "2026-11-21"):
        assert f">{fact}<" in page


def test_every_level_of_evidence_has_words() -> None:
    assert LEVELS.keys() == set(EvidenceLevel)


@pytest.fixture
def tricky(tmp_path: Path) -> TestClient:
    """The application over a source full of characters that mean something in HTML."""
    corpus_file(
        tmp_path / "corpus", "tricky", TRICKY, plain_title='Spasm <i>&</i> "MS"', limits="<img src=x onerror=y>"
    )
    build_index(tmp_path / "corpus", tmp_path / "index", FakeEmbedder())
    settings = Settings(index_dir=tmp_path / "index")
    return TestClient(create_app(Assistant(settings, FakeEmbedder(), LiveIndex(settings.index_dir))))


def test_what_a_source_says_is_escaped(tricky: TestClient) -> None:
    page = tricky.get("/v1/sources/tricky", headers=HTML).text

    tags = set(re.findall(r"<(\w+)", page))
    assert not tags & {"script", "img", "i", "b"}
    assert 'Spasm <i>&</i> "MS"' in unescape(page)


def test_offsets_count_characters_as_python_does(tricky: TestClient) -> None:
    body = tricky.get("/v1/sources/tricky").json()["body"]
    key = citation_of(tricky, "What is spasm in MS?")["passage_key"]
    text = tricky.get(f"/v1/passages/{key}").json()["text"]
    for words in ('5 < 6 & "tight"', "🙂 pull hard.", "Spasm can come at night in MS."):
        start = text.index(words)
        where = {"passage": key, "start": start, "end": start + len(words)}

        found = tricky.get("/v1/sources/tricky", params=where).json()["highlight"]
        page = tricky.get("/v1/sources/tricky", params=where, headers=HTML).text

        assert body[slice(*found)] == words
        assert marked(page) == words


def test_a_quotation_over_two_sentences_is_marked_whole(client: TestClient) -> None:
    key = citation_of(client, "What is a relapse?")["passage_key"]
    text = client.get(f"/v1/passages/{key}").json()["text"]

    page = client.get("/v1/sources/relapse", params={"passage": key, "start": 2, "end": len(text) - 2}, headers=HTML)

    assert marked(page.text).split() == text[2:-2].split()
    assert page.text.count('id="quote"') == 1


@pytest.mark.parametrize(
    ("status", "warning"),
    [
        ("current", None),
        ("outdated", "out of date"),
        ("superseded", "newer source"),
        ("corrected", "corrected"),
        ("retracted", "withdrawn"),
    ],
)
def test_the_page_warns_of_a_source_that_is_not_current(status: str, warning: str | None) -> None:
    page = source_page(document(status=status), None)

    assert ('role="note"' in page) == (warning is not None)
    assert warning is None or warning in page


def test_the_page_leaves_out_what_is_not_known() -> None:
    page = source_page(document(url=None, pmid="32633662", n=None, year=None, authors=[]), None)

    assert "not stated" in page
    assert "Open the original source" not in page
    assert "<dt>Authors</dt>" not in page


def test_the_real_corpus_marks_every_sentence_exactly(real_client: TestClient) -> None:
    for question in ("Does ketamine help MS fatigue?", "What is optic neuritis?", "Does heat make MS worse?"):
        reply = real_client.post("/v1/ask", json={"question": question}).json()
        cited = [citation for sentence in reply["sentences"] for citation in sentence["citations"]]
        assert cited
        for citation in cited:
            page = real_client.get(f"/v1/sources/{citation['source_id']}", params=span(citation), headers=HTML)
            assert marked(page.text).split() == citation["quote"].split()
