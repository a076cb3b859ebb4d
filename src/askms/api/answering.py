"""One question on its way through the server: screened, let in, answered in a thread of its own.

Screening comes first and needs no place: a message that gets a card is answered at once,
whoever asks too often, however many wait, and while the server ends. Everything else waits
for a place. A place is free again when the work on it has really ended, so that answers
which hang fill their places and no more than those.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import suppress
from contextvars import copy_context
from dataclasses import dataclass, replace
from functools import partial
from threading import Event as Flag
from threading import Thread
from typing import Annotated, Final

import anyio
from fastapi import Depends, Request

from askms.api.deps import AssistantDep, GuardDep
from askms.api.limits import Guard, Kind, Refusal
from askms.api.limits.guard import FULL_SECONDS
from askms.api.limits.slots import Full, Slots
from askms.api.logs import LATE
from askms.api.schemas import MOST_TURNS, AskBody
from askms.api.threads import in_thread
from askms.assistant import Assistant, Event, Started
from askms.types import Turn

_SCREENING: Final = 20.0
"""Seconds that a message waits to be read."""
_LOOK: Final = 0.5
"""Seconds between two looks whether somebody who waits is still there."""
_LATE_TURNS: Final = 6
"""Turns that are read of a chat of somebody who asks too often; with more, one could keep that place busy for all."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with what was said before it."""

    question: str
    turns: Sequence[Turn]
    locale: str | None

    @property
    def characters(self) -> int:
        """Of all of it."""
        return len(self.question) + sum(len(turn.content) for turn in self.turns)


@dataclass(frozen=True, slots=True)
class _Failed:
    """The last thing a thread has to say: why nothing more comes, or that all has come."""

    error: Exception | None


async def answering(
    asked: Asked, request: Request, assistant: Assistant, guard: Guard
) -> AsyncIterator[AsyncIterator[Event]]:
    """Screen the message and find a place for it, so that a refusal gets a status code and not half a stream."""
    until = anyio.current_time() + guard.seconds
    asked = replace(asked, turns=asked.turns[-MOST_TURNS:])
    locale = asked.locale or guard.locale
    late = await guard.wait(Kind.ASK, request, asked.characters)
    started, rest = await _screened(guard, assistant, asked, late)
    place: Slots | None = None
    setattr(request.state, LATE, bool(late))
    if not started.route.is_safety:
        if late:
            raise Refusal("asking", locale, late)
        await _take_place(guard, request, locale, until - anyio.current_time())
        place = guard.answers
    work = _Work(rest, place)
    try:
        yield _in_time(started, work, until, locale)
    finally:
        work.drop()


async def _answering(
    body: AskBody, request: Request, assistant: AssistantDep, guard: GuardDep
) -> AsyncIterator[AsyncIterator[Event]]:
    turns = [Turn(role=turn.role, content=turn.content) for turn in body.history]
    async for events in answering(Asked(body.question, turns, body.locale), request, assistant, guard):
        yield events


AnsweringDep = Annotated[AsyncIterator[Event], Depends(_answering)]
"""What `Assistant.stream` gives for the body of the request."""


async def _take_place(guard: Guard, request: Request, locale: str, seconds: float) -> None:
    """Wait for a place as long as somebody waits for the answer: who gave up and asks again is not answered twice."""
    refusal: Refusal | None = Refusal("full", locale, FULL_SECONDS)
    try:
        async with anyio.create_task_group() as both:
            both.start_soon(_cancel_when_gone, request, both.cancel_scope)
            try:
                await guard.take_place(locale, seconds)
                refusal = None
            except Refusal as exc:
                refusal = exc
            both.cancel_scope.cancel()
    except BaseException:
        if refusal is None:  # the server gave up on us just after we had got in
            guard.answers.give_back()
        raise
    if refusal is not None:
        raise refusal


async def _cancel_when_gone(request: Request, scope: anyio.CancelScope) -> None:
    while not await request.is_disconnected():
        await anyio.sleep(_LOOK)
    scope.cancel()


async def _screened(guard: Guard, assistant: Assistant, asked: Asked, late: float) -> tuple[Started, Iterator[Event]]:
    locale = asked.locale or guard.locale
    places = guard.late_screenings if late else guard.screenings
    try:
        await places.take(_SCREENING)
    except Full:
        raise Refusal("asking" if late else "full", locale, late or FULL_SECONDS) from None
    try:
        turns = asked.turns[-_LATE_TURNS:] if late else asked.turns
        return await in_thread(partial(_start, assistant, asked, turns), apart=True)
    finally:
        places.give_back()


def _start(assistant: Assistant, asked: Asked, turns: Sequence[Turn]) -> tuple[Started, Iterator[Event]]:
    events = assistant.stream(asked.question, turns, locale=asked.locale)
    started = next(events)
    assert isinstance(started, Started)  # noqa: S101 - a stream starts so
    return started, events


async def _in_time(started: Started, work: _Work, until: float, locale: str) -> AsyncIterator[Event]:
    yield started
    while True:
        try:
            async with asyncio.timeout_at(until):
                event = await work.next()
        except TimeoutError:
            raise Refusal("slow", locale, FULL_SECONDS) from None
        if event is None:
            return
        yield event


class _Work:
    """Takes the events of an answer from where they are made, in a thread, to where they are sent."""

    def __init__(self, events: Iterator[Event], place: Slots | None) -> None:
        """Begin.

        Args:
            events: made one by one.
            place: given back when the last one is made, or nobody wants any more.
        """
        self._events, self._place = events, place
        self._loop = asyncio.get_running_loop()
        self._made: asyncio.Queue[Event | _Failed] = asyncio.Queue()
        self._dropped = Flag()
        # A daemon: what hangs must not keep a server from ending.
        thread = Thread(target=copy_context().run, args=(self._run,), name="askms-answer", daemon=True)
        try:
            thread.start()
        except RuntimeError:  # the system has no thread left
            self._leave()
            raise

    async def next(self) -> Event | None:
        """The next event; None after the last. Raises what making it raised."""
        made = await self._made.get()
        if not isinstance(made, _Failed):
            return made
        if made.error is not None:
            raise made.error
        return None

    def drop(self) -> None:
        """Nobody waits any more: stop at the next event."""
        self._dropped.set()

    def _run(self) -> None:
        last = _Failed(None)
        try:
            for event in self._events:
                if self._dropped.is_set():
                    break
                self._tell(event)
        except Exception as exc:  # noqa: BLE001 - it is raised where the reply is sent
            last = _Failed(exc)
        finally:
            self._leave()
        self._tell(last)

    def _leave(self) -> None:
        if self._place is not None:
            self._place.give_back()

    def _tell(self, made: Event | _Failed) -> None:
        with suppress(RuntimeError):  # the server has ended, and its event loop with it
            self._loop.call_soon_threadsafe(self._made.put_nowait, made)
