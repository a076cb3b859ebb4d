"""What endpoints receive."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request

from askms.assistant import Assistant


def _assistant(request: Request) -> Assistant:
    assistant: Assistant = request.app.state.assistant
    return assistant


AssistantDep = Annotated[Assistant, Depends(_assistant)]
"""The assistant that the app was created with."""
