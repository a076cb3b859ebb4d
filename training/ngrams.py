"""Fit the n-grams that judge a message's route beside the network: `python -m training.ngrams`.

Learns from the messages that `training.routes` learns from, and leaves out the tenth that it keeps apart. A logistic
regression in which rare routes count more; written as 8-bit weights with a scale for each route. Run it after
`training.routes`, whose lines are for both together. About two minutes on one core.
"""

from __future__ import annotations

import io
import json
import random
from collections.abc import Sequence
from hashlib import sha256
from typing import Final

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import normalize

from askms.guardrails.ngrams import CARD, ROWS, WEIGHTS, counted
from training.routes import SEED, TARGET, examples, is_kept_apart, report, with_slip

STRENGTH: Final = 20.0
"""Inverse of the regularisation."""
STEPS: Final = 300
FEWEST: Final = 2
"""Messages that must hold an n-gram for it to count."""


def table(messages: Sequence[str]) -> csr_matrix:
    """Counts of n-grams, shape (messages, rows of the table)."""
    found = [counted(message) for message in messages]
    ends = np.cumsum([0, *(len(rows) for rows, _ in found)])
    rows, values = (np.concatenate(column) for column in zip(*found, strict=True))
    return csr_matrix((values.astype(np.float32), rows, ends), shape=(len(messages), ROWS))


def main() -> None:
    """Fit, write, report."""
    random.seed(SEED)
    known = examples()
    taught = [example for example in known if not is_kept_apart(example)]
    classes = sorted({example.route for example in known})
    counts = table([with_slip(message) for message, _ in (example.text for example in taught)])
    held_by = np.asarray((counts > 0).sum(axis=0)).ravel()
    rarity = np.where(held_by < FEWEST, 0.0, np.log((1 + len(taught)) / (1 + held_by)) + 1).astype(np.float16)
    values = normalize(counts.multiply(rarity.astype(np.float32)).tocsr())
    labels = np.array([classes.index(example.route) for example in taught])
    sizes = np.bincount(labels)
    weights = dict(enumerate((sizes.max() / sizes) ** 0.5))  # as the network's
    model = LogisticRegression(C=STRENGTH, max_iter=STEPS, class_weight=weights).fit(values, labels)
    scale = np.abs(model.coef_).max(axis=1) / 127
    packed = io.BytesIO()
    np.savez_compressed(
        packed,
        weights=np.round(model.coef_ / scale[:, None]).astype(np.int8).T,
        scale=scale.astype(np.float32),
        intercept=model.intercept_.astype(np.float32),
        rarity=rarity,
    )
    (TARGET / WEIGHTS).write_bytes(packed.getvalue())
    card = {
        "note": "Written by training/ngrams.py; see CARD.md.",
        "sha256": sha256(packed.getvalue()).hexdigest(),
        "classes": classes,
        "seed": SEED,
    }
    (TARGET / CARD).write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")
    print(f"{len(taught)} messages, {model.n_iter_[0]} steps, {len(packed.getvalue()) / 1e6:.1f} MB")
    report([example for example in known if is_kept_apart(example)])


if __name__ == "__main__":
    main()
