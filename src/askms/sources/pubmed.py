"""Read abstracts from PubMed, by number or by search.

Biopython speaks to PubMed; what it leaves open is closed here: a request that waits for
ever, a retry without a rest, an answer of any size, a DTD from the network.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from datetime import UTC, date, datetime
from functools import partial
from http.client import HTTPException
from importlib import import_module
from io import BytesIO
from pathlib import Path
from threading import Lock
from typing import Any, Final, NamedTuple
from urllib.error import HTTPError
from urllib.parse import parse_qs, urlsplit

from askms.errors import SourceUnreadable
from askms.sources.fetching import MAX_BYTES, PATIENCE, Unavailable, capped, patiently, seconds_of
from askms.sources.pubmed_record import Record, address_of, pmid_of, source_of, status_of
from askms.sources.reader import Found
from askms.types import SourceStatus

_BATCH: Final = 100
_CHUNK: Final = 65_536
_HOSTS: Final = {"pubmed.ncbi.nlm.nih.gov": "", "www.ncbi.nlm.nih.gov": "/pubmed", "ncbi.nlm.nih.gov": "/pubmed"}
_PMID: Final = re.compile(r"[1-9]\d{0,8}")
_PMIDS: Final = re.compile(r"[1-9]\d{0,8}(?:[\s,]+[1-9]\d{0,8})*")
# Biopython keeps its settings and its rate limit in module variables.
_LOCK: Final = Lock()


class PubMedReader:
    """Articles of PubMed, by address, by number or by search. Needs Biopython, which is imported on first use."""

    skipped: list[SourceUnreadable]
    """Records of the latest reading that gave no source, most often for want of an abstract."""
    total: int | None
    """How many records the latest search matched; more than `limit` may have been left."""

    def __init__(
        self,
        *,
        email: str | None = None,
        api_key: str | None = None,
        limit: int = 20,
        timeout: float = 20.0,
        max_bytes: int = MAX_BYTES,
        withheld: Callable[[str], bool] = lambda sentence: False,
        sleep: Callable[[float], None] = time.sleep,
        today: date | None = None,
    ) -> None:
        """Remember how to ask; nothing is asked yet.

        Args:
            email: NCBI asks for one, to write to before it blocks anybody.
            api_key: raises NCBI's limit from 3 to 10 requests a second.
            limit: the most records that one search gives, 1 to 10,000.
            timeout: seconds without a byte before a request is given up.
            max_bytes: the longest answer that is read.
            withheld: whether a sentence would never be shown to patients, for the review.
            sleep: how to rest between tries.
            today: the day of reading, if not the day it is.
        """
        if not 1 <= limit <= 10_000:
            raise ValueError(f"limit is {limit}; PubMed gives 1 to 10,000 records a search")
        self._email, self._api_key, self._limit = email, api_key, limit
        self._timeout, self._max_bytes, self._withheld = timeout, max_bytes, withheld
        self._sleep, self._today = sleep, today
        self.skipped, self.total = [], None

    def accepts(self, origin: str) -> bool:
        """A PubMed address, or `pubmed:` with a search or with PubMed numbers."""
        return _target(origin) is not None

    def read(self, origin: str) -> Iterator[Found]:
        """Read each article that the origin names or finds; what gives no source is in `skipped`.

        Raises:
            SourceUnreadable: PubMed cannot be reached or understood, or nothing could be read.
        """
        target = _target(origin)
        if target is None:
            raise SourceUnreadable(origin, "is no PubMed address", "Write pubmed: and a search, or copy an address.")
        pmids = target.pmids or self.search(target.query)
        if not pmids:
            raise SourceUnreadable(origin, "matches nothing in PubMed", "Try fewer or other words.")
        count = 0
        for found in self.fetch(pmids):
            count += 1
            yield found
        if count:
            return
        first, *others = self.skipped
        if not others:
            raise first
        problem = f"gives {len(self.skipped)} records that cannot be read; the first {first.problem}"
        raise SourceUnreadable(origin, problem, first.fix)

    def search(self, query: str) -> list[str]:
        """PubMed numbers of the best matches, best first; none is a valid result.

        Raises:
            SourceUnreadable: PubMed cannot be reached or understood.
        """
        if not query.strip():
            raise SourceUnreadable("PubMed", "was given an empty search", "Write words after pubmed:.")
        answer = self._ask("esearch", "eSearchResult", term=query, retmax=str(self._limit), sort="relevance")
        pmids = [str(pmid) for pmid in answer.get("IdList", ())]
        if not all(map(_PMID.fullmatch, pmids)):
            raise SourceUnreadable("PubMed", "answered with numbers that are none of its own", "Try again later.")
        count = str(answer.get("Count", ""))
        self.total = int(count) if count.isdecimal() else None
        return pmids[: self._limit]

    def fetch(self, pmids: Sequence[str]) -> Iterator[Found]:
        """Read the articles of these numbers, in this order; what gives no source is in `skipped`.

        Raises:
            SourceUnreadable: PubMed cannot be reached or understood.
        """
        self.skipped = []
        today = self._today or datetime.now(UTC).date()
        for batch in _batches(pmids):
            articles = self._articles(batch)
            for pmid in batch:
                try:
                    if pmid not in articles:
                        problem = "is no journal article that PubMed holds"
                        raise SourceUnreadable(address_of(pmid), problem, "Check the number.")
                    found = source_of(articles[pmid], today, self._withheld)
                except SourceUnreadable as exc:
                    self.skipped.append(exc)
                else:
                    yield found

    def withdrawn(self, pmids: Sequence[str]) -> Mapping[str, SourceStatus]:
        """Whether these articles were retracted, replaced or corrected, as PubMed knows it now.

        An article without any notice is `current`. A number that PubMed holds no article of is left out:
        about that one nothing is known.

        Raises:
            SourceUnreadable: PubMed cannot be reached or understood.
        """
        return {
            pmid: status_of(article) for batch in _batches(pmids) for pmid, article in self._articles(batch).items()
        }

    def _articles(self, pmids: Sequence[str]) -> dict[str, Record]:
        asked = [pmid for pmid in pmids if _PMID.fullmatch(pmid)]
        if not asked:
            return {}
        answer = self._ask("efetch", "PubmedArticleSet", id=",".join(asked), retmode="xml")
        articles = {pmid_of(article): article for article in answer.get("PubmedArticle", ())}
        return {pmid: articles[pmid] for pmid in asked if pmid in articles}

    def _ask(self, tool: str, kind: str, **params: str) -> Any:
        """What an E-utility answers, parsed; `kind` is the element that must hold it."""
        entrez, parser = _biopython()

        def once() -> Any:
            with _LOCK, _hardened(entrez, self._timeout), _errors_of_http():
                # An empty address says as much as none, and spares a warning.
                ask = partial(getattr(entrez, tool), db="pubmed", tool="askms", email=self._email or "")
                handle = ask(api_key=self._api_key, **params)
            with closing(handle), _errors_of_http():
                chunks = _chunks(getattr(handle, "buffer", handle))
                data = capped(chunks, "PubMed", self._max_bytes, self._timeout * PATIENCE)
            return _parse(parser, data, kind)

        return patiently(once, "PubMed", self._sleep)


class _Target(NamedTuple):
    pmids: list[str]
    query: str


def _target(origin: str) -> _Target | None:
    """The numbers or the search that an origin names, if it is one of PubMed."""
    text = origin.strip()
    if text[:7].lower() == "pubmed:":
        text = text[7:].strip()
        return _Target(re.split(r"[\s,]+", text), "") if _PMIDS.fullmatch(text) else _Target([], text)
    with suppress(ValueError):  # an address that is none
        url = urlsplit(text if "://" in text else f"https://{text}")
        base = _HOSTS.get(url.hostname or "")
        if base is None or not url.path.startswith(base):
            return None
        rest = url.path.removeprefix(base).strip("/")
        term = parse_qs(url.query).get("term", [""])[0]
        if _PMID.fullmatch(rest):
            return _Target([rest], "")
        return _Target([], term) if term.strip() and not rest else None
    return None


def _batches(pmids: Sequence[str]) -> Iterator[list[str]]:
    unique = list(dict.fromkeys(pmids))
    return (unique[start : start + _BATCH] for start in range(0, len(unique), _BATCH))


class _Biopython(NamedTuple):
    entrez: Any
    parser: Any


def _biopython() -> _Biopython:
    try:
        entrez: Any = import_module("Bio.Entrez")
    except ImportError as exc:
        problem = "needs Biopython, which is not installed"
        raise SourceUnreadable("PubMed", problem, "Run: pip install biopython.") from exc
    # On import its parser makes a folder for downloaded DTDs in the home directory, and dies where that is
    # read-only. Nothing is ever downloaded here, so it is shown the folder of DTDs that it came with.
    entrez.local_cache = entrez.local_cache or str(Path(entrez.__file__).parents[2])
    return _Biopython(entrez, import_module("Bio.Entrez.Parser"))


@contextmanager
def _hardened(entrez: Any, timeout: float) -> Iterator[None]:
    """While this lasts, Biopython's requests have a timeout, and it leaves retries to us: its own take no rest."""
    before = entrez.urlopen, entrez.max_tries
    entrez.urlopen, entrez.max_tries = partial(entrez.urlopen, timeout=timeout), 1
    try:
        yield
    finally:
        entrez.urlopen, entrez.max_tries = before


