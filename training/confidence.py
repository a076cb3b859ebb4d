"""Fit the probability that an answer answers: `python -m training.confidence`.

Logistic regression over the features of one search, with the ranker and without. Learns from
`questions_dev.jsonl` and `questions_train.jsonl`, and from the graded questions that the ranker never
saw: one is answerable when readers found a sentence in its pool that answers it outright, and is left
out when the best they found answers it in part. Prints the cross-validated error and writes
`src/askms/answering/confidence.json`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from rich.progress import track
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold, cross_val_predict

from askms import Assistant, Settings
from evals.sets import questions
from training.ranker import graded_rows

OUTPUT: Final = Path(__file__).parent.parent / "src" / "askms" / "answering" / "confidence.json"
SEED: Final = 20261121
ANSWERS_OUTRIGHT: Final = 3
ANSWERS_IN_PART: Final = 2


@dataclass(frozen=True, slots=True)
class Asked:
    """A question and whether the corpus answers it."""

    question: str
    """Alone, so that it can be read in one way only; a follow-up with the question before it."""
    has_answer: bool
    kind: str


def asked() -> Iterator[Asked]:
    """Every question to learn from."""
    for one in (*questions("dev"), *questions("train")):
        if not one.history:
            yield Asked(one.question, one.has_answer, one.kind)
    for row in graded_rows(apart=True):
        best = max(row["grades"].values())
        if best == ANSWERS_IN_PART:
            continue
        has_answer = best == ANSWERS_OUTRIGHT
        text = " ".join(filter(None, (row.get("previous"), row["question"])))
        yield Asked(text, has_answer, "graded" if has_answer else "graded without")


def fit(assistant: Assistant) -> dict[str, Any]:
    """Fit, and print how well it does on folds it was not fitted on."""
    rows, labels, kinds = [], [], []
    for one in track(list(asked()), "asking"):
        measured = assistant.explain(one.question).measured
        if measured is not None:
            rows.append(asdict(measured))
            labels.append(one.has_answer)
            kinds.append(one.kind)
    names = list(rows[0])
    x, y, kind = np.array([[row[n] for n in names] for row in rows]), np.array(labels), np.array(kinds)
    model = LogisticRegression(C=0.3, max_iter=5000)
    folds = StratifiedKFold(10, shuffle=True, random_state=SEED)
    sure = cross_val_predict(model, x, y, cv=folds, method="predict_proba")[:, 1]
    print(f"{len(y)} questions, {y.sum()} answerable; cross-validated AUROC {roc_auc_score(y, sure):.3f}")
    for threshold in (0.3, 0.4, 0.5, 0.6, 0.7):
        shares = ", ".join(f"{k} {np.mean(sure[kind == k] >= threshold):.2f}" for k in sorted(set(kinds)))
        print(f"answered at {threshold}: {shares}")
    model.fit(x, y)
    weights = {name: round(float(weight), 3) for name, weight in zip(names, model.coef_[0], strict=True)}
    return {"intercept": round(float(model.intercept_[0]), 3), "weights": weights}


def main() -> None:
    """Fit both, write."""
    fitted = {
        "signals": fit(Assistant.open(Settings(ranker="none"))),
        "ranker": fit(Assistant.open(Settings(ranker="packaged"))),
    }
    OUTPUT.write_text(json.dumps(fitted, indent=2) + "\n", encoding="utf-8")
    print(f"wrote {OUTPUT}: {fitted}")


if __name__ == "__main__":
    main()
