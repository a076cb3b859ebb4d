"""Receipts in the console: found, opened, asked again, worked through by source, taken and erased; all as text."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import quote

import pytest
from httpx2 import Response

from askms.assistant import Assistant
from askms.build import build_index
from askms.index import LiveIndex
from askms.records import Role
from askms.settings import Settings
from askms.testing import FakeEmbedder, corpus_file
from tests.api.hostile import PAYLOADS
from tests.api.staffed import QUESTION, Browser, Staffed, staffed, words
from tests.records.made import receipt, reply

TAGS = frozenset(
    "html head meta link title body a header p nav ul li form input span button main h1 h2 h3 div footer section "
    "dl dt dd table caption thead tbody tr th td label select option textarea strong ins del details summary fieldset "
    "legend svg rect line code br pre".split()
)


OURS = (
    "/staff/",
    "/sources/",
    "#",
    "https://www.nhs.uk/trial",
    "https://pubmed.ncbi.nlm.nih.gov/?term=",
    "https://clinicaltrials.gov/search?term=",
)
"""Where a page may lead: to pages of ours, to the originals of our sources, and to ready-made searches."""


class Tags(HTMLParser):
    """What a browser would make of a page: its elements and attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.attributes: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note one."""
        self.names.add(tag)
        self.attributes += [(name, value or "") for name, value in attrs]


def harmless(response: Response) -> bool:
    """Whether a page has only elements that our templates have, and runs nothing. It must be one that was made."""
    assert response.status_code < 500
    tags = Tags()
    tags.feed(response.text)
    leads = [value.strip() for name, value in tags.attributes if name in ("href", "action", "src", "formaction")]
    runs = [name for name, _ in tags.attributes if name.startswith("on")]
    away = [value for value in leads if not value.startswith(OURS) and value != "data:,"]
    assert tags.names <= TAGS, tags.names - TAGS
    return runs == away == []


@pytest.fixture
def own(assistant: Assistant, tmp_path: Path) -> Iterator[Staffed]:
    """A console of the test's own."""
    with staffed(assistant, tmp_path) as made:
        yield made


@pytest.fixture
def viewer(own: Staffed) -> Browser:
    """A viewer's browser."""
    return own.browser(Role.VIEWER)


def listed(browser: Browser, **query: str) -> list[str]:
    """The questions that are listed."""
    response = browser.get("/staff/receipts", params=query)
    assert response.status_code == 200
    return re.findall(r'<td class="words"><a [^>]*>([^<]*)</a>', response.text)


def test_receipts_are_listed_the_latest_first(own: Staffed, viewer: Browser) -> None:
    for question in ("What is a relapse?", "Why does heat make MS worse?", "What is a relapse?"):
        own.ask(question)

    assert listed(viewer) == ["What is a relapse?", "Why does heat make MS worse?"]
    assert "2 receipts." in words(viewer.get("/staff/receipts").text)


def test_receipts_are_found_by_what_is_known_of_them(own: Staffed, viewer: Browser) -> None:
    relapse, heat = own.ask("What is a relapse?"), own.ask("Why does heat make MS worse?")
    own.ask("How much baclofen should I take?")
    own.records.add_feedback(relapse["receipt_id"], helpful=True)
    own.records.add_feedback(heat["receipt_id"], helpful=False, problem="Too short.")
    today = str(own.records.receipt(heat["receipt_id"]).last_asked_on)

    assert listed(viewer, route="dosing") == ["How much baclofen should I take?"]
    assert listed(viewer, source="heat") == ["Why does heat make MS worse?"]
    assert 'href="/staff/sources/heat"' in viewer.get("/staff/receipts?source=heat").text
    assert listed(viewer, feedback="helpful") == ["What is a relapse?"]
    assert listed(viewer, feedback="not_helpful") == listed(viewer, feedback="problem")
    assert listed(viewer, feedback="problem", source="relapse") == []
    assert len(listed(viewer, since=today, until=today)) == 3
    assert listed(viewer, since="2099-01-01") == listed(viewer, until="2020-01-01") == []
    assert own.acts()[0] == ("vera", "search receipts", "until=2020-01-01 page 1")


