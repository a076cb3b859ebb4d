"""The page of a brief. One that is still to be written arrives at once and says how far it is, without a script.

The page is sent as it comes about: its head and what every brief says, a line after each
part that is looked up, then all parts at once, as their order on the page is not that in
which they are written. Style hides each line when the next one comes.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from typing import Final

from anyio import to_thread
from fastapi import Request

from askms.api.errors import log_failure, log_unexpected, message_of
from askms.api.pages import render
from askms.assistant import Assistant
from askms.briefs import Brief, Topic, title_of, topics
from askms.errors import AskmsError
from askms.reply import Contact
from askms.wording import UNKNOWN_LOCALE, wording

_CUT: Final = "\0"
"""Where a page is cut in two; no text of ours has it."""
LOW_MOOD: Final = frozenset({"depression", "esketamine", "interferon-beta", "ketamine"})
"""Topics whose sources speak of low mood or suicide."""


def listed(locale: str, *, missing: bool = False) -> str:
    """The page that lists the topics, by kind.

    Args:
        locale: whose emergency numbers it names.
        missing: whoever asked looked for one that is not there.
    """
    kinds = {kind: [one for one in topics().values() if one.kind == kind] for kind in wording().brief.headings}
    return render("briefs.html", kinds=kinds, missing=missing, contacts=_contacts("emergency", locale))


def whole(topic: Topic, brief: Brief, locale: str) -> str:
    """The page of a brief that is written, with the emergency numbers of `locale`."""
    return _page(topic, locale, brief=brief, rest="")


class Writing:
    """A brief that is being written. It is written to its end and kept, whether anybody waits for it or not."""

    _all: Final[set[asyncio.Task[Brief]]] = set()
    """So that none is forgotten by Python while it runs."""

    def __init__(self, topic: Topic, locale: str, assistant: Assistant, done: Callable[[], None]) -> None:
        """Begin.

        Args:
            topic: what it is about.
            locale: whose emergency numbers it names.
            assistant: who writes it.
            done: called when it is written or has failed.
        """
        self._topic, self._locale = topic, locale
        self._told: asyncio.Queue[tuple[int, int] | None] = asyncio.Queue()
        loop = asyncio.get_running_loop()

        def tell(parts: int, of: int) -> None:
            with suppress(RuntimeError):  # the server has ended, and its event loop with it
                loop.call_soon_threadsafe(self._told.put_nowait, (parts, of))

        async def write() -> Brief:
            try:
                return await to_thread.run_sync(assistant.brief, topic.id, tell)
            finally:
                done()
                self._told.put_nowait(None)

        self._task = loop.create_task(write())
        self._all.add(self._task)
        self._task.add_done_callback(self._forget)

    async def page(self, request: Request) -> AsyncIterator[str]:
        """The page, piece by piece. It ends with the disclaimer also where no brief comes of it."""
        before, _, after = _page(self._topic, self._locale, brief=None, rest=_CUT).partition(_CUT)
        yield before
        while (told := await self._told.get()) is not None:
            yield render("brief_progress.html", done=told[0], of=told[1])
        yield await self._rest(request)
        yield after

    async def _rest(self, request: Request) -> str:
        try:
            return render("brief_parts.html", brief=await self._task)
        except AskmsError as exc:
            log_failure(request, exc)
            problem = message_of(exc)
        except Exception as exc:  # noqa: BLE001 - the status has gone out; the page can still say so
            problem = log_unexpected(request, exc)
        return render("brief_problem.html", message=problem)

    def _forget(self, task: asyncio.Task[Brief]) -> None:
        self._all.discard(task)
        if not task.cancelled():
            task.exception()  # looked at, so that Python does not log one that nobody waited for


def _page(topic: Topic, locale: str, *, brief: Brief | None, rest: str) -> str:
    contacts = _contacts("crisis" if topic.id in LOW_MOOD else "emergency", locale)
    lead = wording().brief.lead
    return render("brief.html", title=title_of(topic), lead=lead, brief=brief, rest=rest, contacts=contacts)


def _contacts(purpose: str, locale: str) -> tuple[Contact, ...]:
    places = wording().contacts
    return (places.get(locale) or places[UNKNOWN_LOCALE]).by_purpose[purpose]
