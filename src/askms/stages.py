"""The steps of an answer, by name, for whoever measures them. Nobody does unless told to, and then it costs nothing.

A step says its name and nothing else: neither the question nor anything found.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager

Observer = Callable[[str], AbstractContextManager[object]]
"""Given the name of a step; what it returns is open while the step lasts, in the step's thread."""

_observers: tuple[Observer, ...] = ()


@contextmanager
def stage(name: str) -> Iterator[None]:
    """A step: `screen`, `retrieve`, `write`, `verify`, `review` or `record`, or the whole `request` around them."""
    if not _observers:
        yield
        return
    with ExitStack() as stack:
        for observer in _observers:
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
