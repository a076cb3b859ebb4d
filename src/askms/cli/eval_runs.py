"""`askms eval run`, `compare` and `gate`: score a system on the cases, and say what became better or worse."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer
from rich.progress import track
from rich.table import Table

from askms.cli.output import err, out
from askms.entailment import PACKAGED, open_judge
from askms.errors import AskmsError

if TYPE_CHECKING:
    from evals.comparing import Change
    from evals.scores import Measure

PERFECT: Final = {"quotation_integrity": 1.0, "disclaimer": 1.0, "overclaim": 0.0}
"""Metrics of which a single failure closes the gate."""
GATED: Final = ("retrieval", "answers", "faithfulness", "abstention", "readability")
EVERY: Final = 3
"""Of the development cases, every how many the gate asks."""

Suites = Annotated[list[str] | None, typer.Argument(help="Suites to run; none: all.", show_default=False)]
TargetName = Annotated[
    str, typer.Option("--target", help="askms, langchain, langchain:PROVIDER:MODEL or endpoint:URL#MODEL.")
]
JudgeName = Annotated[
    str, typer.Option("--judge", help="packaged, cross-encoder:FOLDER_OR_MODEL or chat:PROVIDER:MODEL.")
]


def run(
    suites: Suites = None,
    target: TargetName = "askms",
    name: Annotated[str, typer.Option("--set", help="Which cases: dev, tuning or heldout.")] = "dev",
    judge: JudgeName = PACKAGED,
    against: Annotated[Path | None, typer.Option(help="Another run's folder, to be shown beside this one.")] = None,
    folder: Annotated[Path | None, typer.Option("--out", help="Folder of the run; default: under evals/runs.")] = None,
) -> None:
    """Ask a system every case, score the replies, and write a report that shows every failure with its trace.

    A held-out set measures what nobody looked at. Once somebody has read its failures, it is a development set.
    """
    running, registry, reporting, targets = imported("running", "registry", "reporting", "targets")
    try:
        chosen = registry.chosen(suites or [])
        system = targets.open_target(target)
    except ValueError as exc:
        raise AskmsError(str(exc)) from exc
    folder = folder or running.RUNS / f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{name}"
    try:
        asked = running.items(name)
    except FileNotFoundError as exc:
        raise AskmsError(f"There is no set {name!r}: {exc.filename} is missing. Try --set dev.") from exc
    done = running.run(system, chosen, asked, open_judge(judge), folder, progress)
    measures = registry.measures(done)
    running.write_summary(folder, measures)
    beside, other = _other(running, registry, against) if against else ([], "")
    page = reporting.report(
        running.read_about(folder),
        measures,
        done,
        running.read_responses(folder),
        asked.cases,
        others=beside,
        other=other,
    )
    report = folder / "report.html"
    report.write_text(page, encoding="utf-8")
    _show_measures(measures)
    out.print(f"Report: {report}", markup=False)


def compare(
    before: Annotated[Path, typer.Argument(help="Folder of the earlier run.")],
    after: Annotated[Path, typer.Argument(help="Folder of the later run.")],
) -> None:
    """What changed between two runs, by paired bootstrap, and which items flipped."""
    running, registry, comparing = imported("running", "registry", "comparing")
    scores = [_scores(running, folder) for folder in (before, after)]
    _show_changes(comparing.compare(*scores, registry.METRICS))


def gate(
    accept: Annotated[bool, typer.Option("--accept", help="Take what is measured now as the new baseline.")] = False,
) -> None:
    """Fail when answers became worse than the committed baseline by more than chance explains. Uses a part of the
    development cases, so that it takes a minute.
    """
    running, registry, gating, targets = imported("running", "registry", "gating", "targets")
    scores = running.run(
        targets.open_target("askms"),
        registry.chosen(GATED),
        replace((whole := running.items("dev")), cases=whole.cases[::EVERY]),
        open_judge(),
        running.RUNS / "gate",
        progress,
    )
    if accept:
        gating.write_baseline(scores)
        out.print(f"Wrote {gating.BASELINE}: {len(scores)} scores.")
        return
    failures = gating.gate(gating.read_baseline(), scores, registry.METRICS, PERFECT)
    for failure in failures:
        out.print(failure.line(), markup=False)
    if failures:
        raise AskmsError(f"{len(failures)} measure(s) fail the gate. If that is meant: askms eval gate --accept")
    out.print(f"{len(scores)} scores; nothing is worse than {gating.BASELINE}.")


def progress(items: Iterable[Any], what: str, of: int) -> Iterator[Any]:
    """Pass items on and show how far things are."""
    return iter(track(items, what, total=of, console=err, transient=True))


def imported(*names: str) -> list[Any]:
    """Modules of `evals`, which a wheel does not hold.

    Raises:
        AskmsError: there is no clone, or what the evals need is not installed.
    """
    from importlib import import_module

    try:
        return [import_module(f"evals.{name}") for name in names]
    except ImportError as exc:
        raise AskmsError(
            f"The evals cannot be loaded ({exc}). Clone the repository and run `make test` once, which installs "
            "what they need."
        ) from exc


def _scores(running: Any, folder: Path) -> Any:
    try:
        return running.read_scores(folder)
    except FileNotFoundError as exc:
        raise AskmsError(f"There is no run in {folder}. Make one with askms eval run.") from exc


def _other(running: Any, registry: Any, folder: Path) -> tuple[Any, str]:
    return registry.measures(_scores(running, folder)), running.read_about(folder)["target"]


def _show_measures(measures: list[Measure]) -> None:
    whole = [one for one in measures if one.kind == "all"]
    for suite in dict.fromkeys(one.suite for one in whole):
        shown = Table(suite, "value", "95% interval", "items", "floor", box=None, pad_edge=False)
        for one in whole:
            if one.suite != suite:
                continue
            kept = {True: "kept", False: "[bold red]MISSED[/]", None: ""}[one.holds]
            floor = "" if one.metric.floor is None else f"{one.metric.floor:g} {kept}"
            items = f"{one.of}" + (f" +{one.unscored}" if one.unscored else "")
            shown.add_row(one.metric.name, f"{one.value:.3g}", f"{one.low:.3g} to {one.high:.3g}", items, floor)
        out.print(shown, "")
    out.print("Items behind a plus sign could not be scored.")


def _show_changes(changes: list[Change]) -> None:
    shown = Table(
        "suite", "measure", "before", "after", "difference, 95%", "items", "verdict", "got better", "got worse"
    )
    for one in changes:
        interval = f"{one.difference:+.3g} ({one.low:+.3g} to {one.high:+.3g})"
        verdict = {"worse": "[bold red]worse[/]", "better": "[green]better[/]", "unclear": "unclear"}[one.verdict]
        missing = len(one.only_before) + len(one.only_after) + len(one.now_unscored) + len(one.now_scored)
        of = f"{one.of}" + (f" (+{missing} in one only)" if missing else "")
        values = (f"{one.before:.3g}", f"{one.after:.3g}")
        flipped = (" ".join(one.gained), " ".join(one.lost))
        shown.add_row(one.suite, one.metric.name, *values, interval, of, verdict, *flipped)
    out.print(shown)
