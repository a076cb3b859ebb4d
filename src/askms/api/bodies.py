"""The body of every error: what happened, what to do, and the disclaimer."""

from __future__ import annotations

from typing import Final

from askms.errors import UnknownModel
from askms.reply import DISCLAIMER

COMPLETIONS: Final = ("/v1/chat/", "/v1/models")
"""What speaks OpenAI's format, in its errors too."""


def error_body(kind: str, message: str) -> dict[str, object]:
    """The body of every error."""
    return {
        "error": {"type": kind, "message": message},
        "disclaimer": DISCLAIMER,
        "text": f"{message}\n\n{DISCLAIMER}",
    }


def completions_error(kind: str, message: str, status: int) -> dict[str, object]:
    """The body of an error at the door that speaks OpenAI's format, where programs show the message alone."""
    body = error_body(kind, message)
    ours = "server_error" if status >= 500 else "invalid_request_error"
    code = "model_not_found" if kind == UnknownModel.__name__ else kind
    return {**body, "error": {"message": body["text"], "type": ours, "param": None, "code": code}}


def body_at(path: str, kind: str, message: str, status: int) -> dict[str, object]:
    """The body of an error in the shape that those expect who speak to this path."""
    return completions_error(kind, message, status) if path.startswith(COMPLETIONS) else error_body(kind, message)
