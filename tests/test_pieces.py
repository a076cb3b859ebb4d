"""A reply in pieces is the reply, letter for letter, whatever was asked."""

from __future__ import annotations

from pathlib import Path

import pytest

from askms.assistant import Answer, Assistant, Event, Started
from askms.index import LiveIndex
from askms.pieces import cited, pieces
from askms.reply import DISCLAIMER
from askms.settings import Settings
from askms.testing import FakeEmbedder
from askms.types import Claim, Flag, Route

QUESTIONS = (
    "What is a relapse?",
    "Does ketamine help MS fatigue?",
    "Does zanzibar root cure MS?",
    "hello",
    "How much baclofen should I take?",
    "Should I try ketamine?",
    "I have saved up enough tablets and I don't want to be here",
    "my face has dropped and I can't speak properly",
    "no quiero seguir viviendo",
    "",
)


@pytest.fixture
def assistant(index: Path) -> Assistant:
    """Answers from the small index, sure of everything."""
    return Assistant(Settings(index_dir=index, min_confidence=0, ranker="none"), FakeEmbedder(), LiveIndex(index))


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_pieces_together_are_the_text(assistant: Assistant, question: str) -> None:
    *said, answer = pieces(assistant.stream(question))

    assert isinstance(answer, Answer)
    assert "".join(str(piece) for piece in said) == answer.reply.text == assistant.ask(question).text
    assert str(said[-1]).endswith(DISCLAIMER)


def test_a_card_is_the_first_piece(assistant: Assistant) -> None:
    question = "I have saved up enough tablets and I don't want to be here"

    first = next(pieces(assistant.stream(question)))

    assert isinstance(first, str)
    assert first.startswith(assistant.ask(question).cards[0].title)


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_citation_points_at_its_sentence(assistant: Assistant, question: str) -> None:
    reply = assistant.ask(question)
    claims = [claim for claim in reply.claims if claim.citations]

    places = cited(reply)

    assert [reply.text[place.start : place.end] for place in places] == [claim.text for claim in claims]
    assert [place.source_ids[0] for place in places] == [claim.citations[0].source_id for claim in claims]


def test_some_question_is_answered_with_citations(assistant: Assistant) -> None:
    assert any(cited(assistant.ask(question)) for question in QUESTIONS)


def test_what_does_not_become_the_reply_breaks_the_stream(assistant: Assistant) -> None:
    answer = assistant.answer("What is a relapse?")
    events: list[Event] = [
        Started(route=Route.ANSWER, flags=frozenset[Flag]()),
        Claim(text="A sentence that the reply has not."),
        answer,
    ]

    with pytest.raises(AssertionError, match="other words than the reply"):
        list(pieces(events))
