"""The steps of an answer, by name, for whoever measures them. Nobody does unless told to, and then it costs nothing.

A step says its name and nothing else: neither the question nor anything found.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from contextvars import ContextVar

Observer = Callable[[str], AbstractContextManager[object]]
"""Given the name of a step; what it returns is open while the step lasts, in the step's thread."""

_observers: tuple[Observer, ...] = ()
_here: ContextVar[tuple[Observer, ...]] = ContextVar("observers", default=())


@contextmanager
def stage(name: str) -> Iterator[None]:
    """A step: `screen`, `retrieve`, `write`, `verify`, `review` or `record`, or the whole `request` around them."""
    observers = (*_observers, *_here.get())
    if not observers:
        yield
        return
    with ExitStack() as stack:
        for observer in observers:
            stack.enter_context(observer(name))
        yield


@contextmanager
def observed(observer: Observer) -> Iterator[None]:
    """Let somebody observe every step of this process for a while."""
    global _observers
    _observers = (*_observers, observer)
    try:
        yield
    finally:
        _observers = tuple(one for one in _observers if one is not observer)


@contextmanager
def observed_here(observer: Observer) -> Iterator[None]:
    """Let somebody observe the steps of what is done inside, and of nothing else in this process."""
    token = _here.set((*_here.get(), observer))
    try:
        yield
    finally:
        _here.reset(token)
