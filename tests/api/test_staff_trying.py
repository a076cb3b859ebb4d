"""Trying a question in the console: the reply, its trace, the same with other settings; nothing of it is kept."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from askms.api.pages import templates
from askms.assistant import Assistant
from askms.build import build_index
from askms.index import LiveIndex
from askms.records import Role, Wanted
from askms.reply import DISCLAIMER
from askms.settings import Settings
from askms.testing import FakeEmbedder, corpus_file
from tests.api.hostile import PAYLOADS
from tests.api.staffed import QUESTION, Browser, Staffed, staffed, words
from tests.api.test_staff_receipts import harmless


@pytest.fixture(scope="module")
def shared(assistant: Assistant, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Staffed]:
    """A console in which nobody but us tries anything."""
    with staffed(assistant, tmp_path_factory.mktemp("trying")) as made:
        yield made


@pytest.fixture(scope="module")
def viewer(shared: Staffed) -> Browser:
    """A viewer's browser."""
    return shared.browser(Role.VIEWER)


def tried(browser: Browser, question: str = QUESTION, **fields: str) -> str:
    """The page after asking."""
    response = browser.post("/staff/try", {"question": question, **fields})
    assert response.status_code == 200, words(response.text)
    return response.text


def test_the_reply_stands_beside_all_that_led_to_it(viewer: Browser, assistant: Assistant) -> None:
    page = tried(viewer)

    text, reply = words(page), assistant.answer(QUESTION)
    for claim in reply.reply.claims:
        assert words(claim.text) in text
    assert text.count(DISCLAIMER) == 2  # of the reply and of the page
    for verdict in reply.receipt.verdicts:
        assert verdict.guard in text
    assert "Searched with" in text
    assert "(place 1)" in text
    assert "quoted" in text
    assert re.search(r"screen \d+ ms, retrieve \d+ ms, write \d+ ms, verify \d+ ms, review \d+ ms", text)
    assert reply.reply.snapshot in text


def test_the_reply_has_all_that_a_patient_sees_of_its_sources(viewer: Browser) -> None:
    page = tried(viewer, "Does ketamine help MS fatigue?")

    text = words(page)
    assert "[fatigue] small early trial, 18 people, 2021" in text
    assert "How strong is this?" in text
    assert '<a href="https://www.nhs.uk/trial" rel="noopener noreferrer">Read the original</a>' in page
    assert "All that follows belongs to" not in text
    changed = words(tried(viewer, "Does ketamine help MS fatigue?", min_confidence="1"))
    assert "All that follows belongs to the reply as it is, on the first side" in changed


def test_ready_made_searches_can_be_followed_and_no_other_address(viewer: Browser) -> None:
    page = tried(viewer, "Does zanzibar root help MS?")

    assert '<a href="https://pubmed.ncbi.nlm.nih.gov/?term=' in page
    macro = templates().from_string('{% import "staff/reply.html" as r %}{{ r.away("javascript:alert(1)", "x") }}')
    assert "href" not in macro.render()


@pytest.mark.parametrize(
    ("place", "number"), [("us", "911"), ("uk", "999"), ("ie", "112"), ("ca", "911"), ("eu", "112")]
)
def test_the_place_decides_which_numbers_a_card_shows(
    shared: Staffed, viewer: Browser, place: str, number: str
) -> None:
    page = tried(viewer, "My throat is closing up after my Copaxone injection", place=place)

    reply = page.split("As a patient sees it")[1].split("How the reply came about")[0]
    assert number in words(reply)
    assert f'<option value="{place}" selected>' in page
    assert shared.acts()[0] == ("vera", "try question", f"route emergency; place {place}")
    assert viewer.post("/staff/try", {"question": QUESTION, "place": "mars"}).status_code == 422


def test_a_follow_up_shows_what_it_was_understood_as(viewer: Browser) -> None:
    text = words(tried(viewer, "How long does it last?", earlier=QUESTION))

    searched = re.search(r"Searched with (.*?) Index", text)
    assert searched
    assert "relapse" in searched[1].lower()


def test_identifiers_are_masked_in_the_trace(viewer: Browser) -> None:
    text = words(tried(viewer, "My number is 07700900123. What is a relapse?").split("Masked message")[1])

    assert "[record number]" in text
    assert "0900123" not in text


def test_a_question_that_is_stopped_says_so_and_shows_what_would_be_found(viewer: Browser) -> None:
    text = words(tried(viewer, "My throat is closing up after my Copaxone injection"))

    assert "Route: emergency" in text
    assert "What follows is what the quoting writer would have found." in text


def test_without_an_index_a_card_is_shown_all_the_same(tmp_path: Path) -> None:
    none = Assistant(Settings(index_dir=tmp_path / "none"), FakeEmbedder(), LiveIndex(tmp_path / "none"))
    with staffed(none, tmp_path) as own:
        viewer = own.browser(Role.VIEWER)

        text = words(tried(viewer, "I want to end my life", min_confidence="0.1"))
        dropped = viewer.post("/staff/try", {"question": "I want to end my life", "without": "relapse"})
        asked = viewer.post("/staff/try", {"question": QUESTION})

    assert "Route: crisis." in text
    assert words(none.ask("I want to end my life").cards[0].text) in text
    assert "What would have been found cannot be told: No index in" in text
    assert "Passages found" not in text
    assert (dropped.status_code, asked.status_code) == (422, 503)
    assert "Index: No index in" in words(dropped.text)


