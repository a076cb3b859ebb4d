"""Judge the judge: agreement with people's labels, and what its errors do to what it reports.

People's labels are those of `attribution_dev.jsonl` (six public sets, in the folder that
`ASKMS_EVAL_DATA` names) and our own claims about passages of the corpus
(`datasets/claims_heldout.jsonl`), whose writers labelled what they wrote.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from math import sqrt
from pathlib import Path
from typing import Final

import numpy as np
from sklearn.metrics import balanced_accuracy_score, roc_auc_score

from askms.entailment import Judgement
from askms.index import LiveIndex
from askms.settings import Settings
from evals.guardrails import public_folder
from evals.intervals import Z95, wilson
from evals.metrics.calibration import Point, reliability
from evals.metrics.citations import is_quote, together
from evals.metrics.matching import own_words, statements
from evals.mutations import mutations
from evals.running import read_about, read_judgements, read_responses
from evals.sets import rows

OWN: Final = "claims about the corpus"


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """A claim and a passage, and what a person says of them."""

    source: str
    """The set it is from."""
    passage: str
    claim: str
    label: str
    """`supported`, `contradicted` or `unsupported`; some sets know only supported and not."""

    @property
    def supported(self) -> bool:
        """Whether the person says that the passage supports the claim."""
        return self.label == "supported"


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """How far a judge and people agree on one set."""

    source: str
    of: int
    balanced_accuracy: float
    """Mean of the shares of supported and of other claims that it calls so; 0.5 is chance."""
    auroc: float
    """Probability that a supported claim gets a higher probability than another; 0.5 is chance."""
    supported_held: tuple[int, int]
    """Supported claims that it calls supported, of how many."""
    others_rejected: tuple[int, int]
    """Other claims that it does not call supported, of how many."""
    confusion: Mapping[tuple[str, str], int]
    """(person's label, judge's label) to how often."""

    @property
    def sensitivity(self) -> float:
        """Share of the supported claims that it calls supported."""
        return self.supported_held[0] / self.supported_held[1]

    @property
    def specificity(self) -> float:
        """Share of the other claims that it does not call supported."""
        return self.others_rejected[0] / self.others_rejected[1]


def human_labels() -> list[Labelled]:
    """The public sets; empty where the folder is absent."""
    file = public_folder() / "attribution_dev.jsonl"
    if not file.exists():
        return []
    known = (json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line.strip())
    return [
        Labelled(
            source=row["source"].removeprefix("attributionbench_").removesuffix("_dev"),
            passage=row["passage"],
            claim=row["claim"],
            label=row["label"],
        )
        for row in known
    ]


def own_labels(name: str) -> list[Labelled]:
    """Our claims about passages of sources that no judge learned from: `claims_<name>.jsonl`."""
    return [
        Labelled(source=OWN, passage=row["passage"], claim=row["claim"], label=row["label"])
        for row in rows(f"claims_{name}.jsonl")
    ]


def agreement(labelled: Sequence[Labelled], judged: Sequence[Judgement]) -> list[Agreement]:
    """Agreement on each set, in alphabetical order."""
    by_source: dict[str, list[tuple[Labelled, Judgement]]] = {}
    for one, judgement in zip(labelled, judged, strict=True):
        by_source.setdefault(one.source, []).append((one, judgement))
    return [_agreement(source, by_source[source]) for source in sorted(by_source)]


def _agreement(source: str, pairs: Sequence[tuple[Labelled, Judgement]]) -> Agreement:
    truth = [one.supported for one, _ in pairs]
    held = [judgement.holds for _, judgement in pairs]
    return Agreement(
        source=source,
        of=len(pairs),
        balanced_accuracy=float(balanced_accuracy_score(truth, held)),
        auroc=float(roc_auc_score(truth, [judgement.supported for _, judgement in pairs])),
        supported_held=(sum(h for t, h in zip(truth, held, strict=True) if t), sum(truth)),
        others_rejected=(sum(not h for t, h in zip(truth, held, strict=True) if not t), len(truth) - sum(truth)),
        confusion=Counter((one.label, judgement.label) for one, judgement in pairs),
    )


def _share(values: Sequence[bool]) -> float:
    return sum(values) / len(values) if values else 0.0


def calibration(labelled: Sequence[Labelled], judged: Sequence[Judgement]) -> list[Point]:
    """Mean probability of support against the share that people call supported, in bins of as many pairs each."""
    return reliability([one.supported for one in judged], [float(one.supported) for one in labelled])


def changed_sentences() -> list[Labelled]:
    """Sentences of the corpus as they are and with a fact changed, of sources from which no judge learned."""
    found = []
    for passage in LiveIndex(Settings().index_dir).current().passages:
        if not for_measuring(passage.source_id):
            continue
        for span in passage.sentences:
            sentence = passage.text[span.start : span.end]
            claims = [
                (sentence, "supported", "as it is"),
                *((m.text, "contradicted", m.kind) for m in mutations(sentence)),
            ]
            found += [Labelled(source=kind, passage=passage.text, claim=c, label=label) for c, label, kind in claims]
    return found


def for_measuring(source: str) -> bool:
    """Whether a source of the corpus is kept apart for measuring: a tenth of all, by the hash of their names.

    The network learns from four fifths; its head from half of the rest (`training/entailment_head.py`).
    """
    number = int(sha256(source.encode()).hexdigest(), 16)
    return number % 5 == 0 and number // 5 % 2 == 1


def kept_and_rejected(sentences: Sequence[Labelled], judged: Sequence[Judgement]) -> list[str]:
    """How many true sentences a judge keeps and how many changed ones it rejects, a line each kind."""
    lines = []
    kinds = list(dict.fromkeys(one.source for one in sentences))
    for kind in (*kinds, "changed"):
        right = [
            judgement.holds == one.supported
            for one, judgement in zip(sentences, judged, strict=True)
            if one.source == kind or (kind == "changed" and not one.supported)
        ]
        low, high = wilson(sum(right), len(right))
        done = "kept" if kind == "as it is" else "rejected"
        lines.append(
            f"sentences {kind}: {sum(right)}/{len(right)} = {_share(right):.1%} {done} ({low:.1%} to {high:.1%})"
        )
    return lines


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What citation recall of a run rests on."""

    judge: str
    statements: int
    verbatim: int
    """Statements that are words of their source: no judge was asked."""
    judged: int
    held: int
    """Of the judged, those called supported."""
    uncited: int


