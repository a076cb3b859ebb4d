"""Fit the head of the packaged judge and choose its line: `python -m training.entailment_head`.

The network was taught on other texts; here its log-odds are weighed against what differs word by
word, on people's labels (`attribution_dev.jsonl`, in the folder that `ASKMS_EVAL_DATA` names), on half of
our claims about sources kept apart, and on sentences of those sources with a fact changed. Prints what to
expect of labels it has not seen (each public set left out in turn), then fits on all and writes the
numbers into `src/askms/entailment/model/model.json`. About ten minutes on two cores.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import balanced_accuracy_score, roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from askms.entailment.packaged import PackagedJudge
from askms.index import LiveIndex
from askms.settings import Settings
from evals.judging import OWN, Labelled, for_measuring, human_labels, own_labels
from evals.mutations import mutations
from training.entailment import TARGET, is_kept_apart

MUTATED: Final = "changed sentences"
THREE_WAY: Final = frozenset({"healthver", OWN, MUTATED})
"""Sets that tell contradicted from merely unsupported."""
SEED: Final = 20261122
STRENGTH: Final = 0.1
"""Inverse of the regularisation."""


@dataclass(frozen=True)
class Data:
    """Labelled pairs and what the head weighs of them."""

    labelled: Sequence[Labelled]
    values: NDArray[np.float64]
    """Shape (pairs, values)."""

    @property
    def sources(self) -> NDArray[np.str_]:
        """The set of each pair."""
        return np.array([one.source for one in self.labelled])

    @property
    def supported(self) -> NDArray[np.bool_]:
        """Whether each is supported."""
        return np.array([one.supported for one in self.labelled])


def changed_sentences() -> list[Labelled]:
    """Sentences of the corpus as they are and with a fact changed, of the sources kept apart for the head."""
    found = []
    for passage in LiveIndex(Settings().index_dir).current().passages:
        if not is_kept_apart(passage.source_id) or for_measuring(passage.source_id):
            continue
        for span in passage.sentences:
            sentence = passage.text[span.start : span.end]
            pairs = [(sentence, "supported"), *((m.text, "contradicted") for m in mutations(sentence, SEED))]
            found += [Labelled(source=MUTATED, passage=passage.text, claim=c, label=label) for c, label in pairs]
    return found


def learned(data: Data, wanted: NDArray[np.bool_]) -> Any:
    """A logistic regression in which every set, and in it supported and not, weighs the same."""
    groups = [f"{source} {label}" for source, label in zip(data.sources, wanted, strict=True)]
    size = {group: groups.count(group) for group in set(groups)}
    weight = np.array([len(groups) / len(size) / size[group] for group in groups])
    model = make_pipeline(StandardScaler(), LogisticRegression(C=STRENGTH, max_iter=5000))
    return model.fit(data.values, wanted, logisticregression__sample_weight=weight)


def best_line(chances: NDArray[np.float64], data: Data) -> float:
    """The probability that gives the best balanced accuracy, averaged over the sets."""
    return float(max(np.linspace(0.05, 0.95, 91), key=lambda line: macro(chances >= line, data)))


def macro(held: NDArray[np.bool_], data: Data) -> float:
    """Balanced accuracy, averaged over the sets."""
    sources = data.sources
    return float(
        np.mean(
            [balanced_accuracy_score(data.supported[sources == s], held[sources == s]) for s in sorted(set(sources))]
        )
    )


def left_out(data: Data) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Probability of support and verdict for each pair, by heads and lines that did not see its set."""
    chances = np.zeros(len(data.labelled))
    held = np.zeros(len(data.labelled), dtype=bool)
    for source in sorted(set(data.sources)):
        out = data.sources == source
        rest = Data([one for one, is_out in zip(data.labelled, out, strict=True) if not is_out], data.values[~out])
        model = learned(rest, rest.supported)
        chances[out] = model.predict_proba(data.values[out])[:, 1]
        held[out] = chances[out] >= best_line(model.predict_proba(rest.values)[:, 1], rest)
    return chances, held


def report(data: Data, chances: NDArray[np.float64], held: NDArray[np.bool_]) -> None:
    """One line a set, and their mean."""
    rows = []
    for source in sorted(set(data.sources)):
        of = data.sources == source
        rows.append(
            (balanced_accuracy_score(data.supported[of], held[of]), roc_auc_score(data.supported[of], chances[of]))
        )
        print(f"{source:22} {of.sum():5}  balanced accuracy {rows[-1][0]:.3f}  AUROC {rows[-1][1]:.3f}")
    accuracy, area = np.mean(rows, axis=0)
    print(f"{'mean':22} {len(rows):5}  balanced accuracy {accuracy:.3f}  AUROC {area:.3f}")


def main() -> None:
    """Report, fit, write."""
    judge = PackagedJudge(TARGET)
    labelled = [*human_labels(), *own_labels("dev"), *changed_sentences()]
    data = Data(labelled, judge.values([(one.passage, one.claim) for one in labelled]))
    report(data, *left_out(data))
    supported = learned(data, data.supported)
    threeway = np.array([one.source in THREE_WAY and not one.supported for one in labelled])
    denied = Data([one for one, is_in in zip(labelled, threeway, strict=True) if is_in], data.values[threeway])
    contradicted = learned(denied, np.array([one.label == "contradicted" for one in denied.labelled]))
    scaler, weights = supported[0], supported[1]
    # Both heads read values scaled alike.
    other_scaler, other = contradicted[0], contradicted[1]
    slope = other.coef_[0] * scaler.scale_ / other_scaler.scale_
    start = other.intercept_[0] + float(
        np.sum(other.coef_[0] * (scaler.mean_ - other_scaler.mean_) / other_scaler.scale_)
    )
    head = {
        "mean": rounded(scaler.mean_),
        "scale": rounded(scaler.scale_),
        "supported": rounded([*weights.coef_[0], weights.intercept_[0]]),
        "contradicted": rounded([*slope, start]),
        "line": round(best_line(supported.predict_proba(data.values)[:, 1], data), 2),
    }
    file = TARGET / "model.json"
    card = json.loads(file.read_text(encoding="utf-8"))
    file.write_text(json.dumps({**card, "head": head}, indent=1) + "\n", encoding="utf-8")
    print(f"wrote {file}: line {head['line']}")


def rounded(values: Sequence[float] | NDArray[np.float64]) -> list[float]:
    """As they are written."""
    return [round(float(value), 5) for value in values]


if __name__ == "__main__":
    main()
