"""Fit the confidence that an answer answers: logistic regression over the features of one search.

    python -m evals.fit_confidence

Reads `questions_dev.jsonl` and `questions_train.jsonl`, prints the cross-validated error and writes
`src/askms/answering/confidence.json`. The held-out set is never read here.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold, cross_val_predict

from askms import Assistant
from evals.sets import questions

OUTPUT = Path("src/askms/answering/confidence.json")
SEED = 20261121


def main() -> None:
    """Fit, report, write."""
    assistant = Assistant.open()
    rows, labels, kinds = [], [], []
    for asked in (*questions("dev"), *questions("train")):
        measured = assistant.features(asked.question, asked.history)
        if measured is None:
            continue
        rows.append(asdict(measured))
        labels.append(asked.has_answer)
        kinds.append(asked.kind)
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
    fitted = {"intercept": round(float(model.intercept_[0]), 3), "weights": weights}
    OUTPUT.write_text(json.dumps(fitted, indent=2) + "\n", encoding="utf-8")
    print(f"wrote {OUTPUT}: {fitted}")


if __name__ == "__main__":
    main()
