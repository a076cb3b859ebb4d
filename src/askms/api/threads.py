"""Threads for what no other request may hold up: reading a message, and sending the card that it gets.

Endpoints share forty threads. Forty people who wait for a locked database would keep a card waiting there.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from anyio import CapacityLimiter, to_thread

Result = TypeVar("Result")


async def in_thread(call: Callable[[], Result], *, apart: bool) -> Result:
    """Run a call in a thread.

    Args:
        call: what is to be done.
        apart: not in one of those that all requests share. How many such calls there are is for the caller to bound.
    """
    return await to_thread.run_sync(call, limiter=CapacityLimiter(1) if apart else None)
