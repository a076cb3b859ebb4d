"""Find out what a PDF is: title, authors and DOI, each only where the file states it.

What programs write into a PDF is often left over from another document, so a title is
believed only if its words stand on the first pages.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any, Final

from askms.sources.dates import published_on, reviewed_on
from askms.sources.legible import clean
from askms.sources.naming import short_title
from askms.sources.pdf_file import PdfContent
from askms.sources.pdf_lines import Line
from askms.types import Trust

_FIRST_PAGES: Final = 2
"""Where a file says what it is."""
_LONGEST_TITLE: Final = 300
_NO_TITLE: Final = re.compile(
    r"microsoft \w+ - |untitled|document\s?\d*$|.*\.(?:docx?|dvi|indd|pdf|qxp|qxd|tex|rtf|odt|pptx?)\b|doi:|[\d\W_]*$",
    re.I,
)
_NO_AUTHOR: Final = re.compile(r"[\d@/\\_]|\b(?:admin|user|owner|microsoft|adobe|unknown|pc|ltd|inc)\b", re.I)
_NO_HEADLINE: Final = re.compile(
    r"(?:(?:original|research|review|short|case|clinical|study|open|free|full|article|paper|report|series|protocol|access"
    r"|text|communication|letter|editorial|methodology|issue)\W*)+|.*(?:\b(?:journal|publishing|volume|vol|issn|www)\b|@).*",
    re.I,
)
_DOI: Final = re.compile(r"\b10\.\d{4,9}/[^\s\"<>]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What stands in the front matter, and what a person should check there."""

    fields: Mapping[str, Any]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Title:
    text: str
    note: str


def facts_of(content: PdfContent, name: str, today: date) -> Facts:
    """What a PDF says about itself.

    Args:
        content: its pages, and what the program that made it wrote down.
        name: name of the file, for want of a title.
        today: a date after it is an error in the file.
    """
    first = content.pages[:_FIRST_PAGES]
    opening = " ".join(line.text for page in first for line in page)
    title = _title(content.title, first, name)
    authors, dois = authors_of(content.author), dois_of(content.pages[0])
    doi = next(iter(dois)) if len(dois) == 1 else None
    published = published_on(opening, today)
    made = content.created if content.created and content.created <= today else None
    dated = published or reviewed_on(opening, today)
    as_of = dated or (made.isoformat()[:7] if made else today.isoformat())
    fields = {
        "title": title.text,
        "plain_title": short_title(title.text),
        "authors": authors,
        "year": int(published[:4]) if published else None,
        "venue": "not recorded",
        **({"doi": doi, "url": f"https://doi.org/{doi}"} if doi else {"url": None}),
        "population": "not recorded",
        "as_of": as_of,
        "limits": "The text was taken from a PDF file by a program.",
        "trust": Trust.D.value,
    }
    return Facts(
        fields=fields,
        notes=(
            title.note,
            f"The authors are those that the file states ({'; '.join(authors)}): check them."
            if authors
            else "The file does not state its authors: write them.",
            *(["The first page names several DOIs, so none was taken: write the right one."] if len(dois) > 1 else []),
            _year_note(published, made),
            *([] if dated else [_as_of_note(made)]),
            "Write in venue where it was published.",
        ),
    )


def _year_note(published: str | None, made: date | None) -> str:
    if published:
        return f"The year is from the date behind “published” ({published}): check it."
    hint = f" The file was made in {made.year}; the text may be older." if made else ""
    return f"No year of publication was found, so year is null: write it.{hint}"


def _as_of_note(made: date | None) -> str:
    day = "when the file was made" if made else "the day of reading"
    return f"No date of the facts was found, so as_of is {day}: write when they were true."


def _title(stated: str | None, first_pages: Sequence[Sequence[Line]], file_name: str) -> _Title:
    """The title that the file states, if it fits the text; else the largest line of the first page."""
    stated = clean(stated or "")[:_LONGEST_TITLE]
    words = set(_words(" ".join(line.text for lines in first_pages for line in lines)))
    known = [word in words for word in _words(stated)]
    if len(known) > 1 and not _NO_TITLE.match(stated) and (not words or sum(known) >= 0.7 * len(known)):
        return _Title(text=stated, note="The title is the one that the file states: check it.")
    reason = f"the file states “{stated}”, which does not fit its text" if stated else "the file states none"
    largest = _headline(first_pages[0])
    if largest:
        return _Title(text=largest, note=f"The title is the largest line of the first page, as {reason}: check it.")
    name = clean(re.sub(r"[_-]+", " ", file_name)) or "Untitled PDF"
    return _Title(text=name, note=f"The title is the name of the file, as {reason}: write it.")


def authors_of(stated: str | None) -> list[str]:
    """The authors that the file states; none where it names a program or an account instead."""
    names = [clean(name) for name in re.split(r"[;,]| and | & ", stated or "")]
    return [name for name in names if " " in name and len(name) < 60 and not _NO_AUTHOR.search(name)]


def dois_of(lines: Sequence[Line]) -> set[str]:
    """The DOIs on a page. One that may go on in the next line is left out."""
    found = set()
    for number, line in enumerate(lines):
        for match in _DOI.finditer(line.text):
            doi = match.group().rstrip(".,;:)]}’”'")
            following = lines[number + 1].text if number + 1 < len(lines) else ""
            cut = match.end() == len(line.text) and (match.group()[-1] in "./-_" and following[:1].islower())
            if not cut and doi.rpartition("/")[2]:
                found.add(doi)
    return found


def _headline(lines: Sequence[Line]) -> str:
    blocks = [list(block) for _, block in groupby(lines, key=lambda line: (round(line.size), line.font))]
    for block in sorted(blocks, key=lambda block: -block[0].size):
        text = clean(" ".join(line.text for line in block))
        if len(_words(text)) > 2 and not _NO_HEADLINE.fullmatch(text) and not _NO_TITLE.match(text):
            return text if len(text) <= _LONGEST_TITLE else text[:_LONGEST_TITLE].rsplit(" ", 1)[0]
    return ""


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W\d_]{2,}", text.lower())
