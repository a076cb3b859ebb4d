"""Cut a document into passages: whole sentences, one section each, within a token limit. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from askms.sentences import needs_previous, sentence_spans
from askms.types import Document, Passage, Section, Span

CHUNKER_VERSION: Final = "7"
"""Raise when the same document would be cut, embedded or split into search terms differently."""


def chunk(document: Document, *, count_tokens: Callable[[str], int], max_tokens: int) -> tuple[Passage, ...]:
    """Cut a document into passages.

    Args:
        document: the source.
        count_tokens: tokens of a text as the embedder counts them, special tokens included.
        max_tokens: the most that header and text may have together.

    Returns:
        Passages in reading order. `document.body[p.start:p.end] == p.text` holds for each.
    """
    return tuple(
        passage
        for section in document.sections
        for passage in _chunk_section(document, section, count_tokens, max_tokens)
    )


def embedded_text(passage: Passage) -> str:
    """The text that is embedded for a passage: header first, then its words."""
    return f"{passage.header}\n{passage.text}"


def embedded_sentence(passage: Passage, position: int) -> str:
    """The text that is embedded for one sentence: the header tells what the sentence is about."""
    return f"{passage.header}\n{passage.sentence(position)}"


def keyword_text(document: Document, passage: Passage) -> str:
    """The text that keyword search sees: also the questions it answers, the study's kind, year, number and authors."""
    level = document.evidence_level.value.replace("_", " ")
    authors = " ".join(document.authors)
    named_by = f"{level} {document.year or ''} {document.nct or ''} {authors}"
    return "\n".join((embedded_text(passage), *passage.asked_as, named_by))


def _chunk_section(
    document: Document, section: Section, count_tokens: Callable[[str], int], max_tokens: int
) -> Iterator[Passage]:
    start, end = section.start, section.end
    header = _header(document.plain_title, section.heading, count_tokens, max_tokens // 2)
    room = max_tokens - count_tokens(header)
    group: list[Span] = []
    spans = [Span(start=start + s.start, end=start + s.end) for s in sentence_spans(document.body[start:end])]
    for span in [piece for s in spans for piece in _fit(document.body, s, count_tokens, room)]:
        while group and count_tokens(document.body[group[0].start : span.end]) > room:
            cut = _cut(document.body, [*group, span])
            yield _passage(document, section, header, group[:cut])
            group = group[cut:]
        group.append(span)
    if group:
        yield _passage(document, section, header, group)


def _header(title: str, heading: str, count_tokens: Callable[[str], int], most: int) -> str:
    header = f"{title}. {heading}"
    while header and count_tokens(header) > most:
        header = header.rsplit(" ", 1)[0] if " " in header else header[: len(header) // 2]
    return header


def _fit(body: str, span: Span, count_tokens: Callable[[str], int], room: int) -> Iterator[Span]:
    """Cut a sentence that alone is over the limit at its last space that fits, so that nothing is lost."""
    start = span.start
    while count_tokens(body[start : span.end]) > room:
        end = span.end
        while count_tokens(body[start:end]) > room:
            space = body.rfind(" ", start + 1, end)
            end = space if space > start else start + (end - start) // 2
        yield Span(start=start, end=end)
        start = end + (body[end] == " ")
    if start < span.end:
        yield Span(start=start, end=span.end)


def _cut(body: str, spans: list[Span]) -> int:
    """How many sentences to keep so that none is parted from the one it leans on; all but the last if all lean."""
    cut = len(spans) - 1
    while cut > 0 and needs_previous(body[spans[cut].start : spans[cut].end]):
        cut -= 1
    return cut or len(spans) - 1


def _passage(document: Document, section: Section, header: str, group: list[Span]) -> Passage:
    start, end = group[0].start, group[-1].end
    return Passage(
        source_id=document.id,
        header=header,
        text=document.body[start:end],
        start=start,
        sentences=tuple(Span(start=s.start - start, end=s.end - start) for s in group),
        asked_as=section.asked_as,
    )
