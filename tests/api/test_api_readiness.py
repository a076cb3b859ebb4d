"""Whether it can answer is looked at by one at a time; whoever asks meanwhile does not wait for it."""

from __future__ import annotations

import time
import traceback
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from starlette.testclient import TestClient

from askms.api import create_app
from askms.api.health import Readiness
from askms.assistant import Assistant
from askms.errors import VectorsUnavailable

PROBES = 80
"""At once: twice as many as there are threads that all requests share."""


class Part:
    """A part of the search. Where it is away, it takes as long as the test likes to find out."""

    def __init__(self) -> None:
        self.is_away = True
        self.looked = 0
        self.reached, self.go_on = Event(), Event()

    def warm(self, _: Assistant) -> None:
        self.looked += 1
        self.reached.set()
        assert self.go_on.wait(30)
        if self.is_away:
            raise VectorsUnavailable("The vectors are away.")


@pytest.fixture
def part(monkeypatch: pytest.MonkeyPatch) -> Iterator[Part]:
    """What the assistant needs."""
    made = Part()
    monkeypatch.setattr(Assistant, "warm", lambda assistant: made.warm(assistant))
    yield made
    made.go_on.set()


@pytest.fixture
def seconds(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The clock; the test moves it."""
    now = [1000.0]
    monkeypatch.setattr("askms.api.health.monotonic", lambda: now[0])
    return now


def test_many_who_ask_while_a_part_is_away_take_no_thread_from_others(
    assistant: Assistant, part: Part, seconds: list[float]
) -> None:
    with TestClient(create_app(assistant)) as client, ThreadPoolExecutor(PROBES + 1) as people:
        probing = [people.submit(client.get, "/readyz") for _ in range(PROBES)]
        try:
            assert part.reached.wait(20)
            until = time.monotonic() + 20
            while sum(probe.done() for probe in probing) < PROBES - 1:
                assert time.monotonic() < until, "they wait for the one who looks"
                time.sleep(0.01)
            assert people.submit(client.get, "/healthz").result(10).status_code == 200
        finally:
            part.go_on.set()
        replies = [probe.result(20) for probe in probing]
        later = client.get("/readyz")

    assert {reply.status_code for reply in (*replies, later)} == {503}
    kinds = [reply.json()["error"]["type"] for reply in replies]
    assert (kinds.count("VectorsUnavailable"), kinds.count("SnapshotError")) == (1, PROBES - 1)
    assert "being loaded" in next(reply.text for reply in replies if "SnapshotError" in reply.text)
    assert later.json()["error"]["type"] == "VectorsUnavailable"
    assert part.looked == 1


def test_a_failure_is_told_for_a_second_and_its_traceback_does_not_grow(
    assistant: Assistant, part: Part, seconds: list[float]
) -> None:
    part.go_on.set()
    readiness, errors, places = Readiness(assistant), [], []

    for _ in range(50):
        with pytest.raises(VectorsUnavailable) as told:
            readiness.check()
        errors.append(told.value)
        places.append([frame.name for frame in traceback.extract_tb(told.value.__traceback__)])

    assert part.looked == 1
    assert all(error is errors[0] for error in errors)
    assert all(place == places[0] for place in places)
    assert places[0][-1] == "warm"  # where an operator has to look

    part.is_away = False
    with pytest.raises(VectorsUnavailable):
        readiness.check()
    seconds[0] += 1
    readiness.check()
    assert part.looked == 2


def test_while_somebody_looks_others_are_told_what_was_seen_last(
    assistant: Assistant, part: Part, seconds: list[float]
) -> None:
    readiness = Readiness(assistant)
    part.is_away = False
    part.go_on.set()
    readiness.check()
    part.is_away = True
    part.go_on.clear()
    part.reached.clear()
    seconds[0] += 1

    with ThreadPoolExecutor(1) as aside:
        looking = aside.submit(readiness.check)
        try:
            assert part.reached.wait(20)
            readiness.check()
            assert not looking.done()
        finally:
            part.go_on.set()
        assert isinstance(looking.exception(20), VectorsUnavailable)

    with pytest.raises(VectorsUnavailable):
        readiness.check()
    assert part.looked == 2
