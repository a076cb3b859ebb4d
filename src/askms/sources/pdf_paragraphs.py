"""Join the lines of a PDF into paragraphs: over line ends, columns and pages, and never over a doubt.

A sentence is carried on to the next column or page only if it is unfinished there and the
next text is set like it. Where that is unsure, what looks like its other half is marked.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from itertools import pairwise
from statistics import median
from typing import Final

from askms.sources.pdf_lines import Line

_UNFINISHED: Final = re.compile(r"[^.!?:;][\"”’')\]]*$")
_BULLET: Final = re.compile(r"[•‣▪●○◦■□➢✓✔·*–—-]\s|\(?(?:\d{1,2}|[a-z]|[ivx]{1,4})[.)]\s")
_ASIDE: Final = re.compile(r"(?:figure|fig\.|table|box|panel|appendix|source|note|key ?words)\b", re.I)
_OPEN: Final = re.compile(
    r"(?:[,\u2010-]|\b(?:a|an|and|are|as|at|be|been|between|but|by|can|for|from|had|has|have|in|into|is|its|may|most|no|not|of|on"
    r"|or|our|such|than|that|the|their|these|this|to|was|were|which|who|will|with|would))$"
)
"""What ends no sentence, no heading and no list."""
_TABLE: Final = re.compile(r"(?:supplement\w* )?table\b", re.I)
_HYPHENS: Final = "-\u2010"
_KEEPS_HYPHEN: Final = frozenset(
    """anti cross double follow half high long low multi non placebo post quasi self short single well""".split()
)
_FULL: Final = 0.6
"""Of the longest line around it: a shorter one is the last of its paragraph, or a heading."""
_WORD: Final = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")


class Kind(Enum):
    """What a paragraph is set as."""

    MAIN = "main"
    """Like most of the text."""
    ASIDE = "aside"
    """A heading, a caption, a note, a box."""
    TABLE = "table"
    """Cells: their words are in rows, and no sentences."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """Text that belongs together."""

    text: str
    pages: tuple[tuple[int, int], ...]
    """Where the text of each page starts in it: offset, and page from 0."""
    kind: Kind
    item: bool
    """One of a list."""
    doubtful: bool
    """Its first sentence may be the end of another one."""

    def page_at(self, offset: int) -> int:
        """The page that a character stands on."""
        return [page for start, page in self.pages if start <= offset][-1]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Block:
    """Lines under each other, in one style."""

    page: int
    lines: tuple[Line, ...]
    kind: Kind


class _Next(Enum):
    """What the next block is to an unfinished one."""

    ITS_REST = "its rest"
    ANOTHER = "another"
    UNSURE = "unsure"


def paragraphs(pages: Sequence[Sequence[Line]]) -> list[Paragraph]:
    """The paragraphs of a file, in order."""
    lines = [line for page in pages for line in page]
    if not lines:
        return []
    style, words = _Style(lines), _words(lines)
    found: list[list[_Block]] = []
    doubtful: set[int] = set()
    last: int | None = None
    for block in _tables_marked([block for number, page in enumerate(pages) for block in _blocks(number, page, style)]):
        if block.kind is Kind.MAIN:
            if last is not None:
                follows = _what_follows(found[last][-1], block, aside=last < len(found) - 1)
                if follows is _Next.ITS_REST:
                    found[last].append(block)
                    continue
                if follows is _Next.UNSURE:
                    doubtful.add(len(found))
            last = len(found)
        found.append([block])
    made = (_paragraph(blocks, words, doubtful=number in doubtful) for number, blocks in enumerate(found))
    return [paragraph for paragraph in made if paragraph.text]


def _tables_marked(blocks: Sequence[_Block]) -> Iterator[_Block]:
    """From the caption of a table to the next main text of its page."""
    page = None
    for block in blocks:
        if block.kind is Kind.MAIN:
            page = None
        elif _TABLE.match(block.lines[0].text):
            page = block.page
        yield replace(block, kind=Kind.TABLE) if block.page == page else block


class _Style:
    """What most of the text is set in."""

    def __init__(self, lines: Sequence[Line]) -> None:
        sizes, fonts = Counter[float](), Counter[str]()
        for line in lines:
            sizes[round(line.size * 2) / 2] += len(line.text)
        self.size = sizes.most_common(1)[0][0]
        for line in lines:
            fonts[line.font] += len(line.text) * self.fits(line.size)
        self.fonts = {font for font, letters in fonts.items() if letters >= 0.1 * fonts.total()}
        drops = [
            (above.y - below.y) / above.size
            for above, below in pairwise(lines)
            if above.size > 0
            and self.fits(above.size)
            and self.fits(below.size)
            and 0.5 < (above.y - below.y) / above.size < 3
        ]
        self.leading = median(drops) if drops else 1.2

    def fits(self, size: float) -> bool:
        return abs(size - self.size) < 0.6

    def is_main(self, line: Line) -> bool:
        return self.fits(line.size) and line.font in self.fonts


def _blocks(page: int, lines: Sequence[Line], style: _Style) -> Iterator[_Block]:
    cells = {id(line) for pair in pairwise(lines) if _side_by_side(*pair) for line in pair}
    block: list[Line] = []
    for line in lines:
        if block and not _under(block, line, style):
            yield _block(page, block, style, cells)
            block = []
        block.append(line)
    if block:
        yield _block(page, block, style, cells)


def _side_by_side(left: Line, right: Line) -> bool:
    """Whether two lines drawn one after the other are cells of one row."""
    level = abs(left.y - right.y) < 0.3 * min(left.size, right.size)
    return level and not left.opens and all(re.search(r"[^\W\d_]{2}", line.text) for line in (left, right))


def _block(page: int, lines: Sequence[Line], style: _Style, cells: Container[int]) -> _Block:
    kind = Kind.ASIDE
    if any(id(line) in cells for line in lines):
        kind = Kind.TABLE
    elif style.is_main(max(lines, key=lambda line: len(line.text))) and not _ASIDE.match(lines[0].text):
        kind = Kind.MAIN
    return _Block(page=page, lines=tuple(lines), kind=kind)


def _under(block: Sequence[Line], line: Line, style: _Style) -> bool:
    """Whether a line goes on with the block above it."""
    last = block[-1]
    drop = last.y - line.y
    if abs(last.size - line.size) >= 0.6 or not 0.3 * line.size < drop < 1.35 * style.leading * line.size:
        return False
    if _BULLET.match(line.text) or not _aligned(block, line):
        return False
    if line.text[0].islower() or _OPEN.search(last.text):
        return True
    short = last.width < _FULL * max(*(one.width for one in block), line.width)
    return (last.font in line.fonts or line.font in last.fonts) and not (short and _UNFINISHED.search(last.text))


def _aligned(block: Sequence[Line], line: Line) -> bool:
    near = 3 * line.size
    centred = abs((block[-1].x + block[-1].width / 2) - (line.x + line.width / 2)) < near
    return centred or min(abs(one.x - line.x) for one in block) < near


def _what_follows(before: _Block, after: _Block, *, aside: bool) -> _Next:
    """What a block of main text is to the one before it.

    Args:
        before: the block that may be unfinished.
        after: the next one in the style of most of the text.
        aside: whether anything else stands between them.
    """
    last, first = before.lines[-1], after.lines[0]
    if not _UNFINISHED.search(last.text) or _BULLET.match(first.text):
        return _Next.ANOTHER
    lower = first.text[0].islower()
    full = last.width >= _FULL * max(*(line.width for line in before.lines), first.width)
    moved = before.page != after.page or first.y >= last.y
    goes_on = lower or _OPEN.search(last.text) is not None
    if goes_on and (moved or not aside):
        return _Next.ITS_REST
    unsure = goes_on or full or moved or first.text[0].isdigit()
    return _Next.UNSURE if unsure else _Next.ANOTHER


def _paragraph(blocks: Sequence[_Block], words: Counter[str], *, doubtful: bool) -> Paragraph:
    text = ""
    pages: list[tuple[int, int]] = []
    for block in blocks:
        for line in block.lines:
            text = _joined(text, line.text, words) if text else line.text
            if not pages or pages[-1][1] != block.page:
                pages.append((len(text) - len(line.text) if pages else 0, block.page))
    item = _BULLET.match(text)
    if item:
        text = text[item.end() :]
        pages = [(max(0, start - item.end()), page) for start, page in pages]
    return Paragraph(text=text, pages=tuple(pages), kind=blocks[0].kind, item=item is not None, doubtful=doubtful)


def _joined(text: str, line: str, words: Counter[str]) -> str:
    """Two lines as one, the word parted between them mended."""
    if re.search(r"\S[/\u2013\u2014]$", text):
        return text + line
    if len(text) < 2 or text[-1] not in _HYPHENS or not text[-2].isalnum():
        return f"{text} {line}"
    tail, head = _WORD.findall(text)[-1:], _WORD.match(line)
    if not tail or head is None or not line[0].islower() or text[-2].isdigit():
        return text + line  # IL- 6, 12- week, anti- CD20
    if head.group() in ("and", "or", "to"):
        return f"{text} {line}"
    parted, whole = f"{tail[0]}-{head.group()}".lower(), f"{tail[0]}{head.group()}".lower()
    keeps = tail[0].rpartition("-")[2].lower() in _KEEPS_HYPHEN and not words[whole]
    return text + line if words[parted] > words[whole] or keeps else text[:-1] + line


def _words(lines: Sequence[Line]) -> Counter[str]:
    """How often each word stands in the text; the last of a line may be half a word."""
    return Counter(word.lower() for line in lines for word in _WORD.findall(line.text.rpartition(" ")[0]))
