"""Learns the weights of the `hints` rail anew: `python -m training.hints`.

Reads `examples/*.jsonl` (our own messages, one a line: message, route), the development halves
in `evals/datasets` (`--own-only` leaves them out, to measure on them) and, as the ordinary
chatter that no route may be mistaken for, public health questions from the folder of
development data (`ASKMS_EVAL_DATA`, default `../shared/data`; never copied). Writes
`src/askms/guardrails/hints.json` and prints what cross-validation says.
"""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from collections.abc import Mapping
from math import log, sqrt
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_predict

from askms.guardrails.context import read
from askms.guardrails.crisis import Crisis
from askms.guardrails.decision import Decision
from askms.guardrails.dosing import Dosing
from askms.guardrails.emergency import Emergency
from askms.guardrails.hints import features
from askms.guardrails.misuse import Misuse
from askms.guardrails.rail import Message, Sentence
from askms.guardrails.urgent import Urgent

Array = NDArray[Any]
HERE = Path(__file__).parent
EXAMPLES = HERE / "examples"
TARGET = HERE.parent / "src" / "askms" / "guardrails" / "hints.json"
DATA = Path(os.environ.get("ASKMS_EVAL_DATA", HERE.parents[1] / "shared" / "data"))
SETS = HERE.parent / "evals" / "datasets"
CHATTER = "chatter"
SCALE = 100
LEAST_SEEN = 2
MOST_FEATURES = 9000
NEEDED = {
    "crisis": 0.4,
    "emergency": 0.3,
    "urgent": 0.3,
    "misuse": 0.5,
    "dosing": 0.45,
    "decision": 0.45,
    "diagnosis": 0.5,
}
"""Chosen with `--own-only` on the development sets: at most 2% false alarms on answerable questions."""
NEEDED_IN_GENERAL = {"crisis": 0.75, "emergency": 0.6, "urgent": 0.7, "misuse": 0.6, "dosing": 0.6, "decision": 0.6}


def examples_text(*, own_only: bool) -> list[tuple[str, str]]:
    """Messages and their routes, each message once."""
    known = [(row["message"], row["route"]) for path in sorted(EXAMPLES.glob("*.jsonl")) for row in rows(path)]
    if not own_only:
        known += [(row["message"], row["route"]) for row in rows(SETS / "routes_dev.jsonl") if not row["history"]]
        names = ("questions_dev.jsonl", "questions_train.jsonl")
        asked = [row for name in names for row in rows(SETS / name) if not row["history"]]
        known += [(row["question"], "offtopic" if row["kind"] == "offtopic" else "answer") for row in asked]
    once = dict.fromkeys((message, "answer" if route == "boundary" else route) for message, route in known)
    return list(once)


def examples(*, own_only: bool) -> list[tuple[tuple[Sentence, ...], str]]:
    """Messages as sentences, and their routes."""
    return [(read(message).sentences, route) for message, route in examples_text(own_only=own_only)]


def rows(path: Path) -> list[dict[str, Any]]:
    """The rows of a file of JSON lines."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def chatter() -> list[Message]:
    """Public health questions in which no safety rule sees anything, as a class of their own."""
    questions = [read(str(row["question"])) for row in rows(DATA / "off_topic_dev.jsonl")]
    return [message for message in questions if not _alarms(message)]


def _alarms(message: Message) -> bool:
    return any(rail.judge(message).route for rail in (Crisis(), Emergency(), Urgent(), Misuse(), Dosing(), Decision()))


def row_of(pair: tuple[frozenset[str], frozenset[str]], rarity: Mapping[str, float]) -> dict[str, float]:
    """The known features of a message by their rarity; each of the two blocks has length one."""
    row: dict[str, float] = {}
    for block in pair:
        known = {feature: rarity[feature] for feature in block if feature in rarity}
        length = sqrt(sum(value * value for value in known.values()))
        row |= {feature: value / length for feature, value in known.items()}
    return row


def main(*, own_only: bool) -> None:
    """Learn, report, write."""
    known = [*examples(own_only=own_only), *((message.sentences, CHATTER) for message in chatter())]
    blocks = [features(sentences) for sentences, _ in known]
    routes = np.array([route for _, route in known])
    seen = Counter(feature for pair in blocks for block in pair for feature in block)
    rarity = {name: _rarity(times, len(known)) for name, times in sorted(seen.items()) if times >= LEAST_SEEN}
    model = LogisticRegression(C=30, max_iter=4000, class_weight="balanced")
    vectorizer = DictVectorizer()
    model.fit(vectorizer.fit_transform([row_of(pair, rarity) for pair in blocks]), routes)
    heaviest = np.abs(model.coef_).max(axis=0).argsort()[::-1][:MOST_FEATURES]
    rarity = {name: rarity[name] for name in sorted(vectorizer.feature_names_[at] for at in heaviest)}
    table = vectorizer.fit_transform([row_of(pair, rarity) for pair in blocks])
    folds = StratifiedKFold(5, shuffle=True, random_state=0)
    report(cross_val_predict(model, table, routes, cv=folds, method="predict_proba"), routes)
    model.fit(table, routes)
    weights = {
        name: [round(value * SCALE) for value in (rarity[name], *map(float, model.coef_[:, at]))]
        for at, name in enumerate(vectorizer.feature_names_)
    }
    data = {
        "note": "Learned by training/hints.py; not for editing by hand.",
        "classes": list(model.classes_),
        "bias": [round(float(value), 4) for value in model.intercept_],
        "scale": SCALE,
        "needed": NEEDED,
        "needed_in_general": NEEDED_IN_GENERAL,
        "weights": {name: row for name, row in weights.items() if any(row[1:])},
    }
    TARGET.write_text(json.dumps(data, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")
    print(f"{len(known)} examples, {len(weights)} features, {TARGET.stat().st_size // 1024} KiB")


def _rarity(times: int, messages: int) -> float:
    return log((1 + messages) / (1 + times)) + 1


def report(chances: Array, routes: Array) -> None:
    """Recall and false alarms of each route under cross-validation."""
    classes = sorted(set(routes))
    for route, needed in NEEDED.items():
        over = chances[:, classes.index(route)] >= needed
        recall, alarms = over[routes == route].mean(), over[routes == "answer"].mean()
        noise = over[routes == CHATTER].mean()
        print(f"{route:10} recall {recall:.2f}  false alarms: answerable {alarms:.3f} chatter {noise:.3f}")


if __name__ == "__main__":
    main(own_only="--own-only" in sys.argv)
