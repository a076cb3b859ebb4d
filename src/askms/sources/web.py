"""Read pages of the web, by address or from a saved file, under the headings that the page has."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

from askms.errors import SourceUnreadable
from askms.sources.composing import composed
from askms.sources.legible import clean
from askms.sources.naming import short_title, source_id
from askms.sources.pdf import PdfReader
from askms.sources.reader import Found
from askms.sources.reviewing import review_notes, without_withheld
from askms.sources.topics import topics_in
from askms.sources.web_facts import facts_of, host_of, is_address, name_of, secure, standing_of
from askms.sources.web_fetch import BY_HAND, MAX_BYTES, Fetched, fetch
from askms.sources.web_page import WebPage, open_page
from askms.sources.web_text import WebText, text_of
from askms.types import EvidenceLevel

_HTML: Final = ("text/html", "application/xhtml+xml")
_LONGEST_TITLE: Final = 300
_FEW_WORDS: Final = 60
"""A page with scripts and fewer words is waiting for its scripts."""


class WebReader:
    """Web pages, and PDF files on the web. Needs httpx and trafilatura, which are imported on first use."""

    def __init__(
        self,
        *,
        withheld: Callable[[str], bool] = lambda sentence: False,
        timeout: float = 20.0,
        sleep: Callable[[float], None] = time.sleep,
        today: date | None = None,
    ) -> None:
        """Remember how to ask; nothing is asked yet.

        Args:
            withheld: whether a sentence holds an amount or a schedule, for the review.
            timeout: seconds without a byte before a try is given up.
            sleep: how to rest between tries.
            today: the day of reading, if not the day it is.
        """
        self._withheld, self._timeout, self._sleep, self._today = withheld, timeout, sleep, today

    def accepts(self, origin: str) -> bool:
        """An http or https address, or a file that ends in .html or .htm."""
        return is_address(origin) or origin.lower().endswith((".html", ".htm"))

    def read(self, origin: str) -> Iterator[Found]:
        """Read one page.

        Raises:
            SourceUnreadable: it cannot be had, is no page or PDF, or holds no text.
        """
        if not is_address(origin):
            yield self._found(_from_file(origin), origin)
            return
        fetched = fetch(origin, self._timeout, self._sleep)
        if fetched.kind == "application/pdf" or fetched.data.startswith(b"%PDF-"):
            level = EvidenceLevel(standing_of(fetched.address)["evidence_level"])
            reader = PdfReader(evidence_level=level, withheld=self._withheld, today=self._today)
            name = Path(unquote(urlsplit(fetched.address).path)).stem or "page"
            yield reader.read_bytes(fetched.data, origin, name=name, url=secure(fetched.address))
            return
        if fetched.kind not in _HTML and not (fetched.kind == "" and _looks_like_html(fetched.data)):
            problem = f"is neither a web page nor a PDF, but {fetched.kind or 'something without a type'}"
            raise SourceUnreadable(origin, problem, "Add the address of the page itself.")
        yield self._found(fetched, origin)

    def _found(self, fetched: Fetched, origin: str) -> Found:
        today = self._today or datetime.now(UTC).date()
        page = open_page(fetched.data, fetched.charset, fetched.address, today)
        title = clean(page.title or "")[:_LONGEST_TITLE] or host_of(fetched.address) or Path(origin).stem
        text = text_of(page.body, title) if page.body is not None else WebText(sections=(), sentences=(), notes=())
        _check_text(page, text, origin)
        facts = facts_of(page, fetched.address, today)
        fields = {
            "id": source_id(name_of(fetched.address), fetched.address),
            "title": title,
            "plain_title": short_title(title),
            **facts.fields,
            "topics": list(topics_in(" ".join([title, *text.sentences]))),
        }
        review = [*review_notes(text.sentences, self._withheld), *facts.notes, *text.notes]
        sections = without_withheld(text.sections, self._withheld)
        return composed(fields, sections, reader="web", origin=origin, retrieved_on=today, review=review)


def _from_file(origin: str) -> Fetched:
    path = Path(origin)
    try:
        if path.stat().st_size > MAX_BYTES:
            raise SourceUnreadable(
                origin, f"has more than {MAX_BYTES:,} bytes", "Save the part you need, and add that."
            )
        return Fetched(data=path.read_bytes(), address=origin, kind=_HTML[0], charset=None)
    except OSError as exc:
        problem = "does not exist" if isinstance(exc, FileNotFoundError) else f"cannot be read ({exc.strerror})"
        raise SourceUnreadable(origin, problem, "Check the path and its permissions.") from exc
    except ValueError as exc:
        raise SourceUnreadable(origin, "is no path", "Write the path of a saved page.") from exc


def _looks_like_html(data: bytes) -> bool:
    start = data[:1024].lower()
    return b"<html" in start or b"<!doctype html" in start


def _check_text(page: WebPage, text: WebText, origin: str) -> None:
    if text.sentences:
        if all("cookie" in sentence.lower() for sentence in text.sentences):
            raise SourceUnreadable(origin, "shows nothing but its notice on cookies", BY_HAND)
        return
    if page.asks_for_password:
        raise SourceUnreadable(origin, "asks for a login, and shows no text without it", BY_HAND)
    if page.runs_scripts and len(page.whole_text.split()) < _FEW_WORDS:
        raise SourceUnreadable(origin, "shows its text only to programs that run JavaScript", BY_HAND)
    if not page.whole_text:
        raise SourceUnreadable(origin, "holds no text", "Check the address in a browser.")
    raise SourceUnreadable(origin, "holds words, but no sentence that can be read for sure", BY_HAND)
