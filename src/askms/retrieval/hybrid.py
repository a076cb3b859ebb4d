"""Dense and keyword search over one snapshot, fused, thinned and cut off."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from functools import cached_property
from typing import Final, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from askms.chunks import embedded_text
from askms.embedding import Embedder
from askms.index import NearestVectors, Snapshot
from askms.precedents import USUAL, Precedents
from askms.retrieval.fusion import Fusion, fuse
from askms.retrieval.ranks import Ranks
from askms.terms import terms
from askms.types import Hit

CANDIDATES: Final = 60
"""Passages taken from each side before fusing."""
DUPLICATE: Final = 0.97
"""Cosine above which two passages say the same."""
SPOKEN_OF: Final = 0.1
"""Added to the fused score of a passage whose source was quoted just before."""
LEAST: Final = 0.25
"""Cosine below which a passage, or a question it answers, without a shared rare term is no evidence."""
KNOWN_TO_ANSWER: Final = 0.3
"""How much a sentence must be wanted, by its precedents, for its passage to be taken up for that alone."""
LIFT: Final = 0.2
"""Cosine that a passage gains by a sentence that is surely wanted."""

_log = logging.getLogger(__name__)


@runtime_checkable
class Retriever(Protocol):
    """Anything that finds passages for a question."""

    def retrieve(self, question: str, *, limit: int, spoken_of: Collection[str] = ()) -> list[Hit]:
        """Return up to `limit` hits, best first; an empty list is a valid result. `spoken_of`: sources just quoted."""
        ...


class HybridRetriever:
    """Search one snapshot by meaning and by words."""

    def __init__(
        self,
        snapshot: Snapshot,
        embedder: Embedder,
        *,
        fusion: Fusion = Fusion.SCORE,
        dense_weight: float = 0.6,
        passages_per_source: int = 5,
        quarantined: Callable[[str], str | None] = lambda text: None,
        vectors: NearestVectors | None = None,
        precedents: Precedents | None = None,
    ) -> None:
        """Search `snapshot`.

        Args:
            snapshot: what is searched.
            embedder: the model that the snapshot was built with.
            fusion: how the two rankings become one.
            dense_weight: share of the dense side, 0 to 1.
            passages_per_source: the most hits that one source gives.
            quarantined: why a text, header and words of a passage, may not be found, or nothing. An index may have
                been built when less was known of what has no place in it.
            vectors: another engine that holds the vectors of the snapshot; none: the one in the snapshot.
            precedents: graded questions whose vectors the embedder made; none: nothing is known of earlier questions.
        """
        self._vectors = vectors or snapshot.dense
        self._snapshot, self._embedder = snapshot, embedder
        self._fusion, self._dense_weight, self._per_source = fusion, dense_weight, passages_per_source
        self._quarantined, self._precedents = quarantined, precedents

    def retrieve(self, question: str, *, limit: int, spoken_of: Collection[str] = ()) -> list[Hit]:
        """Return up to `limit` hits, best first, at most `passages_per_source` of one source.

        A source that was retracted or superseded gives none. Passages of sources that the conversation just spoke of
        count a little more.
        """
        ranked = sorted(
            (hit for hit in self._ranked(question) if self._is_quotable(hit)),
            key=lambda hit: -hit.fused - SPOKEN_OF * (hit.passage.source_id in spoken_of),
        )
        return self._thin(ranked, limit)

    def ranks(self, question: str, hits: Sequence[Hit]) -> tuple[Ranks, ...]:
        """Where hits stand among all passages, by each of the rankings that were fused."""
        vector = self._embedder.embed_question(question)
        by_words = self._snapshot.keywords.scores(terms(question))
        by_asked = self._snapshot.asked(vector)
        by_meaning = self._snapshot.passage_vectors @ vector
        fused = {hit.passage.key: place for place, hit in enumerate(self._ranked(question), start=1)}
        rows = [self._snapshot.row_of[hit.passage.stable_id] for hit in hits]
        return tuple(
            Ranks(
                dense=_place(by_meaning, row),
                keyword=_place(by_words, row) if by_words[row] > 0 else None,
                asked=_place(by_asked, row) if by_asked[row] != 0 else None,
                fused=fused[hit.passage.key],
            )
            for hit, row in zip(hits, rows, strict=True)
        )

    def withdrawn(self, question: str, *, limit: int) -> list[Hit]:
        """The hits that `retrieve` keeps back because their source was retracted or superseded."""
        return self._thin([hit for hit in self._ranked(question) if not self._is_quotable(hit)], limit)

    def _is_quotable(self, hit: Hit) -> bool:
        return self._snapshot.document(hit.passage.source_id).status.is_quotable

    def _ranked(self, question: str) -> list[Hit]:
        snapshot = self._snapshot
        vector = self._embedder.embed_question(question)
        near = self._vectors.nearest(vector, CANDIDATES)
        keyword_scores = snapshot.keywords.scores(terms(question))
        asked_scores = snapshot.asked(vector)
        known = self._known(vector)
        rows = sorted(
            {snapshot.row_of[n.stable_id] for n in near}
            | highest(keyword_scores)
            | highest(asked_scores)
            | highest(np.where(known > KNOWN_TO_ANSWER, known, 0))
        )
        dense = snapshot.passage_vectors[rows] @ vector
        keyword = keyword_scores[rows]
        asked = np.where(asked_scores[rows] == 0, dense, asked_scores[rows])
        # A question near one that the passage answers speaks for it; one far from all of them says nothing.
        meant = np.maximum(dense, (dense + asked) / 2) + LIFT * (known[rows] - USUAL)
        fused = fuse(meant, keyword, fusion=self._fusion, dense_weight=self._dense_weight)
        order = np.argsort(-fused, kind="stable")
        return [
            Hit(
                passage=snapshot.passages[rows[i]],
                dense=float(dense[i]),
                asked=float(asked[i]),
                keyword=float(keyword[i]),
                fused=float(fused[i]),
            )
            for i in order
        ]

    def _known(self, vector: NDArray[np.float32]) -> NDArray[np.float32]:
        """How much the sentence of each passage that is wanted most is wanted, by its precedents."""
        rows, starts, places = self._graded
        known = np.full(len(self._snapshot.passages), USUAL, dtype=np.float32)
        if self._precedents is not None and len(rows):
            known[rows] = self._precedents.near(vector).best_of(places, starts)
        return known

    @cached_property
    def _graded(self) -> tuple[list[int], list[int], list[int]]:
        """Rows of the passages with graded sentences, where those of each begin, and the places of their grades."""
        rows, starts, places = list[int](), list[int](), list[int]()
        for row, passage in enumerate(self._snapshot.passages if self._precedents else ()):
            sentences = map(passage.sentence, range(len(passage.sentences)))
            held = [place for text in sentences if (place := self._place_of(passage.source_id, text)) is not None]
            if held:
                rows.append(row)
                starts.append(len(places))
                places += held
        return rows, starts, places

    def _place_of(self, source_id: str, sentence: str) -> int | None:
        return None if self._precedents is None else self._precedents.place_of(source_id, sentence)

    def _thin(self, ranked: Sequence[Hit], limit: int) -> list[Hit]:
        kept: list[Hit] = []
        per_source: Counter[str] = Counter()
        for hit in ranked:
            if len(kept) >= limit:
                break
            source = hit.passage.source_id
            if max(hit.dense, hit.asked) < LEAST and hit.keyword == 0:
                continue
            if per_source[source] >= self._per_source or any(self._same(hit, other) for other in kept):
                continue
            if self._is_quarantined(hit):
                continue
            kept.append(hit)
            per_source[source] += 1
        return kept

    def _is_quarantined(self, hit: Hit) -> bool:
        # Asked last, as it is slow: only of what would be returned.
        try:
            return self._quarantined(embedded_text(hit.passage)) is not None
        except Exception as exc:  # noqa: BLE001 - a guard that fails keeps the passage back (P5)
            _log.error("the quarantine failed with %s; a passage is kept back", type(exc).__name__)
            return True

    def _same(self, one: Hit, other: Hit) -> bool:
        rows = self._snapshot.row_of[one.passage.stable_id], self._snapshot.row_of[other.passage.stable_id]
        vectors = self._snapshot.passage_vectors
        return float(vectors[rows[0]] @ vectors[rows[1]]) > DUPLICATE


def _place(scores: NDArray[np.float32], row: int) -> int:
    """Place of a row when the highest score comes first."""
    return 1 + int((scores > scores[row]).sum())


def highest(scores: NDArray[np.float32]) -> set[int]:
    """The `CANDIDATES` rows of the highest scores above 0; of equal ones the first. No time is lost on an order."""
    rows = np.flatnonzero(scores > 0)
    if len(rows) > CANDIDATES:
        of = scores[rows]
        last = np.partition(of, len(of) - CANDIDATES)[len(of) - CANDIDATES]
        above, as_high = rows[of > last], rows[of == last]
        rows = np.concatenate([above, as_high[: CANDIDATES - len(above)]])
    return set(rows.tolist())
