"""`askms chat`: a conversation in the terminal."""

from __future__ import annotations

from typing import Annotated

import typer

from askms.assistant import Assistant
from askms.cli.output import fail, out, show, working
from askms.errors import AskmsError
from askms.types import Turn


def chat(
    locale: Annotated[str | None, typer.Option(help="Whose emergency numbers: us, ca, uk, ie, eu or unknown.")] = None,
) -> None:
    """Talk in turns; an empty line ends the chat."""
    assistant = Assistant.open()
    history: list[Turn] = []
    out.print("Ask a question about MS. An empty line ends the chat.")
    while True:
        try:
            question = out.input("\n[bold]You:[/] ").strip()
        except (EOFError, KeyboardInterrupt):
            return
        if not question:
            return
        try:
            with working("Looking in the sources..."):
                reply = assistant.ask(question, history, locale=locale)
        except AskmsError as exc:
            fail(exc)
            continue
        show(f"\n{reply.text}")
        history += [Turn(role="user", content=question), Turn(role="assistant", content=reply.text)]
