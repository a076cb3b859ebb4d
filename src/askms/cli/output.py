"""What commands share when they print: a spinner over slow steps, replies, errors."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.markup import escape

from askms.errors import AskmsError
from askms.reply import DISCLAIMER

out = Console(highlight=False, soft_wrap=False)
err = Console(stderr=True, highlight=False)


@contextmanager
def working(what: str) -> Iterator[None]:
    """Show on stderr that something slow is under way."""
    with err.status(what):
        yield


def fail(exc: AskmsError) -> None:
    """Say what went wrong. The disclaimer stands here too."""
    err.print(f"[bold red]Error:[/] {escape(str(exc))}")
    err.print(DISCLAIMER)
