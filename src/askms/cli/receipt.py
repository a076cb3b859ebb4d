"""`askms receipt`: look at a receipt, or ask its question again and compare."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from askms.assistant import Assistant
from askms.cli.output import out, working
from askms.errors import QuestionError
from askms.receipt import differences, read_receipt

app = typer.Typer(help="Replay receipts.", no_args_is_help=True)


@app.command()
def replay(file: Annotated[Path, typer.Argument(help="A receipt written by askms ask --receipt.")]) -> None:
    """Ask the receipt's question again; say what differs, and exit with 1 if anything does."""
    try:
        old = read_receipt(file.read_text(encoding="utf-8"))
    except OSError as exc:
        raise QuestionError(f"{file} cannot be read ({exc.strerror}). Name a receipt file.") from exc
    except UnicodeDecodeError as exc:
        raise QuestionError(f"{file} is not text. Name a receipt file.") from exc
    with working("Asking again..."):
        new = Assistant.open().replay(old).receipt
    changed = differences(old, new)
    if not changed:
        out.print(f"Receipt {old.id}: the same reply.")
        return
    out.print("\n".join([f"Receipt {old.id}: differs.", *changed]), markup=False)
    raise typer.Exit(1)
