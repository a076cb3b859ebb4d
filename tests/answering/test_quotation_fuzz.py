"""Whatever a chat model calls a quotation, what is found is whole sentences that hold the words it quoted."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from askms.answering.model import LEAST_WORDS, find_quote
from askms.sentences import sentence_spans
from askms.types import Passage, Span

WORDS = "heat MS 0.9 mg/kg U.S. et al. “fatigue” 18–65 did not (n = 18) é *.* [1] \\d+ ’90s".split()
texts = st.lists(st.sampled_from(WORDS), min_size=6, max_size=60).map(lambda words: "The " + " ".join(words) + ".")


def passage_of(text: str) -> Passage:
    return Passage(
        source_id="example",
        start=0,
        text=text,
        sentences=tuple(Span(start=span.start, end=span.end) for span in sentence_spans(text)),
        header="Heat",
    )


def plain(text: str) -> str:
    """Without what may differ: white space, quotation marks, dashes, Unicode forms."""
    text = unicodedata.normalize("NFKC", text)
    return re.sub(r"[\s\"“”'‘’\-‐-―]", "", text)


@pytest.mark.fuzz
@given(texts, st.text(max_size=120))
def test_any_text_is_found_as_it_stands_or_not_at_all(text: str, quote: str) -> None:
    passage = passage_of(text)

    span = find_quote(passage, quote)

    if span is not None:
        assert plain(quote) in plain(passage.text[span.start : span.end])


@pytest.mark.fuzz
@given(texts, st.integers(0, 200), st.integers(1, 200))
def test_a_piece_of_the_passage_is_found_in_whole_sentences(text: str, at: int, length: int) -> None:
    words = text.split()
    quote = " ".join(words[at % len(words) :][:length])
    assume(len(quote.strip(" \"'“”‘’").split()) >= LEAST_WORDS)
    passage = passage_of(text)

    span = find_quote(passage, quote)

    assert span is not None
    assert span.start in {sentence.start for sentence in passage.sentences}
    assert span.end in {sentence.end for sentence in passage.sentences}
    assert plain(quote) in plain(passage.text[span.start : span.end])


@pytest.mark.fuzz
@given(texts, st.integers(0, 200), st.sampled_from(["zanzibar", "never", "100", "§"]))
def test_a_piece_with_one_other_word_is_not_found(text: str, at: int, other: str) -> None:
    words = text.split()
    words.insert(1 + at % (len(words) - 1), other)

    assert find_quote(passage_of(text), " ".join(words)) is None
