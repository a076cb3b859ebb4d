"""Online composition: message, screen, retrieve, write, verify, review, reply, receipt.

Values travel one way. The screening may end the turn at once, before any model or index
is touched; nothing later can soften its route.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from hashlib import sha256
from importlib.metadata import version
from threading import Lock
from urllib.parse import quote_plus

from askms.answering import (
    Features,
    Question,
    QuotingWriter,
    Reading,
    Writer,
    coverage,
    overall_strength,
    readings,
    settle,
    verify,
)
from askms.build import check_model
from askms.embedding import Embedder, SentenceEmbedder
from askms.errors import QuestionError
from askms.guardrails import (
    RULES,
    Screening,
    cards_in,
    in_language,
    language_of_reply,
    lead_in,
    masked,
    named_medicines,
    poisoned,
    review,
    screen,
    tail_in,
    unshowable,
    wants_evidence,
)
from askms.index import LiveIndex, Snapshot
from askms.receipt import VERSION, CitedSpan, FoundPassage, Receipt
from askms.reply import Card, Reply, Suggestion
from askms.retrieval import Fusion, HybridRetriever, Retriever
from askms.sentences import split_sentences
from askms.settings import Settings
from askms.sources import STUDY_DOSE_HEADING
from askms.terms import spell_out, terms
from askms.types import Claim, Document, Draft, Flag, Hit, Passage, Route, SourceStatus, Turn, Verdict
from askms.wording import connecting, wording

HITS = 12
"""Passages the writer chooses from; three missed 2 of 11 answers, six or more did not."""
MAX_MESSAGE = 100_000
"""Characters beyond which a message is refused unread."""
SUGGESTIONS = 3
NEW_FOUND = 0.3
"""Share of a follow-up's own rare terms that the passages found for it must hold."""

