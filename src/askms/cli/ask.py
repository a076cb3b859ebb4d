"""`askms ask`: one question, one reply."""

from __future__ import annotations

import gc
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from askms.assistant import Assistant
from askms.cli.output import show, working


def ask(
    question: Annotated[str, typer.Argument(help="The question; - reads it from standard input.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print the reply as JSON.")] = False,
    locale: Annotated[str | None, typer.Option(help="Whose emergency numbers: us, ca, uk, ie, eu or unknown.")] = None,
    receipt: Annotated[Path | None, typer.Option(help="Write the receipt to this file.")] = None,
) -> None:
    """Ask one question."""
    text = sys.stdin.buffer.read().decode(errors="replace") if question == "-" else question
    with working("Looking in the sources..."), _uncollected():
        assistant = Assistant.open()
        assistant.load_ahead()
        answer = assistant.answer(text, locale=locale)
    show(json.dumps(answer.reply.to_dict(), ensure_ascii=False, indent=2) if as_json else answer.reply.text)
    if receipt is not None:  # last: a full disk must not keep a safety card from anybody
        receipt.write_text(answer.receipt.to_json(), encoding="utf-8")


@contextmanager
def _uncollected() -> Iterator[None]:
    """Look for no rubbish meanwhile: one answer makes little, and each look goes through every passage anew."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
