"""`askms brief`: what the sources say about a medicine or a symptom, on one page."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from askms.assistant import Assistant
from askms.briefs import topics
from askms.cli.output import show, working


def brief(
    topic: Annotated[str, typer.Argument(help=f"One of: {', '.join(topics())}.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print the brief as JSON.")] = False,
) -> None:
    """Print the safety brief on a topic."""
    with working("Looking in the sources...") as say:
        written = Assistant.open().brief(
            topic, lambda done, of: say(f"Looking in the sources: {done} of {of} parts are done...")
        )
    show(json.dumps(written.to_dict(), ensure_ascii=False, indent=2) if as_json else written.text)
