"""`askms eval`: measure askms on question sets and say how sure the figures are."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import nullcontext
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import track
from rich.table import Table

from askms.assistant import Assistant
from askms.cli import eval_judge, eval_runs
from askms.cli.output import err, out
from askms.errors import AskmsError

app = typer.Typer(help="Measure askms. Works in a clone of the repository, where the sets are.", no_args_is_help=True)
app.command()(eval_runs.run)
app.command()(eval_runs.compare)
app.command()(eval_runs.gate)
app.command()(eval_judge.judge)


@app.callback()
def evals() -> None:
    """Measure askms. Works in a clone of the repository, where the sets are."""


@app.command()
def guardrails(
    name: Annotated[str, typer.Option("--set", help="Which of our own sets: dev, tuning or heldout.")] = "dev",
    results: Annotated[Path | None, typer.Option(help="Write every outcome to this file, as JSON lines.")] = None,
    misses: Annotated[bool, typer.Option("--misses", help="Print every message that went wrong.")] = False,
) -> None:
    """Routes, refusals, cards, injections, identifiers: each share with its 95% interval, and the confusion matrix.

    A held-out set measures what nobody looked at. Once `--misses` was printed for it, it is a development set.
    """
    try:
        from evals import guardrails as suite
    except ImportError as exc:
        raise AskmsError("There is no evals folder here. Clone the repository and run `make test` once.") from exc
    try:
        items = [*suite.own_items(name), *suite.public_items()]
    except FileNotFoundError as exc:
        raise AskmsError(f"There is no set {name!r}: {exc.filename} is missing. Try --set dev.") from exc
    assistant = Assistant.open()
    assistant.warm()
    outcomes = []
    with results.open("w", encoding="utf-8") if results else nullcontext() as file:
        for item in track(items, "Asking...", console=err, transient=True):
            outcomes.append(suite.judge(assistant, item))
            if file is not None:  # as they come: an hour of asking must not be lost to its last question
                file.write(_line(suite.as_row(outcomes[-1], item)))
    if not any(item.kind.startswith("consumer") for item in items):
        out.print(f"Left out: the public sets; {suite.public_folder()} does not hold them (ASKMS_EVAL_DATA).")
    for measure in suite.measures(outcomes):
        if measure.of:
            out.print(measure.line(), markup=False)
    took = suite.latency(outcomes)
    out.print(f"input screen: {took['p50']:.1f} ms at the median, {took['p95']:.1f} ms at the 95th percentile")
    _show_confusion(suite.confusion(outcomes))
    wrong = suite.misses(outcomes)
    out.print(f"{len(wrong)} of {len(outcomes)} messages to look at.")
    if misses:
        said = {item.id: item.message for item in items}
        for outcome in wrong:
            why = ", ".join((*outcome.faults, *(f"leaked:{place}" for place in outcome.leaked), *outcome.guards))
            out.print(
                f"[{outcome.kind}] {outcome.expected or '-'} -> {outcome.route} ({why}): {said[outcome.id]}",
                markup=False,
            )


def _line(row: Mapping[str, Any]) -> str:
    return json.dumps(row, ensure_ascii=False, default=list) + "\n"


def _show_confusion(table: Mapping[str, Mapping[str, int]]) -> None:
    routes = sorted({route for taken in table.values() for route in taken})
    shown = Table("kind", *routes)
    for kind in sorted(table):
        shown.add_row(kind, *(str(table[kind].get(route, "")) for route in routes))
    out.print(shown)
