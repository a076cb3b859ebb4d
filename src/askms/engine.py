"""One index snapshot at work: searches for a screened message, writes, verifies and reviews.

What leaves here has been checked sentence by sentence; nothing is shown before.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import quote_plus

from askms.answering import (
    Question,
    QuotingWriter,
    Reading,
    Wanted,
    Writer,
    quoted_before,
    readings,
    settle,
    verify,
)
from askms.build import check_model
from askms.embedding import PACKAGED, Embedder
from askms.entailment import open_judge
from askms.guardrails import Screening, named_medicines, poisoned, review, search_words, unshowable
from askms.index import Snapshot, open_vectors
from askms.precedents import Precedents, packaged_precedents
from askms.ranking import packaged_ranker
from askms.remembering import Remembered
from askms.reply import Suggestion
from askms.retrieval import Fusion, HybridRetriever
from askms.sentences import split_sentences
from askms.settings import Settings
from askms.sources import STUDY_DOSE_HEADING
from askms.stages import stage
from askms.terms import spell_out, terms
from askms.types import Claim, Correction, Document, Draft, Flag, Hit, Passage, Route, SourceStatus, Turn, Verdict

HITS = 12
"""Passages the writer chooses from; three missed 2 of 11 answers, six or more did not."""
HITS_OF_OURS = 24
"""The same for a question of our own: a page has room for more sources than a reply."""
SUGGESTIONS = 3
NEAR = 0.3
"""Cosine from which a passage that did not answer is near enough to be suggested."""
SAYS_ENOUGH = 6
"""Content terms of a message that is understood alone."""
SELDOM_ALONE = 0.2
"""How much surer a message that leans on its conversation must be of its answer when it is read alone: "can it be
helped?" finds something by itself, but not what was meant."""

LEAST_SUPPORT = 0.25
"""Probability of support below which a sentence in other words is refused, though its words keep to the quotation. Of
21 such sentences that people hold faithful the least has 0.30 (`tests/answering/rewordings.jsonl`)."""