@pytest.mark.parametrize(
    ("field", "value"),
    [("since", "yesterday"), ("until", "2026-13-01"), ("route", "nowhere"), ("feedback", "x"), ("source", "<b>")],
)
def test_what_cannot_be_read_is_named_with_a_way_to_its_field(viewer: Browser, field: str, value: str) -> None:
    response = viewer.get("/staff/receipts", params={field: value})

    assert response.status_code == 422
    assert "There is a problem" in words(response.text)
    assert f'href="#{field}"' in response.text
    assert 'aria-invalid="true"' in response.text


def test_a_source_that_is_not_known_is_said_to_be_with_those_like_it(own: Staffed, viewer: Browser) -> None:
    own.ask()
    for typed, offered in (("relap", "Did you mean relapse?"), ("fatgue", "Did you mean fatigue?"), ("ocreliz", "")):
        response = viewer.get("/staff/receipts", params={"source": typed})

        text = words(response.text)
        assert response.status_code == 422
        assert f"Source: none of the id {typed} is held, and no reply cites one. {offered}".strip() in text
        assert "0 receipts" not in text
    assert "0 receipts." in words(viewer.get("/staff/receipts?source=heat").text)


def test_days_the_wrong_way_round_are_said_to_be(own: Staffed, viewer: Browser) -> None:
    response = viewer.get("/staff/receipts?since=2026-11-22&until=2026-11-21")

    assert response.status_code == 422
    assert '<a href="#until">Last day: it is before the first day.' in response.text
    assert "0 receipts" not in words(response.text)


def test_long_lists_come_in_pages_that_keep_what_was_looked_for(own: Staffed, viewer: Browser) -> None:
    for n in range(30):
        made = receipt(f"Question number {n:02}?")
        own.records.keep(made, reply(made), waits=True)

    first = viewer.get("/staff/receipts?route=answer")
    older = re.search(r'href="([^"]*)" rel="next"', first.text)

    assert older
    assert older[1] == "/staff/receipts?route=answer&amp;page=2"
    assert "Page 1 of 2" in words(first.text)
    assert listed(viewer, route="answer")[0] == "Question number 29?"
    assert listed(viewer, route="answer", page="2")[-1] == "Question number 00?"
    assert viewer.get("/staff/receipts?page=0").status_code == 422
    assert listed(viewer, page="99") == []


def test_a_receipt_shows_the_reply_as_it_was_sent_and_all_that_led_to_it(own: Staffed, viewer: Browser) -> None:
    reply_sent = own.ask("My number is 07700900123. What is a relapse?")
    citation = next(s for s in reply_sent["sentences"] if s["citations"])["citations"][0]

    response = viewer.get(f"/staff/receipts/{reply_sent['receipt_id']}")

    text = words(response.text)
    assert response.status_code == 200
    for sentence in reply_sent["sentences"]:
        assert words(sentence["text"]) in text
    assert "0900123" not in text
    assert f"/sources/relapse?passage={citation['passage_key']}&amp;start={citation['start']}" in response.text
    assert "The source is unchanged." in text
    for word in (reply_sent["snapshot"], "verify" if "verify" in text else "review", "min_confidence", "dense_weight"):
        assert word in text
    assert own.acts()[0] == ("vera", "look at receipt", reply_sent["receipt_id"])


def test_asking_again_says_that_the_reply_is_the_same(own: Staffed, viewer: Browser) -> None:
    receipt_id = own.ask()["receipt_id"]

    text = words(viewer.post(f"/staff/receipts/{receipt_id}/replay").text)

    assert "The same reply." in text
    assert "[only" not in text
    assert own.acts()[0] == ("vera", "replay receipt", receipt_id)
    assert own.records.receipt(receipt_id).times_asked == 1  # asking again is not a patient's question


