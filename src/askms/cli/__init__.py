"""The command line: each command parses, calls one public function, and prints."""

from __future__ import annotations

import sys

import typer

from askms.cli import ask, chat, index, receipt, serve
from askms.cli.output import fail
from askms.errors import AskmsError

app = typer.Typer(
    help="Answers questions about multiple sclerosis from quoted sources.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command()(ask.ask)
app.command()(chat.chat)
app.command()(serve.serve)
app.add_typer(index.app, name="index")
app.add_typer(receipt.app, name="receipt")


def main() -> None:
    """Run a command; our own errors are shown without a traceback."""
    try:
        app()
    except AskmsError as exc:
        fail(exc)
        sys.exit(1)


__all__ = ["app", "main"]
