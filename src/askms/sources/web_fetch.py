"""Fetch one page from the web, politely and within limits: time, size, redirects and tries."""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from askms.errors import SourceUnreadable
from askms.sources.fetching import Unavailable, patiently, seconds_of

if TYPE_CHECKING:
    import httpx

MAX_BYTES: Final = 10_000_000
MAX_REDIRECTS: Final = 5

_PATIENCE: Final = 6
"""A whole page may take so many times the wait for its next byte."""
BY_HAND: Final = "Open it in a browser, save it there as HTML or PDF, and add that file."
_CHECK: Final = "Check the address in a browser."


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """What came back."""

    data: bytes
    address: str
    """Where it came from in the end."""
    kind: str
    """Media type as the server states it, in lower case, or nothing."""
    charset: str | None
    """As the server states it."""


def fetch(address: str, timeout: float, sleep: Callable[[float], None]) -> Fetched:
    """Fetch a page; a server that is busy is asked again after a rest.

    Raises:
        SourceUnreadable: it cannot be had.
    """
    if not _is_plain(address):
        raise SourceUnreadable(
            address, "is no plain web address", "Write it in full, without a name or password in it."
        )
    return patiently(lambda: _once(address, timeout), address, sleep)


def _is_plain(address: str) -> bool:
    try:
        parts = urlsplit(address)
        return bool(parts.hostname) and parts.username is None and parts.password is None
    except ValueError:
        return False


def _once(address: str, timeout: float) -> Fetched:
    try:
        import httpx
    except ImportError as exc:
        raise SourceUnreadable(address, "needs httpx, which is not installed", "Run: pip install httpx.") from exc
    headers = {"User-Agent": f"askms/{version('askms')}", "Accept": "text/html,application/pdf;q=0.9,*/*;q=0.1"}
    try:
        with (
            httpx.Client(
                timeout=timeout, follow_redirects=True, max_redirects=MAX_REDIRECTS, headers=headers, verify=_trust()
            ) as client,
            client.stream("GET", address) as response,
        ):
            _check(address, response)
            data = _capped(response.iter_bytes(), address, timeout * _PATIENCE)
            kind = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
            return Fetched(data=data, address=str(response.url), kind=kind, charset=response.charset_encoding)
    except httpx.TooManyRedirects as exc:
        raise SourceUnreadable(address, f"sends us on more than {MAX_REDIRECTS} times", _CHECK) from exc
    except httpx.TimeoutException as exc:
        raise Unavailable(f"did not answer within {timeout:g} seconds") from exc
    except httpx.ConnectError as exc:
        raise _unreachable(address, exc) from exc
    except (httpx.InvalidURL, httpx.UnsupportedProtocol, httpx.DecodingError) as exc:
        raise SourceUnreadable(address, f"cannot be read ({exc})", _CHECK) from exc
    except httpx.HTTPError as exc:
        raise Unavailable(f"broke off the connection ({type(exc).__name__})") from exc


@cache
def _trust() -> ssl.SSLContext:
    """Whose certificates are believed; slow to make, so made once."""
    import httpx

    return httpx.create_ssl_context()


def _check(address: str, response: httpx.Response) -> None:
    if urlsplit(address).scheme == "https" and any(one.url.scheme != "https" for one in (*response.history, response)):
        raise SourceUnreadable(address, f"sends us on to {response.url}, which is not secure", _CHECK)
    status = response.status_code
    if status == 200:
        return
    if status == 429 or status >= 500:
        raise Unavailable(f"answered with status {status}", seconds_of(response.headers.get("Retry-After")))
    if status in (404, 410):
        raise SourceUnreadable(address, f"is not there (status {status})", _CHECK)
    if status in (401, 402, 403, 407, 451):
        raise SourceUnreadable(address, f"is closed to programs, or asks for a login (status {status})", BY_HAND)
    raise SourceUnreadable(address, f"was refused (status {status})", _CHECK)


def _capped(chunks: Iterable[bytes], address: str, seconds: float) -> bytes:
    data, end = bytearray(), time.monotonic() + seconds
    for chunk in chunks:
        data += chunk
        if len(data) > MAX_BYTES:
            raise SourceUnreadable(
                address, f"has more than {MAX_BYTES:,} bytes", "Save the part you need, and add that."
            )
        if time.monotonic() > end:
            raise Unavailable(f"was still sending when {seconds:g} seconds were over")
    return bytes(data)


def _unreachable(address: str, exc: BaseException) -> SourceUnreadable:
    host = urlsplit(address).hostname
    causes = list(_causes(exc))
    if any(isinstance(cause, socket.gaierror | UnicodeError) for cause in causes):
        return SourceUnreadable(
            address, f"cannot be found: no host is called {host}", "Check the spelling and the network."
        )
    if any(isinstance(cause, ssl.SSLError) for cause in causes):
        problem = f"is not safe: the certificate of {host} cannot be believed"
        return SourceUnreadable(address, problem, "Tell the owner of the site.")
    return SourceUnreadable(
        address, f"cannot be reached: {host} takes no connection", "Check the address and the network."
    )


def _causes(exc: BaseException | None) -> Iterator[BaseException]:
    while exc is not None:
        yield exc
        exc = exc.__cause__ or exc.__context__