def test_asking_again_after_the_corpus_changed_marks_what_differs(tmp_path: Path) -> None:
    corpus, index = tmp_path / "corpus", tmp_path / "index"
    body = "## What is a relapse?\n\nA relapse is a new symptom of MS that lasts longer than 24 hours.\n"
    corpus_file(corpus, "relapse", body, plain_title="What a relapse is")
    build_index(corpus, index, FakeEmbedder())
    changing = Assistant(Settings(index_dir=index), FakeEmbedder(), LiveIndex(index))
    with staffed(changing, tmp_path) as own:
        receipt_id = own.ask()["receipt_id"]
        corpus_file(corpus, "relapse", body.replace("24", "48"), plain_title="What a relapse is")
        build_index(corpus, index, FakeEmbedder())
        viewer = own.browser(Role.VIEWER)

        shown = words(viewer.get(f"/staff/receipts/{receipt_id}").text)
        again = viewer.post(f"/staff/receipts/{receipt_id}/replay").text
        citing = words(viewer.get("/staff/sources/relapse").text)

    assert "Its file has changed since." in shown
    assert "The passage is not in today's index." in shown
    assert "The reply rests on other things today. Its words differ." in words(again)
    assert re.search(r'<del><span class="unseen">\[only then: </span>24<', again)
    assert re.search(r'<ins><span class="unseen">\[only today: </span>48<', again)
    assert "Index [only then:" in words(again)
    assert "(older)" in citing


SAYS = {
    "retracted": "This source has been withdrawn. Do not rely on it.",
    "superseded": "A newer source has taken the place of this one.",
    "outdated": "This source is out of date.",
    "gone": "This source is not held any more.",
}


@pytest.mark.parametrize("became", SAYS)
def test_staff_are_told_what_became_of_a_source_that_replies_cite(tmp_path: Path, became: str) -> None:
    corpus, index = tmp_path / "corpus", tmp_path / "index"
    body = "## What is a relapse?\n\nA relapse is a new symptom of MS that lasts longer than 24 hours.\n"
    file = corpus_file(corpus, "relapse", body, plain_title="What a relapse is")
    corpus_file(
        corpus, "heat", "## Why does heat make MS worse?\n\nHeat slows signals in nerves.\n", plain_title="Heat"
    )
    build_index(corpus, index, FakeEmbedder())
    with staffed(Assistant(Settings(index_dir=index), FakeEmbedder(), LiveIndex(index)), tmp_path) as own:
        receipt_id = own.ask()["receipt_id"]
        own.ask("Why does heat make MS worse?")
        viewer, editor = own.browser(Role.VIEWER), own.browser(Role.EDITOR)
        assert "None. Every source" in words(viewer.get("/staff/sources").text)
        assert "Work through them" not in words(viewer.get("/staff/health").text)
        if became == "gone":
            file.unlink()
        else:
            corpus_file(corpus, "relapse", body, plain_title="What a relapse is", status=became)
        build_index(corpus, index, FakeEmbedder())

        shown = viewer.get(f"/staff/receipts/{receipt_id}").text
        citing = viewer.get("/staff/sources/relapse").text
        listed = viewer.get("/staff/sources").text

        assert SAYS[became] in words(shown)
        assert ("Today's index does not hold this source." if became == "gone" else SAYS[became]) in words(citing)
        assert f'<a href="/staff/receipts/{receipt_id}">{QUESTION}</a>' in citing
        assert re.search(r"relapse</a></td>\s*<td[^>]*>" + re.escape(SAYS[became]), listed)
        assert '<a href="/staff/sources/relapse">' in listed
        assert "1 of 1 with replies still to look through." in words(listed)
        assert "/staff/sources/heat" not in listed
        assert own.acts()[0] == ("vera", "list changed sources", "1 sources")
        assert "1 source has changed, been withdrawn or gone" in words(viewer.get("/staff/health").text)
        for link in re.findall(r'href="(/(?:staff/)?sources/[^"#]*)', shown):
            assert viewer.get(unescape(link)).status_code == 200, link

        content_hash = re.search(r'name="content_hash" value="(\w{64})"', editor.get("/staff/sources/relapse").text)
        assert content_hash
        form = {"receipt": receipt_id, "content_hash": content_hash[1], "done": "true"}
        editor.post("/staff/sources/relapse/done", form)
        assert "0 of 1 with replies still" in words(viewer.get("/staff/sources").text)
        assert "Work through them" not in words(viewer.get("/staff/health").text)


