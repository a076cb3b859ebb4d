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
_HEADING: Final = re.compile(r"\s*#[^\n]*")
_BULLET: Final = re.compile(r"\s*(?:[-*] +)?")


# syntok takes "vitamin D." for an initial and "0.9." for a list number, and joins what follows.
_MISSED_END: Final = re.compile(r"(?:(?<=\d)|(?<=\b[Vv]itamin [A-Z])|(?<=\b[Hh]epatitis [A-Z]))\.(?P<gap>\s+)(?=[A-Z])")


_LIMITS: Final = re.compile(r"(however|but|yet|still|nevertheless|even so|in contrast|on the other hand)\b", re.I)
_LEANS: Final = re.compile(
    r"(it|they|this|these|those|that|he|she|such|its|their|the (latter|former|same|authors|study|trial)|also|both|as a "
    r"result|therefore|thus|moreover|in addition|furthermore)\b",
    re.I,
)


def limits_previous(sentence: str) -> bool:
    """Whether a sentence turns or limits the one before it, which must not be quoted without it."""
    return _LIMITS.match(sentence) is not None


def needs_previous(sentence: str) -> bool:
    """Whether a sentence means nothing, or something else, without the one before it."""
    return limits_previous(sentence) or _LEANS.match(sentence) is not None


def sentence_spans(text: str) -> tuple[Span, ...]:
    """Return where each sentence stands; `text[span.start:span.end]` is the sentence."""
    spans: list[Span] = []
    start = 0
    for end in [match.start() for match in _BLOCK_END.finditer(text)] + [len(text)]:
        heading = _HEADING.match(text, start, end)
        first = heading.end() if heading else start
        bullet = _BULLET.match(text, first, end)
        first = bullet.end() if bullet else first
        spans.extend(_spans_of_block(text[first:end], first))
        start = end
    return tuple(spans)


def split_sentences(text: str) -> list[str]:
    """Return the sentences of a text, in order."""
    return [text[span.start : span.end] for span in sentence_spans(text)]


def _spans_of_block(block: str, offset: int) -> list[Span]:
    spans = []
    for paragraph in segmenter.analyze(block):
        for tokens in paragraph:
            if not tokens[-1].value:  # syntok ends a text that has no full stop with an empty token past its last space
                tokens = tokens[:-1]
            start, end = tokens[0].offset, tokens[-1].offset + len(tokens[-1].value)
            for missed in _MISSED_END.finditer(block, start, end):
                spans.append(Span(start=offset + start, end=offset + missed.start("gap")))
                start = missed.end("gap")
            spans.append(Span(start=offset + start, end=offset + end))
    return spans
