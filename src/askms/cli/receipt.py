"""`askms receipt`: look at a receipt, or ask its question again and compare."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from askms.assistant import Assistant
from askms.cli.kept import kept_records, who
from askms.cli.output import out, show, working
from askms.errors import QuestionError
from askms.receipt import Receipt, differences, read_receipt

if TYPE_CHECKING:
    from askms.records import StoredReceipt

app = typer.Typer(help="Show, compare and replay receipts.", no_args_is_help=True)

Named = Annotated[
    str, typer.Argument(help="A receipt that is kept, by its id, or a file that askms ask --receipt wrote.")
]
_ID: Final = re.compile(r"[0-9a-f]{24}")


@app.command(name="show")
def show_one(receipt: Named) -> None:
    """Print a receipt as JSON, and what is known of its use."""
    if not _is_kept(receipt):
        show(_from_file(receipt).to_json())
        return
    stored = _stored(receipt, "show receipt")
    show(stored.receipt.to_json())
    out.print(f"Asked {stored.times_asked} times, from {stored.first_asked_on} to {stored.last_asked_on}.")
    if stored.stripped_on is not None:
        out.print(f"The patient's words were taken out on {stored.stripped_on}; the rest is as it was sealed.")
    for said in stored.feedback:
        judged = {True: "helpful", False: "not helpful", None: "no judgement"}[said.helpful]
        out.print(f"Feedback on {said.given_on}: {judged}. {said.problem or ''}".rstrip(), markup=False)


@app.command()
def replay(receipt: Named) -> None:
    """Ask the receipt's question again; say what differs, and exit with 1 if anything does."""
    old = _whole(receipt)
    with working("Asking again..."):
        new = Assistant.open().replay(old).receipt
    _compare(old, new, "the same reply")


@app.command()
def diff(one: Named, other: Named) -> None:
    """Say in what two receipts differ, and exit with 1 if they do."""
    _compare(_either(one), _either(other), "the same receipt")


def _compare(old: Receipt, new: Receipt, same: str) -> None:
    changed = differences(old, new)
    if not changed:
        out.print(f"Receipt {old.id}: {same}.")
        return
    out.print("\n".join([f"Receipt {old.id}: differs.", *changed]), markup=False)
    raise typer.Exit(1)


def _whole(name: str) -> Receipt:
    return _stored(name, "replay receipt").whole() if _is_kept(name) else _from_file(name)


def _either(name: str) -> Receipt:
    return _stored(name, "compare receipt").receipt if _is_kept(name) else _from_file(name)


def _is_kept(name: str) -> bool:
    return _ID.fullmatch(name) is not None and not Path(name).exists()


def _stored(receipt_id: str, what: str) -> StoredReceipt:
    with kept_records() as records:
        stored = records.receipt(receipt_id)
        records.note(who(), what, receipt_id)  # its words are a patient's
    return stored


def _from_file(name: str) -> Receipt:
    try:
        return read_receipt(Path(name).read_text(encoding="utf-8"))
    except OSError as exc:
        raise QuestionError(f"{name} cannot be read ({exc.strerror}). Name a receipt file, or the id of one.") from exc
    except UnicodeDecodeError as exc:
        raise QuestionError(f"{name} is not text. Name a receipt file.") from exc