def test_a_citation_of_words_that_are_gone_leads_to_its_source(tmp_path: Path) -> None:
    corpus, index = tmp_path / "corpus", tmp_path / "index"
    body = "## What is a relapse?\n\nA relapse is a new symptom of MS that lasts longer than 24 hours.\n"
    corpus_file(corpus, "relapse", body, plain_title="What a relapse is")
    build_index(corpus, index, FakeEmbedder())
    with staffed(Assistant(Settings(index_dir=index), FakeEmbedder(), LiveIndex(index)), tmp_path) as own:
        sent = own.ask()
        own.records.add_feedback(sent["receipt_id"], helpful=False)
        viewer = own.browser(Role.VIEWER)
        assert "/sources/relapse?passage=" in viewer.get("/staff/feedback/1").text
        corpus_file(corpus, "relapse", body.replace("24", "48"), plain_title="What a relapse is")
        build_index(corpus, index, FakeEmbedder())

        for page in (f"/staff/receipts/{sent['receipt_id']}", "/staff/feedback/1"):
            shown = viewer.get(page).text
            assert 'href="/sources/relapse"' in shown
            assert "?passage=" not in shown
        citation = next(s for s in sent["sentences"] if s["citations"])["citations"][0]
        kept = viewer.get("/sources/relapse", params={"passage": citation["passage_key"], "start": 0, "end": 5})

    assert kept.status_code == 200
    assert "The words you came for are not in this source" in words(kept.text)
    assert "<mark" not in kept.text


def test_without_an_index_nobody_is_told_that_no_source_changed(tmp_path: Path) -> None:
    folder = tmp_path / "nothing"
    with staffed(Assistant(Settings(index_dir=folder), FakeEmbedder(), LiveIndex(folder)), tmp_path) as own:
        own.records.keep(receipt(), reply(receipt()))
        viewer = own.browser(Role.VIEWER)

        assert "There is no index" in words(viewer.get("/staff/sources").text)
        assert "There is no index" in words(viewer.get("/staff/sources/fatigue").text)


def test_words_that_were_erased_cannot_be_asked_again_and_the_rest_is_shown(own: Staffed, viewer: Browser) -> None:
    sent = own.ask()
    own.records.erase(sent["conversation"])

    shown = words(viewer.get(f"/staff/receipts/{sent['receipt_id']}").text)
    again = viewer.post(f"/staff/receipts/{sent['receipt_id']}/replay")

    assert "words were erased" in shown
    assert QUESTION not in shown
    assert "A relapse is a new symptom of MS" in shown  # what it cited, from the index
    assert again.status_code == 422
    assert "cannot" not in words(again.text) or "not asked again" in words(again.text)
    assert listed(viewer) == [f"Words erased ({sent['receipt_id'][:8]})"]


def test_a_receipt_can_be_read_without_an_index(own: Staffed, viewer: Browser, tmp_path: Path) -> None:
    sent = own.ask()
    nothing = Assistant(Settings(index_dir=tmp_path / "nothing"), FakeEmbedder(), LiveIndex(tmp_path / "nothing"))
    with staffed(nothing, tmp_path / "other") as elsewhere:
        made = own.records.receipt(sent["receipt_id"]).receipt
        elsewhere.records.keep(made, sent)
        response = elsewhere.browser(Role.VIEWER).get(f"/staff/receipts/{made.id}")

    assert response.status_code == 200
    assert "there is no index" in words(response.text)


