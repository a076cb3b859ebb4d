"""What commands share when they print: a spinner over slow steps, words for the patient, errors."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import typer
from rich.console import Console
from rich.markup import escape

from askms.reply import DISCLAIMER

out = Console(highlight=False, soft_wrap=True, emoji=False)
err = Console(stderr=True, highlight=False, soft_wrap=True, emoji=False)


@contextmanager
def working(what: str) -> Iterator[Callable[[str], None]]:
    """Show on stderr that something slow is under way; what it gives says how far."""
    with err.status(what) as status:
        yield status.update


def show(text: str) -> None:
    """Print words for the patient as they are. Rich would break lines and read brackets; the disclaimer is exact."""
    typer.echo(text)


def fail(problem: object) -> None:
    """Say what went wrong. The disclaimer stands here too."""
    err.print(f"[bold red]Error:[/] {escape(str(problem))}")
    typer.echo(DISCLAIMER, err=True)
