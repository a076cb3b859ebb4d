"""`askms explain`: why these sentences and no others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated, Final

import typer
from rich.markup import escape
from rich.table import Table

from askms.assistant import Assistant
from askms.cli.output import out, show, working
from askms.explaining import Weighed
from askms.reply import DISCLAIMER
from askms.settings import Settings

_SHORT: Final = {"cosine": "cos", "passage": "pass", "coverage": "cov", "own_coverage": "own"}
"""Signals with a column of their own; the others are named where they are set."""


def explain(
    question: Annotated[str, typer.Argument(help="The question.")],
    most: Annotated[int, typer.Option(help="The most sentences to list.", min=1)] = 20,
) -> None:
    """List every sentence that could have been quoted, what spoke for it, and what became of it."""
    settings = Settings(chat_model=None)  # the quoting writer is what is explained, and nobody else need read this
    assistant = Assistant.open(settings)
    with working("Looking in the sources..."):
        explained = assistant.explain(question)
    looked_up = explained.looked_up
    if looked_up is None:
        out.print(f"Route {explained.screening.route.value}; nothing could be looked up: {escape(explained.why_not)}")
        show(explained.reply.text)
        return
    considered = looked_up.considered
    out.print(f"Route {explained.screening.route.value}; the quoting writer alone, as if nothing stopped the question.")
    if considered.measured is None:
        out.print("Nothing was found.")
        show(DISCLAIMER)
        return
    out.print(f"Probability of answering {considered.draft.confidence:.2f}; quoted from {settings.min_confidence}.")
    out.print(
        ", ".join(f"{name} {value:.2f}" for name, value in asdict(considered.measured).items() if value is not None)
    )
    out.print(_table(list(looked_up.weighed)[:most]))
    show(f"For those who look after askms: these sentences were not reviewed for a patient.\n{DISCLAIMER}")


def _table(weighed: Sequence[Weighed]) -> Table:
    table = Table("score", "ranker", *_SHORT.values(), "besides", "what became of it", "sentence")
    for one in weighed:
        candidate = one.candidate
        signals = asdict(candidate.signals)
        table.add_row(
            f"{candidate.score:.2f}",
            "" if candidate.logit is None else f"{candidate.logit:.1f}",
            *(f"{signals[name]:.2f}" for name in _SHORT),
            ", ".join(name for name, value in signals.items() if name not in _SHORT and value),
            one.became,
            escape(f"{candidate.text} [{candidate.document.id}]"),
        )
    return table
