"""What readers made of sentences for questions like this one."""

from __future__ import annotations

from askms.precedents.precedents import (
    USUAL,
    USUALLY_ANSWERED,
    Near,
    Precedents,
    name_of,
    packaged_precedents,
)

__all__ = ["USUAL", "USUALLY_ANSWERED", "Near", "Precedents", "name_of", "packaged_precedents"]
