"""Makes pages of the console. Everything that goes into one is text; nothing is ever taken as HTML."""

from __future__ import annotations

from typing import Final

from fastapi import Request, Response
from fastapi.responses import HTMLResponse

from askms.api.pages import templates
from askms.records import Role, Visit
from askms.reply import DISCLAIMER

_TABS: Final = {
    "receipts": "Receipts",
    "sources": "Sources",
    "try": "Try a question",
    "feedback": "Feedback",
    "health": "Health",
    "audit": "Audit log",
}
"""The console's parts, by address."""
_FOR_ADMINS: Final = frozenset({"audit"})


def page(request: Request, template: str, *, status: int = 200, **values: object) -> Response:
    """A page of the console for whoever asks for it.

    Args:
        request: with the visit that `guard` noted, if there is one.
        template: file in `templates/staff`.
        status: HTTP status.
        values: what the template needs.
    """
    visit: Visit | None = request.state.visit
    tabs = [
        (f"/staff/{name}", title, request.url.path.startswith(f"/staff/{name}"))
        for name, title in (_TABS.items() if visit else ())
        if name not in _FOR_ADMINS or (visit and visit.role is Role.ADMIN)
    ]
    made = templates().get_template(f"staff/{template}")
    text = made.render(visit=visit, role=Role, tabs=tabs, disclaimer=DISCLAIMER, **values)
    return HTMLResponse(text, status_code=status)


def error_page(request: Request, message: str, status: int) -> Response:
    """A page that says why there is no other."""
    return page(request, "error.html", status=status, message=message)
