"""`askms eval judge`: how far the judge of entailment agrees with people, and what that does to what it reports."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

from askms.cli.eval_runs import JudgeName, imported, progress
from askms.cli.output import out
from askms.entailment import PACKAGED, open_judge
from askms.errors import AskmsError

if TYPE_CHECKING:
    from evals.judging import Agreement, Corrected

CHUNK = 64
"""Pairs judged between two steps of the progress bar."""


def judge(
    spec: JudgeName = PACKAGED,
    name: Annotated[str, typer.Option("--set", help="Which of our own claims: dev or heldout.")] = "heldout",
    run: Annotated[Path | None, typer.Option(help="A run whose citation recall is corrected for the error.")] = None,
    plot: Annotated[Path | None, typer.Option(help="Write the calibration plot to this SVG file.")] = None,
) -> None:
    """Agreement with people's labels set by set, calibration, confusion, kept and rejected changed sentences.

    The public sets are in the folder that ASKMS_EVAL_DATA names. The packaged judge's head was fitted on them, so its
    figures there flatter it a little; the card of the model has those of heads that did not see the set.
    """
    (judging,) = imported("judging")
    chosen = open_judge(spec)
    public, own = judging.human_labels(), judging.own_labels(name)
    if not public:
        out.print("Left out: the public sets; the folder that ASKMS_EVAL_DATA names does not hold them.")
    labelled = [*public, *own]
    judged = _judged(chosen, [(one.passage, one.claim) for one in labelled])
    agreements = judging.agreement(labelled, judged)
    out.print(f"Judge: {chosen.name}", markup=False)
    _show_agreement(agreements)
    _show_confusion(agreements)
    points = judging.calibration(labelled, judged)
    _show_calibration(points)
    if plot is not None:
        (plots,) = imported("plots")
        plot.write_text(plots.reliability(f"Calibration of {chosen.name}", points).svg, encoding="utf-8")
    sentences = judging.changed_sentences()
    outcome = judging.kept_and_rejected(sentences, _judged(chosen, [(one.passage, one.claim) for one in sentences]))
    for line in outcome:
        out.print(line, markup=False)
    if run is not None:
        _correct(judging, run, chosen.name, agreements)


def _judged(chosen: Any, pairs: Sequence[tuple[str, str]]) -> list[Any]:
    starts = range(0, len(pairs), CHUNK)
    return [
        one for start in progress(starts, "judging", len(starts)) for one in chosen.judge(pairs[start : start + CHUNK])
    ]


def _show_agreement(agreements: Sequence[Agreement]) -> None:
    shown = Table("set", "pairs", "balanced accuracy", "AUROC", "supported, called so", "others, not called so")
    for one in agreements:
        shown.add_row(
            one.source,
            str(one.of),
            f"{one.balanced_accuracy:.3f}",
            f"{one.auroc:.3f}",
            f"{one.sensitivity:.3f}",
            f"{one.specificity:.3f}",
        )
    public = [one for one in agreements if one.source != "claims about the corpus"]
    if public:
        mean = [
            sum(values) / len(public) for values in zip(*((o.balanced_accuracy, o.auroc) for o in public), strict=True)
        ]
        shown.add_row(
            "mean of the public sets", str(sum(o.of for o in public)), f"{mean[0]:.3f}", f"{mean[1]:.3f}", "", ""
        )
    out.print(shown)


def _show_confusion(agreements: Sequence[Agreement]) -> None:
    labels = ("supported", "contradicted", "unsupported")
    shown = Table("set", "people say", *(f"judge: {label}" for label in labels))
    for one in agreements:
        for label in labels:
            counts = [one.confusion.get((label, said), 0) for said in labels]
            if any(counts):
                shown.add_row(one.source, label, *map(str, counts))
    out.print(shown)


def _show_calibration(points: Sequence[Any]) -> None:
    shown = Table("probability of support", "pairs", "supported, say people")
    for point in points:
        shown.add_row(f"{point.confidence:.2f}", str(point.of), f"{point.right:.2f}")
    out.print(shown)


def _correct(judging: Any, folder: Path, name: str, agreements: Sequence[Agreement]) -> None:
    try:
        tally = judging.tally(folder)
    except FileNotFoundError as exc:
        raise AskmsError(f"There is no run in {folder}. Make one with askms eval run faithfulness.") from exc
    if tally.judge != name:
        raise AskmsError(f"The run was judged by {tally.judge!r}, not by {name!r}: its error is another one.")
    out.print(
        f"{tally.statements} statements: {tally.verbatim} quote their source word for word, {tally.held} of "
        f"{tally.judged} others were called supported, {tally.uncited} cite nothing.",
        markup=False,
    )
    for one in agreements:
        corrected: Corrected | None = judging.corrected_recall(tally, one)
        told = (
            "the judge is no better than chance there: nothing can be said"
            if corrected is None
            else f"{corrected.reported:.3f} reported, {corrected.corrected:.3f} corrected "
            f"({corrected.low:.3f} to {corrected.high:.3f})"
        )
        out.print(f"citation recall, by the judge's error on {one.source}: {told}", markup=False)
