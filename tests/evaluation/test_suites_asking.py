"""What suites share that ask questions of their own."""

from __future__ import annotations

from evals.scores import Metric, Unscored
from evals.suites.asking import evenly, scored

METRIC = Metric(name="m", meaning="", paper="")


def test_a_part_is_spread_evenly() -> None:
    assert evenly(range(10), 4) == [0, 2, 5, 7]
    assert evenly([1, 2], 4) == [1, 2]


def test_only_bad_values_are_explained() -> None:
    assert scored("s", "1", "k", METRIC, lambda: 1.0, "lost").why == ""
    assert scored("s", "1", "k", METRIC, lambda: 0.5, "lost").why == "lost"


def test_what_cannot_be_told_is_unscored() -> None:
    def untold() -> float:
        raise Unscored("down")

    found = scored("s", "1", "k", METRIC, untold, "lost")

    assert (found.suite, found.item, found.kind, found.metric) == ("s", "1", "k", "m")
    assert (found.value, found.why) == (None, "down")
