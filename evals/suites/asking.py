"""What suites share that ask questions of their own: which cases they take, and how a value becomes a score."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from evals.scores import Metric, Score, Unscored

T = TypeVar("T")


def evenly(items: Sequence[T], most: int) -> list[T]:
    """At most so many of the items, spread evenly over all; always the same ones."""
    if len(items) <= most:
        return list(items)
    return [items[at * len(items) // most] for at in range(most)]


def scored(suite: str, item: str, kind: str, metric: Metric, value: Callable[[], float], why: str = "") -> Score:
    """The score of one item, unscored where its value cannot be told.

    Args:
        suite: the suite's name.
        item: the item's id.
        kind: the item's kind.
        metric: what is measured.
        value: computes it; raises Unscored.
        why: what a reader of a value below 1 wants to know.
    """
    found: float | None
    try:
        found = value()
        told = why if found < 1 else ""
    except Unscored as exc:
        found, told = None, str(exc)
    return Score(suite=suite, item=item, kind=kind, metric=metric.name, value=found, why=told)
