"""The log: one line of JSON for each request and each fault. No message, no address, no id of a conversation."""

from __future__ import annotations

import json
import logging
import re
import sys
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, Final
from uuid import uuid4

from starlette.types import Scope

request_id: ContextVar[str] = ContextVar("request_id", default="")
"""Of the request that is being answered; empty outside of one."""
REQUESTS: Final = logging.getLogger("askms.requests")
NO_ROUTE: Final = "(no route)"
RECEIPT: Final = "askms_receipt"
"""Under this name the receipt of a reply stands in the state of its request, for the log and the figures."""
LATE: Final = "askms_late"
"""Whether its client had asked too often."""
REFUSED: Final = "askms_refused"
"""The same for why a request was turned away."""

_WELL_FORMED: Final = re.compile(r"[0-9a-fA-F][0-9a-fA-F-]{14,62}[0-9a-fA-F]")
"""A UUID, or what proxies and tracers make: hexadecimal. Words, names and mail addresses are not let into the log."""


def id_for(scope: Scope) -> str:
    """The id under which a request is logged: the one it brought, if that is well formed, or a new one."""
    brought = next((value for name, value in scope["headers"] if name == b"x-request-id"), b"").decode("latin-1")
    return brought if _WELL_FORMED.fullmatch(brought) else uuid4().hex


def route_of(scope: Scope) -> str:
    """Which door it was, without what was written on it: the id of a conversation opens it, and is nobody's to log."""
    path = getattr(scope.get("route"), "path", None)
    return path if isinstance(path, str) else NO_ROUTE


class JsonLines(logging.Formatter):
    """A record as one line of JSON. Of an exception it tells kind and place, as its message may quote somebody."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if found := request_id.get():
            line["request_id"] = found
        line |= getattr(record, "facts", {})
        if record.exc_info and record.exc_info[0] is not None:
            trace = record.exc_info[2]
            while trace and trace.tb_next:
                trace = trace.tb_next
            place = f" at {trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else ""
            line["exception"] = record.exc_info[0].__name__ + place
        return json.dumps(line, ensure_ascii=False)


def configure() -> None:
    """Write the log of this process as JSON on stderr: warnings of everything, and each request."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    REQUESTS.setLevel(logging.INFO)
