"""FastAPI's own telemetry, which is switched off: our figures and traces (`metrics`, `traces`) hold no words.

It would begin by itself wherever a library or the environment has set up OpenTelemetry, and it writes down the address
that was called (the id of a conversation opens it) and messages of exceptions, which may quote a patient.
"""

from __future__ import annotations

from typing import Final

from fastapi.telemetry import TelemetryConfig

NO_TELEMETRY: Final[TelemetryConfig] = {"tracing": False, "metrics": False, "logs": False, "auto_configure": False}
"""For `FastAPI(telemetry=...)`."""
