"""The quoting writer: answers with verbatim sentences and fixed words between them, nothing else."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from askms.answering.choice import MOST, Fate, Note, choose, with_companions
from askms.answering.composing import cite, compose, introduced_by_source, one_after_another
from askms.answering.confidence import Features, confidence, features
from askms.answering.contrast import CLOSE, both_sides, conflict_on_point, dispute_of, find_sentence
from askms.answering.question import Question
from askms.answering.scoring import Candidate, candidates, read_with
from askms.embedding import Embedder, Vectors
from askms.index import Snapshot
from askms.precedents import Near, Precedents
from askms.ranking import Ranker
from askms.sentences import needs_previous
from askms.types import Claim, Correction, Document, Draft, EvidenceLevel, Hit, Passage
from askms.wording import connecting, study_dose

NAME: Final = "quoting"
_SUICIDE: Final = re.compile(r"\bsuicid", re.IGNORECASE)
_OF_DESPAIR: Final = re.compile(
    r"\b(?:suicid|self.?harm|kill|depress|despair|hopeless|mood|end (?:it|my|his|her|their)|own li(?:fe|ves))",
    re.IGNORECASE,
)
"""What a question says that may be answered with how common suicide is; one that names a medicine may ask for its
dangers. Whoever asks "my mum died of MS, will I" must not be told of suicide."""
Wanted = Callable[[Candidate], bool]
"""Whether a sentence may be chosen; the neighbours that it needs come with it all the same."""
MOST_DOSES: Final = 2
MOST_DISPUTED: Final = 2
NEAR_BEST_DISPUTED: Final = 0.7
"""Share of the best disputed claim's score that a second one must reach."""
NEAR_BEST_DOSE: Final = 0.6
"""Share of the best framed sentence's score that a second study must reach."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Considered:
    """A draft and how it came about."""

    draft: Draft
    measured: Features | None
    """What the confidence was computed from; none when nothing was found."""
    ranked: tuple[Candidate, ...]
    """Every sentence that could have been quoted, best first."""
    fates: tuple[Fate, ...]
    """What became of each."""


class QuotingWriter:
    """Quotes the best sentences of one snapshot, strongest evidence first."""

    def __init__(
        self,
        snapshot: Snapshot,
        embedder: Embedder,
        *,
        names: Callable[[str], frozenset[str]],
        withheld: Callable[[str], bool],
        ranker: Ranker | None,
        precedents: Precedents | None = None,
        min_confidence: float,
    ) -> None:
        """Name what to quote from.

        Args:
            snapshot: where the hits come from.
            embedder: the model the snapshot was built with.
            names: the medicines that a text names.
            withheld: whether a sentence may not be shown bare (an amount, a directive); such sentences are not chosen.
            ranker: what reads the likeliest sentences against the question; none: they are chosen by their signals.
            precedents: graded questions whose vectors the embedder made; none: nothing is known of earlier questions.
            min_confidence: probability of answering, 0 to 1, below which nothing is written.
        """
        self._snapshot, self._embedder, self._names = snapshot, embedder, names
        self._withheld, self._ranker, self._min_confidence = withheld, ranker, min_confidence
        self._precedents = precedents

    @cached_property
    def _points(self) -> dict[str, Vectors]:
        """Vector of each point on which sources are recorded to disagree."""
        points = sorted({c.on for document in self._snapshot.documents.values() for c in document.conflicts_with})
        return dict(zip(points, self._embedder.embed_passages(points), strict=True))

    @property
    def ranker(self) -> str:
        """Name of the ranker with its version, and that of the precedents, for receipts; "none" without one."""
        named = "none" if self._ranker is None else self._ranker.name
        return named if self._precedents is None else f"{named}, precedents {self._precedents.name}"

    def answers(self, question: Question, hits: Sequence[Hit]) -> bool:
        """Whether the hits answer the question well enough to be quoted, were it allowed to quote them."""
        near = self._near(question)
        ranked = self._ranked(question, hits, near)
        return bool(ranked) and self._sure(self._measured(question, hits, ranked, near)) >= self._min_confidence

    def write(self, question: Question, hits: Sequence[Hit]) -> Draft:
        """Quote a few sentences with the neighbours they need; no claims when the hits do not answer."""
        return self.consider(question, hits).draft

    def consider(
        self, question: Question, hits: Sequence[Hit], wanted: Wanted | None = None, most: int = MOST
    ) -> Considered:
        """Write, and tell what became of every sentence that could have been quoted.

        Args:
            question: what is asked.
            hits: what was found.
            wanted: which sentences may be chosen; whoever names them asks for each `contrast` apart.
            most: how many may be chosen for themselves.
        """
        hits = [hit for hit in hits if self._snapshot.document(hit.passage.source_id).status.is_quotable]
        near = self._near(question)
        ranked = self._ranked(question, hits, near, wanted)
        if not ranked:
            return Considered(draft=Draft(claims=(), writer=NAME, confidence=0.0), measured=None, ranked=(), fates=())
        measured = self._measured(question, hits, ranked, near)
        sure = self._sure(measured)
        fates: dict[int, Fate] = {}
        claims = (
            self._claims(
                question, ranked, lambda candidate, fate: fates.update({id(candidate): fate}), wanted is None, most
            )
            if sure >= self._min_confidence
            else ()
        )
        return Considered(
            draft=Draft(claims=claims, writer=NAME, confidence=sure),
            measured=measured,
            ranked=tuple(ranked),
            fates=tuple(fates.get(id(candidate), Fate.NO_ANSWER) for candidate in ranked),
        )

    def contrast(self, one: Correction, other: Correction) -> tuple[Claim, ...]:
        """Two sentences that disagree, stronger evidence first; nothing where one is gone or may not be shown."""
        places = [
            (document, *place)
            for said in (one, other)
            if (document := self._snapshot.documents.get(said.source_id)) is not None
            and document.status.is_quotable
            and (place := find_sentence(self._snapshot, said.source_id, said.sentence)) is not None
            and self._showable(document, *place)
        ]
        if len(places) < 2:
            return ()
        first, second = sorted(places, key=lambda place: place[0].evidence_level.rank)
        return (
            Claim(text=connecting("disagree")),
            *introduced_by_source(*first),
            Claim(text=connecting("another_finds")),
            *introduced_by_source(*second),
        )

    def _claims(
        self, question: Question, ranked: Sequence[Candidate], note: Note, contrasted: bool, most: int
    ) -> tuple[Claim, ...]:
        for candidate in ranked:
            note(candidate, Fate.ANOTHER_FORM)
        if question.wants_study_dose:
            doses = self._study_doses(question, ranked)
            if doses:
                return doses
        showable = []
        for candidate in ranked:
            if self._quotable(candidate):
                showable.append(candidate)
            else:
                note(candidate, Fate.NOT_SHOWABLE)
        quotable = self._about_the_same(question, showable)
        about = set(map(id, quotable))
        for candidate in showable:
            if id(candidate) not in about:
                note(candidate, Fate.OTHER_MEDICINE)
        claims = self._disputed(ranked, quotable)
        if not claims:
            picks = choose(quotable, note, most)
            conflict = None
            if contrasted:
                vector = self._embedder.embed_question(question.text)
                conflict = conflict_on_point(self._snapshot, vector, self._points, picks)
            disagreement = (
                None
                if conflict is None
                else both_sides(self._snapshot, question, self._points[conflict.on], conflict, self._quotable)
            )
            claims = compose(picks, disagreement)
        if question.wants_study_dose and claims:
            claims = (Claim(text=connecting("no_study_dose")), *claims)
        return claims

    def _near(self, question: Question) -> Near | None:
        if self._precedents is None:
            return None
        return self._precedents.near(self._embedder.embed_question(question.text))

    def _measured(
        self, question: Question, hits: Sequence[Hit], ranked: Sequence[Candidate], near: Near | None
    ) -> Features:
        return features(self._snapshot, question, hits, ranked, self._names, near)

    def _sure(self, measured: Features) -> float:
        return confidence(measured, was_read=self._ranker is not None)

    def _ranked(
        self, question: Question, hits: Sequence[Hit], near: Near | None, wanted: Wanted | None = None
    ) -> list[Candidate]:
        vector = self._embedder.embed_question(question.text)
        found = candidates(self._snapshot, question, vector, hits, near)
        found = [candidate for candidate in found if candidate.text not in question.already_shown]
        if not _OF_DESPAIR.search(question.text) and not self._names(question.text):
            found = [candidate for candidate in found if not _SUICIDE.search(candidate.text)]
        if wanted is not None:
            found = [candidate for candidate in found if wanted(candidate)]
        return found if self._ranker is None else read_with(self._ranker, question, found)

    def _quotable(self, candidate: Candidate) -> bool:
        return self._showable(candidate.document, candidate.passage, candidate.position)

    def _showable(self, document: Document, passage: Passage, position: int, *, disputed: bool = False) -> bool:
        """Whether a sentence and its companions may be quoted bare."""
        quoted = [passage.sentence(at) for at in with_companions(passage, position)]
        return not any(self._withheld(text) or (not disputed and dispute_of(document, text)) for text in quoted)

    def _about_the_same(self, question: Question, quotable: list[Candidate]) -> list[Candidate]:
        """Of a question that names medicines, no sentence that names only others, where one names them at all."""
        asked = self._names(question.text)
        named = [(candidate, self._names(candidate.text)) for candidate in quotable]
        if any(_related(asked, names) for _, names in named):
            return [candidate for candidate, names in named if not names or _related(asked, names)]
        under_heading = [c for c in quotable if _related(asked, self._names(c.passage.header))]
        return under_heading or quotable

    def _study_doses(self, question: Question, ranked: Sequence[Candidate]) -> tuple[Claim, ...]:
        """The studies' own amounts, each inside the fixed frame."""
        found = self._about_the_same(
            question, [c for c in ranked if c.document.evidence_level.is_study and self._may_be_framed(c)]
        )
        people = [c for c in found if c.document.evidence_level is not EvidenceLevel.ANIMAL] or found
        best = [c for c in people[:MOST_DOSES] if c.score >= NEAR_BEST_DOSE * people[0].score]
        return tuple(
            Claim(
                text=study_dose(c.document.plain_title, c.text),
                citations=(cite(c.document, c.passage, c.passage.sentences[c.position]),),
            )
            for c in best
        )

    def _may_be_framed(self, candidate: Candidate) -> bool:
        """Whether a sentence gives an amount and means the same away from the sentence before it."""
        text = candidate.text
        return self._withheld(text) and not needs_previous(text) and dispute_of(candidate.document, text) is None

    def _disputed(self, ranked: Sequence[Candidate], quotable: Sequence[Candidate]) -> tuple[Claim, ...]:
        """A disputed claim with its answers, when the question is about that very claim."""
        found = [c for c in ranked if dispute_of(c.document, c.text) is not None]
        if not found or (quotable and found[0].score < quotable[0].score * CLOSE):
            return ()
        near = [c for c in found[:MOST_DISPUTED] if c.score >= NEAR_BEST_DISPUTED * found[0].score]
        return tuple(claim for candidate in near for claim in self._with_answers(candidate))

    def _with_answers(self, disputed: Candidate) -> tuple[Claim, ...]:
        dispute = dispute_of(disputed.document, disputed.text)
        answers = [
            (document, *place)
            for answer in (dispute.answered_by if dispute else ())
            if (document := self._snapshot.document(answer.source_id)).status.is_quotable
            and (place := find_sentence(self._snapshot, answer.source_id, answer.sentence)) is not None
            and self._showable(document, *place)
        ]
        if not answers or not self._showable(disputed.document, disputed.passage, disputed.position, disputed=True):
            return ()  # a disputed claim is never shown without its answer
        return (
            Claim(text=connecting("disputed")),
            *introduced_by_source(disputed.document, disputed.passage, disputed.position),
            Claim(text=connecting("better_sources")),
            *one_after_another(answers),
        )


def _related(asked: frozenset[str], named: frozenset[str]) -> bool:
    """Whether a medicine is the same or a form of one asked about: esketamine for ketamine, not the other way round."""
    return any(one in other for one in asked for other in named)