def test_a_reply_of_an_earlier_release_is_shown_as_far_as_it_goes(own: Staffed, viewer: Browser) -> None:
    made = receipt()
    own.records.keep(made, {"sentences": [{"text": "Heat slows nerves.", "citations": []}]})

    response = viewer.get(f"/staff/receipts/{made.id}")

    assert response.status_code == 200
    assert "Heat slows nerves." in words(response.text)


@pytest.mark.parametrize("name", ["nothing", "0" * 24, "<script>", "%2e%2e", "☃"])
def test_what_is_not_kept_is_a_page_that_says_so(viewer: Browser, name: str) -> None:
    response = viewer.get(f"/staff/receipts/{name}")

    assert response.status_code in (404, 303)
    if response.status_code == 404:
        assert harmless(response)


def test_an_altered_receipt_is_said_to_be(own: Staffed, viewer: Browser) -> None:
    made = replace(receipt(), writer="somebody else")
    own.records.keep(made, reply(made))

    response = viewer.get(f"/staff/receipts/{made.id}")

    assert response.status_code == 422
    assert "was altered" in words(response.text)


def test_asking_again_says_so_where_only_what_led_to_the_words_changed(tmp_path: Path) -> None:
    corpus, index = tmp_path / "corpus", tmp_path / "index"
    body = "## What is a relapse?\n\nA relapse is a new symptom of MS that lasts longer than 24 hours.\n"
    corpus_file(corpus, "relapse", body, plain_title="What a relapse is")
    build_index(corpus, index, FakeEmbedder())
    with staffed(Assistant(Settings(index_dir=index), FakeEmbedder(), LiveIndex(index)), tmp_path) as own:
        receipt_id = own.ask()["receipt_id"]
        corpus_file(corpus, "relapse", body, plain_title="What a relapse is", authors=["Roe R"])
        build_index(corpus, index, FakeEmbedder())

        again = words(own.browser(Role.VIEWER).post(f"/staff/receipts/{receipt_id}/replay").text)

    assert "The reply rests on other things today. Its words are the same." in again


def test_passages_are_listed_best_first(own: Staffed, viewer: Browser) -> None:
    made = receipt()
    hits = tuple(replace(made.hits[0], passage_key=f"key{n}", fused=fused) for n, fused in enumerate((0.2, 0.9, 0.5)))
    made = replace(made, hits=hits).sealed()
    own.records.keep(made, {"text": "Heat slows nerves."})

    text = words(viewer.get(f"/staff/receipts/{made.id}").text)

    assert re.findall(r"key\d", text) == ["key1", "key2", "key0"]


def test_an_admin_takes_a_copy_and_it_is_written_down(own: Staffed) -> None:
    sent = own.ask()

    response = own.browser(Role.ADMIN).get(f"/staff/receipts/{sent['receipt_id']}/export")

    copy = json.loads(response.content)
    assert copy["receipt"]["question"] == QUESTION
    assert copy["reply"]["text"] == sent["text"]
    assert response.headers["content-disposition"].startswith("attachment;")
    assert own.acts()[0] == ("ada", "export receipt", sent["receipt_id"])


def test_an_admin_erases_words_when_sure(own: Staffed) -> None:
    one, other = own.ask(), own.ask()
    admin = own.browser(Role.ADMIN)
    path = f"/staff/receipts/{one['receipt_id']}"

    admin.post(f"{path}/erase")
    assert QUESTION in words(admin.get(path).text)
    admin.post(f"{path}/erase", {"sure": "true"})

    assert other["receipt_id"] == one["receipt_id"]
    assert QUESTION not in words(admin.get(path).text)
    assert QUESTION.encode() not in own.file.read_bytes()
    assert ("ada", "erase words", one["receipt_id"]) in own.acts()


