"""Passages: whole sentences of one section, within the token limit, nothing lost and nothing twice."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from askms.chunks import chunk, embedded_sentence, embedded_text
from askms.embedding import Embedder
from askms.sentences import split_sentences
from askms.sources import load_corpus
from askms.testing import FakeEmbedder, document
from askms.types import Document, Passage

count_tokens = FakeEmbedder().count_tokens
TITLE = "Heat and MS"

_words = st.sampled_from(
    "heat nerve MS trial U.S. et al. 0.9 2021 vitamin D antidisestablishmentarianism é ’90s".split()
)
_sentences = st.builds(
    lambda words, end: "The " + " ".join(words) + end, st.lists(_words, max_size=25), st.sampled_from(".?!")
)
_blocks = st.lists(_sentences, min_size=1, max_size=6).map(" ".join) | _sentences.map(lambda text: "- " + text)
_sections = st.builds(
    lambda heading, blocks: f"## {heading}\n\n" + "\n\n".join(blocks),
    st.sampled_from(["Why?", "What did the trial of ketamine for fatigue in people with MS find after 28 days?"]),
    st.lists(_blocks, min_size=1, max_size=4),
)
bodies = st.lists(_sections, min_size=1, max_size=4).map(lambda sections: "\n\n".join(sections) + "\n")


def cut(source: Document, max_tokens: int = 48) -> tuple[Passage, ...]:
    return chunk(source, count_tokens=count_tokens, max_tokens=max_tokens)


@pytest.mark.fuzz
@given(bodies, st.integers(24, 120))
def test_every_passage_is_the_body_between_its_offsets(body: str, max_tokens: int) -> None:
    source = document(body=body)

    for passage in cut(source, max_tokens):
        assert source.body[passage.start : passage.end] == passage.text


@pytest.mark.fuzz
@given(bodies, st.integers(24, 120))
def test_sentence_spans_are_ordered_inside_the_text_and_cover_it_from_end_to_end(body: str, max_tokens: int) -> None:
    for passage in cut(document(body=body), max_tokens):
        edges = [edge for span in passage.sentences for edge in (span.start, span.end)]

        assert edges == sorted(edges)
        assert (edges[0], edges[-1]) == (0, len(passage.text))


@pytest.mark.fuzz
@given(bodies, st.integers(24, 120))
def test_no_word_of_a_body_is_lost_or_repeated(body: str, max_tokens: int) -> None:
    source = document(body=body)
    found = [passage.sentence(i) for passage in cut(source, max_tokens) for i in range(len(passage.sentences))]

    assert "".join("".join(found).split()) == "".join("".join(split_sentences(source.body)).split())


@pytest.mark.fuzz
@given(bodies)
def test_every_sentence_that_fits_is_whole_in_exactly_one_passage(body: str) -> None:
    source = document(body=body)
    found = [passage.sentence(i) for passage in cut(source, 200) for i in range(len(passage.sentences))]

    assert found == split_sentences(source.body)


@pytest.mark.fuzz
@given(bodies, st.integers(24, 120))
def test_header_and_text_together_stay_within_the_limit(body: str, max_tokens: int) -> None:
    for passage in cut(document(body=body), max_tokens):
        assert count_tokens(embedded_text(passage)) <= max_tokens


@pytest.mark.fuzz
@given(bodies)
def test_header_is_never_part_of_the_text(body: str) -> None:
    for passage in cut(document(body=body, plain_title=TITLE)):
        assert passage.header.startswith(TITLE)
        assert TITLE not in passage.text
        assert "##" not in passage.text


@pytest.mark.fuzz
@given(bodies)
def test_the_same_document_is_cut_the_same_way(body: str) -> None:
    assert [p.key for p in cut(document(body=body))] == [p.key for p in cut(document(body=body))]


def test_passages_end_at_sections() -> None:
    source = document(body="## Why?\n\nOne. Two.\n\n## How?\n\nThree.\n", plain_title=TITLE)

    passages = cut(source)

    assert [(p.header, p.text) for p in passages] == [
        ("Heat and MS. Why?", "One. Two."),
        ("Heat and MS. How?", "Three."),
    ]


def test_section_over_the_limit_is_cut_between_sentences() -> None:
    # "Heat. Why?" has 4 words and marks and 2 special tokens, a sentence 4 and 2: of 18, two sentences take 6 + 8 + 2.
    source = document(body="## Why?\n\nHeat is bad. Cold is good. Rest is fine.\n", plain_title="Heat")

    assert [p.text for p in cut(source, 18)] == ["Heat is bad. Cold is good.", "Rest is fine."]


def test_turning_sentence_is_not_parted_from_the_one_it_turns() -> None:
    source = document(body="## Why?\n\nHeat is bad. Cold is good. However, ice harms.\n", plain_title="Heat")

    assert [p.text for p in cut(source, 19)] == ["Heat is bad.", "Cold is good. However, ice harms."]


def test_sentence_over_the_limit_is_cut_at_a_space_and_stays_whole_in_sum() -> None:
    sentence = " ".join(f"word{i}" for i in range(40)) + "."
    source = document(body=f"## Why?\n\n{sentence}\n", plain_title="Heat")

    texts = [p.text for p in cut(source, 24)]

    assert " ".join(texts) == sentence
    assert len(texts) > 1


def test_word_over_the_limit_is_cut_too() -> None:
    passages = chunk(document(body=f"## Why?\n\n{'x' * 500}\n", plain_title="Heat"), count_tokens=len, max_tokens=60)

    assert "".join(p.text for p in passages) == "x" * 500
    assert all(len(p.text) <= 60 for p in passages)


def test_header_takes_at_most_half_of_the_limit() -> None:
    source = document(body="## Why?\n\nHeat is bad.\n", plain_title="x" * 90)

    (passage,) = chunk(source, count_tokens=len, max_tokens=60)

    assert len(passage.header) <= 30
    assert passage.text == "Heat is bad."


def test_change_in_one_section_keeps_the_keys_of_the_others() -> None:
    before = cut(document(body="## Why?\n\nOne.\n\n## How?\n\nTwo.\n"))
    after = cut(document(body="## Why?\n\nOne, longer than before.\n\n## How?\n\nTwo.\n"))

    assert before[0].key != after[0].key
    assert before[1].key == after[1].key
    assert before[1].start != after[1].start


def test_embedded_texts_put_the_header_first() -> None:
    passage = cut(document(body="## Why?\n\nOne. Two.\n", plain_title=TITLE))[0]

    assert embedded_text(passage) == "Heat and MS. Why?\nOne. Two."
    assert embedded_sentence(passage, 1) == "Heat and MS. Why?\nTwo."


def test_passages_of_the_real_corpus_hold_every_sentence_once_within_the_real_limit(
    real_embedder: Embedder,
) -> None:
    limit = real_embedder.max_tokens
    for source in load_corpus(Path(__file__).parent.parent / "corpus"):
        passages = chunk(source, count_tokens=real_embedder.count_tokens, max_tokens=limit)

        assert [p.sentence(i) for p in passages for i in range(len(p.sentences))] == split_sentences(source.body)
        assert all(source.body[p.start : p.end] == p.text for p in passages)
        assert all(real_embedder.count_tokens(embedded_text(p)) <= limit for p in passages)


_any_script = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), min_size=1, max_size=400)


@settings(max_examples=40)
@given(
    text=_any_script.filter(lambda text: not re.match(r"\s*#", text)), title=st.text("가,a ﷺé", min_size=1, max_size=90)
)
def test_text_of_any_script_stays_within_the_real_limit(real_embedder: Embedder, text: str, title: str) -> None:
    body = f"## Why?\n\nWords: {text * 3}\n"
    source = document(body=body, plain_title=f"T {title}"[:90])

    for passage in chunk(source, count_tokens=real_embedder.count_tokens, max_tokens=real_embedder.max_tokens):
        assert real_embedder.count_tokens(embedded_text(passage)) <= real_embedder.max_tokens
