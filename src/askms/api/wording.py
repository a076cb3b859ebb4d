"""The page of fixed words: what a clinician reads before anybody else does, and whether one has signed."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from askms.api.pages import wording_page
from askms.errors import QuestionError
from askms.wording import LOCALES, UNKNOWN_LOCALE

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)


@router.get("/wording")
def wording(locale: str = UNKNOWN_LOCALE) -> HTMLResponse:
    """Every card, refusal and line, with the phone numbers of one part of the world."""
    if locale not in LOCALES:
        raise QuestionError(f"{locale!r} is no place we have numbers for. Choose one of: {', '.join(LOCALES)}.")
    return HTMLResponse(wording_page(locale))
