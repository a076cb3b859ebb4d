"""Online composition: message, screen, retrieve, write, verify, review, reply, receipt.

Values travel one way. The screening may end the turn at once, before any model or index
is touched; nothing later can soften its route.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from threading import Lock, Thread

import numpy as np

from askms.briefs import Brief, Briefs, Tell
from askms.embedding import Embedder, Vectors, open_embedder
from askms.engine import Engine, Evidence
from askms.errors import ModelUnavailable, SnapshotError
from askms.explaining import Explanation, LookedUp
from askms.guardrails import (
    RULES,
    Screening,
    cards_in,
    in_language,
    language_of_reply,
    lead_in,
    screen,
    tail_in,
    wants_evidence,
)
from askms.index import FixedIndex, LiveIndex, Manifest, Snapshot, kept_snapshot, kept_snapshots
from askms.index import without as reduced
from askms.receipt import Receipt
from askms.reply import Card, Reply
from askms.replying import receipt_of, reply_of
from askms.retrieval import Retriever
from askms.settings import Settings
from askms.stages import observed_here, stage
from askms.stopwatch import Stopwatch
from askms.turns import masked_turns, turns_of
from askms.types import Claim, Flag, Route, Turn


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A reply and what led to it."""

    reply: Reply
    receipt: Receipt
    screening: Screening
    evidence: Evidence | None = field(compare=False, repr=False)
    """What was found, for who explains the answer; nothing where nothing was looked up."""
    engine: Engine | None = field(compare=False, repr=False)
    """What found it. The assistant may have a newer one by now, which need not hold what this one found."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """First event of a stream: the message was screened."""

    route: Route
    flags: frozenset[Flag]


Event = Started | Card | Claim | Answer
"""What a stream sends, in this order: one `Started`, cards, checked sentences, the whole `Answer` last."""


class Assistant:
    """Answers questions from one index, following it when it is rebuilt. Safe to share between threads."""

    def __init__(
        self, settings: Settings, embedder: Embedder, index: LiveIndex | FixedIndex, *, remembers: int = 0
    ) -> None:
        """Put an assistant together from parts; `open` does it from settings alone.

        Args:
            settings: those of the answers.
            embedder: the model.
            index: what is searched.
            remembers: of how many questions without a conversation it is remembered what was found. A message is
                screened each time all the same, and each reply has a receipt.
        """
        self._settings, self._embedder, self._index, self._remembers = settings, embedder, index, remembers
        self._engines: dict[str, Engine] = {}
        self._briefs: Briefs | None = None
        self._lock = Lock()

    @classmethod
    def open(cls, settings: Settings | None = None, *, remembers: int = 0) -> Assistant:
        """Open an assistant. Loads nothing yet: model and index wait for the first question that needs them."""
        settings = settings or Settings()
        embedder = open_embedder(settings.model, settings.model_sha256, settings.index_dir)
        return cls(settings, embedder, LiveIndex(settings.index_dir), remembers=remembers)

    def ask(
        self, question: str, history: Sequence[Turn | Mapping[str, str]] = (), *, locale: str | None = None
    ) -> Reply:
        """Answer one question.

        Args:
            question: what the patient typed.
            history: the earlier turns, oldest first.
            locale: whose emergency numbers to show: us, ca, uk, ie, eu or unknown.

        Raises:
            QuestionError: the message is too long to read, or not text.
            SnapshotError: there is no usable index, and the message needs one.
            ModelUnavailable: the embedding model cannot be loaded.
        """
        return self.answer(question, history, locale=locale).reply

    def answer(
        self, question: str, history: Sequence[Turn | Mapping[str, str]] = (), *, locale: str | None = None
    ) -> Answer:
        """Like `ask`, with the receipt."""
        return _last(self.stream(question, history, locale=locale))

    def stream(
        self, question: str, history: Sequence[Turn | Mapping[str, str]] = (), *, locale: str | None = None
    ) -> Iterator[Event]:
        """Answer piece by piece: cards at once, then sentences as soon as all are checked, the whole reply last."""
        return self._stream(question, turns_of(question, history), locale or self._settings.locale)

    def _stream(
        self,
        question: str,
        history: Sequence[Turn],
        place: str,
        known: frozenset[Flag] = frozenset(),
        *,
        anew: bool = False,
    ) -> Iterator[Event]:
        with stage("screen"):
            screening = self.screen(question, history)
        screening = replace(screening, flags=screening.flags | known)
        # From here on only what a receipt keeps: a replay must start from the same words.
        turns = masked_turns(history)
        first_turn = not any(turn.role == "assistant" for turn in turns)
        language = language_of_reply(screening, turns)
        screening = in_language(screening, language)
        cards = cards_in(language, screening, place)
        lead = lead_in(language, screening, first_turn)
        tail = tail_in(language, screening, first_turn)
        yield Started(route=screening.route, flags=screening.flags)
        yield from cards
        yield from lead
        engine = self._engine() if language.is_searched and wants_evidence(screening.route) else None
        evidence = engine.find(screening, turns, anew=anew) if engine else None
        draft_reply = reply_of(screening, evidence, cards, lead, tail)
        yield from draft_reply.claims[len(lead) :]
        receipt = receipt_of(self._settings, screening, turns, place, evidence, draft_reply)
        reply = replace(draft_reply, receipt_id=receipt.id)
        yield Answer(reply=reply, receipt=receipt, screening=screening, evidence=evidence, engine=engine)

    def screen(self, message: str, history: Sequence[Turn] = ()) -> Screening:
        """What the guardrails say about a message. Loads nothing but the small model of the learned rail."""
        return screen(message, history, rails=RULES)

    def retriever(self) -> Retriever:
        """The retriever over the live snapshot."""
        return self._engine().retriever

    def snapshot(self) -> Snapshot:
        """The live snapshot, for looking up passages and sources."""
        return self._index.current()

    def explain(
        self, question: str, history: Sequence[Turn | Mapping[str, str]] = (), *, locale: str | None = None
    ) -> Explanation:
        """Answer, and tell how the reply came about. What was searched and written is told even of a question that
        the screening stopped; then the quoting writer alone is asked, as such a message goes to no other machine.

        Raises:
            QuestionError: the message is too long to read, or not text.
            SnapshotError: there is no usable index, and the message needs one. A message that needs none is explained
                without it.
            ModelUnavailable: the embedding model cannot be loaded; the same.
        """
        turns, watch = turns_of(question, history), Stopwatch()
        with observed_here(watch.step):
            answer = _last(self._stream(question, turns, locale or self._settings.locale, anew=True))
            looked_up, why_not = None, ""
            try:
                looked_up = self._looked_up(answer, turns)
            except (SnapshotError, ModelUnavailable) as exc:
                if answer.evidence is not None:
                    raise
                why_not = str(exc)
        return Explanation(
            reply=answer.reply,
            receipt=answer.receipt,
            screening=answer.screening,
            looked_up=looked_up,
            why_not=why_not,
            was_stopped=answer.evidence is None,
            seconds=watch.seconds,
        )

    def _looked_up(self, answer: Answer, turns: Sequence[Turn]) -> LookedUp:
        """What led to an answer; of a message that was stopped, what would have."""
        engine, evidence = answer.engine, answer.evidence
        if engine is None or evidence is None:
            engine = self.varied(chat_model=None, judge="packaged", vectors="faiss")._engine()
            evidence = engine.find(answer.screening, masked_turns(turns))
        return LookedUp(
            evidence=evidence,
            considered=engine.quoting.consider(evidence.question, evidence.hits),
            ranks=engine.retriever.ranks(evidence.question.text, evidence.hits),
        )

    def kept_snapshots(self) -> list[Manifest]:
        """Snapshots that are kept beside the live one, the newest first. Raises SnapshotError if none is live."""
        return kept_snapshots(self._settings.index_dir)

    def varied(self, *, without: Collection[str] = (), snapshot: str | None = None, **changes: object) -> Assistant:
        """This assistant with other settings, and as if it did not hold some sources or passages.

        Args:
            without: ids of sources and keys of passages.
            snapshot: name of a snapshot that is kept, to answer from instead of the live one.
            changes: settings by name.

        Raises:
            UnknownSource: one of them is not held.
            SnapshotError: there is no usable index, or none of that name.
        """
        index = self._index
        if without or snapshot:
            changes["vectors"] = "faiss"  # Milvus need not hold the vectors of any but the live snapshot
            kept = kept_snapshot(self._settings.index_dir, snapshot) if snapshot else self.snapshot()
            index = FixedIndex(reduced(kept, without) if without else kept)
        settings = Settings.model_validate({**self._settings.model_dump(), **changes})
        return Assistant(settings, self._embedder, index)

    def vectors_of(self, questions: Sequence[str]) -> Vectors:
        """A vector of each question, shape (questions, dimension), to see which are alike.

        Raises:
            ModelUnavailable: the embedding model cannot be loaded.
        """
        return np.stack([self._embedder.embed_question(question) for question in questions])

    def brief(self, topic: str, tell: Tell | None = None) -> Brief:
        """The safety brief on a topic of `askms.briefs.topics`, written when it is first asked for.

        Args:
            topic: its id.
            tell: called with how many parts are looked up, and of how many, while it is written.

        Raises:
            UnknownSource: there is no brief of that name.
            SnapshotError: there is no usable index.
            ModelUnavailable: the embedding model cannot be loaded.
        """
        return self._briefs_of_now().of(topic, tell)

    def kept_brief(self, topic: str) -> Brief | None:
        """The same where it is written already. Raises as `brief`, but loads no model."""
        return self._briefs_of_now().kept(topic)

    def warm(self) -> None:
        """Load index and models now, so that the first patient does not wait for them."""
        self.screen("what is multiple sclerosis")
        engine = self._engine()
        engine.retriever.retrieve("multiple sclerosis", limit=1)
        _ = engine.quoting  # not the chat model: cards are served when it cannot be had

    def load_ahead(self) -> None:
        """Start to load index and models in another thread, for a process that asks one question.

        The message is screened meanwhile, and waits for none of it. What cannot be loaded is told when it is needed.
        """
        Thread(target=self._load_ahead).start()

    def _load_ahead(self) -> None:
        with suppress(Exception):  # it fails again, and is told, where the question needs it
            engine = self._engine()
            if self._embedder.model_file:  # sentence-transformers would keep a process busy for ten seconds
                self._embedder.embed_question("multiple sclerosis")
            _ = engine.quoting

    def replay(self, receipt: Receipt) -> Answer:
        """Ask a receipt's question again, with the same conversation and locale."""
        turns = turns_of(receipt.question, receipt.history)
        # The receipt holds masks where the identifiers stood, so the replay cannot find them again.
        known = frozenset({Flag.PII} if Flag.PII.value in receipt.flags else ())
        return _last(self._stream(receipt.question, turns, receipt.locale, known, anew=True))

    def _briefs_of_now(self) -> Briefs:
        engine = self._engine()
        with self._lock:
            briefs = self._briefs
            if briefs is None or briefs.engine is not engine:
                briefs = self._briefs = Briefs(engine)
        return briefs

    def _engine(self) -> Engine:
        snapshot = self._index.current()
        with self._lock:
            engine = self._engines.get(snapshot.name)
            if engine is None:
                engine = Engine(self._settings, self._embedder, snapshot, self._remembers)
                self._engines = {snapshot.name: engine}
        return engine


def _last(events: Iterator[Event]) -> Answer:
    """The answer at the end of a stream."""
    for event in events:
        if isinstance(event, Answer):
            return event
    raise AssertionError("a stream ends with an answer")
