"""The command line: each command parses, calls one public function, and prints."""

from __future__ import annotations

import gc
import sys
import traceback
from typing import Final

import typer
from pydantic import ValidationError

from askms.cli import ask, brief, chat, corpus, doctor, eval, explain, index, receipt, records, serve, staff
from askms.cli.output import fail
from askms.errors import AskmsError
from askms.reply import DISCLAIMER

app = typer.Typer(
    help="Answers questions about multiple sclerosis from quoted sources.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command()(ask.ask)
app.command()(brief.brief)
app.command()(chat.chat)
app.command()(serve.serve)
app.command()(explain.explain)
app.command()(doctor.doctor)
app.add_typer(corpus.app, name="corpus")
app.add_typer(eval.app, name="eval")
app.add_typer(index.app, name="index")
app.add_typer(receipt.app, name="receipt")
app.add_typer(records.app, name="records")
app.add_typer(staff.app, name="staff")

USAGE: Final = 2
"""Exit status of a command that was typed wrong."""


def main() -> None:
    """Run a command. Whatever fails is said in words, not as a traceback, which may quote the patient."""
    gc.freeze()  # what importing made stays; a look for rubbish need not go through it
    try:
        app()
    except AskmsError as exc:
        fail(exc)
    except ValidationError as exc:  # the only thing a command validates is its settings
        fail("; ".join(f"ASKMS_{'_'.join(map(str, e['loc'])).upper()}: {e['msg']}" for e in exc.errors()))
    except OSError as exc:
        fail(f"{exc.filename or 'The system'}: {exc.strerror or type(exc).__name__}.")
    except Exception as exc:  # noqa: BLE001 - a bug of ours; its kind and place are what a report needs
        place = traceback.extract_tb(exc.__traceback__)[-1]
        fail(f"{type(exc).__name__} at {place.filename}:{place.lineno}. This is a fault in askms. Please report it.")
    except SystemExit as exc:
        if exc.code == USAGE:
            typer.echo(DISCLAIMER, err=True)
        raise
    sys.exit(1)


__all__ = ["app", "main"]
