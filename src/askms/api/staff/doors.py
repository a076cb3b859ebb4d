"""Who may pass: sessions, roles, and forms that no other site may send."""

from __future__ import annotations

import re
from collections.abc import Callable, Coroutine
from datetime import datetime
from hmac import compare_digest
from http import HTTPStatus
from typing import Annotated, Any, Final
from urllib.parse import quote, urlsplit

from fastapi import Depends, HTTPException, Request, Response
from fastapi.responses import RedirectResponse
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool

from askms.api.staff.pages import error_page
from askms.api.staff.resuming import kept
from askms.assistant import Assistant
from askms.records import Records, Role, Visit

HOME: Final = "/staff"
START: Final = f"{HOME}/receipts"
"""Where most work begins."""
FILES: Final = "/files"
SIGN_IN: Final = f"{HOME}/sign-in"
NO_RECORDS: Final = "This askms keeps no records, so there is nothing for staff to look at. Set ASKMS_RECORDS."
_COOKIE: Final = "askms-staff"
_PLACE: Final = re.compile(r"/staff(?:/[\w.~-]+)*/?(?:\?[\w.~=&%+-]*)?", re.ASCII)
"""An address of the console, and of nothing else. No `//`, no backslash, no other site."""
_FORM_MOST: Final = 80
"""Fields of a form."""

Clock = Callable[[], datetime]
"""What time it is, with a time zone."""


async def guard(request: Request, records: Records | None, clock: Clock) -> Response | None:
    """Stop a request that may not pass; who may is noted in its state.

    Raises:
        RecordsError: it cannot be found out who this is.
    """
    request.state.visit = None
    path = request.url.path
    if "\0" in path:  # PostgreSQL has no such text
        return error_page(request, "There is no such page.", HTTPStatus.NOT_FOUND)
    if path.startswith(f"{HOME}{FILES}/"):
        return None
    if records is None:
        return error_page(request, NO_RECORDS, HTTPStatus.SERVICE_UNAVAILABLE)
    if request.method not in ("GET", "HEAD") and not _is_from_here(request):
        return error_page(request, "This form was sent from another site.", HTTPStatus.FORBIDDEN)
    token = request.cookies.get(cookie_name(request))
    if token is not None:
        request.state.visit = await run_in_threadpool(records.staff.visit, token, clock())
    if request.state.visit is None and path != SIGN_IN:
        if request.method == "POST" and place(path) == path:
            taken_along = await kept(request, _FORM_MOST)
            if taken_along is not None:
                return taken_along
        asked = f"{path}?{request.url.query}" if request.url.query else path
        query = [f"next={quote(asked, safe='/')}"] if request.method == "GET" and place(asked) == asked else []
        query += ["ended=true"] if token is not None else []
        return RedirectResponse(f"{SIGN_IN}{'?' if query else ''}{'&'.join(query)}", HTTPStatus.SEE_OTHER)
    return None


class Bounded(APIRoute):
    """A route whose form has so many fields and no file. It reads the form before FastAPI does, without such bounds."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """What answers; 400 to a form that is out of bounds."""
        answer = super().get_route_handler()

        async def bounded(request: Request) -> Response:
            await request.form(max_files=0, max_fields=_FORM_MOST)  # kept in the request, and not read again
            return await answer(request)

        return bounded


async def checked_form(request: Request) -> None:
    """Let a form pass only with the key of the session that it was made for.

    Raises:
        HTTPException: 403, it has another or none; 400, it cannot be kept.
    """
    visit: Visit | None = request.state.visit
    if request.method in ("GET", "HEAD"):
        return
    form = await request.form()
    if any("\0" in str(value) for value in form.values()):
        raise HTTPException(HTTPStatus.BAD_REQUEST, "The form holds a character that cannot be kept.")
    if request.url.path == SIGN_IN:
        return  # begins a session; nothing of an old one is used
    sent = form.get("key")
    if visit is None or not isinstance(sent, str) or not compare_digest(sent.encode(), visit.form_key.encode()):
        raise HTTPException(
            HTTPStatus.FORBIDDEN, "This form is out of date. Open its page again and send it from there."
        )


def cookie_name(request: Request) -> str:
    """Name of the cookie. By https it has a prefix, with which a browser takes it from https alone."""
    return f"__Secure-{_COOKIE}" if request.url.scheme == "https" else _COOKIE


def place(wanted: str) -> str:
    """Where to go after the sign-in: a page of the console, whatever was wanted."""
    ours = _PLACE.fullmatch(wanted) and ".." not in wanted and not wanted.startswith(SIGN_IN)
    return wanted if ours else START


def _is_from_here(request: Request) -> bool:
    """Whether a browser says that our own page sent this; programs that say nothing still need the key."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    origin = request.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == request.url.netloc


def _needs(role: Role) -> Any:
    def visit_of(request: Request) -> Visit:
        visit: Visit = request.state.visit
        if not visit.role.may(role):
            raise HTTPException(HTTPStatus.FORBIDDEN, f"Only staff with the role {role.value} may do this.")
        return visit

    return Depends(visit_of)


def _records(request: Request) -> Records:
    records: Records = request.app.state.records
    return records


def _assistant(request: Request) -> Assistant:
    assistant: Assistant = request.app.state.assistant
    return assistant


def _now(request: Request) -> datetime:
    clock: Clock = request.app.state.clock
    return clock()


Viewer = Annotated[Visit, _needs(Role.VIEWER)]
"""Who asks; any role."""
Editor = Annotated[Visit, _needs(Role.EDITOR)]
"""Who asks; an editor or admin, or the request ends with 403."""
Admin = Annotated[Visit, _needs(Role.ADMIN)]
"""Who asks; an admin, or the request ends with 403."""
RecordsDep = Annotated[Records, Depends(_records)]
AssistantDep = Annotated[Assistant, Depends(_assistant)]
Now = Annotated[datetime, Depends(_now)]