def test_another_setting_shows_both_replies_and_what_differs(viewer: Browser) -> None:
    page = tried(viewer, min_confidence="1", ranker="none")

    text = words(page)
    assert "With the changes: no evidence. The replies differ." in text
    assert "With min_confidence=1.0, ranker=none" in text
    assert '<del><span class="unseen">[only here: </span>' in page
    assert '<ins><span class="unseen">[only with the changes: </span>' in page


def test_a_change_that_changes_nothing_is_said_to(viewer: Browser) -> None:
    page = tried(viewer, dense_weight="0.6")

    assert "Both replies are the same." in words(page)
    assert "<ins>" not in page


def test_an_older_index_is_tried_beside_the_live_one(tmp_path: Path) -> None:
    corpus, index = tmp_path / "corpus", tmp_path / "index"
    body = "## What is a relapse?\n\nA relapse is a new symptom of MS that lasts longer than 24 hours.\n"
    for hours in ("48", "24"):
        corpus_file(corpus, "relapse", body.replace("24", hours), plain_title="What a relapse is")
        build_index(corpus, index, FakeEmbedder())
    changing = Assistant(Settings(index_dir=index), FakeEmbedder(), LiveIndex(index))
    with staffed(changing, tmp_path) as own:
        viewer = own.browser(Role.VIEWER)
        offered = re.findall(r'<option value="(\w{16})">Built', viewer.get("/staff/try").text)

        page = tried(viewer, snapshot=offered[0])

        assert own.acts()[0][2] == f"route answer; index {offered[0]}"
    assert offered == [each.snapshot for each in changing.kept_snapshots()]
    assert f'<option value="{offered[0]}" selected>' in page
    assert "The replies differ." in words(page)
    assert re.search(r'<del><span class="unseen">\[only here: </span>24<', page)
    assert re.search(r'<ins><span class="unseen">\[only with the changes: </span>48<', page)


def test_a_source_or_passage_can_be_left_out(viewer: Browser, assistant: Assistant) -> None:
    key = assistant.snapshot().passages_of("relapse")[0].key

    for dropped in ("relapse", key, f"relapse, {key}"):
        assert "The replies differ." in words(tried(viewer, without=dropped))
    assert "relapse" in assistant.snapshot().documents


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("question", " ", "Question: write one."),
        ("question", "x" * 2001, "Question: at most 2,000 characters."),
        ("earlier", "x" * 2001, "Asked before: at most"),
        ("min_confidence", "much", "Least confidence: a number from 0 to 1"),
        ("min_confidence", "nan", "Least confidence: a number from 0 to 1"),
        ("dense_weight", "1.5", "Weight of meaning: a number from 0 to 1"),
        ("ranker", "best", "Ranker: choose one of the list."),
        ("writer", "me", "Writer: choose one of the list."),
        ("snapshot", "nowhere", "Index: No snapshot 'nowhere' is kept"),
        ("without", "nowhere", "No source or passage 'nowhere'"),
        ("without", "fatigue heat relapse", "Nothing would be left to search."),
    ],
)
def test_what_cannot_be_read_is_named_and_what_was_typed_stays(
    viewer: Browser, field: str, value: str, said: str
) -> None:
    response = viewer.post("/staff/try", {"question": QUESTION, "ranker": "none", field: value})

    assert response.status_code == 422
    assert said in words(response.text)
    assert f'<a href="#{field}">' in response.text
    if field != "ranker":
        assert '<option value="none" selected>' in response.text


def test_nothing_that_is_tried_is_kept(assistant: Assistant, tmp_path: Path) -> None:
    with staffed(assistant, tmp_path) as own:
        browser = own.browser(Role.VIEWER)
        tried(browser, "Does zanzibar root ease a relapse?", earlier="What is zanzibar?", min_confidence="0.1")

        assert own.records.desk.search(Wanted(), 1).total == 0
        assert own.acts()[0] == ("vera", "try question", "route no_evidence; min_confidence=0.1")
        assert b"anzibar" not in b"".join(path.read_bytes() for path in own.file.parent.iterdir())


def test_the_question_stands_in_no_address(viewer: Browser) -> None:
    assert '<form method="post" action="/staff/try"' in viewer.get("/staff/try").text
    assert "relapse" not in words(viewer.get("/staff/try?question=relapse").text)


@pytest.mark.parametrize("payload", PAYLOADS)
def test_hostile_questions_are_text(viewer: Browser, payload: str) -> None:
    for form in (
        {"question": f"What is a relapse? {payload}"},
        {"question": payload, "without": payload, "min_confidence": payload, "ranker": payload},
    ):
        assert harmless(viewer.post("/staff/try", form))
