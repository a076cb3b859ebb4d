"""Sign in, sign out, and the audit log of what staff did."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Final

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from askms.api.staff.doors import HOME, SIGN_IN, START, Admin, Bounded, Now, RecordsDep, Viewer, cookie_name, place
from askms.api.staff.pages import page
from askms.api.staff.paging import PageNumber, Paging
from askms.api.staff.resuming import read_typed, resume_page, sign_in_page

WRONG: Final = "Name and password do not fit, or were tried too often. Try again in 15 minutes if you are sure of them."
router = APIRouter(route_class=Bounded)


@router.get("/")
def home() -> Response:
    """Where most work begins."""
    return RedirectResponse(START, HTTPStatus.SEE_OTHER)


@router.get("/sign-in")
def form(request: Request, next: str = "", ended: bool = False) -> Response:
    """The form to sign in with."""
    return sign_in_page(request, next=place(next), ended=ended)


@router.post("/sign-in")
def sign_in(
    request: Request,
    records: RecordsDep,
    now: Now,
    name: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
    next: Annotated[str, Form()] = "",
    again: Annotated[str, Form()] = "",
    typed: Annotated[str, Form()] = "",
) -> Response:
    """Begin a session under a new token; one that the browser brought along ends. What was typed comes along."""
    name = name.strip().lower()
    visit = records.staff.sign_in(name, password, now)
    if visit is None:
        return sign_in_page(
            request,
            next=place(next),
            again=again,
            typed=typed,
            name=name[:40],
            problem=WRONG,
            status=HTTPStatus.FORBIDDEN,
        )
    if request.state.visit is not None:
        records.staff.sign_out(request.state.visit)
    fields = read_typed(typed)
    response: Response = RedirectResponse(place(next), HTTPStatus.SEE_OTHER)
    if fields and place(again) == again:
        request.state.visit = visit
        response = resume_page(request, again, fields, place(next))
    response.set_cookie(
        cookie_name(request),
        visit.token,
        path=HOME,
        secure=request.url.scheme == "https",
        httponly=True,
        samesite="strict",
    )
    return response


@router.post("/sign-out")
def sign_out(request: Request, visit: Viewer, records: RecordsDep) -> Response:
    """End the session."""
    records.staff.sign_out(visit)
    response = RedirectResponse(SIGN_IN, HTTPStatus.SEE_OTHER)
    response.delete_cookie(
        cookie_name(request), path=HOME, secure=request.url.scheme == "https", httponly=True, samesite="strict"
    )
    return response


@router.get("/audit")
def audit(
    request: Request, visit: Admin, records: RecordsDep, who: str = "", what: str = "", number: PageNumber = 1
) -> Response:
    """What staff did, the latest first; of one person or one kind if asked."""
    everybody, kinds = records.desk.actors()
    who, what = (chosen if chosen in known else "" for chosen, known in ((who, everybody), (what, kinds)))
    acts = records.desk.acts(number, who or None, what or None)
    chosen = "".join(f"{name}={value} " for name, value in (("who", who), ("what", what)) if value)
    records.note(visit.name, "look at audit log", f"{chosen}page {number}")
    return page(
        request,
        "audit.html",
        acts=acts.rows,
        paging=Paging.of(request, number, acts.total),
        asked={"who": who, "what": what},
        everybody=everybody,
        kinds=kinds,
    )
