"""Find the sentences of a text, keeping their offsets.

Splitting is syntok's; this module adds only what Markdown needs: headings are no
sentences, and a blank line or a list item always ends one.
"""

from __future__ import annotations

import re
from typing import Final

from syntok import segmenter

from askms.types import Span

_BLOCK_END: Final = re.compile(r"\n[ \t]*\n|\n(?=[ \t]*(?:[-*] |#))|(?<=\n)(?=[-*] |#)")
_BULLET: Final = re.compile(r"\s*(?:[-*] +)?")


# syntok takes "vitamin D." for an initial and "0.9." for a list number, and joins what follows.
_MISSED_END: Final = re.compile(r"(?:(?<=\d)|(?<=\bvitamin [A-Z])|(?<=\bhepatitis [A-Z]))\.(?P<gap>\s+)(?=[A-Z])")


def sentence_spans(text: str) -> tuple[Span, ...]:
    """Return where each sentence stands; `text[span.start:span.end]` is the sentence."""
    spans: list[Span] = []
    start = 0
    for end in [match.start() for match in _BLOCK_END.finditer(text)] + [len(text)]:
        block = text[start:end]
        if not block.lstrip().startswith("#"):
            bullet = _BULLET.match(block)
            skipped = bullet.end() if bullet else 0
            spans.extend(_spans_of_block(block[skipped:], start + skipped))
        start = end
    return tuple(spans)


def split_sentences(text: str) -> list[str]:
    """Return the sentences of a text, in order."""
    return [text[span.start : span.end] for span in sentence_spans(text)]


def _spans_of_block(block: str, offset: int) -> list[Span]:
    spans = []
    for paragraph in segmenter.analyze(block):
        for tokens in paragraph:
            start, end = tokens[0].offset, tokens[-1].offset + len(tokens[-1].value)
            for missed in _MISSED_END.finditer(block, start, end):
                spans.append(Span(start=offset + start, end=offset + missed.start("gap")))
                start = missed.end("gap")
            spans.append(Span(start=offset + start, end=offset + end))
    return spans
