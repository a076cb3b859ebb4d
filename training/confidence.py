"""Fit the probability that an answer answers: `python -m training.confidence`, after `training.precedents learning`.

Logistic regression over the features of one search, with ranker and precedents and without. Learns from
`questions_dev.jsonl` and `questions_train.jsonl`, and from the graded questions that the ranker never
saw: one is answerable when readers found a sentence in its pool that answers it outright, and is left
out when the best they found answers it in part. Prints the error on the questions of a writer from
whom nothing was learned, the thresholds that keep stated risks there (conformal prediction, Vovk et al.
2005), and writes `src/askms/answering/confidence.json`.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from rich.progress import track
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from askms import Assistant, Settings
from askms.answering.confidence import Features
from evals.sets import questions
from training.ranker import graded_rows, natural_rows

OUTPUT: Final = Path(__file__).parent.parent / "src" / "askms" / "answering" / "confidence.json"
ANSWERS_OUTRIGHT: Final = 3
ANSWERS_IN_PART: Final = 2
RISKS: Final = (0.1, 0.2, 0.3)
Table = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question and whether the corpus answers it."""

    question: str
    """Alone, so that it can be read in one way only; a follow-up with the question before it."""
    has_answer: bool


def asked() -> Iterator[Asked]:
    """Every question to learn from."""
    for one in (*questions("dev"), *questions("train")):
        if not one.history:
            yield Asked(one.question, one.has_answer)
    yield from _judged((*graded_rows(apart=True), *natural_rows(apart=False)))


def _judged(rows: Iterable[Mapping[str, Any]]) -> Iterator[Asked]:
    for row in rows:
        best = max(row["grades"].values())
        if best != ANSWERS_IN_PART:
            text = " ".join(filter(None, (row.get("previous"), row["question"])))
            yield Asked(text, best == ANSWERS_OUTRIGHT)


def measured(assistant: Assistant, known: Iterable[Asked]) -> tuple[list[str], Table, NDArray[np.bool_]]:
    """Names and values of the features, and whether the corpus answers; of what finds anything."""
    found = [
        (looked_up.considered.measured, one.has_answer)
        for one in track(list(known), "asking")
        if (looked_up := assistant.explain(one.question).looked_up) is not None
    ]
    kept = [(_known(features), has_answer) for features, has_answer in found if features is not None]
    return list(kept[0][0]), np.array([list(row.values()) for row, _ in kept]), np.array([label for _, label in kept])


def _known(features: Features) -> dict[str, float]:
    return {name: value for name, value in asdict(features).items() if value is not None}


def threshold_for(risk: float, sure: NDArray[np.float64]) -> float:
    """The least threshold that lets through no more than `risk` of the questions without an answer.

    It holds for the next such question, on average over draws of those given, if it comes from where they came from
    (they are exchangeable); whoever asks otherwise than their writer did may be let through more often.

    Args:
        risk: share, 0 to 1, of questions without an answer that may be answered.
        sure: probabilities that askms gave to questions without an answer, none of which it was fitted on.

    Returns:
        The threshold; above 1 if so few questions cannot vouch for so small a risk.
    """
    kept = math.ceil((1 - risk) * (len(sure) + 1))  # the conformal quantile
    return float(np.nextafter(np.sort(sure)[kept - 1], 2)) if kept <= len(sure) else math.inf


def fit(assistant: Assistant) -> dict[str, Any]:
    """Fit, and print how well it does on the questions of another writer."""
    names, x, y = measured(assistant, asked())
    _, x_apart, y_apart = measured(assistant, _judged(natural_rows(apart=True)))
    model = LogisticRegression(C=0.3, max_iter=5000).fit(x, y)
    sure = model.predict_proba(x_apart)[:, 1]
    print(f"fitted on {len(y)} questions, {y.sum()} answerable; another writer's {len(y_apart)}, {y_apart.sum()}")
    print(f"AUROC {roc_auc_score(y_apart, sure):.3f}")
    for threshold in (0.3, 0.4, 0.5, 0.6, 0.7):
        answered, falsely = (sure[y_apart] >= threshold).mean(), (sure[~y_apart] >= threshold).mean()
        print(f"at {threshold}: {answered:.2f} of the answerable answered, {falsely:.2f} of the others")
    for risk in RISKS:
        line = threshold_for(risk, sure[~y_apart])
        print(
            f"to answer {risk:.0%} of what is not held: from {line:.3f}, {(sure[y_apart] >= line).mean():.2f} answered"
        )
    weights = {name: round(float(weight), 3) for name, weight in zip(names, model.coef_[0], strict=True)}
    return {"intercept": round(float(model.intercept_[0]), 3), "weights": weights}


def main() -> None:
    """Fit all four, write."""
    fitted = {
        "signals": fit(Assistant.open(Settings(ranker="none", precedents="none"))),
        "ranker": fit(Assistant.open(Settings(precedents="none"))),
        "signals+precedents": fit(Assistant.open(Settings(ranker="none"))),
        "ranker+precedents": fit(Assistant.open(Settings())),
    }
    OUTPUT.write_text(json.dumps(fitted, indent=2) + "\n", encoding="utf-8")
    print(f"wrote {OUTPUT}: {fitted}")


if __name__ == "__main__":
    main()
