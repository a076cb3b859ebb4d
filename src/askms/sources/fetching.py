"""What readers of the network share: patience with a busy server, a limit on what is read, and a look at a link.

A server that is busy, slow or shy of programs says nothing about what it holds: that is `Unavailable`, and no link is
called dead for it.
"""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cache
from typing import TYPE_CHECKING, Final, TypeVar

from askms.errors import SourceUnreadable

if TYPE_CHECKING:
    import httpx

TRIES: Final = 4
LONGEST_REST: Final = 60.0
"""Seconds; a server that asks for a longer rest is left alone, and the person is told."""
MAX_BYTES: Final = 32_000_000
PATIENCE: Final = 6
"""A whole answer may take so many times the wait for its next byte."""

_MOST_REDIRECTS: Final = 5
_GONE: Final = frozenset({404, 410})
_ASK_AGAIN: Final = frozenset({403, 405, 501}) | _GONE
"""Some servers refuse a HEAD, or know no page by it, and answer a GET."""
_Answer = TypeVar("_Answer")


class Unavailable(Exception):
    """A server that did not answer this time, and may the next."""

    def __init__(self, problem: str, rest: float = 0.0) -> None:
        self.rest = rest
        super().__init__(f"{problem} and asked for a rest of {rest:.0f} seconds" if rest > LONGEST_REST else problem)


def patiently(ask: Callable[[], _Answer], name: str, sleep: Callable[[float], None]) -> _Answer:
    """Ask until an answer comes, `TRIES` times at most, with longer rests each time or as long as the server wants.

    Raises:
        SourceUnreadable: no answer came.
    """
    tries = 0
    while True:
        tries += 1
        try:
            return ask()
        except Unavailable as exc:
            if tries == TRIES or exc.rest > LONGEST_REST:
                problem = f"{exc} after {tries} {'try' if tries == 1 else 'tries'}"
                raise SourceUnreadable(name, problem, "Try again later.") from exc
            sleep(max(2.0 ** (tries - 1), exc.rest))


def seconds_of(header: str | None) -> float:
    """How long a Retry-After header asks to wait: a number, or a date; 0 if it cannot be read."""
    if header is None:
        return 0.0
    if header.strip().isdecimal():
        return float(header)
    with suppress(ValueError, TypeError):
        return max(0.0, (parsedate_to_datetime(header) - datetime.now(UTC)).total_seconds())
    return 0.0


def capped(chunks: Iterable[bytes], name: str, max_bytes: int, seconds: float) -> bytes:
    """Put an answer together, unless it grows too long or takes too long.

    Raises:
        SourceUnreadable: it is too long.
        Unavailable: it takes too long.
    """
    data, end = bytearray(), time.monotonic() + seconds
    for chunk in chunks:
        data += chunk
        if len(data) > max_bytes:
            raise SourceUnreadable(name, f"answered with more than {max_bytes:,} bytes", "Ask for fewer records.")
        if time.monotonic() > end:
            raise Unavailable(f"was still sending its answer when {seconds:.0f} seconds were over")
    return bytes(data)


@contextmanager
def opened(
    method: str, url: str, *, name: str, timeout: float, params: Mapping[str, str] | None = None
) -> Iterator[httpx.Response]:
    """The answer to a request, its body still to be read. Needs httpx, which is imported on first use.

    Args:
        method: of HTTP.
        url: whom to ask.
        name: what to call the server in a message.
        timeout: seconds without a byte before the request is given up.
        params: the query; what stands in the address, if none.

    Raises:
        SourceUnreadable: httpx is not installed.
        Unavailable: the server cannot be reached, or breaks off while its answer is read.
    """
    try:
        import httpx
    except ImportError as exc:
        raise SourceUnreadable(name, "needs httpx, which is not installed", "Run: pip install httpx.") from exc
    # ClinicalTrials.gov turns away programs that call themselves browsers, so the name of the library stays in front.
    agent = {"User-Agent": f"python-httpx/{httpx.__version__} askms"}
    try:
        with (
            httpx.Client(
                timeout=timeout, follow_redirects=True, max_redirects=_MOST_REDIRECTS, headers=agent, verify=_trust()
            ) as client,
            client.stream(method, url, params=params) as response,
        ):
            yield response
    except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as exc:  # the last for a host like a..b
        raise Unavailable(f"could not be reached ({type(exc).__name__})") from exc


@cache
def _trust() -> ssl.SSLContext:
    """Whose certificates are believed; slow to make, so made once."""
    import httpx

    return httpx.create_ssl_context()


def why_dead(url: str, *, timeout: float = 15.0) -> str | None:
    """Why an address cannot be opened, in a few words; nothing if it can, or if that cannot be known.

    Many publishers refuse programs, so only a page that is gone and a server that cannot be talked to count.

    Raises:
        SourceUnreadable: httpx is not installed.
    """
    try:
        status = _status(url, "HEAD", timeout)
        if status in _ASK_AGAIN:
            status = _status(url, "GET", timeout)
    except Unavailable as exc:
        return _fault(exc)
    return f"status {status}" if status in _GONE else None


def _status(url: str, method: str, timeout: float) -> int:
    with opened(method, url, name=url, timeout=timeout) as response:
        return response.status_code


def _fault(exc: BaseException | None) -> str | None:
    """What in the chain of errors will be the same tomorrow, if anything."""
    import httpx

    match exc:
        case None | ssl.SSLEOFError():  # some hang up on programs
            return None
        case httpx.InvalidURL() | httpx.UnsupportedProtocol() | UnicodeError():
            return "no web address"
        case httpx.TooManyRedirects():
            return f"more than {_MOST_REDIRECTS} redirects"
        case socket.gaierror():  # "again" is said when this machine is not on the network
            return None if exc.errno == socket.EAI_AGAIN else "no such host"
        case ConnectionRefusedError():
            return "connection refused"
        case ssl.SSLError():
            return f"no secure connection ({str(exc.reason).replace('_', ' ').lower()})"
    return _fault(exc.__context__)
