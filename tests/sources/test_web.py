"""A page comes back as the sentences of its text under its own headings; what is no page is refused by name."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest
from fpdf import FPDF

from askms.errors import SourceUnreadable
from askms.sources.reader import Found
from askms.sources.web import WebReader
from askms.sources.web_facts import Facts, facts_of
from askms.sources.web_page import decoded, open_page
from askms.types import EvidenceLevel, Trust

if TYPE_CHECKING:
    from tests.sources.pages import Page, Site
else:  # pytest puts this folder on the path, not the one above
    from pages import Page, Site

TODAY: Final = date(2026, 11, 21)
HEAT: Final = "Heat makes the symptoms of most people with MS worse for a while."
COOL: Final = "A cool bath before exercise helps some people with MS to walk further."
SLEEP: Final = "Many people with MS sleep badly because of pain, spasms or a full bladder."
FATIGUE: Final = "Fatigue is the most common symptom of MS and it is not the same as being tired."


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as running:
        yield running


def html(body: str, head: str = "<title>Heat and MS</title>") -> bytes:
    return f"<!DOCTYPE html><html lang='en'><head>{head}</head><body><article>{body}</article></body></html>".encode()


def paragraphs(*sentences: str) -> str:
    return "".join(f"<p>{sentence}</p>" for sentence in sentences)


def saved(folder: Path, body: str, **how: str) -> Found:
    """A page from a file."""
    path = folder / "page.html"
    path.write_bytes(html(body, **how))
    return next(WebReader(today=TODAY).read(str(path)))


def parts(found: Found) -> dict[str, str]:
    """The text under each heading."""
    body = found.document.body
    return {section.heading: body[section.start : section.end].strip() for section in found.document.sections}


def noted(found: Found, words: str) -> str:
    """The one note that holds some words."""
    notes = [note for note in found.review if words in note]
    assert len(notes) == 1, found.review
    return notes[0]


def facts(address: str, canonical: str | None = None) -> Facts:
    """What is known of a page with an address."""
    page = replace(open_page(html(paragraphs(HEAT)), None, address, TODAY), canonical=canonical)
    return facts_of(page, address, TODAY)


def refused(address: str, *, rests: list[float] | None = None, timeout: float = 5.0) -> str:
    """Why an address is not read; the message names the address and says what to do."""
    slept = [] if rests is None else rests
    with pytest.raises(SourceUnreadable) as caught:
        next(WebReader(timeout=timeout, sleep=slept.append, today=TODAY).read(address))
    assert caught.value.origin == address
    assert caught.value.fix.endswith(".")
    return caught.value.problem


def test_headings_of_the_page_are_those_of_the_sections(tmp_path: Path) -> None:
    found = saved(
        tmp_path, f"<h1>Heat and MS</h1><p>{HEAT}</p><h2>Keeping cool</h2><p>{COOL}</p><h3>At night</h3><p>{SLEEP}</p>"
    )

    assert parts(found) == {"What does this page say?": HEAT, "Keeping cool": COOL, "At night": SLEEP}
    assert [section.anchor for section in found.document.sections] == [
        "what-does-this-page-say",
        "keeping-cool",
        "at-night",
    ]


def test_headings_that_come_back_are_told_apart(tmp_path: Path) -> None:
    found = saved(tmp_path, f"<h2>Tips</h2><p>{HEAT}</p><h2>Tips</h2><p>{COOL}</p><h2>¿…?</h2><p>{SLEEP}</p>")

    assert list(parts(found)) == ["Tips", "Tips (2)", "Part 3"]
    assert len({section.anchor for section in found.document.sections}) == 3


def test_menus_footers_comments_and_scripts_are_no_text(tmp_path: Path) -> None:
    around = (
        "<nav><ul><li><a href='/'>Home of the site and of all people</a></li></ul></nav>{}"
        "<div class='comments' id='comments'><p>I was cured by a diet of beetroot in a week.</p></div>"
        "<footer><p>We are a charity that is registered in England.</p></footer>"
        "<script>var cure = 'This is a cure.';</script>"
    )

    assert parts(saved(tmp_path, around.format(paragraphs(HEAT, COOL, SLEEP, FATIGUE)))) == {
        "What does this page say?": "\n\n".join((HEAT, COOL, SLEEP, FATIGUE))
    }


def test_a_short_list_is_one_sentence_with_the_words_that_open_it(tmp_path: Path) -> None:
    items = "<ul><li>fatigue;</li><li>pain, and</li><li>a full bladder.</li></ul>"
    found = saved(tmp_path, f"<p>The most common symptoms of MS are:</p>{items}<p>{HEAT}</p>")

    assert parts(found)["What does this page say?"].split("\n\n") == [
        "The most common symptoms of MS are: fatigue; pain; a full bladder.",
        HEAT,
    ]
    assert noted(found, "1 list was made into one sentence")


@pytest.mark.parametrize(
    "items",
    [
        "<ul><li>MS is catching. It is deadly.</li><li>Heat cures MS for ever.</li></ul>",
        "<ul>" + "<li>one more of the many things that people believe</li>" * 16 + "</ul>",
        "<ul><li>MS is catching<ul><li>by the air</li></ul></li></ul>",
    ],
)
def test_a_list_that_is_no_sentence_is_left_out_with_the_words_that_open_it(tmp_path: Path, items: str) -> None:
    found = saved(tmp_path, f"<p>{HEAT} These are only myths about MS:</p>{items}<p>{COOL}</p>")

    assert parts(found) == {"What does this page say?": f"{HEAT}\n\n{COOL}"}
    assert noted(found, "did not read as whole sentences")


def test_a_list_under_a_heading_that_opens_it_is_left_out(tmp_path: Path) -> None:
    found = saved(
        tmp_path, f"<p>{HEAT}</p><h2>These are myths:</h2><ul><li>MS is catching and always deadly.</li></ul>"
    )

    assert parts(found) == {"What does this page say?": HEAT}


def test_a_paragraph_under_a_heading_with_a_colon_is_text(tmp_path: Path) -> None:
    assert parts(saved(tmp_path, f"<h2>Background:</h2><p>{HEAT}</p>")) == {"Background:": HEAT}


def test_what_follows_words_with_a_colon_is_not_quoted_without_them(tmp_path: Path) -> None:
    found = saved(tmp_path, f"<p>{HEAT} Many people believe a myth:</p><p>MS is catching for all. {COOL}</p>")

    assert parts(found) == {"What does this page say?": f"{HEAT}\n\n{COOL}"}


def test_items_that_are_sentences_stand_alone(tmp_path: Path) -> None:
    assert parts(saved(tmp_path, f"<p>{SLEEP}</p><h2>Tips</h2><ul><li>{HEAT}</li><li>{COOL}</li></ul>"))["Tips"] == (
        f"{HEAT}\n\n{COOL}"
    )


def test_tables_and_quotations_are_left_out_and_counted(tmp_path: Path) -> None:
    head = "<table><tr><th>Myth</th><th>Fact</th></tr>"
    table = head + "<tr><td>MS is a catching disease.</td><td>It is not.</td></tr></table>"
    found = saved(
        tmp_path, f"<p>{HEAT}</p>{table}<blockquote><p>I was cured by a diet of beetroot.</p></blockquote><p>{COOL}</p>"
    )

    assert parts(found) == {"What does this page say?": f"{HEAT}\n\n{COOL}"}
    assert noted(found, "1 table was left out")
    assert noted(found, "1 quotation was left out")


def test_a_sentence_that_leans_on_something_left_out_is_left_out_too(tmp_path: Path) -> None:
    table = "<table><tr><td>Score</td><td>12</td></tr><tr><td>Mean</td><td>14</td></tr></table>"
    found = saved(tmp_path, f"<p>{HEAT}</p>{table}<p>These numbers show that the treatment works. {COOL}</p>")

    assert parts(found) == {"What does this page say?": f"{HEAT}\n\n{COOL}"}


def test_references_are_left_out(tmp_path: Path) -> None:
    found = saved(
        tmp_path, f"<p>{HEAT}</p><h2>References</h2><p>Smith A. Heat and the brain in people with MS. Brain.</p>"
    )

    assert list(parts(found)) == ["What does this page say?"]
    assert noted(found, "list of references")


def test_raised_figures_and_words_struck_out(tmp_path: Path) -> None:
    words = (
        "Heat<sup><a href='#1'>1</a></sup> slows 10<sup>6</sup> signals a day in 18 people<sup>3</sup> "
        "with <del>ME</del> MS, in the old trial."
    )

    assert parts(saved(tmp_path, paragraphs(words))) == {
        "What does this page say?": "Heat slows 10⁶ signals a day in 18 people with MS, in the old trial."
    }


def test_a_forced_line_break_ends_what_is_no_sentence(tmp_path: Path) -> None:
    found = saved(tmp_path, f"<p>Heat and cold<br>{HEAT}<br>{COOL[:20]}<br>{COOL[20:].lower()}</p>")

    assert HEAT in found.document.body
    assert "Heat and cold" not in found.document.body


def test_lines_of_the_source_are_no_lines_of_the_text(tmp_path: Path) -> None:
    assert parts(saved(tmp_path, paragraphs(HEAT.replace(" MS ", "\nMS\n")))) == {"What does this page say?": HEAT}


def test_what_the_page_states_about_itself(tmp_path: Path) -> None:
    head = (
        "<title>Heat and MS</title><meta name='author' content='Jane Doe'>"
        "<meta property='og:site_name' content='MS Help'>"
        "<meta property='article:published_time' content='2018-10-03T12:00:00Z'>"
    )
    found = saved(tmp_path, paragraphs(HEAT, COOL, SLEEP) + "<p>Page last reviewed: 22 March 2022</p>", head=head)
    document = found.document

    assert (document.title, document.plain_title, document.authors) == ("Heat and MS", "Heat and MS", ("Jane Doe",))
    assert (document.venue, document.year, document.as_of) == ("MS Help", 2018, "2022-03-22")
    assert "2018-10-03" in noted(found, "The year is")


def test_what_the_page_does_not_state_is_not_claimed(tmp_path: Path) -> None:
    found = saved(tmp_path, paragraphs(HEAT))
    document = found.document

    assert (document.year, document.as_of, document.authors, document.n) == (None, "2026-11-21", (), None)
    assert (document.evidence_level, document.trust) == (EvidenceLevel.OPINION, Trust.D)
    assert noted(found, "so year is null")
    assert noted(found, "as_of is the day of reading")
    assert noted(found, "make sure that you may show them")


def test_a_saved_page_has_no_address_but_says_which_it_claims(tmp_path: Path) -> None:
    head = "<title>Heat</title><link rel='canonical' href='https://example.org/heat'>"
    found = saved(tmp_path, paragraphs(HEAT), head=head)

    assert found.document.url is None
    assert "https://example.org/heat" in noted(found, "The file says that it comes from")


def test_a_page_is_fetched_and_says_where_it_came_from(site: Site) -> None:
    address = site.on("/heat.html", Page(body=html(paragraphs(HEAT))))
    found = next(WebReader(today=TODAY).read(address))
    provenance = found.document.provenance

    assert parts(found) == {"What does this page say?": HEAT}
    assert provenance is not None
    assert (provenance.reader, provenance.origin) == ("web", address)
    assert found.document.url is None
    assert "not secure (http)" in noted(found, "so url is null")
    assert site.asked[0]["User-Agent"].startswith("askms/")


def test_amounts_are_counted_by_the_rule_the_caller_gives(site: Site) -> None:
    address = site.on("/a", Page(body=html(paragraphs(HEAT, COOL))))
    found = next(WebReader(withheld=lambda sentence: "bath" in sentence, today=TODAY).read(address))

    assert COOL[:40] in noted(found, "1 sentence with an amount")


def test_what_leans_on_a_sentence_left_out_is_left_out_in_the_next_paragraph_too(site: Site) -> None:
    address = site.on(
        "/a", Page(body=html(paragraphs(HEAT, COOL, "However, the bath must not be too cold for them.", SLEEP)))
    )
    found = next(WebReader(withheld=lambda sentence: sentence == COOL, today=TODAY).read(address))

    assert parts(found) == {"What does this page say?": f"{HEAT}\n\n{SLEEP}"}


def test_a_redirect_is_followed_and_one_address_keeps_its_id(site: Site) -> None:
    site.on("/new", Page(body=html(paragraphs(HEAT))))
    old = site.on("/old", Page(status=301, headers={"Location": "/new"}))
    ids = {next(WebReader(today=TODAY).read(address)).document.id for address in (old, site.address + "/new")}

    assert len(ids) == 1


def test_a_busy_server_is_asked_again_after_the_rest_it_wants(site: Site) -> None:
    busy = Page(status=429, headers={"Retry-After": "7"})
    address = site.on("/a", busy, Page(status=503), Page(body=html(paragraphs(HEAT))))
    rests: list[float] = []

    assert next(WebReader(sleep=rests.append, today=TODAY).read(address)).document.title == "Heat and MS"
    assert rests[0] == 7
    assert len(rests) == 2


def test_a_server_that_stays_down_is_given_up(site: Site) -> None:
    rests: list[float] = []

    assert "status 500 after" in refused(site.on("/a", Page(status=500)), rests=rests)
    assert len(rests) == len(site.asked) - 1 > 0


@pytest.mark.parametrize(
    ("status", "problem"),
    [
        (404, "is not there (status 404)"),
        (403, "is closed to programs, or asks for a login (status 403)"),
        (418, "was refused (status 418)"),
    ],
)
def test_an_answer_that_is_final_is_not_asked_for_again(site: Site, status: int, problem: str) -> None:
    assert refused(site.on("/a", Page(status=status))) == problem
    assert len(site.asked) == 1


def test_a_circle_of_redirects_ends(site: Site) -> None:
    assert refused(site.on("/a", Page(status=302, headers={"Location": "/a"}))) == "sends us on more than 5 times"


def test_a_server_that_does_not_answer_is_given_up(site: Site) -> None:
    assert "did not answer within 0.05 seconds" in refused(site.on("/a", Page(hangs=True)), timeout=0.05)


def test_a_port_where_nobody_listens() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{free.getsockname()[1]}/"

    assert refused(address) == "cannot be reached: 127.0.0.1 takes no connection"


def test_a_host_that_does_not_exist(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)  # no test may ask the network

    assert refused("https://ms-help.example/heat") == "cannot be found: no host is called ms-help.example"


@pytest.mark.skipif(shutil.which("openssl") is None, reason="needs openssl to make a certificate")
def test_a_certificate_that_nobody_vouches_for(site: Site, tmp_path: Path) -> None:
    make = (
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=127.0.0.1 -keyout key -out cert"
    )
    subprocess.run(make.split(), cwd=tmp_path, check=True, capture_output=True)
    site.secure(tmp_path / "cert", tmp_path / "key")

    assert refused(site.address + "/a") == "is not safe: the certificate of 127.0.0.1 cannot be believed"


@pytest.mark.parametrize(
    ("module", "package"), [("httpx", "httpx"), ("trafilatura", "trafilatura"), ("pypdf.errors", "pypdf")]
)
def test_a_package_that_is_missing_is_named(
    site: Site, monkeypatch: pytest.MonkeyPatch, module: str, package: str
) -> None:
    body, kind = (b"%PDF-1.7 %%EOF", "application/pdf") if package == "pypdf" else (html(HEAT), "text/html")
    address = site.on("/a", Page(body=body, kind=kind))
    monkeypatch.setitem(sys.modules, module, None)

    with pytest.raises(SourceUnreadable, match=rf"needs {package}.* not installed\. Run: pip install {package}"):
        next(WebReader(today=TODAY).read(address))


@pytest.mark.parametrize("address", ["https://", "https://user:secret@example.org/", "http://[::1/"])
def test_what_is_no_address_is_refused(address: str) -> None:
    assert refused(address) == "is no plain web address"


def test_a_pdf_on_the_web_is_read_as_one(site: Site) -> None:
    pdf = FPDF()
    pdf.add_page()
    pdf.set_font("Helvetica", size=11)
    pdf.multi_cell(0, 6, HEAT)
    address = site.on("/files/leaflet.pdf", Page(body=bytes(pdf.output()), kind="application/pdf"))
    document = next(WebReader(today=TODAY).read(address)).document

    assert document.provenance is not None
    assert (document.provenance.reader, document.provenance.origin) == ("pdf", address)
    assert document.id.startswith("leaflet-")
    assert [section.heading for section in document.sections] == ["Page 1"]


def test_a_broken_pdf_on_the_web_is_refused(site: Site) -> None:
    address = site.on("/leaflet.pdf", Page(body=b"%PDF-1.7 and no more", kind="application/pdf"))

    assert refused(address) == "is cut off: its end is missing"


@pytest.mark.parametrize("kind", ["image/png", "text/plain", "application/json"])
def test_what_is_neither_page_nor_pdf_is_refused(site: Site, kind: str) -> None:
    assert refused(site.on("/a", Page(body=b"data", kind=kind))) == f"is neither a web page nor a PDF, but {kind}"


def test_a_page_without_a_type_is_known_by_its_start(site: Site) -> None:
    good = site.on("/a", Page(body=html(paragraphs(HEAT)), kind=""))

    assert parts(next(WebReader(today=TODAY).read(good))) == {"What does this page say?": HEAT}
    assert refused(site.on("/b", Page(body=b"data", kind=""))).endswith("but something without a type")


def test_a_huge_page_is_not_read_to_its_end(site: Site) -> None:
    assert refused(site.on("/a", Page(body=b" " * 10_000_001))) == "has more than 10,000,000 bytes"


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (b"", "is empty"),
        (b"   \n ", "is empty"),
        (html(""), "holds no text"),
        (
            b"<html><body><div id='root'></div><noscript>Please enable JavaScript to use this site.</noscript>"
            b"<script src='app.js'></script></body></html>",
            "shows its text only to programs that run JavaScript",
        ),
        (html("<form><input type='password'></form><p>Log in</p>"), "asks for a login, and shows no text without it"),
        (
            html("<p>We use cookies to make our site work for all of you.</p>"),
            "shows nothing but its notice on cookies",
        ),
        (html("<p>Menu</p><p>Bread 2.50</p>"), "holds words, but no sentence that can be read for sure"),
        (bytes(range(1, 256)) * 10, "cannot be understood as a web page (ValueError)"),
    ],
)
def test_a_page_without_sentences_is_refused(site: Site, body: bytes, problem: str) -> None:
    assert refused(site.on("/a", Page(body=body))) == problem


def test_a_page_that_asks_for_a_login_may_be_cut_short(tmp_path: Path) -> None:
    found = saved(tmp_path, paragraphs(HEAT, COOL) + "<form>Log in to read on <input type='password'></form>")

    assert noted(found, "may be only the start of its text")


@pytest.mark.parametrize("body", ["<p>" + HEAT * 16_000, "<p>a</p>" * 50_001, "<b>a</b> " * 5_001])
def test_more_than_one_source_holds_is_refused(site: Site, body: str) -> None:
    assert refused(site.on("/a", Page(body=html(body)))) == "is too large for one source"


def test_broken_html_is_read_as_far_as_it_goes(site: Site) -> None:
    body = f"<html><body><article><p>{HEAT}<p>{COOL}</b></div><h2>Sleep<p>{SLEEP}".encode()

    assert HEAT in next(WebReader(today=TODAY).read(site.on("/a", Page(body=body)))).document.body


def test_tags_within_tags_without_end_are_survived(site: Site) -> None:
    body = b"<html><body>" + b"<div>" * 20_000 + b"<p>" + HEAT.encode()

    assert refused(site.on("/a", Page(body=body)))


@pytest.mark.parametrize(
    ("data", "stated", "text"),
    [
        ("20 °C – cool".encode(), "latin-1", "20 °C – cool"),
        ("20 °C – cool".encode("cp1252"), "utf-8", "20 °C – cool"),
        (b"<meta charset='iso-8859-2'>\xb1", None, "<meta charset='iso-8859-2'>ą"),
        ("20 °C".encode("utf-16"), "utf-8", "20 °C"),
        ("20 °C".encode("utf-8-sig"), "no-such-charset", "20 °C"),
        (b"20 \x81C", None, "20 \ufffdC"),
    ],
)
def test_a_wrong_charset_does_not_spoil_the_letters(data: bytes, stated: str | None, text: str) -> None:
    assert decoded(data, stated) == text


def test_letters_that_were_decoded_in_a_wrong_way_before_are_left_out(tmp_path: Path) -> None:
    spoiled = "It is 20 Â°C â€“ which is cool â€“ in the room of the trial."

    assert parts(saved(tmp_path, paragraphs(HEAT, spoiled, COOL))) == {"What does this page say?": f"{HEAT}\n\n{COOL}"}


@pytest.mark.parametrize(
    ("address", "level", "trust"),
    [
        ("https://www.nhs.uk/conditions/multiple-sclerosis/", "patient_organisation", "B"),
        ("https://www.fda.gov/drugs", "regulator_label", "B"),
        ("https://www.ema.europa.eu/en", "regulator_label", "B"),
        ("https://mstrust.org.uk/a-z/heat", "patient_organisation", "B"),
        ("https://notnhs.uk/heat", "opinion", "D"),
        ("https://nhs.uk.example.org/heat", "opinion", "D"),
    ],
)
def test_only_a_listed_site_is_more_than_opinion(address: str, level: str, trust: str) -> None:
    fields = facts(address).fields

    assert (fields["evidence_level"], fields["trust"]) == (level, trust)


@pytest.mark.parametrize(
    ("address", "canonical", "url"),
    [
        ("https://example.org/heat?utm=1#top", None, "https://example.org/heat?utm=1"),
        ("https://www.example.org/heat?utm=1", "https://example.org/heat", "https://example.org/heat"),
        ("https://example.org/a/heat", "/heat", "https://example.org/heat"),
        ("https://example.org/heat", "https://elsewhere.org/heat", "https://example.org/heat"),
        ("https://example.org/heat", "http://example.org/heat", "https://example.org/heat"),
        ("http://example.org/heat", "https://example.org/heat", "https://example.org/heat"),
        ("http://example.org/heat", None, None),
        ("https://example.org/heat", "https://[", "https://example.org/heat"),
    ],
)
def test_the_address_is_the_pages_own_on_the_same_site(address: str, canonical: str | None, url: str | None) -> None:
    assert facts(address, canonical).fields["url"] == url


def test_missing_files_and_folders_are_named(tmp_path: Path) -> None:
    folder = tmp_path / "folder.html"
    folder.mkdir()

    assert refused(str(tmp_path / "nothing.html")) == "does not exist"
    assert refused(str(folder)) == "cannot be read (Is a directory)"
    assert refused("a\0.html") == "is no path"


def test_addresses_and_saved_pages_are_accepted() -> None:
    reader = WebReader()

    assert all(map(reader.accepts, ("https://nhs.uk", "HTTP://nhs.uk/a.pdf", "page.html", "Page.HTM")))
    assert not any(map(reader.accepts, ("leaflet.pdf", "ftp://nhs.uk/a", "notes.md", "trials: ketamine")))


def test_nothing_is_printed(site: Site, capfd: pytest.CaptureFixture[str]) -> None:
    refused(site.on("/a", Page(body=html("<p>x</p>"))))
    next(WebReader(today=TODAY).read(site.on("/b", Page(body=html(paragraphs(HEAT, COOL))))))

    assert capfd.readouterr() == ("", "")