def test_the_replies_that_cite_a_source_are_worked_through(own: Staffed) -> None:
    receipt_id = own.ask()["receipt_id"]
    editor, viewer = own.browser(Role.EDITOR), own.browser(Role.VIEWER)
    page = editor.get("/staff/sources/relapse").text
    content_hash = re.search(r'name="content_hash" value="(\w{64})"', page)
    assert content_hash
    assert "1 of 1 still to look through." in words(page)
    form = {"receipt": receipt_id, "content_hash": content_hash[1]}

    done = editor.post("/staff/sources/relapse/done", {**form, "done": "true"})
    assert done.headers["location"] == f"/staff/sources/relapse?page=1#r-{receipt_id}"
    shown = words(viewer.get("/staff/sources/relapse").text)
    assert "0 of 1 still to look through." in shown
    assert "Done by edith" in shown
    assert own.acts()[1] == ("edith", "mark done", f"{receipt_id} citing relapse")

    editor.post("/staff/sources/relapse/done", {**form, "done": "false"})
    assert "1 of 1 still to look through." in words(viewer.get("/staff/sources/relapse").text)
    other = editor.post("/staff/sources/heat/done", {**form, "done": "true"})
    assert other.status_code == 404


def test_a_source_that_nobody_cites_or_holds_is_said_to_be_so(viewer: Browser) -> None:
    response = viewer.get("/staff/sources/nowhere")

    assert response.status_code == 200
    assert "0 of 0" in words(response.text)
    assert "does not hold this source" in words(response.text)


@pytest.mark.parametrize("payload", PAYLOADS)
def test_hostile_questions_and_feedback_are_text(own: Staffed, viewer: Browser, payload: str) -> None:
    sent = own.ask(f"What is a relapse? {payload}", history=[{"role": "user", "content": payload}])
    own.records.add_feedback(sent["receipt_id"], helpful=None, problem=payload)
    made = receipt(payload, source="fatigue")
    own.records.keep(made, {**sent, "sentences": [{"text": payload, "citations": []}], "text": payload})
    paths = [f"/staff/receipts/{sent['receipt_id']}", f"/staff/receipts/{made.id}", "/staff/receipts"]

    for path in paths:
        response = viewer.get(path)
        assert response.status_code == 200
        assert harmless(response)
    assert payload in unescape(viewer.get(paths[1]).text)
    assert harmless(viewer.post(f"{paths[0]}/replay"))
    assert harmless(viewer.get("/staff/receipts", params={"source": payload, "since": payload}))
    assert harmless(own.browser().get("/staff/sign-in", params={"next": payload}))
    assert harmless(own.browser().sign_in(payload))


@pytest.mark.parametrize("payload", PAYLOADS)
def test_hostile_sources_are_text(tmp_path: Path, payload: str) -> None:
    corpus, index = tmp_path / "corpus", tmp_path / "index"
    body = "## What is a relapse?\n\nA relapse is a new symptom of MS that lasts longer than 24 hours.\n"
    corpus_file(corpus, "relapse", body, plain_title="What a relapse is")
    corpus_file(corpus, "hostile", body, plain_title=f"Relapse {payload}", authors=[payload], limits=payload)
    build_index(corpus, index, FakeEmbedder())
    with staffed(Assistant(Settings(index_dir=index), FakeEmbedder(), LiveIndex(index)), tmp_path) as own:
        sent = own.ask()
        own.records.keep(receipt("one", source="hostile"), sent)
        own.records.keep(receipt("two", source=payload), sent)
        viewer = own.browser(Role.VIEWER)

        for path in (
            "/staff/sources/hostile",
            f"/staff/sources/{quote(payload, safe='')}",
            f"/staff/receipts/{receipt('two', source=payload).id}",
        ):
            assert harmless(viewer.get(path))
        assert harmless(viewer.post("/staff/try", {"question": QUESTION, "without": "hostile"}))
