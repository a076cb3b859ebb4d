"""Places are given in order, never lost, and never more than there are."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from threading import Lock

import pytest

from askms.api.limits import Slots
from askms.api.limits.slots import Closed, Full


def test_who_comes_when_all_places_are_taken_waits_in_order() -> None:
    order: list[int] = []

    async def one(slots: Slots, number: int) -> None:
        await slots.take(5)
        order.append(number)
        await asyncio.sleep(0.01)
        slots.give_back()

    async def all_of_them() -> None:
        slots = Slots(2, 3)
        running = [asyncio.create_task(one(slots, number)) for number in range(5)]
        await asyncio.sleep(0)
        assert (slots.taken, slots.waiting) == (2, 3)
        with pytest.raises(Full):
            await slots.take(5)
        await asyncio.gather(*running)
        assert (slots.taken, slots.waiting) == (0, 0)

    asyncio.run(all_of_them())
    assert order == [0, 1, 2, 3, 4]


def test_waiting_has_an_end_and_takes_no_place() -> None:
    async def wait() -> None:
        slots = Slots(1, 1)
        await slots.take(1)
        with pytest.raises(Full):
            await slots.take(0.01)
        assert slots.waiting == 0
        slots.give_back()
        await slots.take(0.01)

    asyncio.run(wait())


def test_a_place_handed_to_somebody_who_left_at_that_moment_goes_on_to_the_next() -> None:
    async def leave() -> None:
        slots = Slots(1, 2)
        await slots.take(1)
        first, second = (asyncio.create_task(slots.take(1)) for _ in range(2))
        await asyncio.sleep(0)
        slots.give_back()  # the first one's turn, but it has not heard of it yet
        first.cancel()
        await asyncio.wait_for(second, 1)
        assert slots.taken == 1
        slots.give_back()
        assert slots.taken == 0

    asyncio.run(leave())


def test_closing_sends_away_who_waits_and_keeps_who_is_in() -> None:
    async def close() -> None:
        slots = Slots(1, 1)
        await slots.take(1)
        waiting = asyncio.create_task(slots.take(1))
        await asyncio.sleep(0)
        slots.close()
        with pytest.raises(Closed):
            await waiting
        with pytest.raises(Closed):
            await slots.take(1)
        assert slots.taken == 1
        slots.give_back()
        assert slots.taken == 0

    asyncio.run(close())


def test_threads_with_event_loops_of_their_own_never_share_a_place() -> None:
    slots, lock, inside, most = Slots(3, 100), Lock(), 0, 0

    async def work() -> None:
        nonlocal inside, most
        for _ in range(50):
            await slots.take(10)
            with lock:
                inside += 1
                most = max(most, inside)
            await asyncio.sleep(0)
            with lock:
                inside -= 1
            slots.give_back()

    with ThreadPoolExecutor(8) as pool:
        for future in [pool.submit(asyncio.run, work()) for _ in range(8)]:
            future.result()
    assert (slots.taken, slots.waiting) == (0, 0)
    assert 1 <= most <= 3
