"""`askms doctor`: what is wrong with this machine, and how to mend it."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Annotated

import typer
from rich.markup import escape

from askms.cli.output import out, working
from askms.settings import Settings


def doctor(as_json: Annotated[bool, typer.Option("--json", help="Print the checks as data.")] = False) -> None:
    """Check models, index, corpus, records, folders, port, disk, clock. Exit status 1 if anything is wrong."""
    from askms.doctor import examine  # it imports the database, which takes as long as all that answers a question

    with working("Looking at everything..."):
        checks = list(examine(Settings()))
    if as_json:
        typer.echo(json.dumps([asdict(check) for check in checks], indent=2, ensure_ascii=False))
    else:
        for check in checks:
            said = "[green]ok[/]     " if check.ok else "[bold red]problem[/]"
            out.print(f"{said} {check.name}: {escape(check.found)}")
            if not check.ok:
                out.print(f"        {escape(check.mend)}")
    if not all(check.ok for check in checks):
        raise typer.Exit(1)
