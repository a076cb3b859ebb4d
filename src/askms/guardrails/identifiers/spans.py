"""Puts masks in place of stretches of a text."""

from __future__ import annotations

from collections.abc import Callable, Iterable

Span = tuple[int, int]
"""Where a stretch begins and where the text goes on."""


def covered(text: str, spans: Iterable[Span], mask: str | Callable[[str], str]) -> str:
    """The text with a mask in place of every stretch, in whatever order they come; those that overlap go under one.

    A mask that depends on what it covers is asked for with those words.
    """
    parts: list[str] = []
    done = 0
    for start, end in _apart(spans):
        parts += [text[done:start], mask if isinstance(mask, str) else mask(text[start:end])]
        done = end
    return "".join([*parts, text[done:]])


def _apart(spans: Iterable[Span]) -> list[Span]:
    """The same stretches in order, those that overlap as one."""
    apart: list[Span] = []
    for start, end in sorted(spans):
        if apart and start < apart[-1][1]:
            apart[-1] = (apart[-1][0], max(end, apart[-1][1]))
        else:
            apart.append((start, end))
    return apart
