"""Pages of a long list: which one is shown, and the addresses of its neighbours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlencode

from fastapi import Query, Request

from askms.records import PER_PAGE

PageNumber = Annotated[int, Query(alias="page", ge=1, le=100_000)]
"""Which page of a list is wanted; the first is 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paging:
    """Where in a list somebody is."""

    number: int
    last: int
    total: int
    newer: str | None
    """Address of the page before, if there is one."""
    older: str | None

    @classmethod
    def of(cls, request: Request, number: int, total: int) -> Paging:
        """For the list that a request asks for.

        Args:
            request: with what else was asked for, which the other pages keep.
            number: the page, from 1.
            total: how many things the whole list has.
        """
        last = max(1, -(-total // PER_PAGE))
        kept = [(key, value) for key, value in request.query_params.multi_items() if key != "page" and value]

        def address(other: int) -> str | None:
            return f"{request.url.path}?{urlencode([*kept, ('page', other)])}" if 1 <= other <= last else None

        return cls(number=number, last=last, total=total, newer=address(number - 1), older=address(number + 1))
