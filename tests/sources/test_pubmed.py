"""A PubMed record becomes a source that says no more than the record; every broken answer is one clear error."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Final
from urllib.request import ProxyHandler, Request, build_opener

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from askms.errors import SourceUnreadable
from askms.sources.front_matter import TOPICS
from askms.sources.mesh import corpus_topics
from askms.sources.pubmed import PubMedReader, _biopython
from askms.sources.pubmed_record import _WORDS
from askms.sources.reader import Found, edited_by_hand
from askms.types import Document, EvidenceLevel, SourceStatus, Trust

if TYPE_CHECKING:
    from tests.sources.servers import Answer, Asked, Server
else:  # pytest puts this folder on the path, not the one above
    from servers import Answer, Asked, Server

# Imported as the reader does it, which keeps Biopython from making a folder at home.
ENTREZ, PARSER = _biopython()
DATA: Final = Path(__file__).parent / "data"
ARTICLES: Final = (DATA / "pubmed_articles.xml").read_bytes()
SEARCH: Final = Answer(body=(DATA / "pubmed_search.xml").read_bytes())
TODAY: Final = date(2026, 11, 21)
HEAD, *BLOCKS = re.split(rb"(?=<Pubmed(?:Book)?Article>)", ARTICLES.removesuffix(b"</PubmedArticleSet>\n"))
SAMPLE, RETRACTED = "99000001", "99000003"


def block(pmid: str) -> bytes:
    """The record of a number; nothing for a number that PubMed does not hold."""
    return b"".join(block for block in BLOCKS if b">%s</PMID>" % pmid.encode() in block.split(b"<Article")[0])


def answer(*blocks: bytes, head: bytes = HEAD) -> Answer:
    return Answer(body=head + b"".join(blocks) + b"</PubmedArticleSet>\n", chunked=True)


def held(asked: Asked) -> Answer:
    """What PubMed answers: the records that it has, of those it was asked for."""
    return answer(*map(block, asked.params["id"].split(",")))


def route(patch: pytest.MonkeyPatch, server: Server) -> None:
    """Let Biopython ask this server instead of NCBI, and rest no real seconds."""
    opener = build_opener(ProxyHandler({}))

    def urlopen(request: Request, timeout: float) -> Any:
        request.full_url = request.full_url.replace("https://eutils.ncbi.nlm.nih.gov/entrez/eutils", server.url)
        return opener.open(request, timeout=timeout)

    def no_network(url: str) -> None:
        raise AssertionError(f"{url} was asked for")

    patch.setattr(ENTREZ, "urlopen", urlopen)
    patch.setattr(PARSER, "urlopen", no_network)
    patch.setattr(ENTREZ, "time", SimpleNamespace(time=time.time, sleep=lambda seconds: None))


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """PubMed, on this machine."""
    with Server() as running:
        running.on("/esearch.fcgi", SEARCH)
        running.on("/efetch.fcgi", held)
        route(monkeypatch, running)
        yield running


@pytest.fixture
def rests() -> list[float]:
    """How long the reader rested between tries."""
    return []


@pytest.fixture
def reader(rests: list[float]) -> PubMedReader:
    return PubMedReader(email="sample@example.org", sleep=rests.append, today=TODAY, timeout=5)


def read(reader: PubMedReader, pmid: str) -> Found:
    (found,) = reader.read(f"pubmed:{pmid}")
    return found


def changed(server: Server, reader: PubMedReader, pmid: str, *changes: tuple[str, str]) -> Found:
    """The source made of a record in which some text was replaced."""
    record = block(pmid)
    for old, new in changes:
        assert old.encode() in record
        record = record.replace(old.encode(), new.encode())
    server.on("/efetch.fcgi", answer(record))
    return read(reader, pmid)


def texts(document: Document) -> dict[str, str]:
    return {section.heading: document.body[section.start : section.end].strip() for section in document.sections}


def refused(reader: PubMedReader, origin: str = f"pubmed:{SAMPLE}") -> SourceUnreadable:
    with pytest.raises(SourceUnreadable) as caught:
        list(reader.read(origin))
    assert str(caught.value) == f"{caught.value.origin}: {caught.value.problem}. {caught.value.fix}"
    return caught.value


@pytest.mark.parametrize(
    ("origin", "accepted"),
    [
        ("https://pubmed.ncbi.nlm.nih.gov/99000001/", True),
        ("http://pubmed.ncbi.nlm.nih.gov/99000001", True),
        ("pubmed.ncbi.nlm.nih.gov/99000001/#affiliation-1", True),
        ("https://www.ncbi.nlm.nih.gov/pubmed/99000001?dopt=Abstract", True),
        ("https://pubmed.ncbi.nlm.nih.gov/?term=ketamine+fatigue", True),
        ("pubmed:ketamine multiple sclerosis", True),
        ("PubMed: 99000001", True),
        ("https://pubmed.ncbi.nlm.nih.gov/", False),
        ("https://pubmed.ncbi.nlm.nih.gov.example.org/99000001/", False),
        ("https://www.ncbi.nlm.nih.gov/books/99000001", False),
        ("https://pmc.ncbi.nlm.nih.gov/articles/PMC99000001/", False),
        ("http://[pubmed", False),
        ("99000001", False),
        ("NCT99999901", False),
        ("paper.pdf", False),
    ],
)
def test_reader_accepts_addresses_and_searches_of_pubmed_only(origin: str, accepted: bool) -> None:
    assert PubMedReader().accepts(origin) is accepted


def test_record_becomes_a_document_with_what_pubmed_says(server: Server, reader: PubMedReader) -> None:
    document = read(reader, SAMPLE).document

    assert (document.id, document.pmid, document.nct) == ("pubmed-99000001", "99000001", "NCT99999901")
    assert document.doi == "10.9999/example.2021.1"
    assert document.url == "https://doi.org/10.9999/example.2021.1"
    assert document.title == "Example: ketamine & fatigue in multiple sclerosis, with T₂ lesions and in vivo data"
    assert document.authors == ("Sample AB", "Müster O Jr", "INVENTED Study Group")
    assert document.venue == "Journal of Invented Examples (Sampletown, Nowhere) 27(6):942-953"
    assert (document.year, document.as_of, document.checked_on) == (2021, "2021-05", TODAY)
    assert (document.evidence_level, document.trust) == (EvidenceLevel.RANDOMISED_TRIAL, Trust.A)
    assert document.topics == ("fatigue", "ketamine", "sleep")
    assert (document.n, document.population) == (None, "as described in the abstract")
    assert (document.status, document.limits) == (SourceStatus.CURRENT, "Only the abstract was read.")
    assert document.provenance is not None
    assert document.provenance.origin == "https://pubmed.ncbi.nlm.nih.gov/99000001/"
    assert (document.provenance.reader, document.provenance.retrieved_on) == ("pubmed", TODAY)
    assert not edited_by_hand(document)


def test_parts_of_the_abstract_stand_under_the_questions_they_answer(server: Server, reader: PubMedReader) -> None:
    assert texts(read(reader, SAMPLE).document) == {
        "Why was this study done?": "Fatigue is common in multiple sclerosis.\n\n"
        "To test whether ketamine helps example people.",
        "How was the study done?": "This example trial gave ketamine 0.5 mg/kg or midazolam to 18 invented people "
        "(NCT99999901).",
        "What did the study find?": "Fatigue fell by 1.2 points (P < 0.05 and n > 3) and TNF-α by 10⁻⁶ mol.",
        "What does the abstract say about safety?": "No example person died.",
        "What do the authors conclude?": "Ketamine did not change daily fatigue in the example.",
    }


@pytest.mark.parametrize(
    ("label", "heading"),
    [
        ('Label="PATIENTS AND METHODS"', "How was the study done?"),
        ('Label="Findings:"', "What did the study find?"),
        ('Label="AUTHORS’ CONCLUSIONS"', "What do the authors conclude?"),
        ('Label="FUNDING" NlmCategory="BACKGROUND"', "What does the abstract say about funding?"),
        ('Label="METHODS AND RESULTS" NlmCategory="METHODS"', "What does the abstract say about methods and results?"),
        ('NlmCategory="RESULTS"', "What did the study find?"),
        ('NlmCategory="UNASSIGNED"', "What does the abstract say?"),
        ('Label="UNLABELLED"', "What does the abstract say?"),
        ('Label="ΣΥΜΠΕΡΑΣΜΑ"', "What does the abstract say?"),
        (f'Label="{"LONG " * 20}"', "What does the abstract say?"),
    ],
)
def test_label_gives_the_question(server: Server, reader: PubMedReader, label: str, heading: str) -> None:
    found = changed(server, reader, "99000006", ('Label="UNLABELLED"', label))

    assert list(texts(found.document)) == [heading]


def test_empty_part_of_an_abstract_is_no_section(server: Server, reader: PubMedReader) -> None:
    empty = ("<Abstract>", '<Abstract><AbstractText Label="RESULTS"> </AbstractText>')

    assert list(texts(changed(server, reader, "99000006", empty).document)) == ["What does the abstract say?"]


def test_unlabelled_abstract_is_one_section(server: Server, reader: PubMedReader) -> None:
    assert texts(read(reader, "99000002").document) == {
        "What does the abstract say?": "Heat makes example symptoms worse. Two trials (NCT99999901 and NCT99999902) "
        "were invented. Half a sentence more: 3 < 5."
    }


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("10<sup>6</sup> cells", "10⁶ cells"),
        ("CO<sub>2</sub> and <b>C<sub>max</sub></b>", "CO₂ and Cmax"),
        ("the 1<sup>st</sup> dose<sup>&#xae;</sup>", "the 1st dose®"),
        ("<i>P</i>&lt;0.05 &amp; <u>x</u>&gt;2", "P<0.05 & x>2"),
        ("&#x3b2;-interferon&#xa0;1a", "β-interferon 1a"),
        ("x<sup><i>2</i></sup>", "x²"),
        ("a\n   wrapped\tline", "a wrapped line"),
    ],
)
def test_markup_goes_and_figures_keep_their_meaning(
    server: Server, reader: PubMedReader, markup: str, text: str
) -> None:
    found = changed(server, reader, RETRACTED, ("Everything in this example", markup))

    assert texts(found.document) == {"What does the abstract say?": f"{text} was made up."}


def test_formula_is_never_read_as_a_number(server: Server, reader: PubMedReader) -> None:
    found = read(reader, "99000007")

    assert "The example ratio was [formula] in theory." in found.document.body
    assert any("formula" in note for note in found.review)


def test_review_names_what_a_person_must_do(server: Server, reader: PubMedReader) -> None:
    notes = read(reader, SAMPLE).review

    assert notes == (
        "The words are those of the abstract's authors: put them in plain words, in sentences that stand alone.",
        "The evidence level randomised_trial rests on PubMed's words (Randomized Controlled Trial): check it.",
        "The number of people studied is in no field of PubMed: take n and the population from the paper.",
        "Sentences that lean on their neighbours: 1. The first: This example trial gave ketamine 0.5 mg/kg or "
        "midazolam to 18 invented people (NCT99999901).",
        "The abstract is somebody's property: © 2021 The Example Society.",
    )


def test_sentences_that_would_never_be_shown_are_counted(server: Server) -> None:
    (found,) = PubMedReader(today=TODAY, withheld=lambda sentence: "mg/kg" in sentence).read(f"pubmed:{SAMPLE}")

    assert (
        "Sentences with amounts or advice, which are not shown: 1. What a study gave may stand under "
        "'What did the trial give?'. The first: This example trial gave ketamine 0.5 mg/kg or midazolam to 18 invented "
        "people (NCT99999901)."
    ) in found.review


def test_paper_in_another_language_says_so(server: Server, reader: PubMedReader) -> None:
    found = read(reader, "99000002")

    assert "Nicht zu lesen" not in found.text
    assert "The paper is not in English (ger); its English abstract was read and no other." in found.review
    assert "PubMed does not list all authors." in found.review
    assert not any("not in English" in note for note in read(reader, SAMPLE).review)


def test_missing_fields_stay_empty(server: Server, reader: PubMedReader) -> None:
    document = read(reader, "99000002").document

    assert (document.doi, document.nct) == (None, None)
    assert document.url == "https://pubmed.ncbi.nlm.nih.gov/99000002/"
    assert (document.year, document.as_of, document.venue) == (2019, "2019", "Ex Rev 3:e7")
    assert (document.authors, document.topics) == (("Solo",), ("unsorted",))


@pytest.mark.parametrize(
    ("issue", "as_of"),
    [
        ("<Year>2018</Year><Month>Mar</Month><Day>7</Day>", "2018-03-07"),
        ("<Year>2018</Year><Month>02</Month><Day>30</Day>", "2018-02"),
        ("<Year>2018</Year><Month>Smarch</Month>", "2018"),
        ("<Year>2018</Year><Season>Winter</Season>", "2018"),
        ("<MedlineDate>1998 Dec-1999 Jan</MedlineDate>", "1998"),
    ],
)
def test_date_is_as_exact_as_pubmed_gives_it(server: Server, reader: PubMedReader, issue: str, as_of: str) -> None:
    document = changed(server, reader, RETRACTED, ("<Year>2018</Year><Season>Winter</Season>", issue)).document

    assert (document.as_of, document.year) == (as_of, int(as_of[:4]))


def test_issue_of_the_future_gives_way_to_the_day_it_was_on_the_web(server: Server, reader: PubMedReader) -> None:
    issue = ("<PubDate><Year>2021</Year><Month>May</Month>", "<PubDate><Year>2027</Year><Month>Jan</Month>")

    assert changed(server, reader, SAMPLE, issue).document.as_of == "2020-06-25"


def test_record_without_a_date_is_skipped(server: Server, reader: PubMedReader) -> None:
    with pytest.raises(SourceUnreadable, match="has no date of publication"):
        changed(server, reader, RETRACTED, ("<Year>2018</Year><Season>Winter</Season>", "<Year>soon</Year>"))


@pytest.mark.parametrize(
    ("doi", "note"),
    [
        ("10.9999/another", "PubMed gives more than one DOI (10.9999/another, 10.9999/example.2021.1)"),
        ("", None),
        ("10.9999/EXAMPLE.2021.1", None),
    ],
)
def test_doi_is_taken_only_where_the_record_agrees_with_itself(
    server: Server, reader: PubMedReader, doi: str, note: str | None
) -> None:
    listed = f'<ArticleId IdType="doi">{doi}</ArticleId>' if doi else ""
    found = changed(server, reader, SAMPLE, ('<ArticleId IdType="doi">10.9999/Example.2021.1</ArticleId>', listed))

    assert found.document.doi == (None if note else "10.9999/example.2021.1")
    assert note is None or any(line.startswith(note) for line in found.review)


def test_doi_that_is_none_is_not_taken(server: Server, reader: PubMedReader) -> None:
    found = read(reader, "99000007")

    assert found.document.doi is None
    assert "PubMed gives '10.9999/pre<print>' as the DOI, which does not look like one." in found.review


def test_odd_characters_of_a_doi_are_quoted_in_its_address(server: Server, reader: PubMedReader) -> None:
    document = changed(server, reader, RETRACTED, ("10.9999/example.3<", "10.9999/a#b(1);2<")).document

    assert document.doi == "10.9999/a#b(1);2"
    assert document.url == "https://doi.org/10.9999/a%23b(1);2"


@pytest.mark.parametrize(
    ("kind", "text", "nct", "note"),
    [
        (
            "Randomized Controlled Trial",
            "Listed as NCT99999903.",
            "NCT99999903",
            "NCT99999903 stands in the abstract only",
        ),
        ("Randomized Controlled Trial", "NCT99999903 or NCT99999904.", None, "names NCT99999903, NCT99999904: if"),
        ("Randomized Controlled Trial", "Listed as NCT999999031.", None, ""),
        ("Review", "We look at NCT99999903.", None, "names NCT99999903: if"),
    ],
)
def test_trial_number_comes_from_the_abstract_only_where_it_can_be_the_papers_own(
    server: Server, reader: PubMedReader, kind: str, text: str, nct: str | None, note: str
) -> None:
    words = ("Everything in this example was made up.", text)
    found = changed(server, reader, RETRACTED, ("Retracted Publication", kind), words)

    assert found.document.nct == nct
    assert [note in line for line in found.review if "NCT" in line] == ([True] if note else [])


def test_several_listed_trials_are_left_to_a_person(server: Server, reader: PubMedReader) -> None:
    number = "<AccessionNumber>NCT99999901</AccessionNumber>"
    found = changed(server, reader, SAMPLE, (number, number + number.replace("01", "02")))

    assert found.document.nct is None
    assert any("names NCT99999901, NCT99999902" in note for note in found.review)


@pytest.mark.parametrize(
    ("types", "level"),
    [
        (["Meta-Analysis", "Randomized Controlled Trial"], EvidenceLevel.SYSTEMATIC_REVIEW),
        (["Review", "Systematic Review"], EvidenceLevel.SYSTEMATIC_REVIEW),
        (["Practice Guideline", "Review"], EvidenceLevel.GUIDELINE),
        (["Clinical Trial, Phase II", "Randomized Controlled Trial"], EvidenceLevel.RANDOMISED_TRIAL),
        (["Clinical Trial"], EvidenceLevel.PILOT_TRIAL),
        (["Randomized Controlled Trial", "Clinical Trial Protocol"], EvidenceLevel.REGISTRY_ENTRY),
        (["Randomized Controlled Trial", "Clinical Trial, Veterinary"], EvidenceLevel.ANIMAL),
        (["Observational Study"], EvidenceLevel.COHORT),
        (["Review", "Case Reports"], EvidenceLevel.CASE_REPORT),
        (["Review"], EvidenceLevel.NARRATIVE_REVIEW),
        (["Letter", "Comment"], EvidenceLevel.OPINION),
        (["News"], EvidenceLevel.NEWS),
        (["Journal Article", "Multicenter Study"], EvidenceLevel.OPINION),
        (["Retracted Publication"], EvidenceLevel.OPINION),
    ],
)
def test_publication_types_give_the_level(
    server: Server, reader: PubMedReader, types: Sequence[str], level: EvidenceLevel
) -> None:
    listed = '</PublicationType><PublicationType UI="D0">'.join(types)
    found = changed(server, reader, RETRACTED, ("Journal Article", listed))

    assert found.document.evidence_level is level
    assert any("level" in note for note in found.review)


@pytest.mark.parametrize(
    ("headings", "level"),
    [
        (["Humans", "Pilot Projects"], EvidenceLevel.PILOT_TRIAL),
        (["Animals", "Humans", "Retrospective Studies"], EvidenceLevel.COHORT),
        (["Case-Control Studies"], EvidenceLevel.CASE_CONTROL),
        (["Cross-Sectional Studies"], EvidenceLevel.SURVEY),
        (["Animals", "Cohort Studies"], EvidenceLevel.ANIMAL),
    ],
)
def test_mesh_headings_give_the_level_where_no_type_does(
    server: Server, reader: PubMedReader, headings: Sequence[str], level: EvidenceLevel
) -> None:
    listed = "".join(f'<MeshHeading><DescriptorName UI="D0">{name}</DescriptorName></MeshHeading>' for name in headings)
    mesh = f"</CommentsCorrectionsList><MeshHeadingList>{listed}</MeshHeadingList>"
    found = changed(server, reader, RETRACTED, ("</CommentsCorrectionsList>", mesh))

    assert found.document.evidence_level is level


def test_randomised_study_of_mice_is_animal_research(server: Server, reader: PubMedReader) -> None:
    document = read(reader, "99000006").document

    assert document.evidence_level is EvidenceLevel.ANIMAL
    assert document.topics == ("animal-research",)


def test_randomised_pilot_is_pointed_out(server: Server, reader: PubMedReader) -> None:
    found = changed(server, reader, SAMPLE, ("in vivo", "pilot"))

    assert "The record speaks of a pilot too: pilot_trial may be the right level." in found.review


@pytest.mark.parametrize(
    ("pmid", "status", "note"),
    [
        ("99000001", SourceStatus.CURRENT, None),
        ("99000003", SourceStatus.RETRACTED, "Retracted, says PubMed (RetractionIn: J Invent Ex. 2019;2:3."),
        (
            "99000004",
            SourceStatus.CORRECTED,
            "Corrected, says PubMed (ErratumIn: J Invent Ex. 2018;1:9, PMID 99000094)",
        ),
        ("99000004", SourceStatus.CORRECTED, "The journal published an expression of concern (J Invent Ex. 2019;3:3"),
        ("99000007", SourceStatus.SUPERSEDED, "Superseded, says PubMed (UpdateIn:"),
    ],
)
def test_notices_give_the_status(
    server: Server, reader: PubMedReader, pmid: str, status: SourceStatus, note: str | None
) -> None:
    found = read(reader, pmid)

    assert found.document.status is status
    assert note is None or any(line.startswith(note) for line in found.review)


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ([("Retracted Publication", "News")], SourceStatus.RETRACTED),
        ([('RefType="RetractionIn"', 'RefType="CommentIn"')], SourceStatus.RETRACTED),
        ([('RefType="RetractionIn"', 'RefType="RetractionOf"'), ("Retracted Pub", "Pub")], SourceStatus.CORRECTED),
        (
            [('RefType="RetractionIn"', 'RefType="CorrectedandRepublishedIn"'), ("Retracted Pub", "Pub")],
            SourceStatus.SUPERSEDED,
        ),
        (
            [('"RetractionIn"', '"Cites"'), ("Retracted Pub", "Pub"), ("Example of a retracted", "RETRACTED: A")],
            SourceStatus.RETRACTED,
        ),
        (
            [('"RetractionIn"', '"Cites"'), ("Retracted Pub", "Pub"), ("Example of a retracted", "WITHDRAWN: A")],
            SourceStatus.SUPERSEDED,
        ),
        (
            [('"RetractionIn"', '"Cites"'), ('"ErratumIn"', '"ErratumFor"'), ("Retracted Pub", "Pub")],
            SourceStatus.CURRENT,
        ),
    ],
)
def test_one_sign_of_withdrawal_is_enough(
    server: Server, reader: PubMedReader, changes: list[tuple[str, str]], status: SourceStatus
) -> None:
    assert changed(server, reader, RETRACTED, *changes).document.status is status


def test_notice_itself_is_pointed_out(server: Server, reader: PubMedReader) -> None:
    found = changed(server, reader, RETRACTED, ("Retracted Publication", "Retraction of Publication"))

    assert "This is itself a notice about another paper (Retraction of Publication)." in found.review


def test_preprint_is_trusted_less(server: Server, reader: PubMedReader) -> None:
    document = read(reader, "99000007").document

    assert document.trust is Trust.C
    assert document.limits == "A preprint that no other scientist had checked; only the abstract was read."


def test_long_title_is_cut_for_the_plain_title_only(server: Server, reader: PubMedReader) -> None:
    title = "Example " * 20
    found = changed(server, reader, RETRACTED, ("Example of a retracted paper.", title))

    assert found.document.title == title.strip()
    assert found.document.plain_title == "Example " * 10 + "Example…"
    assert "The plain title is the paper's own, cut short: write one." in found.review


def test_search_reads_the_best_matches_and_counts_what_it_skips(server: Server, reader: PubMedReader) -> None:
    found = list(reader.read("pubmed: ketamine fatigue"))

    assert [source.document.id for source in found] == ["pubmed-99000001"]
    assert [str(skipped) for skipped in reader.skipped] == [
        "https://pubmed.ncbi.nlm.nih.gov/99000005/: has no abstract. Read the paper and write the file by hand."
    ]
    assert reader.total == 214
    assert server.asked[0].params == {
        "db": "pubmed",
        "term": "ketamine fatigue",
        "retmax": "20",
        "sort": "relevance",
        "tool": "askms",
        "email": "sample@example.org",
    }


def test_search_address_is_a_search(server: Server, reader: PubMedReader) -> None:
    list(reader.read("https://pubmed.ncbi.nlm.nih.gov/?term=ketamine+fatigue"))

    assert server.asked[0].params["term"] == "ketamine fatigue"


def test_limit_bounds_what_is_read(server: Server) -> None:
    reader = PubMedReader(limit=1, today=TODAY)

    assert reader.search("ketamine") == ["99000001"]
    assert server.asked[0].params["retmax"] == "1"


@pytest.mark.parametrize("limit", [0, -1, 10_001])
def test_limit_that_pubmed_does_not_know_is_refused(limit: int) -> None:
    with pytest.raises(ValueError, match=f"limit is {limit}"):
        PubMedReader(limit=limit)


def test_api_key_is_sent_and_never_told(server: Server, rests: list[float]) -> None:
    reader = PubMedReader(api_key="SECRET", sleep=rests.append)
    server.on("/esearch.fcgi", Answer(status=400, body=b'{"error":"API key invalid","api-key":"SECRET"}'))

    error = refused(reader, "pubmed:ketamine")

    assert server.asked[0].params["api_key"] == "SECRET"
    assert "SECRET" not in str(error)
    assert (error.problem, rests) == ("refused the request (status 400)", [])


def test_several_numbers_are_read_in_order_and_once(server: Server, reader: PubMedReader) -> None:
    found = list(reader.read("pubmed:99000003, 99000001 99000003"))

    assert [source.document.pmid for source in found] == ["99000003", "99000001"]
    assert server.asked[0].params["id"] == "99000003,99000001"


def test_no_match_is_an_error_that_names_the_search(server: Server, reader: PubMedReader) -> None:
    server.on("/esearch.fcgi", Answer(body=(DATA / "pubmed_search_empty.xml").read_bytes()))

    assert reader.search("zzznothing") == []
    assert str(refused(reader, "pubmed:zzznothing")) == (
        "pubmed:zzznothing: matches nothing in PubMed. Try fewer or other words."
    )


@pytest.mark.parametrize("origin", ["pubmed:", "pubmed:  "])
def test_empty_search_asks_nobody(server: Server, reader: PubMedReader, origin: str) -> None:
    assert refused(reader, origin).problem == "was given an empty search"
    assert server.asked == []


def test_origin_of_another_kind_is_refused(reader: PubMedReader) -> None:
    assert refused(reader, "paper.pdf").problem == "is no PubMed address"


def test_single_record_without_abstract_is_an_error_that_names_it(server: Server, reader: PubMedReader) -> None:
    error = refused(reader, "https://pubmed.ncbi.nlm.nih.gov/99000005/")

    assert (error.origin, error.problem) == ("https://pubmed.ncbi.nlm.nih.gov/99000005/", "has no abstract")


@pytest.mark.parametrize("pmid", ["99999999", "99000008"])
def test_number_of_no_journal_article_is_named(server: Server, reader: PubMedReader, pmid: str) -> None:
    error = refused(reader, f"pubmed:{pmid}")

    assert str(error) == f"https://pubmed.ncbi.nlm.nih.gov/{pmid}/: is no journal article that PubMed holds. " + (
        "Check the number."
    )


def test_record_that_was_not_asked_for_is_never_taken_for_one_that_was(server: Server, reader: PubMedReader) -> None:
    server.on("/efetch.fcgi", answer(block(RETRACTED)))

    assert refused(reader).problem == "is no journal article that PubMed holds"


def test_many_unreadable_records_are_counted(server: Server, reader: PubMedReader) -> None:
    error = refused(reader, "pubmed:99000005 99999999")

    assert error.problem == "gives 2 records that cannot be read; the first has no abstract"


def test_record_that_breaks_the_format_does_not_take_the_others_with_it(server: Server, reader: PubMedReader) -> None:
    broken = block(RETRACTED).replace(b"Example of a retracted paper.", b"Example " * 200)
    server.on("/efetch.fcgi", answer(broken, block(SAMPLE)))

    found = list(reader.read("pubmed:99000003 99000001"))

    assert [source.document.pmid for source in found] == ["99000001"]
    assert "does not fit the corpus (title:" in reader.skipped[0].problem


def test_withdrawn_tells_what_became_of_many_papers_in_batches(server: Server, reader: PubMedReader) -> None:
    pmids = [SAMPLE, *(str(99_100_000 + i) for i in range(120)), RETRACTED, "99000004", "99000005", "99000007", "x,1"]

    assert reader.withdrawn(pmids) == {
        SAMPLE: SourceStatus.CURRENT,
        RETRACTED: SourceStatus.RETRACTED,
        "99000004": SourceStatus.CORRECTED,
        "99000005": SourceStatus.CURRENT,
        "99000007": SourceStatus.SUPERSEDED,
    }
    assert [len(asked.params["id"].split(",")) for asked in server.asked] == [100, 25]


def test_withdrawn_of_nothing_asks_nobody(server: Server, reader: PubMedReader) -> None:
    assert reader.withdrawn([]) == {}
    assert reader.withdrawn(["x"]) == {}
    assert server.asked == []


@pytest.mark.parametrize("status", [429, 500, 502, 503])
def test_busy_server_is_asked_again_after_a_rest(
    server: Server, reader: PubMedReader, rests: list[float], status: int
) -> None:
    server.on("/efetch.fcgi", Answer(status=status), Answer(status=status), held)

    assert read(reader, SAMPLE).document.pmid == SAMPLE
    assert rests == [1.0, 2.0]


@pytest.mark.parametrize(
    ("header", "least", "most"),
    [("7", 7, 7), ("in 50 seconds", 20, 50), ("soon", 1, 1), ("-5", 1, 1)],
)
def test_reader_rests_as_long_as_the_server_asks(
    server: Server, reader: PubMedReader, rests: list[float], header: str, least: float, most: float
) -> None:
    if header == "in 50 seconds":
        header = format_datetime(datetime.now(UTC) + timedelta(seconds=50))
    server.on("/efetch.fcgi", Answer(status=429, headers={"Retry-After": header}), held)

    read(reader, SAMPLE)

    assert len(rests) == 1
    assert least <= rests[0] <= most


def test_server_that_asks_for_a_long_rest_is_left_alone(
    server: Server, reader: PubMedReader, rests: list[float]
) -> None:
    server.on("/efetch.fcgi", Answer(status=429, headers={"Retry-After": "3600"}))

    assert refused(reader).problem == "answered with status 429 and asked for a rest of 3600 seconds after 1 try"
    assert rests == []


def test_server_that_fails_for_ever_is_given_up(server: Server, reader: PubMedReader, rests: list[float]) -> None:
    server.on("/efetch.fcgi", Answer(status=500))

    assert str(refused(reader)) == "PubMed: answered with status 500 after 4 tries. Try again later."
    assert (len(server.asked), rests) == (4, [1.0, 2.0, 4.0])


def test_server_that_hangs_is_given_up(server: Server, rests: list[float]) -> None:
    reader = PubMedReader(sleep=rests.append, timeout=0.1)
    server.on("/efetch.fcgi", Answer(hangs=True))

    assert refused(reader).problem == "could not be reached (timed out) after 4 tries"


def test_server_that_drips_is_given_up(server: Server, rests: list[float], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("askms.sources.pubmed.PATIENCE", 1)
    reader = PubMedReader(sleep=rests.append, timeout=0.1)
    server.on("/efetch.fcgi", Answer(drips=True))

    assert refused(reader).problem == "was still sending its answer when 0 seconds were over after 4 tries"


def test_server_that_is_not_there_is_given_up(server: Server, reader: PubMedReader) -> None:
    server.url = "http://127.0.0.1:1"

    assert re.fullmatch(r"could not be reached \(.*refused\) after 4 tries", refused(reader).problem)


def test_answer_that_breaks_off_is_asked_for_again(server: Server, reader: PubMedReader, rests: list[float]) -> None:
    whole = answer(block(SAMPLE)).body
    server.on("/efetch.fcgi", Answer(body=whole[:2000], missing=len(whole) - 2000), held)

    assert read(reader, SAMPLE).document.pmid == SAMPLE
    assert rests == [1.0]


@pytest.mark.parametrize(
    ("chunked", "problem"),
    [(False, "broke off in the middle of its answer"), (True, "could not be reached (IncompleteRead(")],
)
def test_answer_that_always_breaks_off_is_given_up(
    server: Server, reader: PubMedReader, chunked: bool, problem: str
) -> None:
    server.on("/efetch.fcgi", Answer(body=b"<?xml", missing=1, chunked=chunked))

    error = refused(reader)

    assert error.problem.startswith(problem)
    assert error.problem.endswith("after 4 tries")


def test_huge_answer_is_not_read_to_its_end(server: Server) -> None:
    reader = PubMedReader(max_bytes=100_000)
    server.on("/efetch.fcgi", Answer(body=b" " * 1_000_000))

    error = refused(reader)

    assert (error.problem, error.fix) == ("answered with more than 100,000 bytes", "Ask for fewer records.")
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (b"", "not its XML"),
        (b"<html><body>Service unavailable</body></html>", "not its XML"),
        (b"<!DOCTYPE html><html><body><br></html>", "not its XML"),
        (b'{"error":"none of your business"}', "not its XML"),
        (answer(block(SAMPLE)).body[:3000], "not its XML"),
        (answer(block(SAMPLE)).body.replace(b"</Abstract>", b"</Abstrakt>"), "not its XML"),
        (answer(block(SAMPLE)).body.replace(b"ArticleTitle", b"Titel"), "not its XML"),
        (answer(b"\xff\xfe").body, "not its XML"),
        (b'<?xml version="1.0"?><PubmedArticleSet/>', "not its XML"),
        (SEARCH.body, "answered with eSearchResult, not with PubmedArticleSet"),
        (
            b'<?xml version="1.0"?><!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" '
            b'"http://www.w3.org/TR/xhtml1/DTD/xhtml1-strict.dtd"><html/>',
            "not its XML",
        ),
        (
            answer(b"&x;", head=HEAD.replace(b'dtd">', b'dtd" [<!ENTITY x SYSTEM "file:///etc/passwd">]>')).body,
            "not its",
        ),
    ],
)
def test_answer_that_is_not_pubmeds_xml_is_refused(
    server: Server, reader: PubMedReader, body: bytes, problem: str
) -> None:
    server.on("/efetch.fcgi", Answer(body=body))

    assert problem in refused(reader).problem


def test_entities_cannot_blow_an_answer_up(server: Server, reader: PubMedReader) -> None:
    bomb = b"".join(b'<!ENTITY e%d "%s">' % (i, b"&e%d;" % (i - 1) * 10) for i in range(1, 10))
    head = HEAD.replace(b'dtd">', b'dtd" [<!ENTITY e0 "%s">%s]>' % (b"x" * 1000, bomb))
    server.on("/efetch.fcgi", answer(block(RETRACTED).replace(b"Everything", b"&e9;"), head=head))

    assert "not its XML" in refused(reader).problem


def test_newer_dtd_of_pubmed_is_read_by_the_newest_at_hand(server: Server, reader: PubMedReader) -> None:
    server.on("/efetch.fcgi", answer(block(SAMPLE), head=HEAD.replace(b"pubmed_250101", b"pubmed_290101")))

    assert read(reader, SAMPLE).document.pmid == SAMPLE


def test_element_that_only_a_newer_dtd_knows_is_refused(server: Server, reader: PubMedReader) -> None:
    record = block(SAMPLE).replace(b"<MedlineJournalInfo>", b"<Withdrawal>Yes</Withdrawal><MedlineJournalInfo>")
    server.on("/efetch.fcgi", answer(record, head=HEAD.replace(b"pubmed_250101", b"pubmed_290101")))

    assert "Failed to find tag 'Withdrawal'" in refused(reader).problem


def test_unknown_dtd_is_never_fetched(server: Server, reader: PubMedReader) -> None:
    server.on("/efetch.fcgi", answer(block(SAMPLE), head=HEAD.replace(b"pubmed_250101", b"articles_290101")))

    error = refused(reader)

    assert error.problem == "answered in a format that Biopython lacks (articles_290101.dtd)"
    assert error.fix == "Update Biopython."


def test_answer_sent_as_plain_text_is_read(server: Server, reader: PubMedReader) -> None:
    server.on("/efetch.fcgi", Answer(body=answer(block(SAMPLE)).body, kind="text/plain"))

    assert read(reader, SAMPLE).document.pmid == SAMPLE


def test_trouble_that_pubmed_reports_is_tried_again(server: Server, reader: PubMedReader, rests: list[float]) -> None:
    server.on("/esearch.fcgi", Answer(body=(DATA / "pubmed_search_error.xml").read_bytes()))

    error = refused(reader, "pubmed:ketamine")

    assert error.problem == ("reported an error (Search Backend failed: example of NCBI's own trouble) after 4 tries")
    assert len(rests) == 3


def test_search_result_that_is_no_number_is_refused(server: Server, reader: PubMedReader) -> None:
    server.on("/esearch.fcgi", Answer(body=SEARCH.body.replace(b"99000001", b"99000001&amp;db=x")))

    assert refused(reader, "pubmed:ketamine").problem == "answered with numbers that are none of its own"


def test_biopython_is_left_as_it_was_found(
    server: Server, reader: PubMedReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ENTREZ, "max_tries", 7)
    names = ("urlopen", "max_tries", "email", "tool", "api_key")
    before = [getattr(ENTREZ, name) for name in names]
    server.on("/efetch.fcgi", Answer(status=500))

    refused(reader)

    assert [getattr(ENTREZ, name) for name in names] == before


def test_missing_biopython_is_named_with_its_command(reader: PubMedReader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "Bio.Entrez", None)

    assert str(refused(reader)) == "PubMed: needs Biopython, which is not installed. Run: pip install biopython."


def test_readers_load_their_libraries_late_and_write_nothing_at_home(tmp_path: Path) -> None:
    code = (
        "import sys, askms.sources.pubmed as pubmed, askms.sources.trials\n"
        "print(sorted({'Bio', 'httpx'} & set(sys.modules)))\n"
        "pubmed._biopython()\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        env={"HOME": str(tmp_path), "PYTHONPATH": str(Path(__file__).parents[2] / "src")},
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout == "[]\n"
    assert list(tmp_path.iterdir()) == []


def test_words_of_pubmed_mean_what_the_corpus_knows() -> None:
    assert set(_WORDS["headings"].values()) | set(_WORDS["keywords"].values()) <= TOPICS
    assert all(heading.endswith("?") for heading in _WORDS["labels"].values())
    assert all(label == label.upper() for label in _WORDS["labels"])
    assert all(keyword == keyword.lower() for keyword in _WORDS["keywords"])


@pytest.mark.parametrize(
    ("words", "topics"),
    [
        (["Ketamine", "KETAMINE", "fatigue"], ["ketamine", "fatigue"]),
        (["Multiple Sclerosis"], ["unsorted"]),
        ([], ["unsorted"]),
    ],
)
def test_topics_are_those_that_the_words_stand_for(words: list[str], topics: list[str]) -> None:
    assert corpus_topics(words) == topics


@settings(max_examples=30)  # each needs a server of its own
@given(
    start=st.integers(0, len(block(SAMPLE))), length=st.integers(1, 400), filling=st.sampled_from([b"", b"<i>", b"&"])
)
def test_damaged_record_is_read_or_refused_and_never_anything_else(start: int, length: int, filling: bytes) -> None:
    record = block(SAMPLE)[:start] + filling + block(SAMPLE)[start + length :]
    with Server() as damaged, pytest.MonkeyPatch.context() as patch:
        route(patch, damaged)
        damaged.on("/efetch.fcgi", answer(record))
        try:
            found = list(PubMedReader(today=TODAY, sleep=lambda seconds: None).read(f"pubmed:{SAMPLE}"))
        except SourceUnreadable:
            return
    assert [source.document.pmid for source in found] == [SAMPLE]