@contextmanager
def _errors_of_http() -> Iterator[None]:
    """Translate what urllib raises. Addresses stay out of the messages: they hold the API key."""
    try:
        yield
    except HTTPError as exc:
        exc.close()
        if exc.code == 429 or exc.code >= 500:
            raise Unavailable(f"answered with status {exc.code}", seconds_of(exc.headers.get("Retry-After"))) from exc
        problem = f"refused the request (status {exc.code})"
        raise SourceUnreadable("PubMed", problem, "Check the number or the search, and the API key.") from exc
    except (OSError, HTTPException) as exc:
        raise Unavailable(f"could not be reached ({getattr(exc, 'reason', exc) or type(exc).__name__})") from exc


def _chunks(response: Any) -> Iterator[bytes]:
    """The body as it arrives. `read1` never waits for more than one piece, so that the clock is looked at."""
    length = response.headers.get("Content-Length", "")
    left = int(length) if length.isdecimal() else None
    while left is None or left > 0:
        chunk: bytes = response.read1(_CHUNK)
        if not chunk and left:
            raise Unavailable("broke off in the middle of its answer")
        if not chunk:
            return
        left = None if left is None else left - len(chunk)
        yield chunk


def _parse(parser: Any, data: bytes, kind: str) -> Any:
    """What `Entrez.read` makes of an answer, without its way to the network.

    Text is kept escaped, to tell "p < 0.05" from a tag.
    """
    handler = parser.DataHandler(validate=True, escape=True, ignore_errors=False)
    handler.open_dtd_file = partial(_dtd, Path(handler.global_dtd_dir))
    handler.open_xsd_file = partial(_dtd, Path(handler.global_xsd_dir))
    try:
        answer = handler.read(BytesIO(data))
    except RuntimeError as exc:  # the words of an ERROR element
        raise Unavailable(f"reported an error ({str(exc)[:100]})") from exc
    except (ValueError, AssertionError, AttributeError, LookupError, TypeError) as exc:
        problem = f"answered with something that is not its XML ({str(exc)[:100] or type(exc).__name__})"
        raise SourceUnreadable("PubMed", problem, "Try again later.") from exc
    tag = getattr(answer, "tag", None)
    if tag != kind:
        raise SourceUnreadable("PubMed", f"answered with {tag}, not with {kind}", "Try again later.")
    return answer


def _dtd(folder: Path, name: str) -> BytesIO:
    """A DTD that came with Biopython; for a newer one of PubMed's articles the newest there is.

    PubMed names a new DTD every year and changes little in it. The parser still refuses any element that the DTD
    does not name, so a change that matters is an error and nothing is misread.
    """
    path = folder / name
    if not path.is_file() and re.fullmatch(r"pubmed_\d{6}\.dtd", name):
        path = max(folder.glob("pubmed_" + 6 * "[0-9]" + ".dtd"))
    if not path.is_file():
        raise SourceUnreadable("PubMed", f"answered in a format that Biopython lacks ({name})", "Update Biopython.")
    return BytesIO(path.read_bytes())