_MASK = re.compile(r"\[(?:name|e-mail|phone|number|record number|date of birth|date|address|postcode)\]")
_INTRODUCES = re.compile(r"\b(?:i['’]?m|i am|my name(?:['’]s| is)?|this is|it['’]s)\s+\[name\][\s,.;:-]*", re.I)
_LEANING_HEADING = re.compile(r"\b(this|that|these|it|they|the (trial|study|report|review|paper|people))\b", re.I)
"""A heading that means nothing away from its source is no suggestion."""
_log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """What retrieval and writing came to, checked."""

    snapshot: Snapshot
    ranker: str
    """What read the sentences, with its version."""
    question: Question
    """What was searched with and written about: the message, put back into its conversation."""
    hits: tuple[Hit, ...]
    draft: Draft
    claims: tuple[Claim, ...]
    verdicts: tuple[Verdict, ...]
    kept_back: SourceStatus | None
    """Why the only source that answers is not quoted, if that is so."""

    @property
    def searched(self) -> str:
        """What was searched with."""
        return self.question.text

    @property
    def suggestions(self) -> tuple[Suggestion, ...]:
        """Questions that the nearest passages do answer, and ready-made searches elsewhere."""
        near = [
            Suggestion(label=heading)
            for hit in self.hits
            if hit.dense > NEAR
            and (heading := _heading(self.snapshot.document(hit.passage.source_id), hit.passage))
            and not _LEANING_HEADING.search(heading)
        ]
        known = search_words(self.searched[:200], self.snapshot.keywords.holds)
        words = quote_plus(f"multiple sclerosis {known}".rstrip())
        trials = f"https://clinicaltrials.gov/search?term={words}"
        return (
            *list(dict.fromkeys(near))[:SUGGESTIONS],
            Suggestion(label="Search PubMed for studies", url=f"https://pubmed.ncbi.nlm.nih.gov/?term={words}"),
            Suggestion(label="Search ClinicalTrials.gov for trials", url=trials),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """What of `Evidence` is made of the sources alone and says nothing of who asked: all but the question."""

    hits: tuple[Hit, ...]
    draft: Draft
    claims: tuple[Claim, ...]
    verdicts: tuple[Verdict, ...]
    kept_back: SourceStatus | None


@dataclass(frozen=True, kw_only=True)
class _Read:
    """One way to read the message, searched and written."""

    question: Question
    hits: tuple[Hit, ...]
    draft: Draft


class Engine:
    """Retriever and writers over one snapshot. Safe to share between threads."""

    def __init__(self, settings: Settings, embedder: Embedder, snapshot: Snapshot, remembers: int = 0) -> None:
        """Put the parts together; each loads when it is first needed.

        Args:
            settings: those of the answers.
            embedder: the model.
            snapshot: what is searched.
            remembers: of how many questions it is remembered what was found, should somebody ask the same.

        Raises:
            SnapshotError: the snapshot was built with another embedding model.
        """
        check_model(snapshot.manifest, embedder)
        self._settings, self._embedder, self.snapshot = settings, embedder, snapshot
        # A chat model writes anew each time; and what it writes may hold words of who asked.
        self._remembered = Remembered[_Found](0 if settings.chat_model else remembers)

    @property
    def _precedents(self) -> Precedents | None:
        """Graded questions; they have vectors of the packaged model only."""
        wanted = self._settings.precedents == "packaged" and self._embedder.name == PACKAGED
        return packaged_precedents() if wanted else None

    @cached_property
    def retriever(self) -> HybridRetriever:
        """What finds passages."""
        return self._retriever(self._precedents)

    @cached_property
    def quoting(self) -> QuotingWriter:
        """The writer that needs no chat model."""
        return self._quoting(self._precedents)

    @cached_property
    def _for_ours(self) -> tuple[HybridRetriever, QuotingWriter]:
        """The same for questions of our own: they are not put as people put theirs, of which precedents speak."""
        return self._retriever(None), self._quoting(None)

    def _retriever(self, precedents: Precedents | None) -> HybridRetriever:
        return HybridRetriever(
            self.snapshot,
            self._embedder,
            fusion=Fusion(self._settings.fusion),
            dense_weight=self._settings.dense_weight,
            passages_per_source=self._settings.passages_per_source,
            quarantined=poisoned,
            precedents=precedents,
            vectors=open_vectors(
                self._settings.vectors, self._settings.vectors_token.get_secret_value(), self.snapshot
            ),
        )

    def _quoting(self, precedents: Precedents | None) -> QuotingWriter:
        return QuotingWriter(
            self.snapshot,
            self._embedder,
            names=named_medicines,
            withheld=unshowable,
            ranker=packaged_ranker() if self._settings.ranker == "packaged" else None,
            precedents=precedents,
            min_confidence=self._settings.min_confidence,
        )

    @cached_property
    def writer(self) -> Writer:
        """The writer of these settings."""
        if self._settings.chat_model is None:
            return self.quoting
        from askms.answering.model import FallbackWriter, ModelWriter  # LangChain takes half a second to import

        model = ModelWriter.open(
            self._settings.chat_model,
            self.snapshot,
            base_url=self._settings.chat_base_url,
            timeout=self._settings.chat_timeout,
        )
        return FallbackWriter(model, self.quoting, names=named_medicines, withheld=unshowable, doubts=self._doubts)

    def find(self, screening: Screening, turns: Sequence[Turn], *, anew: bool = False) -> Evidence:
        """Search, write and check. A guard that fails leaves nothing to show.

        Args:
            screening: of the message.
            turns: what was said before.
            anew: search even if it is remembered what was found for the same message.
        """
        if turns or anew:
            return self._evidence(*self._searched(screening, turns))
        name = self._remembered.name(repr(screening))  # whatever may change what is found is in it, or in the engine
        known = self._remembered.get(name)
        if known is not None:
            (way,) = readings(_about(screening.question), (), is_subject=lambda word: False)
            return self._evidence(self._question(way, screening), known)
        question, found = self._searched(screening, ())
        if all(verdict.allowed for verdict in found.verdicts):
            # Nothing that a guard took out: one that failed this time may pass the next.
            self._remembered.put(name, found)
        return self._evidence(question, found)

    def _searched(self, screening: Screening, turns: Sequence[Turn]) -> tuple[Question, _Found]:
        read = self._read(screening, turns)
        claims, verdicts = self._checked(read.draft, self._citable(read.hits, read.draft), screening)
        return read.question, _Found(
            hits=read.hits,
            draft=read.draft,
            claims=claims,
            verdicts=verdicts,
            kept_back=None if read.draft.claims else self._kept_back(read.question),
        )

    def _evidence(self, question: Question, found: _Found) -> Evidence:
        return Evidence(
            snapshot=self.snapshot,
            ranker=self.quoting.ranker,
            question=question,
            hits=found.hits,
            draft=found.draft,
            claims=found.claims,
            verdicts=found.verdicts,
            kept_back=found.kept_back,
        )

    def quote(self, asked: str, *, already_shown: frozenset[str], wanted: Wanted, most: int) -> tuple[Claim, ...]:
        """Answer a question of our own with checked quotations, never with a chat model.

        Args:
            asked: the question.
            already_shown: sentences that are not to be quoted again.
            wanted: which sentences may be chosen.
            most: how many may be chosen, the neighbours that they need apart.
        """
        question = Question.of(spell_out(asked), asked=asked, already_shown=already_shown)
        retriever, quoting = self._for_ours
        hits = tuple(retriever.retrieve(question.text, limit=HITS_OF_OURS))
        draft = quoting.consider(question, hits, wanted, most).draft
        return self._checked(draft, self._citable(hits, draft), _of_ours(asked))[0]

    def contrast(self, one: Correction, other: Correction) -> tuple[Claim, ...]:
        """Two sentences that disagree, checked; nothing where either may not be shown."""
        claims = self.quoting.contrast(one, other)
        cited = {c.passage_key: self.snapshot.passage(c.passage_key) for claim in claims for c in claim.citations}
        draft = Draft(claims=claims, writer="quoting", confidence=1.0)
        return claims if self._checked(draft, cited, _of_ours(""))[0] == claims else ()

    def _checked(
        self, draft: Draft, passages: Mapping[str, Passage], screening: Screening
    ) -> tuple[tuple[Claim, ...], tuple[Verdict, ...]]:
        """What verification and review leave of a draft. A guard that fails leaves nothing."""
        try:
            with stage("verify"):
                checked, verdicts = verify(draft, passages, names=named_medicines, doubts=self._doubts)
            with stage("review"):
                result = review(checked.claims, passages, self.snapshot.documents, screening)
            kept = set(map(id, result.kept))
            return settle(checked.claims, [id(claim) in kept for claim in checked.claims]), (
                *verdicts,
                *result.verdicts,
            )
        except Exception as exc:  # noqa: BLE001 - a guard that fails is a refusal (P5)
            _log.error("a guard failed with %s; nothing is shown", type(exc).__name__)
            return (), (Verdict(guard="output", allowed=False, reason=f"failed: {type(exc).__name__}"),)

    def _doubts(self, sentence: str, quotes: Sequence[str]) -> str | None:
        """Why the judge does not agree that quotations support a sentence in other words."""
        said = open_judge(self._settings.judge).judge([(" ".join(quotes), sentence)])[0]
        return None if said.supported >= LEAST_SUPPORT else f"the judge calls it {said.label} ({said.supported:.2f})"

    def _read(self, screening: Screening, turns: Sequence[Turn]) -> _Read:
        """Search and write for each way to read the message; keep the one that its sources answer best."""
        said = [Turn(role=t.role, content=_about(t.content)) if t.role == "user" else t for t in turns]
        ways = readings(_about(screening.question), said, is_subject=lambda word: bool(named_medicines(word)))
        last_reply = [turn for turn in turns if turn.role == "assistant"][-1:]
        spoken_of = self.snapshot.sources_quoted(quoted_before(last_reply))
        leans = ways[0].text != ways[0].asked
        best, most = None, 0.0
        for way in sorted(ways, key=_says_enough, reverse=True):
            read = self._try(way, screening, spoken_of)
            if _says_enough(way) and read.draft.claims:
                return read  # no follow-up, though it says "that" and "it"
            worth = read.draft.confidence - (SELDOM_ALONE if leans and way.text == way.asked else 0)
            if best is None or worth > most:
                best, most = read, worth
        assert best is not None  # noqa: S101 - readings always gives at least one
        return best

    def _question(self, way: Reading, screening: Screening) -> Question:
        wants_study_dose = Flag.STUDY_DOSE in screening.flags and screening.route is Route.ANSWER
        text = self._with_known_names(spell_out(way.text))
        return Question.of(
            f"{text} {STUDY_DOSE_HEADING}" if wants_study_dose else text,
            asked=way.asked,
            already_shown=way.already_shown,
            wants_study_dose=wants_study_dose,
        )

    def _try(self, way: Reading, screening: Screening, spoken_of: frozenset[str]) -> _Read:
        question = self._question(way, screening)
        spoken_of = frozenset() if way.text == way.asked else spoken_of
        with stage("retrieve"):
            hits = tuple(self.retriever.retrieve(question.text, limit=HITS, spoken_of=spoken_of))
        with stage("write"):
            draft = self.writer.write(question, hits)
        return _Read(question=question, hits=hits, draft=draft)

    def _citable(self, hits: Sequence[Hit], draft: Draft) -> dict[str, Passage]:
        """Passages found this turn: the hits, and those that the writer added as the other side of a hit's source."""
        found = {hit.passage.key: hit.passage for hit in hits}
        sources = {hit.passage.source_id for hit in hits}
        linked = {
            other
            for source in sources
            for document in [self.snapshot.documents[source]]
            for other in (
                *(conflict.source_id for conflict in document.conflicts_with),
                *(answer.source_id for dispute in document.disputed_by for answer in dispute.answered_by),
            )
        }
        for passage in (p for source in linked | sources for p in self.snapshot.passages_of(source)):
            if any(citation.passage_key == passage.key for claim in draft.claims for citation in claim.citations):
                found.setdefault(passage.key, passage)
        return found

    def _kept_back(self, question: Question) -> SourceStatus | None:
        """The status of a source that answers the question but may not be quoted any more."""
        hits = self.retriever.withdrawn(question.text, limit=HITS)
        if not hits or not self.quoting.answers(question, hits):
            return None
        return self.snapshot.document(hits[0].passage.source_id).status

    def _with_known_names(self, text: str) -> str:
        """Write a medicine's generic name where the corpus knows neither the brand nor the spelling."""
        words = []
        for word in text.split():
            found = terms(word)
            unknown = bool(found) and not any(self.snapshot.keywords.holds(term) for term in found)
            names = sorted(named_medicines(word)) if unknown else []
            words.append(" ".join(names) or word)
        return " ".join(words)


def _of_ours(question: str) -> Screening:
    """A question that nobody typed needs no screening; what answers it is reviewed like any answer."""
    return Screening(route=Route.ANSWER, flags=frozenset(), question=question, medicines=(), variant=None, verdicts=())


def _about(message: str) -> str:
    """What a message asks, without who asks: a name and a phone number would only lead the search astray."""
    if not _MASK.search(message):
        return message
    kept = [s for s in split_sentences(message) if not _MASK.search(s) or named_medicines(s)]
    return _MASK.sub("", _INTRODUCES.sub("", " ".join(kept) or message))


def _says_enough(way: Reading) -> bool:
    """Whether it is the message alone, and long enough to be understood so."""
    return way.text == way.asked and len(terms(way.asked)) >= SAYS_ENOUGH


def _heading(document: Document, passage: Passage) -> str | None:
    return next((s.heading for s in document.sections if s.start <= passage.start < s.end), None)
