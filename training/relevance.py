"""Fit how likely a sentence is wanted: `python -m training.relevance`, after `training.precedents learning`.

Logistic regressions over the signals of a sentence, with and without what the ranker makes of it and what
precedents say. Learns from the graded questions that the ranker never saw (`is_kept_apart` and `natural_rows`),
prints the cross-validated order of their sentences beside that of single signals, and writes
`src/askms/answering/relevance.json`.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from rich.progress import track
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from askms.answering.question import Question
from askms.answering.scoring import Signals, signals_of
from askms.embedding import PACKAGED, open_embedder
from askms.index import LiveIndex
from askms.precedents import name_of, packaged_precedents
from askms.ranking import packaged_ranker
from askms.settings import Settings
from askms.terms import spell_out
from askms.types import Hit
from training.ranker import GAINS, graded_rows, natural_rows

OUTPUT: Final = Path(__file__).parent.parent / "src" / "askms" / "answering" / "relevance.json"
FOLDS: Final = 5
Table = NDArray[np.float64]


@dataclass(frozen=True)
class Pool:
    """The graded sentences of one question."""

    question: str
    values: Table
    """Signals, then the ranker's logit; shape (sentences, values)."""
    gains: Table
    """How much each is wanted, 0 to 1."""


NAMES: Final = (*Signals.__dataclass_fields__, "logit")


def pools(rows: Sequence[dict[str, Any]]) -> list[Pool]:
    """Signals and logits of graded sentences."""
    index_dir = Settings().index_dir
    snapshot, embedder = LiveIndex(index_dir).current(), open_embedder(PACKAGED, None, index_dir)
    places = {
        name_of(passage.source_id, passage.sentence(at)): (passage, at)
        for passage in snapshot.passages
        for at in range(len(passage.sentences))
    }
    found = []
    for row in track(rows, "reading graded sentences"):
        asked = " ".join(filter(None, (row.get("previous"), row["question"])))
        question = Question.of(spell_out(asked), asked=row["question"])
        vector = embedder.embed_question(question.text)
        held = [(*places[name], grade) for name, grade in row["grades"].items() if name in places]
        if not held:
            continue
        signals, asked_near, near = [], snapshot.asked(vector), packaged_precedents().near(vector)
        for passage, at, _ in held:
            row_of = snapshot.row_of[passage.stable_id]
            dense = float(snapshot.passage_vectors[row_of] @ vector)
            hit = Hit(passage=passage, dense=dense, asked=float(asked_near[row_of]), keyword=0.0, fused=0.0)
            signals.append(list(asdict(signals_of(snapshot, question, vector, hit, at, near)).values()))
        texts = [(passage.header, passage.sentence(at)) for passage, at, _ in held]
        logits = packaged_ranker().scores(question.text, texts)
        found.append(Pool(row["question"], np.c_[np.array(signals), logits], np.array([GAINS[g] for *_, g in held])))
    return found


def fit(known: Sequence[Pool], columns: Sequence[int]) -> LogisticRegression:
    """Fit on sentences, each counted as wanted and as unwanted by its gain."""
    values = np.vstack([pool.values[:, columns] for pool in known])
    gains = np.concatenate([pool.gains for pool in known])
    model = LogisticRegression(C=1.0, max_iter=5000)
    return model.fit(
        np.vstack([values, values]), np.r_[np.ones(len(gains)), np.zeros(len(gains))], np.r_[gains, 1 - gains]
    )


def order_of(known: Sequence[Pool], scores: Sequence[Table]) -> dict[str, float]:
    """How good an order is, over the questions that some sentence answers outright."""
    first, gained = [], []
    for pool, score in zip(known, scores, strict=True):
        if pool.gains.max() < 1:
            continue
        order = np.argsort(-score, kind="stable")
        first.append(float(pool.gains[order[0]] == 1))
        discount = 1 / np.log2(np.arange(len(order)) + 2)
        gained.append(
            float((pool.gains[order] * discount)[:5].sum() / (np.sort(pool.gains)[::-1] * discount)[:5].sum())
        )
    return {
        "questions": len(first),
        "first answers": round(float(np.mean(first)), 3),
        "nDCG@5": round(float(np.mean(gained)), 3),
    }


def cross_fitted(known: Sequence[Pool], columns: Sequence[int]) -> list[Table]:
    """Probabilities of each pool's sentences, by a fit on the other folds."""
    found: list[Table] = [np.empty(0)] * len(known)
    groups = np.arange(len(known))
    for rest, fold in GroupKFold(FOLDS).split(groups, groups=groups):
        model = fit([known[n] for n in rest], columns)
        for n in fold:
            found[n] = model.predict_proba(known[n].values[:, columns])[:, 1]
    return found


def written(model: LogisticRegression, columns: Sequence[int]) -> dict[str, Any]:
    """The numbers of a fit."""
    weights = {NAMES[column]: round(float(weight), 4) for column, weight in zip(columns, model.coef_[0], strict=True)}
    return {"intercept": round(float(model.intercept_[0]), 4), "weights": weights}


def main() -> None:
    """Fit, report, write."""
    known = pools([*graded_rows(apart=True), *natural_rows(apart=False)])
    with_precedents = list(range(len(NAMES) - 1))
    signals = [column for column in with_precedents if NAMES[column] != "graded"]
    kinds = {
        "signals": signals,
        "ranker": [*signals, len(NAMES) - 1],
        "signals+precedents": with_precedents,
        "ranker+precedents": [*with_precedents, len(NAMES) - 1],
    }
    for name in ("cosine", "asked", "coverage", "logit"):
        print(f"{name:10}", order_of(known, [pool.values[:, NAMES.index(name)] for pool in known]))
    for label, columns in kinds.items():
        print(f"{label:18}", order_of(known, cross_fitted(known, columns)))
    fitted = {label: written(fit(known, columns), columns) for label, columns in kinds.items()}
    OUTPUT.write_text(json.dumps(fitted, indent=2) + "\n", encoding="utf-8")
    print(f"wrote {OUTPUT}: {fitted}")


if __name__ == "__main__":
    main()
