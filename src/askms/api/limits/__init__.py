"""What one client, and all of them together, may ask of the server, and what those are told who must wait."""

from __future__ import annotations

from askms.api.limits.body import MOST_BYTES, BodyLimit
from askms.api.limits.guard import Guard, Protection
from askms.api.limits.rates import Kind
from askms.api.limits.refusal import Refusal
from askms.api.limits.slots import Slots

__all__ = ["MOST_BYTES", "BodyLimit", "Guard", "Kind", "Protection", "Refusal", "Slots"]