_MASK = re.compile(r"\[(?:name|e-mail|phone|number|record number|date of birth|address|postcode)\]")
_LEANING_HEADING = re.compile(r"\b(this|that|these|it|they|the (trial|study|report|review|paper|people))\b", re.I)
"""A heading that means nothing away from its source is no suggestion."""
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A reply and what led to it."""

    reply: Reply
    receipt: Receipt


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """First event of a stream: the message was screened."""

    route: Route
    flags: frozenset[Flag]


Event = Started | Card | Claim | Answer
"""What a stream sends, in this order: one `Started`, cards, checked sentences, the whole `Answer` last."""


@dataclass(frozen=True, kw_only=True)
class _Evidence:
    """What retrieval and writing came to, checked."""

    snapshot: Snapshot
    searched: str
    hits: tuple[Hit, ...]
    draft: Draft
    claims: tuple[Claim, ...]
    verdicts: tuple[Verdict, ...]
    kept_back: SourceStatus | None
    """Why the only source that answers is not quoted, if that is so."""


@dataclass(frozen=True, kw_only=True)
class _Read:
    """One way to read the message, searched and written."""

    question: Question
    hits: tuple[Hit, ...]
    draft: Draft
    worth: float


class Assistant:
    """Answers questions from one index, following it when it is rebuilt. Safe to share between threads."""

    def __init__(self, settings: Settings, embedder: Embedder, index: LiveIndex) -> None:
        """Put an assistant together from parts; `open` does it from settings alone."""
        self._settings, self._embedder, self._index = settings, embedder, index
        self._engines: dict[str, _Engine] = {}
        self._lock = Lock()

    @classmethod
    def open(cls, settings: Settings | None = None) -> Assistant:
        """Open an assistant. Loads nothing yet: model and index wait for the first question that needs them."""
        settings = settings or Settings()
        embedder = SentenceEmbedder(settings.model, settings.model_sha256)
        return cls(settings, embedder, LiveIndex(settings.index_dir))

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
        return self._stream(question, _turns(question, history), locale or self._settings.locale)

    def _stream(
        self, question: str, history: Sequence[Turn], place: str, known: frozenset[Flag] = frozenset()
    ) -> Iterator[Event]:
        screening = self.screen(question, history)
        screening = replace(screening, flags=screening.flags | known)
        # From here on only what a receipt keeps: a replay must start from the same words.
        turns = _masked(history)
        first_turn = not any(turn.role == "assistant" for turn in turns)
        language = language_of_reply(screening, turns)
        screening = in_language(screening, language)
        cards = cards_in(language, screening, place)
        lead = lead_in(language, screening, first_turn)
        tail = tail_in(language, screening, first_turn)
        yield Started(route=screening.route, flags=screening.flags)
        yield from cards
        yield from lead
        searched = language.is_searched and wants_evidence(screening.route)
        evidence = self._find(screening, turns) if searched else None
        draft_reply = self._reply(screening, evidence, cards, lead, tail)
        yield from draft_reply.claims[len(lead) :]
        receipt = self._receipt(screening, turns, place, evidence, draft_reply)
        yield Answer(reply=replace(draft_reply, receipt_id=receipt.id), receipt=receipt)

    def screen(self, message: str, history: Sequence[Turn] = ()) -> Screening:
        """What the guardrails say about a message. Loads nothing but the small model of the learned rail."""
        return screen(message, history, rails=RULES)

    def retriever(self) -> Retriever:
        """The retriever over the live snapshot."""
        return self._engine().retriever

    def snapshot(self) -> Snapshot:
        """The live snapshot, for looking up passages and sources."""
        return self._index.current()

    def features(self, question: str, history: Sequence[Turn] = ()) -> Features | None:
        """What one search says about whether it found an answer; none when it found nothing. For fitting and evals."""
        engine = self._engine()
        read = self._read(engine, self.screen(question, history), _masked(history))
        return engine.quoting.measure(read.question, read.hits)

    def warm(self) -> None:
        """Load index and models now, so that the first patient does not wait for them."""
        self.screen("what is multiple sclerosis")
        engine = self._engine()
        engine.retriever.retrieve("multiple sclerosis", limit=1)

    def replay(self, receipt: Receipt) -> Answer:
        """Ask a receipt's question again, with the same conversation and locale."""
        turns = _turns(receipt.question, receipt.history)
        # The receipt holds masks where the identifiers stood, so the replay cannot find them again.
        known = frozenset({Flag.PII} if Flag.PII.value in receipt.flags else ())
        return _last(self._stream(receipt.question, turns, receipt.locale, known))

    def _find(self, screening: Screening, turns: Sequence[Turn]) -> _Evidence:
        engine = self._engine()
        read = self._read(engine, screening, turns)
        question, hits, draft = read.question, read.hits, read.draft
        passages = self._citable(engine.snapshot, hits, draft)
        try:
            checked, verdicts = verify(draft, passages, names=named_medicines)
            result = review(checked.claims, passages, engine.snapshot.documents, screening)
            kept = set(map(id, result.kept))
            claims = settle(checked.claims, [id(claim) in kept for claim in checked.claims])
            verdicts = (*verdicts, *result.verdicts)
        except Exception as exc:  # noqa: BLE001 - a guard that fails is a refusal (P5)
            _log.error("a guard failed with %s; nothing is shown", type(exc).__name__)
            claims, verdicts = (), (Verdict(guard="output", allowed=False, reason=f"failed: {type(exc).__name__}"),)
        return _Evidence(
            snapshot=engine.snapshot,
            searched=question.text,
            hits=hits,
            draft=draft,
            claims=claims,
            verdicts=verdicts,
            kept_back=None if draft.claims else _kept_back(engine, question),
        )

    def _read(self, engine: _Engine, screening: Screening, turns: Sequence[Turn]) -> _Read:
        """Search and write for each way to read the message; keep the one that its sources answer best."""
        said = [Turn(role=t.role, content=_about(t.content)) if t.role == "user" else t for t in turns]
        ways = readings(_about(screening.question), said, is_subject=lambda word: bool(named_medicines(word)))
        best: _Read | None = None
        for way in ways:
            found = self._try(engine, way, screening)
            if best is None or found.worth > best.worth:
                best = found
        assert best is not None  # noqa: S101 - readings always gives at least one
        return best

    def _try(self, engine: _Engine, way: Reading, screening: Screening) -> _Read:
        wants_study_dose = Flag.STUDY_DOSE in screening.flags and screening.route is Route.ANSWER
        text = _with_known_names(spell_out(way.text), engine.snapshot)
        question = Question.of(
            f"{text} {STUDY_DOSE_HEADING}" if wants_study_dose else text,
            asked=way.asked,
            already_shown=way.already_shown,
            wants_study_dose=wants_study_dose,
        )
        hits = tuple(engine.retriever.retrieve(question.text, limit=HITS))
        draft = engine.writer.write(question, hits)
        worth = draft.confidence
        if way.text != way.asked:
            # In its conversation nearly everything finds something: what is new must be found too.
            found = " ".join(f"{hit.passage.header} {hit.passage.text}" for hit in hits)
            new = terms(way.asked)
            if new and coverage(engine.snapshot, new, found) < NEW_FOUND:
                worth, draft = 0.0, replace(draft, claims=())
        return _Read(question=question, hits=hits, draft=draft, worth=worth)

    def _citable(self, snapshot: Snapshot, hits: Sequence[Hit], draft: Draft) -> dict[str, Passage]:
        """Passages found this turn: the hits, and those that the writer added as the other side of a hit's source."""
        found = {hit.passage.key: hit.passage for hit in hits}
        sources = {hit.passage.source_id for hit in hits}
        linked = {
            other
            for source in sources
            for document in [snapshot.documents[source]]
            for other in (
                *(conflict.source_id for conflict in document.conflicts_with),
                *(answer.source_id for dispute in document.disputed_by for answer in dispute.answered_by),
            )
        }
        for passage in (p for source in linked | sources for p in snapshot.passages_of(source)):
            if any(citation.passage_key == passage.key for claim in draft.claims for citation in claim.citations):
                found.setdefault(passage.key, passage)
        return found

    def _reply(
        self,
        screening: Screening,
        evidence: _Evidence | None,
        cards: tuple[Card, ...],
        lead: tuple[Claim, ...],
        tail: tuple[Claim, ...],
    ) -> Reply:
        if evidence is None:
            return Reply(route=screening.route, flags=screening.flags, cards=cards, claims=(*lead, *tail))
        cited = [evidence.snapshot.document(c.source_id) for claim in evidence.claims for c in claim.citations]
        sources = tuple({document.id: document for document in cited}.values())
        route = screening.route
        between: tuple[Claim, ...] = ()
        suggestions: tuple[Suggestion, ...] = ()
        if not cited:
            nothing = wording().route(Route.NO_EVIDENCE)
            why = [connecting(f"only_{evidence.kept_back.value}")] if evidence.kept_back else []
            between = tuple(Claim(text=text) for text in (*nothing.lead, *why, *nothing.tail))
            suggestions = _suggestions(evidence)
            route = Route.NO_EVIDENCE if route is Route.ANSWER else route
        disagree = any(claim.text == connecting("disagree") for claim in evidence.claims)
        return Reply(
            route=route,
            flags=screening.flags,
            cards=cards,
            claims=(*lead, *between, *evidence.claims, *tail),
            strength=overall_strength(sources, disagree=disagree),
            sources=sources,
            suggestions=suggestions,
            writer=evidence.draft.writer,
            note=evidence.draft.note,
            snapshot=evidence.snapshot.name,
        )

    def _receipt(
        self, screening: Screening, turns: Sequence[Turn], place: str, evidence: _Evidence | None, reply: Reply
    ) -> Receipt:
        documents = {source.id: source for source in reply.sources}
        return Receipt(
            version=VERSION,
            askms=version("askms"),
            wording=wording().version,
            snapshot=reply.snapshot,
            model=evidence.snapshot.manifest.model_digest if evidence else "",
            settings=self._settings.model_dump(mode="json", include=set(_ANSWER_SETTINGS)),
            question=screening.question,
            history=tuple(turns),
            locale=place,
            searched=evidence.searched if evidence else "",
            route=reply.route.value,
            flags=tuple(sorted(flag.value for flag in reply.flags)),
            verdicts=(*screening.verdicts, *(evidence.verdicts if evidence else ())),
            hits=tuple(
                FoundPassage(
                    passage_key=hit.passage.key,
                    source_id=hit.passage.source_id,
                    dense=round(hit.dense, 4),
                    keyword=round(hit.keyword, 4),
                    fused=round(hit.fused, 4),
                )
                for hit in (evidence.hits if evidence else ())
            ),
            citations=tuple(
                CitedSpan(
                    source_id=c.source_id,
                    content_hash=documents[c.source_id].content_hash,
                    passage_key=c.passage_key,
                    start=c.start,
                    end=c.end,
                )
                for claim in reply.claims
                for c in claim.citations
            ),
            confidence=round(evidence.draft.confidence, 4) if evidence else None,
            writer=reply.writer,
            text_sha256=sha256(reply.text.encode()).hexdigest(),
        ).sealed()

    def _engine(self) -> _Engine:
        snapshot = self._index.current()
        with self._lock:
            engine = self._engines.get(snapshot.name)
            if engine is None:
                engine = _Engine(self._settings, self._embedder, snapshot)
                self._engines = {snapshot.name: engine}
        return engine


