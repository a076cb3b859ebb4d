"""What somebody typed when their session had ended: it comes along to the sign-in, and is sent if they wish."""

from __future__ import annotations

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Final
from urllib.parse import urlsplit

from fastapi import Request, Response
from starlette.exceptions import HTTPException

from askms.api.staff.pages import page

ENDED: Final = (
    "You were signed out: a session ends after an hour without use, 12 hours after its sign-in, and when your "
    "password or role is changed."
)
_OURS: Final = frozenset({"key"})
"""Fields that nobody typed."""


async def kept(request: Request, most_fields: int) -> Response | None:
    """A sign-in that takes along what a form of a session that is over holds; nothing where it holds nothing."""
    try:
        form = await request.form(max_files=0, max_fields=most_fields)
    except HTTPException:
        return None
    typed = {name: str(value) for name, value in form.items() if name not in _OURS}
    if not any(value.strip() for value in typed.values()):
        return None
    came_from = urlsplit(request.headers.get("referer", ""))
    return sign_in_page(
        request,
        next=came_from.path if came_from.netloc == request.url.netloc else request.url.path,
        again=request.url.path,
        typed=json.dumps(typed),
        ended=True,
        status=HTTPStatus.UNAUTHORIZED,
    )


def sign_in_page(
    request: Request,
    *,
    next: str,
    again: str = "",
    typed: str = "",
    name: str = "",
    problem: str | None = None,
    ended: bool = False,
    status: int = HTTPStatus.OK,
) -> Response:
    """The form to sign in with.

    Args:
        request: who asks.
        next: where to go after it.
        again: where the form that was not taken was to go.
        typed: what that form held, as JSON.
        name: as it was typed.
        problem: why it failed.
        ended: the browser's session is over.
        status: HTTP status.
    """
    return page(
        request,
        "sign_in.html",
        status=status,
        next=next,
        again=again,
        typed=typed,
        name=name,
        problem=problem,
        ended=ENDED if ended else None,
    )


def resume_page(request: Request, again: str, typed: Mapping[str, str], back: str) -> Response:
    """What was typed, to be sent now or left."""
    return page(request, "resume.html", again=again, typed=typed, back=back)


def read_typed(typed: str) -> dict[str, str]:
    """What a form held; nothing if that cannot be read."""
    try:
        found = json.loads(typed or "{}")
    except ValueError:
        return {}
    return {str(name): str(value) for name, value in found.items()} if isinstance(found, dict) else {}
