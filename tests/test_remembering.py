"""The same question again is answered from what was found before: the same reply, a receipt each, no words kept."""

from __future__ import annotations

import gc
from collections.abc import Callable
from dataclasses import replace
from functools import _lru_cache_wrapper
from pathlib import Path

import pytest

from askms import terms
from askms.answering import phrases
from askms.answering.model import ModelWriter
from askms.assistant import Assistant
from askms.build import build_index
from askms.embedding import Vectors
from askms.engine import Engine
from askms.guardrails import named_medicines, names
from askms.guardrails.identifiers import mask
from askms.index import LiveIndex
from askms.remembering import Remembered
from askms.settings import Settings
from askms.testing import FakeEmbedder, corpus_file
from askms.types import Flag, Route, Turn, Verdict
from tests.answering.test_model import Scripted, output
from tests.conftest import FATIGUE

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


@pytest.mark.parametrize("asked", [QUESTION, "does it help?"])
def test_in_a_conversation_nothing_is_remembered_or_used(remembering: Remembering, model: Counting, asked: str) -> None:
    assistant, forgetful = remembering(10), remembering(0)
    assistant.answer(asked, TURNS)
    assert len(engine_of(assistant)._remembered) == 0
    alone = assistant.answer(asked)
    assert len(engine_of(assistant)._remembered) == 1
    searched = model.asked

    after_a_turn = assistant.answer(asked, TURNS)

    assert model.asked > searched, "what was found for the message alone was used"
    assert after_a_turn == forgetful.answer(asked, TURNS)
    assert alone == forgetful.answer(asked)


def test_a_message_that_leans_on_its_conversation_does_not_get_what_it_gets_alone(remembering: Remembering) -> None:
    assistant, turn = remembering(10), Turn(role="user", content="Does ketamine change daily fatigue?")
    alone = assistant.answer("does it help?")

    followed = assistant.answer("does it help?", [turn])

    assert followed.screening == alone.screening, "only the conversation may tell them apart"
    assert followed.evidence is not None
    assert alone.evidence is not None
    assert "ketamine" in followed.evidence.searched
    assert followed.evidence.hits != alone.evidence.hits


@pytest.mark.parametrize(
    "change",
    [
        {"flags": frozenset({Flag.STUDY_DOSE})},
        {"route": Route.DOSING},
        {"verdicts": (Verdict(guard="dosing", allowed=False, reason="amount"),)},
        {"medicines": ("ocrelizumab",)},
    ],
    ids=lambda change: next(iter(change)),
)
def test_one_question_screened_in_two_ways_is_two_questions(
    remembering: Remembering, model: Counting, change: dict[str, object]
) -> None:
    assistant, forgetful = remembering(10), remembering(0)
    screening = assistant.answer(QUESTION).screening
    forgetful.answer(QUESTION)
    engine, other = engine_of(assistant), replace(screening, **change)  # type: ignore[arg-type]
    assert other != screening
    searched = model.asked

    found = engine.find(other, ())

    assert model.asked > searched, "what was found for the other screening was used"
    assert len(engine._remembered) == 2
    afresh = engine_of(forgetful).find(other, ())
    assert (found.question, found.hits, found.claims) == (afresh.question, afresh.hits, afresh.claims)


def test_a_chat_model_is_asked_each_time(index: Path, model: Counting, monkeypatch: pytest.MonkeyPatch) -> None:
    quote = FATIGUE.splitlines()[2]
    chat = Scripted(responses=[output((quote, ["q"]), q=quote)])
    monkeypatch.setattr(ModelWriter, "open", lambda _, snapshot, **__: ModelWriter(chat, snapshot, timeout=20))
    settings = Settings(index_dir=index, min_confidence=0, chat_model="openai:test-model")
    assistant = Assistant(settings, model, LiveIndex(index), remembers=10)

    replies = [assistant.ask(QUESTION) for _ in range(2)]

    assert [reply.writer for reply in replies] == ["model", "model"]
    assert quote in replies[1].text
    assert len(chat.asked) == 2
    assert len(engine_of(assistant)._remembered) == 0


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


def remembered_by_python() -> list[str]:
    """Every text that a `functools` cache of askms has as argument or result."""
    # By type: `isinstance` asks each object for its class, and some of torch's warn when they are asked.
    gc.unfreeze()  # a command run in this process may have set aside what it found
    caches = [each for each in gc.get_objects() if type(each) is _lru_cache_wrapper]
    ours = [each for each in caches if str(each.__module__).startswith("askms")]
    return [repr(kept) for each in ours for kept in gc.get_referents(each) if kept is not each.__wrapped__]


def test_words_of_a_message_are_kept_by_no_cache(remembering: Remembering) -> None:
    typed = "My name is Quillibert Ostrovnik, born 3 Marchember 1981. " + QUESTION.replace("zanzibar", "zanzibarish")

    assistant = remembering(10)
    assistant.answer(typed)
    mask("Marchember says so.")  # where no figure stands, a date is looked for word by word
    phrases.word_key("zanzibarish")

    kept = " ".join(remembered_by_python()).lower()
    assert "january" in kept or "jan(?:uar)?y?" in kept, "the caches were not found"
    assert [word for word in ("quillibert", "ostrovnik", "marchember", "zanzibarish") if word in kept] == []
    assert terms._STEMMER.maxCacheSize == phrases._STEMMER.maxCacheSize == 0, "the stemmer keeps the words it is given"


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