_ANSWER_SETTINGS = ("model", "chat_model", "fusion", "dense_weight", "passages_per_source", "min_confidence")
"""Settings that can change what a reply says."""


class _Engine:
    """Retriever and writers over one snapshot."""

    def __init__(self, settings: Settings, embedder: Embedder, snapshot: Snapshot) -> None:
        check_model(snapshot.manifest, embedder)
        self._settings, self._embedder, self.snapshot = settings, embedder, snapshot

    @cached_property
    def retriever(self) -> HybridRetriever:
        return HybridRetriever(
            self.snapshot,
            self._embedder,
            fusion=Fusion(self._settings.fusion),
            dense_weight=self._settings.dense_weight,
            passages_per_source=self._settings.passages_per_source,
            quarantined=poisoned,
        )

    @cached_property
    def quoting(self) -> QuotingWriter:
        return QuotingWriter(
            self.snapshot,
            self._embedder,
            names=named_medicines,
            withheld=unshowable,
            min_confidence=self._settings.min_confidence,
        )

    @cached_property
    def writer(self) -> Writer:
        if self._settings.chat_model is None:
            return self.quoting
        from askms.answering.model import FallbackWriter, ModelWriter  # LangChain takes half a second to import

        model = ModelWriter.open(
            self._settings.chat_model,
            self.snapshot,
            base_url=self._settings.chat_base_url,
            timeout=self._settings.chat_timeout,
        )
        return FallbackWriter(model, self.quoting, names=named_medicines, withheld=unshowable)


