"""One page of a long list, and how long the list is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

from sqlalchemy import Connection, Select, func, select

PER_PAGE: Final = 25
"""Rows of a list that are shown at once."""
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed(Generic[_T]):
    """One page of a list."""

    rows: tuple[_T, ...]
    total: int
    """How many the whole list has."""


def on_page(wanted: Select[Any], page: int) -> Select[Any]:
    """The part of what is wanted that a page shows; `page` counts from 1."""
    return wanted.limit(PER_PAGE).offset((page - 1) * PER_PAGE)


def count(connection: Connection, wanted: Select[Any]) -> int:
    """How many rows are wanted."""
    return connection.scalar(select(func.count()).select_from(wanted.subquery())) or 0
