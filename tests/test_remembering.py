"""The same question again is answered from what was found before: the same reply, a receipt each, no words kept."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from askms.assistant import Assistant
from askms.build import build_index
from askms.embedding import Vectors
from askms.engine import Engine
from askms.guardrails import named_medicines, names
from askms.index import LiveIndex
from askms.remembering import Remembered
from askms.settings import Settings
from askms.testing import FakeEmbedder, corpus_file
from askms.types import Route, Turn

QUESTION = "Does zanzibar ketamine help MS fatigue?"
CRISIS = "I want to end my life"
TURNS = [Turn(role="user", content="What is a relapse?"), Turn(role="assistant", content="A new symptom.")]


class Counting(FakeEmbedder):
    """A model that counts what it is asked."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = 0

    def embed_question(self, text: str) -> Vectors:
        self.asked += 1
        return super().embed_question(text)


@pytest.fixture
def model() -> Counting:
    """Shared by the assistants of a test."""
    return Counting()


Remembering = Callable[[int], Assistant]


@pytest.fixture
def remembering(index: Path, model: Counting) -> Remembering:
    """Return what opens an assistant that remembers so many questions."""

    def opened(most: int) -> Assistant:
        settings = Settings(index_dir=index, min_confidence=0)
        return Assistant(settings, model, LiveIndex(index), remembers=most)

    return opened


def engine_of(assistant: Assistant) -> Engine:
    (engine,) = assistant._engines.values()
    return engine


def test_reply_and_receipt_are_those_of_an_assistant_that_remembers_nothing(
    remembering: Remembering, model: Counting
) -> None:
    assistant, forgetful = remembering(10), remembering(0)
    first = assistant.answer(QUESTION)
    searched = model.asked

    again = assistant.answer(QUESTION)

    assert model.asked == searched
    assert first.reply.sources
    assert again == first == forgetful.answer(QUESTION)
    assert again.evidence is not None
    assert again.evidence.searched == QUESTION


def test_that_nothing_was_found_is_remembered_too(index: Path, model: Counting) -> None:
    asked = "How are zebras counted?"
    assistant = Assistant(Settings(index_dir=index), model, LiveIndex(index), remembers=10)
    first = assistant.answer(asked)
    searched = model.asked

    assert first.reply.route is Route.NO_EVIDENCE
    assert assistant.answer(asked) == first
    assert model.asked == searched


def test_each_message_is_screened_all_the_same(remembering: Remembering, monkeypatch: pytest.MonkeyPatch) -> None:
    assistant, screened = remembering(10), list[str]()
    screen = assistant.screen

    def watched(message: str, history: object = ()) -> object:
        screened.append(message)
        return screen(message)

    monkeypatch.setattr(assistant, "screen", watched)
    cards = [assistant.answer(CRISIS).reply.cards for _ in range(2)]
    for _ in range(2):
        assistant.answer(QUESTION)

    assert all(cards)
    assert screened == [CRISIS, CRISIS, QUESTION, QUESTION]
    assert len(engine_of(assistant)._remembered) == 1


@pytest.mark.parametrize("other", [QUESTION + " ", QUESTION.lower(), "What does a Zanzibar study of ketamine say?"])
def test_another_message_is_searched_for(remembering: Remembering, other: str) -> None:
    assistant, forgetful = remembering(10), remembering(0)
    assistant.answer(QUESTION)

    assert assistant.answer(other) == forgetful.answer(other)


def test_in_a_conversation_nothing_is_remembered_or_used(remembering: Remembering, model: Counting) -> None:
    assistant, forgetful = remembering(10), remembering(0)
    assistant.answer(QUESTION, TURNS)
    assert len(engine_of(assistant)._remembered) == 0
    assistant.answer(QUESTION)
    searched = model.asked

    assert assistant.answer(QUESTION, TURNS) == forgetful.answer(QUESTION, TURNS)
    assert model.asked > searched


def test_a_new_index_is_searched(remembering: Remembering, corpus: Path, index: Path) -> None:
    assistant = remembering(10)
    before = assistant.answer(QUESTION)
    corpus_file(corpus, "extra", plain_title="Extra trial")
    build_index(corpus, index, FakeEmbedder())

    after = assistant.answer(QUESTION)

    assert after.reply.snapshot != before.reply.snapshot
    assert after == remembering(0).answer(QUESTION)


def test_who_explains_or_replays_searches_anew(remembering: Remembering, model: Counting) -> None:
    assistant = remembering(10)
    receipt = assistant.answer(QUESTION).receipt
    searched = model.asked

    assert assistant.replay(receipt).receipt == receipt
    assert model.asked > searched
    searched = model.asked
    assert {"retrieve", "write"} <= set(assistant.explain(QUESTION).seconds)
    assert model.asked > searched


def test_what_a_guard_took_out_is_judged_again(remembering: Remembering, monkeypatch: pytest.MonkeyPatch) -> None:
    assistant = remembering(10)
    with monkeypatch.context() as broken:
        broken.setattr("askms.engine.review", lambda *_: 1 / 0)
        assert not assistant.answer(QUESTION).reply.sources

    assert assistant.answer(QUESTION).reply.sources


def test_no_words_of_anybody_are_kept_and_no_more_than_so_many(remembering: Remembering) -> None:
    assistant = remembering(3)
    for number in range(6):
        assistant.answer(f"{QUESTION} {number}")

    kept = engine_of(assistant)._remembered
    assert len(kept) == 3
    assert "zanzibar" not in repr(vars(kept)).lower()


def test_medicines_in_a_message_are_remembered_without_the_message() -> None:
    assert named_medicines("does zanzibarine go with tysabri") == {"natalizumab"}
    assert named_medicines("does zanzibarine go with tysabri") == {"natalizumab"}

    assert "zanzibarine" not in repr(vars(names._known))


def test_the_longest_unasked_goes_first() -> None:
    kept = Remembered[int](2)
    one, two, three = (kept.name(word) for word in ("one", "two", "three"))
    kept.put(one, 1)
    kept.put(two, 2)
    assert kept.get(one) == 1

    kept.put(three, 3)

    assert [kept.get(name) for name in (one, two, three)] == [1, None, 3]


def test_names_of_two_processes_differ() -> None:
    assert Remembered[int](1).name("relapse") != Remembered[int](1).name("relapse")
