"""Find out what a web page is: its own address, its dates and authors, and who stands behind the site.

The sites that are known stand in `web_hosts.json`; any other page is the opinion of somebody.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

from askms.sources.dates import published_on, reviewed_on
from askms.sources.legible import clean
from askms.sources.web_page import WebPage
from askms.types import EvidenceLevel, Trust

_HOSTS: Final[Mapping[str, Mapping[str, str]]] = json.loads(
    files("askms.sources").joinpath("web_hosts.json").read_text(encoding="utf-8")
)["hosts"]
_UNLISTED: Final = {"evidence_level": EvidenceLevel.OPINION.value, "trust": Trust.D.value}
_HTTPS: Final = re.compile(r"https://[^\s\"<>]+")
_LOGIN: Final = ("log in", "login", "sign in", "subscribe")
_LOGIN_NOTE: Final = "The page asks for a login: what was read may be only the start of its text."


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What stands in the front matter, and what a person should check there."""

    fields: Mapping[str, Any]
    notes: tuple[str, ...]


def facts_of(page: WebPage, address: str, today: date) -> Facts:
    """What a page says about itself.

    Args:
        page: as it was opened.
        address: where it came from: an address, or the path of a file.
        today: the day of reading.
    """
    host = host_of(address)
    own = _own_address(page, address)
    url = own if own and host and _site(host_of(own)) == _site(host) else secure(address)
    published = page.published or published_on(page.whole_text, today)
    dated = reviewed_on(page.whole_text, today) or published
    authors = [clean(name) for name in (page.author or "").split(";") if name.strip()]
    standing = standing_of(address)
    listed = standing is not _UNLISTED
    notes = [
        f"The year is that of {published}, from what the page states about itself: check it."
        if published
        else "The page does not state when it was published, so year is null: write it.",
        f"as_of is {dated}, from what the page states about itself: check it."
        if dated
        else "The page does not state a date, so as_of is the day of reading: write when the facts were true.",
        f"The page names as its author: {'; '.join(authors)}. Check it."
        if authors
        else "The page does not name an author.",
        f"The site is on our list, so evidence_level is {standing['evidence_level']} and trust {standing['trust']}: "
        "check whether that holds for this page."
        if listed
        else "The site is not on our list, so evidence_level is opinion and trust D.",
        *([] if url else [_address_note(address, own)]),
        *([_LOGIN_NOTE] if _seems_closed(page) else []),
    ]
    return Facts(
        fields={
            "authors": authors,
            "year": int(published[:4]) if published else None,
            "venue": clean(page.site or "") or host or "not recorded",
            "url": url,
            **standing,
            "population": "not recorded",
            "as_of": dated or today.isoformat(),
            "limits": "The text was taken from a web page by a program.",
        },
        notes=tuple(notes),
    )


def _own_address(page: WebPage, address: str) -> str | None:
    """The address that the page states as its own, if it is a safe one."""
    with suppress(ValueError):
        return secure(urljoin(address, page.canonical)) if page.canonical else None
    return None


def _address_note(address: str, own: str | None) -> str:
    if is_address(address):
        return f"{address} is not secure (http), so url is null: look for an https address."
    if own:
        return f"The file says that it comes from {own}: write that in url if it is right."
    return "The file does not say where it comes from: write its https address in url."


def _seems_closed(page: WebPage) -> bool:
    words = page.whole_text.lower()
    return page.asks_for_password and any(word in words for word in _LOGIN)


def standing_of(address: str) -> Mapping[str, str]:
    """Evidence level and trust of a site."""
    host = f".{host_of(address)}"
    return next((standing for suffix, standing in _HOSTS.items() if host.endswith(f".{suffix}")), _UNLISTED)


def is_address(origin: str) -> bool:
    """Whether something is an address of the web."""
    return origin.lower().startswith(("http://", "https://"))


def secure(address: str) -> str | None:
    """The address without its fragment, if a reader can open it safely."""
    plain = urldefrag(address).url
    return plain if _HTTPS.fullmatch(plain) and host_of(plain) else None


def host_of(address: str) -> str:
    """The host of an address; nothing for a file."""
    return (urlsplit(address).hostname or "") if is_address(address) else ""


def _site(host: str) -> str:
    return host.removeprefix("www.")


def name_of(address: str) -> str:
    """Words for the id of a page."""
    if not is_address(address):
        return Path(address).stem
    return f"{_site(host_of(address))} {unquote(urlsplit(address).path)}"
