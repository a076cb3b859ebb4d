"""Few sentences are chosen, each with the neighbours that it needs."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from askms.answering.choice import MOST, MOST_WITH_COMPANIONS, PER_SOURCE, choose, with_companions
from askms.answering.question import Question
from askms.answering.scoring import Candidate, candidates
from askms.index import Snapshot
from askms.sentences import limits_previous, needs_previous
from askms.testing import SmallIndex, small_index
from askms.types import Passage, Span

STARTS = ("Ketamine was tested.", "However, it failed.", "It was small.", "But few took part.", "Heat is bad.")


def passage_of(*sentences: str) -> Passage:
    spans, at = [], 0
    for sentence in sentences:
        spans.append(Span(start=at, end=at + len(sentence)))
        at += len(sentence) + 1
    return Passage(source_id="s", header="h", text=" ".join(sentences), start=0, sentences=tuple(spans))


@pytest.mark.parametrize(
    ("sentences", "position", "expected"),
    [
        (("A is so.", "B is so."), 0, (0,)),
        (("A is so.", "However, B."), 0, (0, 1)),
        (("A is so.", "However, B."), 1, (0, 1)),
        (("A is so.", "It is B."), 0, (0,)),
        (("A is so.", "It is B."), 1, (0, 1)),
        (("A is so.", "However, B.", "But C.", "D is so."), 0, (0, 1, 2)),
        (("A is so.", "However, B.", "But C.", "D is so."), 2, (0, 1, 2)),
    ],
)
def test_companions(sentences: tuple[str, ...], position: int, expected: tuple[int, ...]) -> None:
    assert with_companions(passage_of(*sentences), position) == expected


@given(st.lists(st.sampled_from(STARTS), min_size=1, max_size=8), st.data())
def test_companions_are_closed(sentences: list[str], data: st.DataObject) -> None:
    passage = passage_of(*sentences)
    position = data.draw(st.integers(0, len(sentences) - 1))

    quoted = with_companions(passage, position)

    assert position in quoted
    assert quoted[0] == 0 or not needs_previous(passage.sentence(quoted[0]))
    assert quoted[-1] + 1 == len(sentences) or not limits_previous(passage.sentence(quoted[-1] + 1))


@pytest.mark.model
def test_no_passage_of_the_real_index_starts_with_a_sentence_that_limits_one_before(real_snapshot: Snapshot) -> None:
    cut_off = [
        passage.sentence(0)
        for passage in real_snapshot.passages
        if limits_previous(passage.sentence(0)) and not _opens_section(real_snapshot, passage)
    ]

    assert cut_off == []


def _opens_section(snapshot: Snapshot, passage: Passage) -> bool:
    document = snapshot.document(passage.source_id)
    section = next(s for s in document.sections if s.start <= passage.start < s.end)
    return not document.body[section.start : passage.start].strip()


@pytest.fixture
def small(tmp_path: Path) -> SmallIndex:
    facts = "\n".join(
        f"Ketamine and fatigue fact {word} about nerve {word}." for word in "alpha beta gamma delta".split()
    )
    return small_index(
        tmp_path, {f"s{n}": {"body": f"## Ketamine and fatigue {n}\n\n{facts}\n"} for n in range(3)} | {"trial": {}}
    )


def ranked(small: SmallIndex, text: str) -> list[Candidate]:
    return candidates(small.snapshot, Question.of(text), small.embedder.embed_question(text), small.hits(text))


def test_nothing_is_chosen_from_nothing() -> None:
    assert choose([]) == []


def test_few_sentences_are_chosen_and_few_of_one_source(small: SmallIndex) -> None:
    picks = choose(ranked(small, "ketamine fatigue nerve fact"))

    assert 1 <= len(picks) <= MOST
    assert sum(len(pick.positions) for pick in picks) <= MOST_WITH_COMPANIONS
    for pick in picks:
        assert sum(other.source_id == pick.source_id for other in picks) <= PER_SOURCE


def test_a_sentence_is_not_said_twice(small: SmallIndex) -> None:
    texts = [pick.candidate.text for pick in choose(ranked(small, "ketamine fatigue fact alpha nerve"))]

    assert len(texts) == len(set(texts))


def test_no_two_picks_overlap(small: SmallIndex) -> None:
    picks = choose(ranked(small, "Does ketamine help MS fatigue?"))

    assert not any(a.overlaps(b) for i, a in enumerate(picks) for b in picks[:i])
