"""What stands in a PDF comes back as whole sentences, page by page; what is no sentence for sure does not."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path
from typing import Final

import pytest
from fpdf import FPDF
from PIL import Image

from askms.errors import SourceUnreadable
from askms.sources.legible import clean
from askms.sources.pdf import PdfReader
from askms.sources.raised import raised
from askms.sources.reader import Found
from askms.types import EvidenceLevel, Trust

TODAY: Final = date(2026, 11, 21)
HEAT: Final = "Heat makes the symptoms of most people with MS worse for a while."
COOL: Final = "A cool bath before exercise helps some people with MS to walk further."
SLEEP: Final = "Many people with MS sleep badly because of pain, spasms or a full bladder."
FATIGUE: Final = "Fatigue is the most common symptom of MS and it is not the same as being tired."
BODY: Final = (HEAT, COOL, SLEEP, FATIGUE)


class Leaflet(FPDF):
    """A page in 11 points, and what stands on every page."""

    running: tuple[str, str] | None = None

    def header(self) -> None:
        self.set_font("Helvetica", size=9)
        if self.running:
            self.text(70, 30, self.running[0])

    def footer(self) -> None:
        if self.running:
            self.set_font("Helvetica", size=9)
            self.text(70, 820, self.running[1].format(self.page_no()))


def leaflet(*pages: Sequence[str], running: tuple[str, str] | None = None) -> Leaflet:
    """Pages of paragraphs, each set in lines as wide as the page."""
    pdf = Leaflet(unit="pt", format="A4")
    pdf.running = running
    pdf.set_margin(70)
    pdf.set_creation_date(datetime(2019, 5, 4, tzinfo=UTC))
    for paragraphs in pages:
        pdf.add_page()
        for paragraph in paragraphs:
            pdf.set_font("Helvetica", size=11)
            pdf.multi_cell(0, 14, paragraph, new_x="LMARGIN", new_y="NEXT")
            pdf.ln(14)
    return pdf


def drawn(*lines: tuple[float, float, str], size: float = 11) -> Leaflet:
    """One page of lines, each at its place from the top left, in the order given."""
    pdf = leaflet(())
    pdf.set_font("Helvetica", size=size)
    for x, y, text in lines:
        pdf.text(x, y, text)
    return pdf


def column(x: float, *lines: str, top: float = 100) -> list[tuple[float, float, str]]:
    """Lines under each other."""
    return [(x, top + 14 * row, line) for row, line in enumerate(lines)]


def read(pdf: Leaflet | bytes, name: str = "leaflet", reader: PdfReader | None = None) -> Found:
    data = pdf if isinstance(pdf, bytes) else bytes(pdf.output())
    return (reader or PdfReader(today=TODAY)).read_bytes(data, f"{name}.pdf", name=name)


def text(found: Found, page: int = 1) -> str:
    """What stands under the heading of a page."""
    sections = {section.heading: section for section in found.document.sections}
    section = sections[f"Page {page}"]
    return found.document.body[section.start : section.end].strip()


def refused(data: bytes | Leaflet, reader: PdfReader | None = None) -> str:
    """Why a file is not read; the message names the file and says what to do."""
    with pytest.raises(SourceUnreadable) as caught:
        read(data, reader=reader)
    assert caught.value.origin == "leaflet.pdf"
    assert caught.value.fix.endswith(".")
    return caught.value.problem


def noted(found: Found, words: str) -> str:
    """The one note that holds some words."""
    notes = [note for note in found.review if words in note]
    assert len(notes) == 1, found.review
    return notes[0]


def raw(*pages: bytes, font: bytes = b"/BaseFont /Helvetica", more: Sequence[bytes] = (), times: int = 1) -> bytes:
    """A PDF written by hand: pages of drawing commands, font F1 and further objects."""
    first = 4 + len(pages)
    kids = b" ".join(b"%d 0 R" % (4 + number) for number in range(len(pages)))
    form = b"/XObject << /X %d 0 R >>" % (first + len(pages)) if more else b""
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [%s] /Count %d >>" % (b" ".join([kids] * times), len(pages) * times),
        b"<< /Type /Font /Subtype /Type1 %s >>" % font,
        *(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents %d 0 R "
            b"/Resources << /Font << /F1 3 0 R >> %s >> >>" % (first + number, form)
            for number in range(len(pages))
        ),
        *pages,
        *more,
    ]
    data, places = b"%PDF-1.7\n", []
    for number, content in enumerate(objects, start=1):
        places.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    end = b"xref\n0 %d\n0000000000 65535 f \n%strailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n"
    return data + end % (len(objects) + 1, table, len(objects) + 1, len(data))


def stream(commands: bytes, entries: bytes = b"") -> bytes:
    return b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(commands), entries, commands)


def show(line: str, x: int = 50, y: int = 700, size: int = 12) -> bytes:
    return b"BT /F1 %d Tf %d %d Td (%s) Tj ET\n" % (size, x, y, line.encode("latin-1"))


def test_lines_become_paragraphs_and_pages_sections() -> None:
    found = read(leaflet((HEAT, COOL + " " + SLEEP), (FATIGUE,)))

    assert [section.anchor for section in found.document.sections] == ["page-1", "page-2"]
    assert text(found) == f"{HEAT} {COOL} {SLEEP}"
    assert text(found, 2) == FATIGUE


def test_columns_drawn_one_after_the_other_are_read_so() -> None:
    left = column(60, "Heat makes the symptoms of most people", "with MS worse for a while. A cool bath")
    right = column(320, "before exercise helps some people with", "MS to walk further.")

    assert text(read(drawn(*left, *right))) == f"{HEAT} {COOL}"


def test_columns_drawn_line_by_line_across_the_page_are_put_in_order() -> None:
    left = column(60, *["Heat makes the symptoms of most people", "with MS worse for a while."] * 5)
    right = column(320, *["Many people with MS sleep badly because", "of pain, spasms or a full bladder."] * 5)
    found = read(drawn(*(line for row in zip(left, right, strict=True) for line in row)))

    assert text(found) == " ".join([HEAT] * 5 + [SLEEP] * 5)
    assert "on page 1" in noted(found, "put in order")


def test_a_line_across_both_columns_stays_in_front_of_them() -> None:
    across = [(60.0, 80.0, "This leaflet is for everybody who lives with MS, and for their families and friends too.")]
    left = column(60, *["Heat makes the symptoms of most people", "with MS worse for a while."] * 5)
    right = column(320, *["Many people with MS sleep badly because", "of pain, spasms or a full bladder."] * 5)
    rows = [line for row in zip(left, right, strict=True) for line in row]

    assert text(read(drawn(*across, *rows))).startswith("This leaflet is for everybody who lives with MS, and for ")


def test_running_lines_and_page_numbers_are_taken_away() -> None:
    found = read(leaflet(*((sentence,) for sentence in BODY), running=("Living well with MS.", "Page {} of 4")))

    assert [text(found, page) for page in (1, 2, 3, 4)] == list(BODY)


def test_a_sentence_that_comes_back_at_another_place_stays() -> None:
    found = read(leaflet((HEAT, COOL), (SLEEP, HEAT), (FATIGUE, COOL, HEAT)))

    assert all(HEAT in text(found, page) for page in (1, 2, 3))


def test_words_parted_at_line_ends_are_mended() -> None:
    found = read(drawn(*column(60, "Spasms are the tight-", "ening of muscles, and they hurt at night.")))

    assert text(found) == "Spasms are the tightening of muscles, and they hurt at night."


@pytest.mark.parametrize(
    ("first", "second", "whole"),
    [
        ("Care for the long-", "term needs helps.", "Care for the long-term needs helps."),
        ("The pre-", "and postnatal care is good.", "The pre- and postnatal care is good."),
        ("It was a 12-", "week trial in the UK.", "It was a 12-week trial in the UK."),
        ("Cells with IL-", "6 are found in the blood.", "Cells with IL-6 are found in the blood."),
        ("There were 10\x96", "20 people in the trial.", "There were 10–20 people in the trial."),
    ],
)
def test_a_hyphen_that_belongs_to_the_word_stays(first: str, second: str, whole: str) -> None:
    font = b"/BaseFont /Helvetica /Encoding /WinAnsiEncoding"
    pages = stream(b"BT /F1 12 Tf 50 700 Td (%s) Tj 0 -14 Td (%s) Tj ET" % (first.encode("latin-1"), second.encode()))

    assert text(read(raw(pages, font=font))) == whole


def test_a_word_written_both_ways_elsewhere_decides() -> None:
    found = read(drawn(*column(60, "The follow-up of the trial lasted for a year, and the fol-", "low-up was long.")))

    assert "and the follow-up was long." in text(found)


def test_a_sentence_broken_over_a_page_end_stays_whole_where_it_starts() -> None:
    pdf = leaflet()
    for lines in ((HEAT, "Many people with MS sleep badly because"), ("of pain, spasms or a full bladder. " + COOL,)):
        pdf.add_page()
        pdf.set_font("Helvetica", size=11)
        for row, line in enumerate(lines):
            pdf.text(70, 100 + 14 * row, line)
    found = read(pdf)

    assert text(found) == f"{HEAT} {SLEEP}"
    assert text(found, 2) == COOL


def test_a_sentence_that_leans_on_the_page_before_goes_there() -> None:
    found = read(leaflet((HEAT,), ("However, the damage does not grow because of heat. " + COOL,)))

    assert text(found) == f"{HEAT} However, the damage does not grow because of heat."
    assert text(found, 2) == COOL


def test_two_halves_that_may_not_belong_together_are_both_left_out() -> None:
    left = column(60, HEAT, "The drug was given only to people who had already taken steroids or")
    right = column(60, "Copaxone for two years was safe for them. " + COOL, top=400)
    found = read(drawn(*left[:2], (60, 200, "Figure 1: scores"), *right))

    assert text(found) == f"{HEAT} {COOL}"
    assert "The drug was given only" in noted(found, "did not read as whole sentences")


def test_references_at_the_end_are_cut_off() -> None:
    found = read(leaflet((*BODY, "References", "1. Smith A. Heat and the brain in people with MS. Brain. 2001.")))

    assert "Smith" not in found.document.body
    assert noted(found, "list of references")


def test_the_word_references_at_the_start_cuts_nothing() -> None:
    found = read(leaflet(("References", *BODY)))

    assert all(sentence in found.document.body for sentence in BODY)


def test_a_table_is_left_out_and_named() -> None:
    rows = [
        line
        for row in range(8)
        for line in ((60.0, 300.0 + 14 * row, "Ketamine drip was"), (320.0, 300.0 + 14 * row, "given to the people."))
    ]
    found = read(drawn(*column(60, HEAT), (60, 286, "Table 1. What was given to whom in the trial."), *rows))

    assert text(found) == HEAT
    assert "on page 1" in noted(found, "A table was left out")


def test_the_items_of_a_list_do_not_stand_without_the_words_that_open_it() -> None:
    found = read(
        drawn(
            *column(
                60, HEAT, "These are myths:", "\x95 MS is catching and always deadly.", "\x95 Heat cures MS in a week."
            )
        )
    )

    assert text(found) == HEAT


def test_a_figure_in_front_of_a_sentence_is_no_part_of_it() -> None:
    found = read(drawn(*column(60, "1. Heat makes the symptoms of most people with MS worse for a while.")))

    assert text(found) == HEAT


def test_a_heading_on_the_line_of_its_text_is_no_part_of_the_sentence() -> None:
    pdf = drawn(*column(60, COOL))
    pdf.set_font("Helvetica", "B", 11)
    pdf.text(60, 200, "Heat and MS")
    pdf.set_font("Helvetica", "", 11)
    pdf.text(135, 200, "Many people with MS sleep badly because")
    pdf.text(60, 214, "of pain, spasms or a full bladder.")

    assert text(read(pdf)) == f"{COOL} {SLEEP}"


def test_line_numbers_of_a_manuscript_are_no_part_of_its_sentences() -> None:
    words = ["Heat makes the symptoms of most people", "with MS worse for a while."] * 5
    lines = [
        one
        for row, line in enumerate(words)
        for one in ((40.0, 100.0 + 14 * row, str(row + 1)), (70.0, 100.0 + 14 * row, line))
    ]

    assert text(read(drawn(*lines))) == " ".join([HEAT] * 5)


def test_text_turned_against_the_page_is_left_out() -> None:
    pdf = leaflet((HEAT,))
    pdf.set_font("Helvetica", size=9)
    with pdf.rotation(90, 40, 400):
        pdf.text(40, 400, "Downloaded by a guest of the library on a Monday.")

    assert text(read(pdf)) == HEAT


def test_a_page_that_lies_on_its_side_is_read() -> None:
    pdf = leaflet()
    pdf.add_page()
    pdf.set_font("Helvetica", size=11)
    with pdf.rotation(90, 300, 400):
        pdf.text(100, 300, "Heat makes the symptoms of most people")
        pdf.text(100, 314, "with MS worse for a while.")

    assert text(read(pdf)) == HEAT


def test_gaps_that_are_no_characters_part_words() -> None:
    words = b"(Heat)-200(makes)-200(the)-160(symptoms)-200(of)-200(most)-200(people)-200(w)20(orse.)"
    commands = b"BT /F1 12 Tf 50 700 Td [%s] TJ ET" % words

    assert text(read(raw(stream(commands)))) == "Heat makes the symptoms of most people worse."


def test_gaps_inside_of_a_string_part_words_too() -> None:
    # A third of the font size is added behind each letter, and taken back behind each that ends no word.
    items, piece = "", ""
    for word in "Heat makes the symptoms of most people worse.".split():
        for letter in word[:-1]:
            items, piece = f"{items}({piece}{letter})333", ""
        piece += word[-1]
    commands = f"BT /F1 1 Tf 12 0 0 12 50 700 Tm 0.333 Tc [{items}({piece})] TJ ET".encode()

    assert text(read(raw(stream(commands)))) == "Heat makes the symptoms of most people worse."


def test_room_added_to_spaces_is_no_gap_in_the_next_word() -> None:
    commands = b"BT /F1 12 Tf 6 Tw 50 700 Td (Heat makes the symptoms of most pe) Tj 225 0 Td (ople worse.) Tj ET"

    assert text(read(raw(stream(commands)))) == "Heat makes the symptoms of most people worse."


def test_raised_marks_are_left_out_and_powers_stay() -> None:
    commands = b"".join(
        (
            show("Ketamine helped 18 people"),
            show("3", x=193, y=704, size=7),
            show(" with MS in the trial.", x=197),
            show("The drip held 10", y=686),
            show("6", x=137, y=690, size=7),
            show(" cells of the donor.", x=141, y=686),
        )
    )

    assert text(read(raw(stream(commands)))) == (
        "Ketamine helped 18 people with MS in the trial. The drip held 10⁶ cells of the donor."
    )


@pytest.mark.parametrize(
    ("raised_text", "before", "on_the_line"),
    [
        ("3", "people", ""), ("12,13", "fatigue.", ""), ("a", "Smith", ""), ("6", "10", "⁶"), ("2", "kg/m", "²"),
        ("2", "χ", "²"), ("2", "(I", "²"), ("18", "and [", "¹⁸"), ("2+", "Ca", "²⁺"), ("-1", "kg", "⁻¹"),
        ("th", "5", "th"), ("[4]", "people", ""), ("2", "vitamin D", ""),
    ],
)  # fmt: skip
def test_a_raised_figure_is_a_mark_or_a_power(raised_text: str, before: str, on_the_line: str) -> None:
    assert raised(raised_text, before) == on_the_line


@pytest.mark.parametrize(
    ("drawn_text", "plain"),
    [
        ("\ufb01nd and \ufb02ow", "find and flow"),
        ("a\u00a0b  c", "a b c"),
        ("10⁶ and 2½", "10⁶ and 2½"),
        ("𝑝 = 0.03", "p = 0.03"),
    ],
)
def test_ligatures_are_spelled_out_and_figures_keep_their_height(drawn_text: str, plain: str) -> None:
    assert clean(drawn_text) == plain


def test_a_ligature_of_the_font_is_spelled_out() -> None:
    font = b"/BaseFont /Helvetica /Encoding << /Type /Encoding /Differences [1 /fi] >>"

    assert text(read(raw(stream(show("People \x01nd that heat makes MS worse.")), font=font))) == (
        "People find that heat makes MS worse."
    )


def test_signs_that_the_font_does_not_explain_are_left_out() -> None:
    font = b"/BaseFont /Helvetica /Encoding << /Type /Encoding /Differences [1 /onequarter] >>"
    lines = show(HEAT) + show("The change was large in the trial (p \x01 0.03).", y=686)

    assert text(read(raw(stream(lines), font=font))) == HEAT


def test_text_drawn_through_a_form_is_read() -> None:
    form = stream(
        show(HEAT), b"/Type /XObject /Subtype /Form /BBox [0 0 600 800] /Resources << /Font << /F1 3 0 R >> >>"
    )

    assert text(read(raw(stream(b"/X Do"), more=[form]))) == HEAT


def test_title_and_authors_are_those_that_the_file_states() -> None:
    pdf = leaflet(("Living with heat and MS", HEAT))
    pdf.set_title("Living with heat and MS")
    pdf.set_author("Jane Doe; John Smith")
    found = read(pdf)

    assert (found.document.title, found.document.authors) == ("Living with heat and MS", ("Jane Doe", "John Smith"))
    assert noted(found, "The title is the one that the file states")


@pytest.mark.parametrize(
    "stated", ["Microsoft Word - leaflet final.doc", "Annual report of the water works", "untitled"]
)
def test_a_title_left_over_from_something_else_is_not_believed(stated: str) -> None:
    pdf = leaflet()
    pdf.set_title(stated)
    pdf.add_page()
    pdf.set_font("Helvetica", size=20)
    pdf.text(70, 80, "Living with heat and MS")
    pdf.set_font("Helvetica", size=11)
    pdf.text(70, 120, HEAT)
    found = read(pdf)

    assert found.document.title == "Living with heat and MS"
    assert stated in noted(found, "largest line")


def test_without_any_title_the_file_name_is_taken() -> None:
    pages = stream(show("MS.", size=20) + show(HEAT.replace(" ", "  "), y=600))
    found = read(raw(pages), name="heat_and-ms")

    assert found.document.title in ("heat and ms", HEAT)


def test_an_account_is_no_author() -> None:
    pdf = leaflet((HEAT,))
    pdf.set_author("admin user")

    assert read(pdf).document.authors == ()


def test_the_day_the_file_was_made_is_not_the_year_of_publication() -> None:
    found = read(leaflet((HEAT,)))

    assert (found.document.year, found.document.as_of) == (None, "2019-05")
    assert "The file was made in 2019" in noted(found, "year is null")
    assert noted(found, "as_of is when the file was made")


@pytest.mark.parametrize(
    ("words", "year", "as_of"),
    [
        ("Published: 15 January 2015.", 2015, "2015-01-15"),
        ("Published online March 3, 2014.", 2014, "2014-03-03"),
        ("Published in 2013.", 2013, "2013"),
        ("Last reviewed: June 2018. Next review: June 2027.", None, "2018-06"),
        ("Published 2013. Published in print 2014.", None, "2019-05"),
        ("Published 31 February 2015.", None, "2019-05"),
        ("Published: 1 January 2031.", None, "2019-05"),
    ],
)
def test_dates_are_taken_where_the_text_says_what_they_are(words: str, year: int | None, as_of: str) -> None:
    document = read(leaflet((HEAT, words))).document

    assert (document.year, document.as_of) == (year, as_of)


def test_the_only_doi_of_the_first_page_is_its_address() -> None:
    document = read(leaflet((HEAT, "https://doi.org/10.1177/1352458520936226."))).document

    assert (document.doi, document.url) == ("10.1177/1352458520936226", "https://doi.org/10.1177/1352458520936226")


def test_of_two_dois_none_is_taken() -> None:
    found = read(leaflet((*BODY, "doi:10.1177/1352458520936226", "doi:10.1000/182")))

    assert (found.document.doi, found.document.url) == (None, None)
    assert noted(found, "several DOIs")


def test_half_a_doi_is_none() -> None:
    assert (
        read(drawn(*column(60, HEAT), *column(60, "doi: 10.1371/journal.", "pone.0115884", top=300))).document.doi
        is None
    )


def test_nothing_is_claimed_that_the_file_does_not_say() -> None:
    found = read(leaflet((HEAT,)))
    document = found.document

    assert (document.evidence_level, document.trust, document.n) == (EvidenceLevel.OPINION, Trust.D, None)
    assert (document.population, document.venue) == ("not recorded", "not recorded")
    assert document.provenance is not None
    assert (document.provenance.reader, document.provenance.origin) == ("pdf", "leaflet.pdf")
    assert noted(found, "make sure that you may show them")
    assert noted(found, "Set evidence_level, population, n, limits and trust")


def test_the_caller_may_know_the_evidence_level() -> None:
    reader = PdfReader(evidence_level=EvidenceLevel.GUIDELINE, today=TODAY)

    assert read(leaflet((HEAT,)), reader=reader).document.evidence_level is EvidenceLevel.GUIDELINE


def test_topics_are_those_the_text_names() -> None:
    assert "heat" in read(leaflet((HEAT + " Heat slows the nerves that MS has damaged.",))).document.topics


def test_sentences_to_look_at_are_counted_with_an_example() -> None:
    long = "A sentence of this leaflet is about heat" + ", and about what it does to people with MS" * 6 + "."
    found = read(
        leaflet((f"{HEAT} They feel better soon after that. {COOL}", long)),
        reader=PdfReader(withheld=lambda sentence: "bath" in sentence, today=TODAY),
    )

    assert noted(found, "1 sentence leans").endswith("First: “They feel better soon after that.”")
    assert noted(found, "1 sentence with an amount").endswith(
        "First: “A cool bath before exercise helps some people with MS to walk further.”"
    )
    assert noted(found, "1 sentence has more than 45 words").endswith("…”")
    assert "cool bath" not in found.document.body


def test_a_file_of_nothing_but_amounts_is_refused() -> None:
    reader = PdfReader(withheld=lambda sentence: True, today=TODAY)

    with pytest.raises(SourceUnreadable, match="holds no sentence that patients may be shown"):
        read(leaflet((HEAT,)), reader=reader)


def test_another_language_is_noted() -> None:
    german = "Bei vielen Menschen mit Multipler Sklerose werden die Beschwerden durch Hitze schlimmer. "

    assert noted(read(leaflet((german * 8,))), "not seem to be in English")


def test_english_is_not_noted() -> None:
    assert not [note for note in read(leaflet(BODY)).review if "English" in note]


def test_two_files_of_one_name_get_two_ids_and_one_file_keeps_its_own(tmp_path: Path) -> None:
    paths = [tmp_path / folder / "Leaflet (1).pdf" for folder in ("a", "b")]
    for path in paths:
        path.parent.mkdir()
        path.write_bytes(bytes(leaflet((HEAT,)).output()))
    ids = [next(PdfReader(today=TODAY).read(str(path))).document.id for path in (*paths, paths[0])]

    assert ids[0] == ids[2] != ids[1]
    assert ids[0].startswith("leaflet-1-")


def test_a_file_that_opens_without_a_password_is_read() -> None:
    pdf = leaflet((HEAT,))
    pdf.set_encryption(owner_password="owner", permissions=0)

    assert text(read(pdf)) == HEAT


def test_pages_that_are_pictures_are_named(picture: bytes) -> None:
    pdf = leaflet((HEAT,), (), (COOL,), ())
    pdf.image(picture, 70, 70, 100)
    found = read(pdf)

    assert "on pages 2, 4" in noted(found, "hardly any text")
    assert [section.heading for section in found.document.sections] == ["Page 1", "Page 3"]


@pytest.fixture
def picture() -> bytes:
    """A photograph."""
    file = BytesIO()
    Image.new("RGB", (40, 40), "grey").save(file, "JPEG")
    return file.getvalue()


def test_a_scan_needs_its_words_recognised(picture: bytes) -> None:
    pdf = leaflet(())
    pdf.image(picture, 70, 70, 100)

    with pytest.raises(SourceUnreadable, match=r"only pictures of it\. Run it through OCR, for example ocrmypdf"):
        read(pdf)


def test_words_without_a_sentence_are_refused() -> None:
    assert refused(drawn(*column(60, "Menu", "Bread 2.50 Milk 1.20", "Open from 9"))) == (
        "holds words, but no sentence that can be read for sure"
    )


def test_a_file_with_a_password_is_refused() -> None:
    pdf = leaflet((HEAT,))
    pdf.set_encryption(owner_password="owner", user_password="user")

    assert refused(pdf) == "is locked with a password"


def test_an_empty_file_is_refused() -> None:
    assert refused(b"") == "is empty"


def test_a_picture_called_pdf_is_refused(picture: bytes) -> None:
    assert refused(picture) == "is not a PDF, whatever its name says"


@pytest.mark.parametrize("part", [0.3, 0.9])
def test_a_file_cut_off_is_refused(part: float) -> None:
    whole = bytes(leaflet(*[BODY] * 20).output())

    assert refused(whole[: int(len(whole) * part)]) == "is cut off: its end is missing"


def test_a_file_whose_inside_is_damaged_is_refused() -> None:
    assert refused(b"%PDF-1.7\n" + bytes(range(256)) * 20 + b"%%EOF").startswith("is broken (")


def test_a_page_that_cannot_be_read_is_named() -> None:
    found = read(raw(stream(show(HEAT)), b"42"))

    assert text(found) == HEAT
    assert "on page 2" in noted(found, "Nothing could be read")
    assert not [note for note in found.review if "hardly any text" in note]


def test_a_stream_that_unpacks_without_end_is_refused() -> None:
    packer = zlib.compressobj(9)
    bomb = b"".join(packer.compress(bytes(1_000_000)) for _ in range(120)) + packer.flush()

    assert refused(raw(stream(bomb, b"/Filter /FlateDecode"))) == (
        "is built in a way that takes too much memory or time to read"
    )


def test_pages_that_hold_themselves_are_refused() -> None:
    assert refused(raw(stream(show(HEAT))).replace(b"/Kids [4 0 R]", b"/Kids [2 0 R]")).startswith("is broken")


def test_a_form_that_draws_itself_ends() -> None:
    form = stream(b"/X Do /X Do", b"/Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /X 6 0 R >> >>")

    assert text(read(raw(stream(b"/X Do " + show(HEAT)), more=[form]))) == HEAT


def test_a_file_that_takes_too_long_is_given_up() -> None:
    assert refused(leaflet((HEAT,)), PdfReader(seconds=0, today=TODAY)) == "takes longer than 0 seconds to read"


def test_more_pages_than_anybody_reads_are_refused() -> None:
    assert refused(raw(stream(show(HEAT)), times=1001)) == "has 1,001 pages, more than 1,000"


def test_more_text_than_a_corpus_file_holds_is_refused() -> None:
    lines = b"".join(show(HEAT, y=700 - row) for row in range(900))

    assert refused(raw(stream(lines), times=20)) == "holds more than 1,000,000 bytes of text"


def test_a_huge_file_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "huge.pdf"
    with path.open("wb") as file:
        file.truncate(50_000_001)

    with pytest.raises(SourceUnreadable, match=r"has more than 50,000,000 bytes\. Split it"):
        next(PdfReader().read(str(path)))


def test_a_missing_file_and_a_folder_are_named(tmp_path: Path) -> None:
    with pytest.raises(SourceUnreadable, match=r"nothing\.pdf: does not exist"):
        next(PdfReader().read(str(tmp_path / "nothing.pdf")))
    with pytest.raises(SourceUnreadable, match=r"cannot be read \(Is a directory\)"):
        next(PdfReader().read(str(tmp_path)))


def test_pdf_files_are_accepted_by_name_and_by_their_first_bytes(tmp_path: Path) -> None:
    (tmp_path / "paper").write_bytes(b"%PDF-1.7")
    (tmp_path / "notes.md").write_text("# Notes")
    reader = PdfReader()

    assert reader.accepts("Leaflet.PDF")
    assert reader.accepts(str(tmp_path / "paper"))
    assert not reader.accepts(str(tmp_path / "notes.md"))
    assert not reader.accepts("https://example.org/leaflet.pdf")
    assert not reader.accepts("ketamine[tiab]\0")


def test_nothing_is_printed(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SourceUnreadable):
        read(b"%PDF-1.7\nxref\n%%EOF")
    read(raw(stream(show(HEAT)), b"42"))

    assert capfd.readouterr() == ("", "")
