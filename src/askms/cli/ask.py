"""`askms ask`: one question, one reply."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from askms.assistant import Assistant
from askms.cli.output import out, working


def ask(
    question: Annotated[str, typer.Argument(help="The question; - reads it from standard input.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print the reply as JSON.")] = False,
    locale: Annotated[str | None, typer.Option(help="Whose emergency numbers: us, ca, uk, ie, eu or unknown.")] = None,
    receipt: Annotated[Path | None, typer.Option(help="Write the receipt to this file.")] = None,
) -> None:
    """Ask one question."""
    text = sys.stdin.read() if question == "-" else question
    with working("Looking in the sources..."):
        answer = Assistant.open().answer(text, locale=locale)
    if receipt is not None:
        receipt.write_text(answer.receipt.to_json(), encoding="utf-8")
    if as_json:
        sys.stdout.write(json.dumps(answer.reply.to_dict(), ensure_ascii=False, indent=2) + "\n")
    else:
        out.print(answer.reply.text, markup=False)
