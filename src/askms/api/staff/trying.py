"""Try a question: the reply with all that led to it, beside the reply under other settings or with less to quote.

Nothing asked here is kept: no turn, no receipt, and not a word of it in the audit log.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Final

from fastapi import APIRouter, Form, Request, Response

from askms.api.pages import PLACES
from askms.api.staff.comparing import compare
from askms.api.staff.doors import AssistantDep, Bounded, RecordsDep, Viewer
from askms.api.staff.pages import page
from askms.api.staff.standing import held, leads
from askms.assistant import Assistant
from askms.errors import IndexMissing, QuestionError, SnapshotError, UnknownSource
from askms.explaining import Explanation
from askms.index import Manifest
from askms.types import Turn

MOST: Final = 2000
"""Characters of a question that is tried."""
SENTENCES: Final = 40
"""The most sentences that the trace lists."""
_SHARES: Final = {"min_confidence": "Least confidence", "dense_weight": "Weight of meaning"}
"""Settings that are a number from 0 to 1."""
router = APIRouter(prefix="/try", route_class=Bounded)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What is asked, and what is to be different, as it was typed."""

    question: str = ""
    earlier: str = ""
    """A question before it, in the same conversation."""
    place: str = ""
    """Whose numbers the cards show; empty: those of the settings."""
    min_confidence: str = ""
    dense_weight: str = ""
    ranker: str = ""
    writer: str = ""
    snapshot: str = ""
    """Name of a kept snapshot to answer from."""
    without: str = ""
    """Ids of sources and keys of passages, with spaces between."""

    def problems(self) -> dict[str, str]:
        """What cannot be read, by field."""
        found = {}
        for field, name in (("question", "Question"), ("earlier", "Asked before")):
            if len(getattr(self, field)) > MOST:
                found[field] = f"{name}: at most {MOST:,} characters."
        if not self.question.strip():
            found["question"] = "Question: write one."
        for field, name in _SHARES.items():
            if _share(getattr(self, field)) is None:
                found[field] = f"{name}: a number from 0 to 1, such as 0.4."
        if self.place not in ("", *PLACES):
            found["place"] = "Place: choose one of the list."
        if self.ranker not in ("", "packaged", "none"):
            found["ranker"] = "Ranker: choose one of the list."
        if self.writer not in ("", "quoting"):
            found["writer"] = "Writer: choose one of the list."
        return found

    def changes(self) -> dict[str, object]:
        """Settings that are to be different; only of what has no problems."""
        changed: dict[str, object] = {field: _share(getattr(self, field)) for field in _SHARES if getattr(self, field)}
        if self.ranker:
            changed["ranker"] = self.ranker
        if self.writer:
            changed["chat_model"] = None
        return changed


@router.get("")
def form(request: Request, visit: Viewer) -> Response:
    """The form to ask with."""
    return _page(request, Tried(), {})


@router.post("")
def ask(
    request: Request,
    visit: Viewer,
    records: RecordsDep,
    assistant: AssistantDep,
    question: Annotated[str, Form()] = "",
    earlier: Annotated[str, Form()] = "",
    place: Annotated[str, Form()] = "",
    min_confidence: Annotated[str, Form()] = "",
    dense_weight: Annotated[str, Form()] = "",
    ranker: Annotated[str, Form()] = "",
    writer: Annotated[str, Form()] = "",
    snapshot: Annotated[str, Form()] = "",
    without: Annotated[str, Form()] = "",
) -> Response:
    """Ask as a patient would, and tell how the reply came about."""
    tried = Tried(
        question=question,
        earlier=earlier,
        place=place,
        min_confidence=min_confidence.strip(),
        dense_weight=dense_weight.strip(),
        ranker=ranker,
        writer=writer,
        snapshot=snapshot,
        without=without.strip(),
    )
    problems = tried.problems()
    changed: Assistant | None = None
    if not problems:
        try:
            changed = _changed(assistant, tried)
        except IndexMissing as exc:
            problems["snapshot"] = f"Index: {exc}"
        except UnknownSource as exc:
            problems["without"] = f"Without: {exc}"
    if problems:
        return _page(request, tried, problems, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        explained = _explained(assistant, tried)
        other = _explained(changed, tried) if changed else None
    except QuestionError as exc:
        return _page(request, tried, {"question": str(exc)}, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    dropped = [f"without {', '.join(_names(tried.without))}"] if tried.without else []
    older = [f"index {tried.snapshot}"] if tried.snapshot else []
    said = ", ".join([f"{name}={value}" for name, value in tried.changes().items()] + older + dropped)
    noted = [f"route {explained.reply.route.value}", *([f"place {place}"] if place else []), *([said] if said else [])]
    records.note(visit.name, "try question", "; ".join(noted))
    return _page(
        request,
        tried,
        {},
        explained=explained,
        reply=explained.reply.to_dict(),
        weighed=list(explained.looked_up.weighed)[:SENTENCES] if explained.looked_up else [],
        other=other,
        other_reply=other.reply.to_dict() if other else None,
        changed=said,
        sides=compare(explained.reply.text, other.reply.text, numbered=True) if other else None,
    )


def _page(
    request: Request, tried: Tried, problems: Mapping[str, str], status: int = HTTPStatus.OK, **values: object
) -> Response:
    shown = {"explained": None, "other": None, **values}
    kept: list[Manifest] = []
    with suppress(SnapshotError):  # a card can be tried without an index
        kept = request.app.state.assistant.kept_snapshots()
    return page(
        request,
        "try.html",
        status=status,
        tried=tried,
        problems=problems,
        places=PLACES,
        chat_model=request.app.state.chat_model,
        lead=leads(held(request.app.state.assistant)),
        snapshots={each.snapshot: datetime.fromisoformat(each.built_at) for each in kept},
        **shown,
    )


def _changed(assistant: Assistant, tried: Tried) -> Assistant | None:
    """The assistant as it is to be different, if it is."""
    changes, dropped, older = tried.changes(), _names(tried.without), tried.snapshot or None
    return assistant.varied(without=dropped, snapshot=older, **changes) if changes or dropped or older else None


def _explained(assistant: Assistant, tried: Tried) -> Explanation:
    place, earlier = tried.place or None, tried.earlier
    history: list[Turn] = []
    if earlier.strip():
        before = assistant.ask(earlier, locale=place).text
        history = [Turn(role="user", content=earlier), Turn(role="assistant", content=before)]
    return assistant.explain(tried.question, history, locale=place)


def _names(typed: str) -> list[str]:
    return list(dict.fromkeys(typed.replace(",", " ").split()))


def _share(typed: str) -> float | None:
    """The number from 0 to 1 that was typed; 0 where nothing was; nothing where it is none."""
    try:
        share = float(typed or 0)
    except ValueError:
        return None
    return share if 0 <= share <= 1 else None