def tally(folder: Path) -> Tally:
    """Count the statements of a run by how it is known whether their citations carry them.

    Raises:
        FileNotFoundError: the folder holds no run.
    """
    told = read_about(folder)
    known = {(row["passage"], row["claim"]): row for row in read_judgements(folder)}
    counts = dict.fromkeys(("statements", "verbatim", "judged", "held", "uncited"), 0)
    for response in read_responses(folder).values():
        for said in statements(response):
            counts["statements"] += 1
            if not said.citations:
                counts["uncited"] += 1
            elif is_quote(said, said.citations):
                counts["verbatim"] += 1
            else:
                row = known[together(said.citations), own_words(said)]
                counts["judged"] += 1
                counts["held"] += row["supported"] >= row["line"]
    return Tally(judge=told["judge"], **counts)


def corrected_recall(counted: Tally, error: Agreement) -> Corrected | None:
    """Citation recall over all statements of a run, corrected for the judge's error on one set of labels.

    Returns:
        None where the judge is no better than chance on that set, or where nothing is stated.
    """
    if not counted.statements:
        return None
    sure, share = counted.verbatim / counted.statements, counted.judged / counted.statements
    if not counted.judged:
        return Corrected(reported=sure, corrected=sure, low=sure, high=sure)
    found = rogan_gladen(
        counted.held, counted.judged, sensitivity=error.supported_held, specificity=error.others_rejected
    )
    if found is None:
        return None
    values = (found.reported, found.corrected, found.low, found.high)
    reported, point, low, high = (sure + share * value for value in values)
    return Corrected(reported=reported, corrected=point, low=low, high=high)


@dataclass(frozen=True, slots=True, kw_only=True)
class Corrected:
    """A share that a judge reported, corrected for its known error, with the 95% interval of that."""

    reported: float
    corrected: float
    low: float
    high: float


def rogan_gladen(held: int, of: int, *, sensitivity: tuple[int, int], specificity: tuple[int, int]) -> Corrected | None:
    """Correct a share for the judge's sensitivity and specificity, themselves measured on finite sets.

    Rogan and Gladen, Am J Epidemiol 1978; interval by Lang and Reiczigel, Prev Vet Med 2014.

    Args:
        held: claims that the judge called supported.
        of: claims that it judged.
        sensitivity: supported claims that it called supported, of how many.
        specificity: other claims that it did not call supported, of how many.

    Returns:
        None where the judge is no better than chance, so that nothing can be said, or where nothing was judged.
    """
    if of == 0 or 0 in (sensitivity[1], specificity[1]):
        return None
    reported = held / of
    se, sp = sensitivity[0] / sensitivity[1], specificity[0] / specificity[1]
    if se + sp <= 1:
        return None
    point = (reported + sp - 1) / (se + sp - 1)
    # Adjusted counts keep the interval honest near 0 and 1.
    n = of + Z95**2
    p = (held + Z95**2 / 2) / n
    n_se, n_sp = sensitivity[1] + 2, specificity[1] + 2
    se_, sp_ = (sensitivity[0] + 1) / n_se, (specificity[0] + 1) / n_sp
    slope = se_ + sp_ - 1
    if slope <= 0:
        return None
    middle = (p + sp_ - 1) / slope
    shift = 2 * Z95**2 * (middle * se_ * (1 - se_) / n_se - (1 - middle) * sp_ * (1 - sp_) / n_sp)
    spread = p * (1 - p) / n + middle**2 * se_ * (1 - se_) / n_se + (1 - middle) ** 2 * sp_ * (1 - sp_) / n_sp
    half = Z95 * sqrt(spread) / slope
    middle += shift
    low, high = (float(np.clip(edge, 0, 1)) for edge in (middle - half, middle + half))
    return Corrected(reported=reported, corrected=float(np.clip(point, 0, 1)), low=low, high=high)
