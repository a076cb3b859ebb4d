"""askms over HTTP."""

from __future__ import annotations

from askms.api.app import create_app

__all__ = ["create_app"]
