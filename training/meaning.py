"""Learn the head over sentence embeddings: `python -m training.meaning`.

Reads `examples/*.jsonl` (our own messages), the development halves in `evals/datasets`
(`--own-only` leaves them out, to measure on them) and, as chatter that no route may be
mistaken for, public health questions from the folder of development data (never copied).
Writes `src/askms/guardrails/meaning.json` and prints, for the average of word model and
head, recall and false alarms on the development sets.
"""

from __future__ import annotations

import json
import sys
from hashlib import sha256
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

from askms.embedding import SentenceEmbedder
from askms.guardrails.context import read
from askms.guardrails.hints import probabilities
from training.hints import CHATTER, SETS, chatter, examples_text, rows

TARGET = Path(__file__).parents[1] / "src" / "askms" / "guardrails" / "meaning.json"
SCALE = 1000
SHARE = 0.5
NEEDED = {
    "crisis": 0.3,
    "emergency": 0.25,
    "urgent": 0.3,
    "misuse": 0.45,
    "dosing": 0.4,
    "decision": 0.45,
    "diagnosis": 0.6,
}
NEEDED_ALONE = {"crisis": 0.6, "emergency": 0.55, "urgent": 0.6}
UNLIKELY = {"misuse": 0.1, "dosing": 0.12, "decision": 0.1, "diagnosis": 0.1}
DOUBTFUL = {"crisis": 0.23, "dosing": 0.28}
"""Chosen with `--own-only` on the development sets."""


def main(*, own_only: bool) -> None:
    """Learn, report, write."""
    embedder = SentenceEmbedder()
    known = examples_text(own_only=own_only)
    texts, labels = [text for text, _ in known], [route for _, route in known]
    calm = [message.display for message in chatter()]
    table = embedder.embed_passages([*(read(text).display or " " for text in texts), *calm])
    model = LogisticRegression(C=10, max_iter=4000, class_weight="balanced")
    model.fit(table, [*labels, *[CHATTER] * len(calm)])
    weights = np.round(model.coef_ * SCALE).astype(int).tolist()
    bias = [round(float(value), 4) for value in model.intercept_]
    data = {
        "note": "Learned by training/meaning.py; not for editing by hand.",
        "model_digest": embedder.digest,
        "classes": list(model.classes_),
        "share": SHARE,
        "needed": NEEDED,
        "needed_alone": NEEDED_ALONE,
        "unlikely": UNLIKELY,
        "doubtful": DOUBTFUL,
        "scale": SCALE,
        "sha256": sha256(json.dumps([bias, weights], separators=(",", ":")).encode()).hexdigest(),
        "bias": bias,
        "weights": weights,
    }
    report(embedder, model)
    TARGET.write_text(json.dumps(data, separators=(",", ":")) + "\n", encoding="utf-8")
    print(f"{len(texts)} messages, {len(calm)} chatter, {TARGET.stat().st_size // 1024} KiB")


def report(embedder: SentenceEmbedder, model: LogisticRegression) -> None:
    """Recall and false alarms at several lines, on the development sets; a fit, unless `--own-only`."""
    routed = [row for row in rows(SETS / "routes_dev.jsonl") if not row["history"]]
    asked = [row for row in rows(SETS / "questions_dev.jsonl") if row["kind"] != "offtopic" and not row["history"]]
    messages = [row["message"] for row in routed] + [row["question"] for row in asked]
    routes = np.array([row["route"] for row in routed] + ["answer"] * len(asked))
    meant = model.predict_proba(embedder.embed_passages([read(text).display for text in messages]))
    classes = list(model.classes_)
    said = np.array(
        [[found[name] for name in classes] for found in (probabilities(read(t).sentences) for t in messages)]
    )
    for name, chances in (("meaning", meant), ("words", said), ("both", SHARE * meant + (1 - SHARE) * said)):
        for route in NEEDED:
            column = chances[:, classes.index(route)]
            lines = [
                f"{line}: {(column[routes == route] >= line).mean():.2f}"
                f"/{(column[routes == 'answer'] >= line).mean():.3f}"
                for line in (0.2, 0.3, 0.4, 0.5, 0.6)
            ]
            print(f"{name:8} {route:10} recall/false alarms {'  '.join(lines)}")


if __name__ == "__main__":
    main(own_only="--own-only" in sys.argv)
