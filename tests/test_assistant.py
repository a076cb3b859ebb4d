"""Python's own surface: what may be asked, what comes back, and what settings change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from pydantic import ValidationError

from askms import Assistant, Reply
from askms.answering import Fate, Question
from askms.build import build_index
from askms.embedding import Embedder, Vectors
from askms.errors import IndexCorrupt, IndexMissing, IndexStale, ModelUnavailable, QuestionError, UnknownSource
from askms.index import LiveIndex, live_snapshot_folder
from askms.index.manifest import load_manifest
from askms.precedents import packaged_precedents
from askms.receipt import Receipt
from askms.replying import receipt_of
from askms.settings import Settings
from askms.testing import FakeEmbedder, corpus_file, small_index
from askms.types import Draft, Flag, Hit, Route, Turn
from askms.wording import connecting, line

QUESTION = "What is a relapse?"
EMERGENCY = "My throat is closing up after my Copaxone injection"


def over(index: Path, embedder: FakeEmbedder | None = None, **fields: Any) -> Assistant:
    return Assistant(Settings(index_dir=index, **fields), embedder or FakeEmbedder(), LiveIndex(index))


@pytest.fixture
def assistant(index: Path) -> Assistant:
    """Answers from the small index."""
    return over(index)


def quotes(reply: Reply) -> list[str]:
    return [citation.quote for claim in reply.claims for citation in claim.citations]


def test_an_answer_quotes_its_source(assistant: Assistant) -> None:
    reply = assistant.ask(QUESTION)

    assert reply.route is Route.ANSWER
    assert quotes(reply)[0] == "A relapse is a new symptom of MS that lasts longer than 24 hours."
    assert [source.id for source in reply.sources] == ["relapse"]
    assert "[1]" in reply.text
    assert "[1] What a relapse is (Small early trial, 2021, 18 studied; checked 2026-11-21)" in reply.text
    assert reply.writer == "quoting"
    assert reply.snapshot == assistant.snapshot().name


def test_a_sentence_that_limits_another_comes_with_it(assistant: Assistant) -> None:
    found = quotes(assistant.ask("Does ketamine help MS fatigue?"))

    assert any(quote.startswith("However, ") for quote in found)
    assert any("did not change daily fatigue" in quote for quote in found)


def test_no_evidence_offers_other_questions_and_searches(assistant: Assistant) -> None:
    reply = assistant.ask("Does a relapse come from zanzibar root tea?")

    assert reply.route is Route.NO_EVIDENCE
    searches = [suggestion.url for suggestion in reply.suggestions if suggestion.url]
    assert any("pubmed.ncbi.nlm.nih.gov" in url for url in searches)
    assert any("clinicaltrials.gov" in url for url in searches)


def test_searches_elsewhere_hold_no_identifier(assistant: Assistant) -> None:
    reply = assistant.ask("Does zanzibar root help? Write to jane.doe@example.com or 07700 900123")

    assert Flag.PII in reply.flags
    assert "jane" not in reply.text
    assert "900123" not in reply.text


@pytest.mark.parametrize(
    "message",
    [
        "My name is Jane Smith, my e-mail is jane.doe@example.com. What is a relapse?",
        "I'm Jane Smith, what is a relapse?",
        "What is a relapse? Ring me on 07700 900123.",
    ],
)
def test_identifiers_do_not_cost_the_answer(assistant: Assistant, message: str) -> None:
    reply = assistant.ask(message)

    assert Flag.PII in reply.flags
    assert quotes(reply) == quotes(assistant.ask(QUESTION))


def test_the_first_turn_says_it_is_a_program(assistant: Assistant) -> None:
    history = [Turn(role="user", content="hello"), Turn(role="assistant", content="Hello.")]

    assert line("ai") in assistant.ask(QUESTION).text
    assert line("ai") not in assistant.ask(QUESTION, history).text


def test_history_may_be_turns_or_mappings(assistant: Assistant) -> None:
    mappings: list[Mapping[str, str]] = [
        {"role": "user", "content": QUESTION},
        {"role": "assistant", "content": "A relapse is a new symptom."},
    ]
    turns = [Turn(role=turn["role"], content=turn["content"]) for turn in mappings]

    assert assistant.answer("tell me more", mappings) == assistant.answer("tell me more", turns)


def test_a_message_that_says_enough_is_no_follow_up(real_index: Path) -> None:
    assistant = Assistant.open(Settings(index_dir=real_index))
    before = "Does ketamine help MS fatigue?"
    history = [Turn(role="user", content=before), Turn(role="assistant", content=assistant.ask(before).text)]
    asked = "if i go the gym 3 times a wk does that slow the ms itself down or just keep me fit"

    answer = assistant.answer(asked, history)

    assert "ketamine" not in answer.receipt.searched
    assert any("exercise" in source.topics for source in answer.reply.sources)


def test_a_follow_up_is_read_in_its_conversation(assistant: Assistant) -> None:
    first = assistant.ask("Does ketamine help MS fatigue?")
    history = [
        Turn(role="user", content="Does ketamine help MS fatigue?"),
        Turn(role="assistant", content=first.text),
    ]

    answer = assistant.answer("How small was the trial?", history)

    assert answer.reply.route is Route.ANSWER
    assert [source.id for source in answer.reply.sources] == ["fatigue"]
    assert answer.receipt.history == tuple(history)
    assert "ketamine" in answer.receipt.searched


def test_tell_me_more_does_not_repeat_what_was_shown(assistant: Assistant) -> None:
    first = assistant.ask(QUESTION)
    history = [Turn(role="user", content=QUESTION), Turn(role="assistant", content=first.text)]

    assert not set(quotes(first)) & set(quotes(assistant.ask("tell me more", history)))


@pytest.mark.parametrize(
    "turn",
    [
        {"role": "system", "content": "x"},
        {"role": "user"},
        {"content": "x"},
        {"role": "user", "content": 5},
        {"role": ["user"], "content": "x"},
        {},
        "user: x",
        None,
        ("user", "x"),
        Turn(role="system", content="x"),
        Turn(role="user", content=None),  # type: ignore[arg-type]
    ],
)
def test_a_turn_that_cannot_be_read_is_refused(assistant: Assistant, turn: Any) -> None:
    with pytest.raises(QuestionError, match="needs a role"):
        assistant.ask(QUESTION, [turn])


@pytest.mark.parametrize("question", [None, 5, b"What is a relapse?", ["What"], {}])
def test_a_question_that_is_no_text_is_refused(assistant: Assistant, question: Any) -> None:
    with pytest.raises(QuestionError, match="A question is text"):
        assistant.ask(question)


def test_a_question_has_a_longest_length(assistant: Assistant) -> None:
    with pytest.raises(QuestionError, match="100,001 characters"):
        assistant.ask("word " * 20_000 + "x")


def test_a_question_is_refused_before_the_stream_starts(assistant: Assistant) -> None:
    with pytest.raises(QuestionError):
        assistant.stream("word " * 20_000 + "x")


def test_the_locale_of_the_settings_is_used_unless_another_is_named(index: Path) -> None:
    british = over(index, locale="uk")

    assert "999" in british.ask(EMERGENCY).cards[0].title
    assert "911" in british.ask(EMERGENCY, locale="us").cards[0].title
    assert british.answer(EMERGENCY).receipt.locale == "uk"


def test_above_any_confidence_nothing_is_answered(index: Path) -> None:
    assert over(index, min_confidence=1.0).ask(QUESTION).route is Route.NO_EVIDENCE


@pytest.mark.parametrize("fields", [{"fusion": "rank"}, {"dense_weight": 0.0}, {"dense_weight": 1.0}])
def test_every_way_of_searching_answers(index: Path, fields: dict[str, Any]) -> None:
    answer = over(index, **fields).answer(QUESTION)

    assert answer.reply.route is Route.ANSWER
    assert answer.receipt.settings.items() >= fields.items()


def test_opening_loads_nothing(tmp_path: Path) -> None:
    opened = Assistant.open(Settings(index_dir=tmp_path / "nothing"))

    assert opened.ask(EMERGENCY).route is Route.EMERGENCY


def test_an_unknown_model_says_so_at_the_first_question_that_needs_it(index: Path) -> None:
    with pytest.raises(ModelUnavailable, match="nobody/no-such-model"):
        Assistant.open(Settings(model="nobody/no-such-model", index_dir=index)).warm()


def test_a_chat_model_without_a_key_stops_no_start(index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    opened = Assistant(Settings(chat_model="openai:gpt-5-mini"), FakeEmbedder(), LiveIndex(index))
    opened.warm()

    assert opened.ask(EMERGENCY).cards[0].kind == "emergency"


def test_an_unknown_model_holds_back_no_card(tmp_path: Path) -> None:
    opened = Assistant.open(Settings(model="nobody/no-such-model", index_dir=tmp_path))

    assert opened.ask(EMERGENCY).cards[0].kind == "emergency"


def test_a_missing_index_says_what_to_run(tmp_path: Path) -> None:
    for call in (over(tmp_path).warm, over(tmp_path).snapshot, lambda: over(tmp_path).ask(QUESTION)):
        with pytest.raises(IndexMissing, match="Run: askms index build"):
            call()


class Heard(FakeEmbedder):
    """A model with a file of its own, that tells when it is loaded, or fails."""

    model_file = "file"

    def __init__(self, fault: Exception | None = None) -> None:
        super().__init__()
        self.loaded, self._fault = Event(), fault

    def embed_question(self, text: str) -> Vectors:
        self.loaded.set()
        if self._fault is not None:
            raise self._fault
        return super().embed_question(text)


def with_its_file(index: Path) -> Path:
    folder = live_snapshot_folder(index)
    replace(load_manifest(folder), model_file="file").save(folder)
    return index


def test_loading_ahead_loads_the_model_before_a_question_needs_it(index: Path) -> None:
    model = Heard()

    over(with_its_file(index), model).load_ahead()

    assert model.loaded.wait(timeout=30)


@pytest.mark.parametrize("fault", [ModelUnavailable("gone"), RuntimeError("a bug")])
def test_what_cannot_be_loaded_ahead_is_told_when_it_is_needed_and_holds_back_no_card(
    index: Path, fault: Exception
) -> None:
    model = Heard(fault)
    opened = over(with_its_file(index), model)

    opened.load_ahead()

    assert model.loaded.wait(timeout=30)
    assert opened.ask(EMERGENCY).cards[0].kind == "emergency"
    with pytest.raises(type(fault), match=str(fault)):
        opened.ask(QUESTION)


def test_loading_ahead_without_an_index_says_nothing(tmp_path: Path) -> None:
    opened = over(tmp_path)

    opened.load_ahead()

    with pytest.raises(IndexMissing):
        opened.ask(QUESTION)


def test_an_index_of_another_model_is_refused(index: Path) -> None:
    with pytest.raises(IndexStale, match="built with model 'fake'"):
        over(index, FakeEmbedder("other")).ask(QUESTION)


def test_a_corrupt_index_is_refused(index: Path) -> None:
    for file in index.rglob("passages.json"):
        file.write_bytes(b"")

    with pytest.raises(IndexCorrupt, match="Run: askms index build"):
        over(index).ask(QUESTION)


def test_the_retriever_finds_passages(assistant: Assistant) -> None:
    hits = assistant.retriever().retrieve(QUESTION, limit=2)

    assert hits[0].passage.source_id == "relapse"


def test_an_explanation_tells_what_became_of_every_sentence(assistant: Assistant) -> None:
    explained = assistant.explain(QUESTION)

    found = explained.looked_up
    assert found is not None
    considered = found.considered
    assert considered.measured is not None
    assert len(considered.ranked) == len(considered.fates) == len(list(found.weighed))
    assert [c.score for c in considered.ranked] == sorted((c.score for c in considered.ranked), reverse=True)
    assert (Fate.CHOSEN in considered.fates) == bool(considered.draft.claims)
    assert {one.became for one in found.weighed if one.is_quoted} == {"quoted"}


def test_an_explanation_is_of_the_very_reply_that_a_patient_gets(assistant: Assistant) -> None:
    history = [Turn(role="user", content=QUESTION), Turn(role="assistant", content=assistant.ask(QUESTION).text)]
    for question, before in ((QUESTION, []), ("How long does it last?", history), ("Who is Pele?", [])):
        explained, answer = assistant.explain(question, before), assistant.answer(question, before)

        assert explained.reply == answer.reply
        assert explained.receipt == answer.receipt
        found = explained.looked_up
        assert found is not None
        assert found.evidence.searched == answer.receipt.searched or explained.was_stopped
        assert list(explained.seconds)[:3] == ["screen", "retrieve", "write"]
        assert all(seconds >= 0 for seconds in explained.seconds.values())
        assert list(found.evidence.claims) == [c.claim for c in found.checked if c.kept]


def test_an_index_that_is_replaced_meanwhile_does_not_change_what_led_to_a_reply(
    assistant: Assistant, corpus: Path, index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = assistant.explain(QUESTION)

    def replaced(*given: Any) -> Receipt:
        (corpus / "relapse.md").unlink()
        build_index(corpus, index, FakeEmbedder())
        return receipt_of(*given)

    monkeypatch.setattr("askms.assistant.receipt_of", replaced)
    explained = assistant.explain(QUESTION)

    assert assistant.snapshot().name != explained.reply.snapshot
    with pytest.raises(UnknownSource):
        assistant.snapshot().document("relapse")
    assert explained.reply == before.reply
    was, found = before.looked_up, explained.looked_up
    assert was is not None
    assert found is not None
    assert found.hits == was.hits
    assert found.considered.draft == was.considered.draft
    assert [(one.candidate.text, one.became) for one in found.weighed] == [
        (one.candidate.text, one.became) for one in was.weighed
    ]


def test_ranks_are_places_among_all_passages(assistant: Assistant) -> None:
    explained = assistant.explain("Does a relapse last longer than 24 hours?")

    assert explained.looked_up is not None
    (first, ranks), *others = explained.looked_up.hits
    assert first.passage.source_id == "relapse"
    assert (ranks.dense, ranks.keyword, ranks.fused) == (1, 1, 1)
    assert ranks.asked is None  # nothing is known that it answers
    assert all(other.fused > 1 for _, other in others)
    assert all((hit.keyword > 0) == (place.keyword is not None) for hit, place in explained.looked_up.hits)


def test_what_was_stopped_is_explained_as_if_it_were_not(assistant: Assistant) -> None:
    explained = assistant.explain(EMERGENCY)

    assert explained.was_stopped
    assert explained.reply.route is Route.EMERGENCY
    assert explained.looked_up is not None
    assert explained.looked_up.evidence.question.text
    assert explained.receipt.hits == ()


STOPPED = {
    "I want to end my life": Route.CRISIS,
    EMERGENCY: Route.EMERGENCY,
    "Where can I buy ketamine without a script?": Route.MISUSE,
}


@pytest.mark.parametrize("message", STOPPED)
def test_what_was_stopped_is_explained_without_a_chat_model_or_another_machine(
    index: Path, monkeypatch: pytest.MonkeyPatch, message: str
) -> None:
    read: list[str] = []

    class Model:
        def write(self, question: Question, hits: Sequence[Hit]) -> Draft:
            read.append(question.text)
            return Draft(claims=(), writer="model", confidence=1.0)

    monkeypatch.setattr("askms.answering.model.ModelWriter.open", lambda *_, **__: Model())
    remote = over(index, chat_model="openai:gpt-5-mini")

    explained = remote.explain(message)
    without_milvus = over(index, vectors="milvus:http://127.0.0.1:9").explain(message)

    assert read == []
    assert explained.reply.route is STOPPED[message]
    assert explained.looked_up is not None
    assert explained.looked_up.evidence.draft.writer == "quoting"
    assert without_milvus.looked_up is not None
    remote.explain(QUESTION)
    assert read, "a question that nothing stopped goes to the model, as a patient's does"


def test_a_card_is_explained_without_an_index_and_without_a_model(tmp_path: Path, index: Path) -> None:
    class Broken(FakeEmbedder):
        def embed_question(self, question: str) -> Vectors:
            raise ModelUnavailable("The model is gone.")

    for assistant, why in ((over(tmp_path / "none"), "No index in"), (over(index, Broken()), "The model is gone.")):
        explained = assistant.explain(EMERGENCY)

        assert explained.reply == assistant.ask(EMERGENCY)
        assert explained.reply.cards
        assert explained.looked_up is None
        assert why in explained.why_not
    with pytest.raises(IndexMissing):
        over(tmp_path / "none").explain(QUESTION)


def test_another_setting_changes_the_reply_of_the_varied_assistant_alone(assistant: Assistant) -> None:
    before = assistant.ask(QUESTION)

    strict = assistant.varied(min_confidence=1.0)

    assert strict.ask(QUESTION).route is Route.NO_EVIDENCE
    assert assistant.ask(QUESTION) == before
    with pytest.raises(ValidationError):
        assistant.varied(min_confidence=2)


def test_without_a_source_or_passage_the_reply_is_that_of_an_index_without_it(
    assistant: Assistant, corpus: Path, index: Path, tmp_path: Path
) -> None:
    heat = "Why does heat make MS worse?"
    (corpus / "relapse.md").unlink()
    build_index(corpus, tmp_path / "other", FakeEmbedder())
    other = over(tmp_path / "other")
    key = assistant.snapshot().passages_of("relapse")[0].key

    for dropped in (["relapse"], [key]):
        varied = assistant.varied(without=dropped)
        for question in (QUESTION, heat, "Does ketamine help MS fatigue?"):
            assert replace(varied.ask(question), receipt_id="", snapshot="") == replace(
                other.ask(question), receipt_id="", snapshot=""
            )
    assert quotes(assistant.ask(QUESTION))


def test_a_source_that_others_name_can_be_dropped(tmp_path: Path) -> None:
    conflict = [{"source": "review", "on": "whether ketamine eases MS fatigue"}]
    sources: dict[str, dict[str, Any]] = {
        "trial": {"conflicts_with": conflict},
        "review": {"body": "## Does it help?\n\nIt may help MS fatigue.\n"},
    }
    small = small_index(tmp_path, sources)
    assistant = Assistant(Settings(index_dir=small.folder), small.embedder, LiveIndex(small.folder))

    reply = assistant.varied(without=["review"]).ask("Does ketamine help MS fatigue?")

    assert {source.id for source in reply.sources} == {"trial"}
    assert "without review" in reply.snapshot


def test_a_kept_snapshot_answers_as_it_did_when_it_was_live(corpus: Path, index: Path) -> None:
    before = over(index).ask(QUESTION)
    (corpus / "relapse.md").unlink()
    build_index(corpus, index, FakeEmbedder())
    (index / "snapshots" / "unfinished").mkdir()
    now = over(index)

    assert [each.snapshot for each in now.kept_snapshots()] == [before.snapshot]
    older = now.varied(snapshot=before.snapshot)
    assert replace(older.ask(QUESTION), receipt_id="") == replace(before, receipt_id="")
    assert now.ask(QUESTION).snapshot != before.snapshot
    assert not quotes(now.varied(snapshot=before.snapshot, without=["relapse"]).ask(QUESTION))
    for name in (now.snapshot().name, "unfinished", "..", "nowhere", f"../snapshots/{before.snapshot}"):
        with pytest.raises(IndexMissing, match="is kept beside"):
            now.varied(snapshot=name)


def test_without_a_source_nothing_is_asked_of_milvus(index: Path) -> None:
    remote = over(index, vectors="milvus:http://127.0.0.1:9")

    reply = remote.varied(without=["heat"]).ask(QUESTION)

    assert quotes(reply) == quotes(over(index).ask(QUESTION))


@pytest.mark.parametrize("dropped", [["nowhere"], ["relapse", "nowhere"], ["fatigue", "heat", "relapse"]])
def test_what_is_not_held_cannot_be_dropped_nor_can_everything(assistant: Assistant, dropped: list[str]) -> None:
    with pytest.raises(UnknownSource):
        assistant.varied(without=dropped)


def test_a_new_index_is_picked_up(assistant: Assistant, corpus: Path, index: Path) -> None:
    assert assistant.ask("What is a spasm?").route is Route.NO_EVIDENCE
    corpus_file(corpus, "spasm", "## What is a spasm?\n\nA spasm in MS is a tight muscle that pulls.\n")

    report = build_index(corpus, index, FakeEmbedder())

    reply = assistant.ask("What is a spasm?")
    assert (reply.route, reply.snapshot) == (Route.ANSWER, report.snapshot)


@pytest.mark.parametrize(
    ("status", "said"),
    [("retracted", connecting("only_retracted")), ("superseded", connecting("only_superseded"))],
)
def test_a_withdrawn_source_is_not_quoted_and_the_reply_says_so(
    corpus: Path, index: Path, status: str, said: str
) -> None:
    spasm = "## What is a spasm?\n\nA spasm in MS is a tight muscle that pulls.\n"
    corpus_file(corpus, "spasm", spasm, status=status)
    build_index(corpus, index, FakeEmbedder())

    reply = over(index).ask("What is a spasm?")

    assert reply.route is Route.NO_EVIDENCE
    assert "tight muscle" not in reply.text
    assert said in [claim.text for claim in reply.claims]


def test_a_withdrawn_source_is_not_named_where_it_does_not_answer_or_another_does(corpus: Path, index: Path) -> None:
    spasm = "## What is a spasm?\n\nA spasm in MS is a tight muscle that pulls.\n"
    corpus_file(corpus, "gone", spasm, status="retracted")
    build_index(corpus, index, FakeEmbedder())
    assert connecting("only_retracted") not in over(index).ask("What is the price of bread?").text

    corpus_file(corpus, "spasm", spasm.replace("pulls", "aches"))
    build_index(corpus, index, FakeEmbedder())
    reply = over(index).ask("What is a spasm?")
    assert (reply.route, {source.id for source in reply.sources}) == (Route.ANSWER, {"spasm"})
    assert connecting("only_retracted") not in reply.text


def test_threads_share_one_assistant(assistant: Assistant) -> None:
    questions = [QUESTION, "Why does heat make MS worse?", "Does ketamine help MS fatigue?", EMERGENCY] * 10
    alone = {question: assistant.ask(question) for question in questions}

    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(assistant.ask, questions))

    assert together == [alone[question] for question in questions]


def test_precedents_have_a_say_where_they_are_wanted_and_the_vectors_are_theirs(
    assistant: Assistant, real_index: Path, real_embedder: Embedder
) -> None:
    def read_by(asked: Assistant) -> str:
        evidence = asked.answer("What is a relapse?").evidence
        assert evidence is not None
        return evidence.ranker

    own, without = (
        Assistant(Settings(index_dir=real_index, precedents=wanted), real_embedder, LiveIndex(real_index))
        for wanted in ("packaged", "none")
    )

    assert read_by(own).endswith(f", precedents {packaged_precedents().name}")
    assert "precedents" not in read_by(without)
    assert "precedents" not in read_by(assistant)


def test_the_real_corpus_answers_and_abstains(real_index: Path, real_embedder: Embedder) -> None:
    assistant = Assistant(Settings(index_dir=real_index), real_embedder, LiveIndex(real_index))

    fatigue = assistant.ask("Does ketamine help MS fatigue?")
    assert fatigue.route is Route.ANSWER
    assert "fitzgerald-2021-ketamine-fatigue" in {source.id for source in fatigue.sources}
    assert fatigue.strength is not None
    assert assistant.ask("Who won the world cup in 1998?").route in (Route.OFFTOPIC, Route.NO_EVIDENCE)
    assert assistant.ask("How much ketamine should I take for my MS?").route is Route.DOSING
