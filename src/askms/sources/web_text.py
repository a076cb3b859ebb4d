"""Make sections of sentences out of the text that trafilatura found on a page.

A heading of the page is the heading of a section. A short list becomes one sentence with the
words that open it; what would stand without them is left out, as are tables and quotations.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from askms.sources.legible import clean, in_english, judged, reads_well
from askms.sources.reviewing import counted, left_out_note
from askms.types import Section

INTRODUCTION: Final = "What does this page say?"

_LONGEST_HEADING: Final = 200
_FEWEST_WORDS: Final = 8
"""Shorter stretches that are left out are labels, and not worth a note."""
_MOST_ITEMS: Final = 15
_LONGEST_ITEM: Final = 20
_LONGEST_LIST: Final = 90
"""Words; a longer list is no sentence any more."""
_REFERENCES: Final = re.compile(
    r"(?:references?|bibliography|citations|further reading|external links|see also|sources|notes)\W*(?:edit\W*)?", re.I
)
_WITHIN: Final = re.compile(r"[.!?:]\s+\S")
_ITEM_END: Final = re.compile(r"[\s,;.]*(?:[,;\s](?:and|or))?[\s,;.]*$")


@dataclass(frozen=True, slots=True, kw_only=True)
class WebText:
    """The sentences of a page by heading, and what became of the rest."""

    sections: tuple[tuple[str, str], ...]
    sentences: tuple[str, ...]
    notes: tuple[str, ...]


def text_of(body: Any, title: str) -> WebText:
    """The text of a page, as it can be quoted.

    Args:
        body: what trafilatura gives: headings, paragraphs, lists, tables and quotations in order.
        title: of the page; as a heading it would say nothing.
    """
    maker = _Maker(english=in_english(" ".join(body.itertext())))
    for element in body:
        maker.add(element, title)
    return maker.text()


@dataclass(slots=True)
class _Part:
    heading: str
    paragraphs: list[str] = field(default_factory=list)
    sentences: list[str] = field(default_factory=list)


class _Maker:
    """Takes the elements of a page one by one."""

    def __init__(self, *, english: bool) -> None:
        self._english = english
        self._parts = [_Part(INTRODUCTION)]
        self._left_out: list[str] = []
        self._lead = ""
        """Words that end with a colon and wait for their list."""
        self._sound = True
        """Whether what stands before the next paragraph was kept."""
        self._tables = self._quotations = self._lists = 0

    def add(self, element: Any, title: str) -> None:
        """Take one element."""
        if element.tag == "head":
            self._open(clean(_words(element))[:_LONGEST_HEADING], title)
        elif element.tag == "list":
            self._add_list(
                [clean(_words(item)) for item in element.iter("item")], nested=len(element.findall(".//list"))
            )
        elif element.tag in ("table", "quote"):
            self._leave_lead()
            self._sound = False
            self._tables += element.tag == "table"
            self._quotations += element.tag == "quote"
        else:
            for line in _lines(element):
                self._add_paragraph(line)

    def text(self) -> WebText:
        """All that was taken."""
        self._leave_lead()
        parts = [part for part in self._parts if part.paragraphs and not _REFERENCES.fullmatch(part.heading)]
        headings = _unique([part.heading for part in parts])
        notes = [
            *(
                ["The list of references was left out."]
                if len(parts) < sum(bool(p.paragraphs) for p in self._parts)
                else []
            ),
            *_note(self._tables, "table was", "tables were", "left out: look whether patients need it"),
            *_note(self._quotations, "quotation was", "quotations were", "left out, as the words are somebody else's"),
            *_note(self._lists, "list was", "lists were", "made into one sentence: compare with the page"),
            *left_out_note(self._left_out),
        ]
        return WebText(
            sections=tuple(zip(headings, ("\n\n".join(part.paragraphs) for part in parts), strict=True)),
            sentences=tuple(one for part in parts for one in part.sentences),
            notes=tuple(notes),
        )

    def _open(self, heading: str, title: str) -> None:
        self._leave_lead()
        self._sound = True
        if heading and heading != title:
            self._parts.append(_Part(heading))
        self._lead = heading if heading.endswith(":") else ""

    def _add_paragraph(self, text: str) -> None:
        opened = self._leave_lead()
        found = judged(text, english=self._english, sound=self._sound, doubtful=opened)
        if found and found[-1].text.endswith(":"):
            self._lead = found.pop().text
        self._keep([one.text for one in found if one.reads_well])
        self._leave_out(one.text for one in found if not one.reads_well)
        if found:
            self._sound = found[-1].reads_well

    def _add_list(self, items: Sequence[str], *, nested: int) -> None:
        if not self._lead:
            for item in items:
                self._sound = False  # an item does not stand behind the one before it
                self._add_paragraph(item)
            return
        lead, self._lead = self._lead, ""
        ends = [_ITEM_END.sub("", item) for item in items]
        whole = f"{lead} {'; '.join(ends)}."
        simple = not nested and len(items) <= _MOST_ITEMS and len(whole.split()) <= _LONGEST_LIST
        short = all(item and len(item.split()) <= _LONGEST_ITEM and not _WITHIN.search(item) for item in items)
        in_text = lead != self._parts[-1].heading  # what a heading opens cannot be quoted with it
        self._sound = simple and short and in_text and reads_well(whole, english=self._english)
        if self._sound:
            self._keep([whole])
            self._lists += 1
        else:
            self._leave_out([whole])

    def _keep(self, sentences: Sequence[str]) -> None:
        if sentences:
            self._parts[-1].sentences += sentences
            self._parts[-1].paragraphs.append(" ".join(sentences))

    def _leave_out(self, stretches: Iterable[str]) -> None:
        self._left_out += [one for one in stretches if len(one.split()) >= _FEWEST_WORDS]

    def _leave_lead(self) -> bool:
        """Give up waiting for a list; whether words of the text (and no heading) waited for one."""
        lead, self._lead = self._lead, ""
        if not lead or lead == self._parts[-1].heading:
            return False
        self._leave_out([lead])
        self._sound = False
        return True


def _words(element: Any) -> str:
    """Text of an element without what was struck out; a forced line break stays one."""
    text = element.text or ""
    for child in element:
        if child.tag == "lb":
            text += "\n"
        elif child.tag != "del":
            text += _words(child)
        text += child.tail or ""
    return text


def _lines(element: Any) -> Iterator[str]:
    """Lines of a paragraph; one that starts with a small letter goes on with the line before."""
    line = ""
    for part in filter(None, map(clean, _words(element).split("\n"))):
        if line and not part[0].islower():
            yield line
            line = ""
        line = f"{line} {part}".strip()
    if line:
        yield line


def _unique(headings: Sequence[str]) -> list[str]:
    """Headings, changed where two would have one anchor, or one none."""
    taken: set[str] = set()
    unique = []
    for number, heading in enumerate(headings, 1):
        name, times = heading if _anchor(heading) else f"Part {number}", 1
        while _anchor(name) in taken:
            times += 1
            name = f"{heading} ({times})"
        taken.add(_anchor(name))
        unique.append(name)
    return unique


def _anchor(heading: str) -> str:
    return Section(heading=heading, start=0, end=0).anchor


def _note(number: int, one: str, many: str, then: str) -> list[str]:
    return [f"{counted(number, one, many)} {then}."] if number else []
