"""Is everything there that askms needs on this machine? Looks, changes nothing, says how to mend it."""

from __future__ import annotations

from askms.doctor.check import Check
from askms.doctor.examining import examine

__all__ = ["Check", "examine"]
