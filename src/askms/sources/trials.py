"""Read entries of ClinicalTrials.gov, by number or by search."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any, Final
from urllib.parse import urlsplit

from askms.errors import SourceUnreadable
from askms.sources.fetching import MAX_BYTES, PATIENCE, Unavailable, capped, opened, patiently, seconds_of
from askms.sources.reader import Found
from askms.sources.trials_entry import REGISTER, at, items
from askms.sources.trials_record import source_of

BASE_URL: Final = "https://clinicaltrials.gov/api/v2"

_PAGE: Final = 100
_NCT: Final = re.compile(r"NCT\d{8}", re.I)
_ADDRESS: Final = re.compile(
    r"(?:https?://)?(?:www\.)?clinicaltrials\.gov/(?:study|ct2/show|show)/(NCT\d{8})\b.*", re.I
)


class TrialsReader:
    """Entries of ClinicalTrials.gov, by address, number or search. Needs httpx, which is imported on first use."""

    skipped: list[SourceUnreadable]
    """Entries of the latest reading that gave no source."""
    total: int | None
    """How many entries the latest search matched; more than `limit` may have been left."""

    def __init__(
        self,
        *,
        base_url: str = BASE_URL,
        limit: int = 20,
        timeout: float = 20.0,
        max_bytes: int = MAX_BYTES,
        withheld: Callable[[str], bool] = lambda sentence: False,
        sleep: Callable[[float], None] = time.sleep,
        today: date | None = None,
    ) -> None:
        """Remember how to ask; nothing is asked yet.

        Args:
            base_url: where version 2 of the register's interface is.
            limit: the most entries that one search gives.
            timeout: seconds without a byte before a request is given up.
            max_bytes: the longest answer that is read.
            withheld: whether a sentence would never be shown to patients; such ones are left out.
            sleep: how to rest between tries.
            today: the day of reading, if not the day it is.
        """
        if limit < 1:
            raise ValueError(f"limit is {limit}; ask for 1 entry or more")
        self._base_url, self._limit, self._timeout = base_url.rstrip("/"), limit, timeout
        self._max_bytes, self._withheld, self._sleep, self._today = max_bytes, withheld, sleep, today
        self.skipped, self.total = [], None

    def accepts(self, origin: str) -> bool:
        """An address of an entry, its NCT number, or `trials:` with a search."""
        return _nct_of(origin) is not None or _query_of(origin) is not None

    def read(self, origin: str) -> Iterator[Found]:
        """Read the entry that the origin names, or those it finds; what gives no source is in `skipped`.

        Raises:
            SourceUnreadable: the register cannot be reached or understood, or nothing could be read.
        """
        self.skipped = []
        nct, query = _nct_of(origin), _query_of(origin)
        if nct:
            yield self._one(nct)
            return
        if query is None:
            problem = "is no address, number or search of ClinicalTrials.gov"
            raise SourceUnreadable(origin, problem, "Write an NCT number, or trials: and a search.")
        seen = set[str]()
        for study in self.search(query):
            try:
                found = self._source(study)
            except SourceUnreadable as exc:
                self.skipped.append(exc)
                continue
            if found.document.id not in seen:  # pages shift while the register is updated
                seen.add(found.document.id)
                yield found
        if not seen and self.skipped:
            raise self.skipped[0]
        if not seen:
            raise SourceUnreadable(origin, "matches nothing in ClinicalTrials.gov", "Try fewer or other words.")

    def search(self, query: str) -> Iterator[object]:
        """Entries as the register has them, best first, page by page up to the limit; none is a valid result.

        Raises:
            SourceUnreadable: the register cannot be reached or understood.
        """
        if not query.strip():
            raise SourceUnreadable(REGISTER, "was given an empty search", "Write words after trials:.")
        params = {"query.term": query, "pageSize": str(min(self._limit, _PAGE)), "countTotal": "true"}
        self.total, left, seen = None, self._limit, set[str]()
        while left > 0:
            page = self._ask("/studies", params)
            studies = page.get("studies")
            if not isinstance(studies, list):
                raise SourceUnreadable(REGISTER, "answered without a list of studies", "Try again later.")
            self.total = page["totalCount"] if isinstance(page.get("totalCount"), int) else self.total
            yield from studies[:left]
            left -= len(studies)
            token = page.get("nextPageToken")
            if not studies or not isinstance(token, str) or token in seen:  # a page that leads back to itself
                return
            seen.add(token)
            params["pageToken"] = token

    def _one(self, nct: str) -> Found:
        study = self._ask(f"/studies/{nct}", {})
        known = at(study, "protocolSection", "identificationModule")
        names = [at(known, "nctId"), *items(at(known, "nctIdAliases"))]
        if nct not in names:
            raise SourceUnreadable(nct, f"was answered with another entry ({str(names[0])[:40]})", "Try again later.")
        found = self._source(study)
        if found.document.nct == nct:
            return found
        note = f"{nct} is an old number of this entry; the register keeps it as {found.document.nct} now."
        return replace(found, review=(*found.review, note))

    def _source(self, study: object) -> Found:
        return source_of(study, self._today or datetime.now(UTC).date(), self._withheld)

    def _ask(self, path: str, params: Mapping[str, str]) -> dict[str, Any]:
        data = patiently(lambda: self._once(path, params), REGISTER, self._sleep)
        try:
            answer = json.loads(data)
        except (ValueError, RecursionError) as exc:
            raise SourceUnreadable(REGISTER, "answered with something that is not JSON", "Try again later.") from exc
        if not isinstance(answer, dict):
            raise SourceUnreadable(REGISTER, "answered with JSON of another form", "Try again later.")
        return answer

    def _once(self, path: str, params: Mapping[str, str]) -> bytes:
        url = self._base_url + path
        with opened("GET", url, name=REGISTER, timeout=self._timeout, params=params) as response:
            _check(response.status_code, response.headers.get("Retry-After"), path)
            if response.url.host != urlsplit(self._base_url).hostname:
                raise SourceUnreadable(REGISTER, f"sent us on to {response.url.host}", "Check the base address.")
            return capped(response.iter_bytes(), REGISTER, self._max_bytes, self._timeout * PATIENCE)


def _check(status: int, rest: str | None, path: str) -> None:
    if status == 200:
        return
    if status == 429 or status >= 500:
        raise Unavailable(f"answered with status {status}", seconds_of(rest))
    if status == 404:
        raise SourceUnreadable(REGISTER, f"has no entry {path.rsplit('/', 1)[-1]}", "Check the number.")
    fix = "Check the search; it is known to turn away some programs and networks (403), so try from another one too."
    raise SourceUnreadable(REGISTER, f"refused the request (status {status})", fix)


def _nct_of(origin: str) -> str | None:
    text = origin.strip()
    match = _ADDRESS.fullmatch(text)
    if match:
        return match.group(1).upper()
    return text.upper() if _NCT.fullmatch(text) else None


def _query_of(origin: str) -> str | None:
    text = origin.strip()
    return text[7:].strip() if text[:7].lower() == "trials:" else None
