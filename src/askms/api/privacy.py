"""The page that says what is kept of what people type, for how long, and how it is erased."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from askms.api.deps import RecordsDep
from askms.api.pages import privacy_page

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)


@router.get("/privacy")
def privacy(request: Request, records: RecordsDep) -> HTMLResponse:
    """What this server keeps, by its own settings."""
    chat_model = request.app.state.chat_model
    if records is None:
        return HTMLResponse(privacy_page(None, False, chat_model))
    return HTMLResponse(privacy_page(records.keep_days, records.overwrites, chat_model))
