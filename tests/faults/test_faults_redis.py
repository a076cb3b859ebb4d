"""A real Redis that counts for two servers, goes away and comes back; nobody who asks notices."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from askms.api import create_app
from askms.api.limits import Guard, Kind, Protection
from askms.api.limits.rates import Rate
from askms.api.limits.shared import MOST_PATIENCE, PATIENCE, SharedRates
from askms.assistant import Assistant
from askms.doctor import examine
from askms.settings import Settings
from tests.faults.conftest import RedisServer

ANN, BEN = "203.0.113.7", "203.0.113.8"
RATE = Rate(client=2, everybody=5)


@pytest.fixture
def servers(server: RedisServer) -> Iterator[list[SharedRates]]:
    """Two servers that count there."""
    rates = [SharedRates(server.url), SharedRates(server.url)]
    yield rates
    for each in rates:
        each.close()


class Clock:
    """Seconds that pass when told to, beside those that do."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def __call__(self) -> float:
        return time.monotonic() + self.ahead


def ask(rates: list[SharedRates], *addresses: str) -> list[bool]:
    """Ask from each address, at one server after the other; whether each was let in."""

    async def all_of_them() -> list[bool]:
        return [
            not await rates[number % len(rates)].wait(Kind.ASK, RATE, address)
            for number, address in enumerate(addresses)
        ]

    return asyncio.run(all_of_them())


def test_two_servers_count_together(servers: list[SharedRates]) -> None:
    assert ask(servers, ANN, ANN, ANN, BEN, BEN) == [True, True, False, True, True]
    assert ask(servers, "203.0.113.9", "203.0.113.10") == [True, False]  # five a minute for all together


def test_a_heavy_request_counts_as_several_there_too(servers: list[SharedRates]) -> None:
    async def heavy() -> list[bool]:
        return [not await servers[0].wait(Kind.ASK, RATE, ANN, weight) for weight in (2, 1)]

    assert asyncio.run(heavy()) == [True, False]


def test_no_address_is_in_redis_and_what_is_there_goes_by_itself(
    server: RedisServer, servers: list[SharedRates]
) -> None:
    ask(servers, ANN)

    with server.client() as client:
        keys = client.keys("*")
        assert isinstance(keys, list)
        assert len(keys) == 3
        stored = b" ".join(keys + [client.get(key) or b"" for key in keys])
        assert ANN.encode() not in stored
        lasts = [client.pttl(key) for key in keys]
    assert all(0 < last <= 86_400_000 for last in lasts)
    assert sorted(last <= 61_000 for last in lasts) == [False, True, True]


def test_a_clock_of_redis_that_was_set_back_locks_nobody_out(server: RedisServer, servers: list[SharedRates]) -> None:
    ask(servers, ANN)
    with server.client() as client:
        for key in client.keys("askms:ask:*"):
            client.set(key, str(time.time() + 7200))  # as it looks after two hours back

    assert ask(servers, ANN, ANN, ANN) == [True, True, False]


def test_when_it_is_away_each_server_counts_for_itself_and_then_together_again(
    server: RedisServer, caplog: pytest.LogCaptureFixture
) -> None:
    clock = Clock()
    with closing(SharedRates(server.url, clock)) as counts:
        assert ask([counts], ANN, ANN, ANN) == [True, True, False]

        server.stop()
        begun = time.monotonic()
        assert ask([counts], ANN, ANN, ANN, ANN) == [True, True, False, False]
        assert time.monotonic() - begun < 4 * PATIENCE
        server.start()
        clock.ahead += 6
        assert ask([counts], ANN, ANN, ANN) == [True, True, False]  # a new Redis, with a new key

    said = [record.getMessage() for record in caplog.records if record.name.startswith("askms")]
    assert said == ["Redis cannot be used (ConnectionError); this server counts for itself", "Redis can be used again"]
    assert ANN not in caplog.text


def test_a_redis_that_hangs_is_not_waited_for(server: RedisServer, servers: list[SharedRates]) -> None:
    counts = servers[:1]
    assert ask(counts, ANN) == [True]
    with server.client() as client:
        client.execute_command("CLIENT", "PAUSE", 1500)

    begun = time.monotonic()

    assert ask(counts, ANN, ANN, ANN) == [True, True, False]
    assert time.monotonic() - begun < 2 * PATIENCE + 0.5


def test_a_name_that_cannot_be_looked_up_holds_nobody_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """The system may look for a name as long as it likes; the client of Redis has no say in that."""

    def never_found(*_: object, **__: object) -> list[object]:
        time.sleep(4)
        raise OSError("no such name")

    monkeypatch.setattr("socket.getaddrinfo", never_found)
    with closing(SharedRates("redis://redis.askms.example:6379/0")) as counts:

        async def many() -> tuple[float, list[float]]:
            begun = time.monotonic()
            found = await asyncio.gather(*(counts.wait(Kind.ASK, RATE, ANN) for _ in range(60)))
            return time.monotonic() - begun, found

        took, found = asyncio.run(many())

    assert took < MOST_PATIENCE + 0.5
    assert found.count(0) == RATE.client


def test_questions_are_answered_while_it_is_away(server: RedisServer, assistant: Assistant) -> None:
    guard = Guard(Protection(rate=RATE, redis=server.url))
    client = TestClient(create_app(assistant, guard=guard), client=(ANN, 1))
    server.stop()

    answers = [client.post("/v1/ask", json={"question": "What is a relapse?"}).status_code for _ in range(3)]

    assert answers == [200, 200, 429]


def test_the_doctor_hears_it(server: RedisServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASKMS_REDIS", server.url)

    checks = {check.name: check for check in examine(Settings(index_dir=tmp_path, port=0))}

    assert checks["Redis"].ok
    assert checks["Redis"].found == "it answers"
