"""What a judge's agreement with people is, and what its errors do to a share that it reports."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from askms.entailment import Judgement
from evals.judging import (
    Labelled,
    agreement,
    corrected_recall,
    for_measuring,
    kept_and_rejected,
    own_labels,
    rogan_gladen,
    tally,
)
from evals.responses import Quoted, Response, Said
from evals.sets import rows
from training.entailment import is_kept_apart

YES = Judgement(supported=0.9, contradicted=0.05)
NO = Judgement(supported=0.1, contradicted=0.8)
UNSURE = Judgement(supported=0.3, contradicted=0.1)


def labelled(label: str, source: str = "a") -> Labelled:
    return Labelled(source=source, passage="p", claim="c", label=label)


def test_agreement_is_counted_set_by_set() -> None:
    said = [labelled("supported"), labelled("supported"), labelled("contradicted"), labelled("unsupported")]
    one, other = agreement(
        [*said, labelled("supported", "b"), labelled("unsupported", "b")], [YES, NO, NO, YES, YES, UNSURE]
    )
    assert (one.source, one.of, one.supported_held, one.others_rejected) == ("a", 4, (1, 2), (1, 2))
    assert one.balanced_accuracy == 0.5
    assert one.auroc == pytest.approx(0.5)
    assert one.confusion == {
        ("supported", "supported"): 1,
        ("supported", "contradicted"): 1,
        ("contradicted", "contradicted"): 1,
        ("unsupported", "supported"): 1,
    }
    assert (other.balanced_accuracy, other.sensitivity, other.specificity) == (1, 1, 1)


def test_a_judge_that_errs_not_needs_no_correction() -> None:
    found = rogan_gladen(80, 100, sensitivity=(5000, 5000), specificity=(5000, 5000))
    assert found is not None
    assert found.corrected == found.reported == 0.8
    assert found.low < 0.8 < found.high


def test_a_lenient_judge_is_corrected_downwards() -> None:
    # It calls half of the unsupported supported: of 100 true 60, it reports 60 + 20.
    found = rogan_gladen(80, 100, sensitivity=(1000, 1000), specificity=(500, 1000))
    assert found is not None
    assert found.corrected == pytest.approx(0.6)


@pytest.mark.parametrize(("sensitivity", "specificity"), [((5, 10), (5, 10)), ((2, 10), (3, 10)), ((0, 0), (1, 1))])
def test_a_judge_no_better_than_chance_corrects_nothing(
    sensitivity: tuple[int, int], specificity: tuple[int, int]
) -> None:
    assert rogan_gladen(8, 10, sensitivity=sensitivity, specificity=specificity) is None


@pytest.mark.parametrize("truth", [0.5, 0.9, 0.99])
def test_the_corrected_interval_holds_the_truth_as_often_as_it_says(truth: float) -> None:
    rng = np.random.default_rng(1)
    se, sp, n, n_se, n_sp = 0.85, 0.8, 200, 300, 250
    hits = 0
    for _ in range(400):
        held = rng.binomial(n, truth * se + (1 - truth) * (1 - sp))
        found = rogan_gladen(
            int(held),
            n,
            sensitivity=(int(rng.binomial(n_se, se)), n_se),
            specificity=(int(rng.binomial(n_sp, sp)), n_sp),
        )
        assert found is not None
        hits += found.low <= truth <= found.high
    assert hits / 400 > 0.92


def test_sources_for_measuring_taught_no_judge() -> None:
    taught = {row["source"] for row in rows("../../training/claims/claims.jsonl")}
    chosen_on = {row["source"] for row in rows("claims_dev.jsonl")}
    measured = {row["source"] for row in rows("claims_heldout.jsonl")}
    assert not measured & (taught | chosen_on)
    assert all(for_measuring(source) and is_kept_apart(source) for source in measured)
    assert not any(for_measuring(source) for source in taught | chosen_on)
    assert len(own_labels("heldout")) == 580


def test_true_sentences_are_kept_and_changed_ones_rejected() -> None:
    sentences = [
        labelled("supported", "as it is"),
        labelled("contradicted", "number"),
        labelled("contradicted", "drug"),
    ]
    lines = kept_and_rejected(sentences, [YES, NO, YES])
    assert [line.split(" (")[0] for line in lines] == [
        "sentences as it is: 1/1 = 100.0% kept",
        "sentences number: 1/1 = 100.0% rejected",
        "sentences drug: 0/1 = 0.0% rejected",
        "sentences changed: 1/2 = 50.0% rejected",
    ]


def a_run(folder: Path) -> Path:
    passage = "MS is a disease of the brain. It is common."
    quoted = Quoted(source="s", passage=passage, quote="It is common.", start=30, end=43)
    said = (
        Said(text="It is common.", citations=(quoted,)),
        Said(text="Many people have it.", citations=(quoted,)),
        Said(text="Nobody has it.", citations=(quoted,)),
        Said(text="So there."),
        Said(text="Studies disagree:", fixed=True),
    )
    row = {"id": "one", **Response(text="...", said=said).to_dict()}
    (folder / "run.json").write_text(json.dumps({"judge": "fake"}))
    (folder / "responses.jsonl").write_text(json.dumps(row) + "\n")
    judged = [("Many people have it.", 0.9), ("Nobody has it.", 0.2)]
    lines = [
        json.dumps({"passage": "It is common.", "claim": claim, "supported": p, "contradicted": 0.0, "line": 0.5})
        for claim, p in judged
    ]
    (folder / "judgements.jsonl").write_text("\n".join(lines))
    return folder


def test_statements_of_a_run_are_counted_by_how_their_support_is_known(tmp_path: Path) -> None:
    found = tally(a_run(tmp_path))
    assert (found.judge, found.statements, found.verbatim, found.judged, found.held, found.uncited) == (
        "fake",
        4,
        1,
        2,
        1,
        1,
    )


def test_only_the_judged_statements_are_corrected(tmp_path: Path) -> None:
    error = agreement(
        [labelled("supported")] * 100 + [labelled("unsupported")] * 100, [YES] * 100 + [YES] * 20 + [NO] * 80
    )[0]
    found = corrected_recall(tally(a_run(tmp_path)), error)
    assert found is not None
    # 1 of 4 is sure; of the 2 judged, (0.5 - 0.2) / 0.8 are supported after correction.
    assert found.reported == pytest.approx(0.25 + 0.5 * 0.5)
    assert found.corrected == pytest.approx(0.25 + 0.5 * 0.375)
