"""The console for support staff: look at receipts, try questions, work on feedback, see how askms does."""

from __future__ import annotations

from askms.api.staff.console import create_console

__all__ = ["create_console"]
