"""Measure the ranker on questions it never saw: `python -m training.ranking_report`.

A tenth of BioASQ's questions: is a sentence that experts marked ranked first among 200, the others
being those most like the question that were marked for other questions? Beside cosine and the best
weighing of cosine and BM25 that the other tenths give, with Wilson intervals. (`training.relevance`
prints the same of the graded questions.)
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import bm25s
import numpy as np
from numpy.typing import NDArray
from rich.progress import track

from askms.embedding import SentenceEmbedder
from askms.ranking import packaged_ranker
from askms.terms import terms
from evals.intervals import wilson
from training.ranker import snippets

AMONG: Final = 200
TUNED_ON: Final = 250
"""Questions of the other tenths on which the weight of BM25 is chosen."""
Table = NDArray[np.float64]


class Marked:
    """BioASQ's questions with, for each, 200 sentences of which some are marked."""

    def __init__(self, known: Sequence[dict[str, Any]]) -> None:
        """Embed every marked sentence once."""
        self.known = known
        self._embedder = SentenceEmbedder()
        self._texts = [text for row in known for text in row["snippets"]]
        self._owner = np.array([at for at, row in enumerate(known) for _ in row["snippets"]])
        self._vectors = self._embedder.embed_passages(self._texts)
        self._words = bm25s.BM25()
        self._words.index([terms(text) or ["-"] for text in self._texts], show_progress=False)

    def candidates(self, at: int) -> tuple[list[str], Table, Table, NDArray[np.bool_]]:
        """Sentences, their cosines, their BM25 scores (0 to 1 within the 200), and which are marked."""
        question = self.known[at]["question"]
        cosine = self._vectors @ self._embedder.embed_question(question)
        words = np.asarray(self._words.get_scores(terms(question) or ["-"]), dtype=np.float64)
        mine = np.flatnonzero(self._owner == at)
        others = [n for n in np.argsort(-cosine) if self._owner[n] != at][: AMONG - len(mine)]
        chosen = np.array([*mine, *others])
        scores = words[chosen]
        return (
            [self._texts[n] for n in chosen],
            cosine[chosen].astype(np.float64),
            scores / max(scores.max(), 1e-9),
            self._owner[chosen] == at,
        )


def main() -> None:
    """Measure and print."""
    known = snippets()
    marked = Marked([row for row, _ in known])
    apart = [at for at, (_, is_apart) in enumerate(known) if is_apart]
    tuning = [at for at, (_, is_apart) in enumerate(known) if not is_apart][:TUNED_ON]
    ready = [marked.candidates(at) for at in tuning]
    weights = np.linspace(0, 1, 11)
    hits = [np.mean([right[(cos + w * words).argmax()] for _, cos, words, right in ready]) for w in weights]
    weight = float(weights[int(np.argmax(hits))])
    found: dict[str, list[bool]] = {"cosine": [], f"cosine + {weight:.1f} BM25": [], "ranker": []}
    for at in track(apart, "ranking"):
        texts, cos, words, right = marked.candidates(at)
        logits = packaged_ranker().scores(marked.known[at]["question"], [("", text) for text in texts])
        for name, scores in zip(found, (cos, cos + weight * words, logits), strict=True):
            found[name].append(bool(right[scores.argmax()]))
    for name, firsts in found.items():
        low, high = wilson(sum(firsts), len(firsts))
        share = f"{np.mean(firsts):.3f} ({low:.3f} to {high:.3f}) of {len(firsts)}"
        print(f"{name:18} a marked sentence first among {AMONG}: {share}")


if __name__ == "__main__":
    main()
