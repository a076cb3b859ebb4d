"""Two servers share a PostgreSQL, a Redis and a folder of indexes; one is killed under load, the other goes on."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pytest

from askms.build import build_index
from askms.records import migrate_records, open_records
from askms.reply import DISCLAIMER
from askms.testing import FakeEmbedder, corpus_file
from tests.faults.conftest import RedisServer
from tests.records.conftest import Postgres

QUESTIONS = ("What is a relapse?", "Why does heat make MS worse?", "How much ketamine should I take?")
ALARM = "My throat is closing up after my Copaxone injection"
PEOPLE = 8
EAGER = "198.51.100.200"
PER_MINUTE = 12


@dataclass
class Balancer:
    """Sends each request to the next server, and to the other one if that does not answer, as a proxy in front does."""

    addresses: list[str]
    turn: Iterator[int] = field(default_factory=count)

    async def post(self, client: httpx.AsyncClient, body: dict[str, Any], address: str) -> httpx.Response:
        """Ask as somebody at an address."""
        first = next(self.turn) % len(self.addresses)
        for server in self.addresses[first:] + self.addresses[:first]:
            try:
                return await client.post(f"{server}/v1/ask", json=body, headers={"x-forwarded-for": address})
            except httpx.TransportError:
                if server in self.addresses:
                    self.addresses.remove(server)
        raise AssertionError("no server is left")


@dataclass
class Seen:
    """What all people saw."""

    replies: Counter[str] = field(default_factory=Counter)
    """By snapshot, cards under an empty name."""
    acknowledged: Counter[str] = field(default_factory=Counter)
    """Receipts that were called recorded."""
    after_the_kill: int = 0


@pytest.fixture
def url(postgres: Postgres) -> str:
    """Of a database with tables."""
    made = postgres.new_database()
    migrate_records(made)
    return made


@pytest.fixture
def two(url: str, server: RedisServer, index: Path) -> Iterator[list[tuple[subprocess.Popen[str], str]]]:
    """Two processes and where they serve."""
    variables = {
        "ASKMS_INDEX_DIR": str(index),
        "ASKMS_RECORDS": url,
        "ASKMS_REDIS": server.url,
        "ASKMS_TRUSTED_PROXIES": "127.0.0.1",
        "ASKMS_CLIENT_PER_MINUTE": str(PER_MINUTE),
        "ASKMS_SERVER_PER_MINUTE": "1000000",
        "ASKMS_MIN_CONFIDENCE": "0",
    }
    command = [sys.executable, "-m", "tests.faults.one_of_two"]
    begun = [
        subprocess.Popen(command, env={**os.environ, **variables}, stdout=subprocess.PIPE, text=True) for _ in range(2)
    ]
    try:
        yield [(process, process.stdout.readline().strip()) for process in begun if process.stdout]
    finally:
        for process in begun:
            process.kill()
            process.communicate()


async def asked(balancer: Balancer, two: list[tuple[subprocess.Popen[str], str]], corpus: Path, index: Path) -> Seen:
    """Eight people ask for six seconds; the index is built anew after two, a server is killed after four."""
    seen, killed, over = Seen(), asyncio.Event(), asyncio.Event()
    numbers = count()

    async def one(person: int) -> None:
        async with httpx.AsyncClient(trust_env=False, timeout=20) as client:
            while not over.is_set():
                number = next(numbers)
                question = ALARM if number % 10 == 0 else QUESTIONS[number % len(QUESTIONS)]
                begun_after = killed.is_set()
                address = f"203.0.{person}.{number % 250}"  # a proxy in front brings many people
                response = await balancer.post(client, {"question": question}, address)
                body = response.json()
                assert body["text"].endswith(f"\n\n{DISCLAIMER}")
                assert response.status_code in (200, 429), body
                if response.status_code == 200:
                    assert bool(body["cards"]) == (question == ALARM)
                    seen.replies[body["snapshot"]] += 1
                    seen.after_the_kill += begun_after
                    seen.acknowledged[body["receipt_id"]] += body["recorded"]

    people = [asyncio.create_task(one(person)) for person in range(PEOPLE)]
    await asyncio.sleep(2)
    await asyncio.to_thread(build_index, corpus, index, FakeEmbedder())
    await asyncio.sleep(2)
    two[0][0].send_signal(signal.SIGKILL)
    killed.set()
    await asyncio.sleep(2)
    over.set()
    await asyncio.gather(*people)
    return seen


async def eager(balancer: Balancer, times: int) -> Counter[int]:
    """Somebody who asks as often as they can."""
    async with httpx.AsyncClient(trust_env=False, timeout=20) as client:
        return Counter(
            [(await balancer.post(client, {"question": QUESTIONS[0]}, EAGER)).status_code for _ in range(times)]
        )


def test_one_is_killed_under_load_and_nothing_acknowledged_is_lost(
    two: list[tuple[subprocess.Popen[str], str]], url: str, corpus: Path, index: Path
) -> None:
    balancer = Balancer([address for _, address in two])
    corpus_file(corpus, "extra", plain_title="Extra trial")

    seen = asyncio.run(asked(balancer, two, corpus, index))

    assert balancer.addresses == [two[1][1]]
    assert two[0][0].wait(10) == -signal.SIGKILL
    assert seen.after_the_kill > 5
    assert len(seen.replies.keys() - {""}) == 2
    assert seen.replies[""] > 0
    assert seen.acknowledged.total() > 20
    with closing(open_records(url, 30)) as records:
        for receipt_id, times in seen.acknowledged.items():
            if times:
                assert records.receipt(receipt_id).times_asked >= times


def test_what_one_counts_the_other_counts_too_and_still_does_when_it_is_alone(
    two: list[tuple[subprocess.Popen[str], str]],
) -> None:
    balancer = Balancer([address for _, address in two])

    first = asyncio.run(eager(balancer, 2 * PER_MINUTE))
    two[0][0].send_signal(signal.SIGKILL)
    two[0][0].wait(10)
    alone = asyncio.run(eager(balancer, 3))

    refilled = 5  # the allowance comes back by one in five seconds, and the machines that run this are slow
    assert PER_MINUTE <= first[200] <= PER_MINUTE + refilled
    assert first[200] + first[429] == 2 * PER_MINUTE
    assert alone[429] >= 2
