"""How often is too often, worked out by hand with a clock that the test sets."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass

import pytest

from askms.api.limits import Kind
from askms.api.limits.clients import DAY, DailyKey, name_of
from askms.api.limits.rates import MemoryRates, Rate

ANN, BEN = "203.0.113.7", "203.0.113.8"
KEY = b"k" * 32


@dataclass
class Clock:
    """Seconds that pass when told to."""

    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


def ask(rates: MemoryRates, address: str = ANN, kind: Kind = Kind.ASK, client: int = 6, everybody: int = 100) -> float:
    return asyncio.run(rates.wait(kind, Rate(client=client, everybody=everybody), address))


def test_a_whole_allowance_may_be_used_at_once_and_then_comes_back_evenly() -> None:
    clock = Clock()
    rates = MemoryRates(clock)

    assert [ask(rates) for _ in range(8)] == [0, 0, 0, 0, 0, 0, 10, 10]
    clock.now += 9
    assert ask(rates) == pytest.approx(1)
    clock.now += 1
    assert [ask(rates), ask(rates)] == [0, 10]
    clock.now += 60
    assert [ask(rates) for _ in range(7)] == [0] * 6 + [10]


def test_a_heavy_request_counts_as_several() -> None:
    rates = MemoryRates(Clock())

    def heavy(weight: int) -> float:
        return asyncio.run(rates.wait(Kind.ASK, Rate(client=6, everybody=100), ANN, weight))

    assert [heavy(4), heavy(3), heavy(2), heavy(1)] == [0, 10, 0, 10]


def test_another_client_and_another_kind_count_for_themselves() -> None:
    rates = MemoryRates(Clock())

    assert [ask(rates, client=1), ask(rates, client=1)] == [0, 60]
    assert ask(rates, BEN, client=1) == 0
    assert ask(rates, kind=Kind.CHANGE, client=1) == 0


def test_all_clients_together_have_an_allowance_too() -> None:
    rates = MemoryRates(Clock())

    assert [ask(rates, f"203.0.113.{number}", everybody=3) for number in range(4)] == [0, 0, 0, 20]


def test_who_is_refused_takes_nothing_from_the_others() -> None:
    rates = MemoryRates(Clock())
    for _ in range(50):
        ask(rates, client=1, everybody=3)

    assert [ask(rates, BEN, everybody=3) for _ in range(3)] == [0, 0, 20]


def test_clients_are_forgotten_after_a_minute_and_their_number_is_bounded() -> None:
    clock = Clock()
    rates = MemoryRates(clock)
    for number in range(500):
        ask(rates, f"2001:db8:{number:x}::1", everybody=100)
    assert len(rates) == 101  # 100 clients and everybody

    clock.now += 61
    ask(rates)
    assert len(rates) == 2


def test_a_wall_clock_that_is_set_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    rates = MemoryRates()
    for jump in (-7200, 7200, 0):
        monkeypatch.setattr(time, "time", lambda jump=jump: 1_800_000_000.0 + jump)
        ask(rates, client=1)

    assert 59 < ask(rates, client=1) <= 60


def test_no_address_is_kept() -> None:
    rates = MemoryRates(Clock())
    ask(rates)

    assert ANN not in repr(vars(rates))
    assert ANN not in name_of(ANN, KEY)
    assert name_of(ANN, KEY) != name_of(ANN, b"j" * 32)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (ANN, ANN, True),
        (ANN, BEN, False),
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        (ANN, f"::ffff:{ANN}", True),
        ("testclient", "testclient", True),
        ("", "*", False),
    ],
)
def test_a_household_is_one_client(one: str, other: str, same: bool) -> None:
    assert (name_of(one, KEY) == name_of(other, KEY)) is same


def test_the_key_to_the_names_is_thrown_away_each_day() -> None:
    clock = Clock()
    key = DailyKey(clock)
    first = key.current()
    clock.now += DAY - 1
    assert key.current() == first
    clock.now += 1

    assert key.current() != first
    assert DailyKey(clock).current() != key.current()
