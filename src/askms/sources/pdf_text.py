"""Make one section of each page of a PDF: main text first, then what stands beside it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

from askms.sentences import needs_previous
from askms.sources.legible import in_english, judged
from askms.sources.pdf_lines import Line
from askms.sources.pdf_order import before_references, in_reading_order, without_line_numbers, without_running_lines
from askms.sources.pdf_paragraphs import Kind, Paragraph, paragraphs
from askms.sources.reviewing import left_out_note

_FEWEST_LETTERS: Final = 40
"""A page with fewer is a picture, or empty."""
_FEWEST_WORDS: Final = 8
"""Shorter stretches that are left out are headings and cells, and not worth a note."""
_FEWEST_CELLS: Final = 25
"""Words in a table that is worth a note; fewer are a heading drawn in pieces."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PdfText:
    """The sentences of a PDF, page by page, and what became of the rest."""

    sections: tuple[tuple[str, str], ...]
    """Heading and text of each page that has any."""
    sentences: tuple[str, ...]
    notes: tuple[str, ...]


@dataclass(slots=True)
class _Page:
    main: list[str] = field(default_factory=list)
    aside: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """Main text stays together: a sentence that leans on the one before must stand behind it."""
        return "\n\n".join(" ".join(sentences) for sentences in (self.main, self.aside) if sentences)


def text_of(pages: Sequence[Sequence[Line]], unreadable: Sequence[int]) -> PdfText:
    """The text of pages, as it can be quoted.

    Args:
        pages: their lines, in the order they were drawn.
        unreadable: numbers of pages that gave none because they are broken.
    """
    ordered = [in_reading_order(without_line_numbers(lines)) for lines in pages]
    kept = without_running_lines([page.lines for page in ordered])
    cut = before_references(kept)
    found = paragraphs(cut or kept)
    english = in_english(" ".join(paragraph.text for paragraph in found))
    filled = [_Page() for _ in pages]
    left_out = list(_fill(filled, found, english=english))
    _bring_back(filled)
    rearranged = [number for number, page in enumerate(ordered, 1) if page.rearranged]
    cells = Counter(one.page_at(0) + 1 for one in found if one.kind is Kind.TABLE for _ in one.text.split())
    tables = sorted(page for page, words in cells.items() if words >= _FEWEST_CELLS)
    sparse = [number for number, lines in enumerate(pages, 1) if _is_sparse(lines) and number not in unreadable]
    notes = [
        *_note("Nothing could be read", unreadable, "look what is lost"),
        *_note("The columns were put in order by the places of their lines", rearranged, "compare with the file"),
        *_note("A table was left out", tables, "look whether patients need it"),
        *_note("There is hardly any text", sparse, "what a picture shows was not read"),
        *left_out_note(left_out),
        *(["The list of references, and all that stands behind it, was left out."] if cut else []),
    ]
    return PdfText(
        sections=tuple((f"Page {number}", page.text) for number, page in enumerate(filled, 1) if page.text),
        sentences=tuple(sentence for page in filled for sentence in (*page.main, *page.aside)),
        notes=tuple(notes),
    )


def _fill(pages: Sequence[_Page], found: Sequence[Paragraph], *, english: bool) -> Iterator[str]:
    """Put each sentence on the page where it starts; give back what was left out and is longer than a heading."""
    sound, opened = True, False
    for paragraph in found:
        if paragraph.kind is Kind.TABLE:
            continue
        main = paragraph.kind is Kind.MAIN
        doubtful = paragraph.doubtful or opened
        for one in judged(paragraph.text, english=english, sound=sound and main, doubtful=doubtful):
            page = pages[paragraph.page_at(one.start)]
            well = one.reads_well and not (paragraph.item and opened)
            if well:
                (page.main if main else page.aside).append(one.text)
            elif len(one.text.split()) >= _FEWEST_WORDS:
                yield one.text
            sound = well if main else sound
        # "These are myths:" turns round what its items say.
        opened = opened if paragraph.item else paragraph.text.endswith(":")


def _bring_back(pages: Sequence[_Page]) -> None:
    """A sentence that leans on the last one of the page before belongs to that page."""
    for before, page in pairwise(pages):
        while before.main and page.main and needs_previous(page.main[0]):
            before.main.append(page.main.pop(0))


def _is_sparse(lines: Sequence[Line]) -> bool:
    return sum(c.isalpha() for line in lines for c in line.text) < _FEWEST_LETTERS


def _note(what: str, pages: Sequence[int], then: str) -> list[str]:
    """A note on some pages, if there are any."""
    where = f"page{'s' if len(pages) > 1 else ''} {', '.join(map(str, pages))}"
    return [f"{what} on {where}: {then}."] if pages else []