def _kept_back(engine: _Engine, question: Question) -> SourceStatus | None:
    """The status of a source that answers the question but may not be quoted any more."""
    hits = engine.retriever.withdrawn(question.text, limit=HITS)
    if not hits or not engine.quoting.answers(question, hits):
        return None
    return engine.snapshot.document(hits[0].passage.source_id).status


def _last(events: Iterator[Event]) -> Answer:
    """The answer at the end of a stream."""
    for event in events:
        if isinstance(event, Answer):
            return event
    raise AssertionError("a stream ends with an answer")


def _masked(history: Sequence[Turn]) -> tuple[Turn, ...]:
    """The turns as they may be kept: cleaned, identifiers masked."""
    return tuple(Turn(role=turn.role, content=masked(turn.content)) for turn in history)


def _about(message: str) -> str:
    """What a message asks, without who asks: a name and a phone number would only lead the search astray."""
    if not _MASK.search(message):
        return message
    kept = [s for s in split_sentences(message) if not _MASK.search(s) or named_medicines(s)]
    return _MASK.sub("", " ".join(kept) or message)


def _turns(question: str, history: Sequence[Turn | Mapping[str, str]]) -> tuple[Turn, ...]:
    if not isinstance(question, str):
        raise QuestionError(f"A question is text, not {type(question).__name__}. Send a string.")
    if len(question) > MAX_MESSAGE:
        raise QuestionError(
            f"The message has {len(question):,} characters; {MAX_MESSAGE:,} can be read. "
            "Please ask one shorter question."
        )
    turns = []
    for turn in history:
        role, content = _said(turn)
        if role not in ("user", "assistant") or not isinstance(content, str):
            raise QuestionError("A turn of the history needs a role (user or assistant) and content (text).")
        turns.append(Turn(role=str(role), content=content[:MAX_MESSAGE]))
    return tuple(turns)


def _said(turn: object) -> tuple[object, object]:
    """Role and content of a turn; of anything else, nothing."""
    if isinstance(turn, Turn):
        return turn.role, turn.content
    return (turn.get("role"), turn.get("content")) if isinstance(turn, Mapping) else (None, None)


def _with_known_names(text: str, snapshot: Snapshot) -> str:
    """Write a medicine's generic name where the corpus knows neither the brand nor the spelling."""
    words = []
    for word in text.split():
        found = terms(word)
        unknown = bool(found) and not any(snapshot.keywords.holds(term) for term in found)
        names = sorted(named_medicines(word)) if unknown else []
        words.append(" ".join(names) or word)
    return " ".join(words)


def _suggestions(evidence: _Evidence) -> tuple[Suggestion, ...]:
    """Questions that the nearest passages do answer, and ready-made searches elsewhere."""
    near = [
        Suggestion(label=heading)
        for hit in evidence.hits
        if hit.dense > 0.3
        and (heading := _heading(evidence.snapshot.document(hit.passage.source_id), hit.passage))
        and not _LEANING_HEADING.search(heading)
    ]
    words = quote_plus(f"multiple sclerosis {evidence.searched[:200]}")
    return (
        *list(dict.fromkeys(near))[:SUGGESTIONS],
        Suggestion(label="Search PubMed for studies", url=f"https://pubmed.ncbi.nlm.nih.gov/?term={words}"),
        Suggestion(label="Search ClinicalTrials.gov for trials", url=f"https://clinicaltrials.gov/search?term={words}"),
    )


def _heading(document: Document, passage: Passage) -> str | None:
    return next((s.heading for s in document.sections if s.start <= passage.start < s.end), None)
