"""Steps tell their names to whoever observes, for as long as they do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from askms.stages import observed, stage


def test_steps_are_told_while_somebody_observes() -> None:
    told: list[str] = []

    @contextmanager
    def write_down(name: str) -> Iterator[None]:
        told.append(f"{name} begins")
        yield
        told.append(f"{name} ends")

    with stage("before"):
        pass
    with observed(write_down), stage("retrieve"):
        told.append("found")
    with stage("after"):
        pass

    assert told == ["retrieve begins", "found", "retrieve ends"]


def test_a_step_that_fails_is_told_to_have_ended() -> None:
    told: list[str] = []

    @contextmanager
    def write_down(name: str) -> Iterator[None]:
        try:
            yield
        finally:
            told.append(name)

    with pytest.raises(ValueError, match="no"), observed(write_down), stage("write"):
        raise ValueError("no")

    assert told == ["write"]
