"""The body of every error: what happened, what to do, and the disclaimer."""

from __future__ import annotations

from askms.reply import DISCLAIMER


def error_body(kind: str, message: str) -> dict[str, object]:
    """The body of every error."""
    return {
        "error": {"type": kind, "message": message},
        "disclaimer": DISCLAIMER,
        "text": f"{message}\n\n{DISCLAIMER}",
    }
