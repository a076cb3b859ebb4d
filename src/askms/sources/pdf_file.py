"""Open a PDF and take the lines of its pages, within limits of time and size.

PDFs come from anywhere. Every way in which pypdf gives up on a file becomes one error that
says what to do, and a file that was made to take for ever is given up in time.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from typing import TYPE_CHECKING, Final

from askms.errors import SourceUnreadable
from askms.sources.markdown import MAX_FILE_BYTES
from askms.sources.pdf_lines import Line, lines_of

if TYPE_CHECKING:
    from pypdf import DocumentInformation, PageObject, PdfReader

MAX_BYTES: Final = 50_000_000
MAX_PAGES: Final = 1_000

SPLIT: Final = "Split it into several files, and add only those that patients need."
_SAVE_AGAIN: Final = "Open it in a PDF program, save it again, and add the new file."
_OCR: Final = "Run it through OCR, for example ocrmypdf, then add it again."
_END_WITHIN: Final = 2_048
"""Bytes at the end of a file in which its end mark must stand; some programs add a little behind it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PdfContent:
    """What a PDF holds, before anything is made of it."""

    pages: tuple[tuple[Line, ...], ...]
    unreadable: tuple[int, ...]
    """Pages, from 1, that pypdf could not read."""
    title: str | None
    author: str | None
    created: date | None
    """When the file was made, which is not when its text was published."""


def read_content(data: bytes, origin: str, seconds: float) -> PdfContent:
    """Read all pages of a PDF.

    Raises:
        SourceUnreadable: it is no PDF, broken, locked, too large, takes too long, or holds no text.
    """
    if not data:
        raise SourceUnreadable(origin, "is empty", "Save or download it again.")
    if len(data) > MAX_BYTES:
        raise SourceUnreadable(origin, f"has more than {MAX_BYTES:,} bytes", SPLIT)
    if b"%PDF-" not in data[:1024]:
        raise SourceUnreadable(origin, "is not a PDF, whatever its name says", "Look what it is, and save it as PDF.")
    if b"%%EOF" not in data[-_END_WITHIN:]:
        raise SourceUnreadable(origin, "is cut off: its end is missing", "Download it again, or save it again.")
    with _pypdf_errors(origin), _quiet():
        file = _opened(data, origin)
        content = _content(file, origin, _Clock(origin, seconds))
    if not any(any(c.isalpha() for c in line.text) for page in content.pages for line in page):
        if content.unreadable:
            raise SourceUnreadable(origin, "is broken: none of its pages can be read", _SAVE_AGAIN)
        raise SourceUnreadable(origin, "holds no text, only pictures of it", _OCR)
    return content


class _Clock:
    """Gives up on a file that takes too long."""

    def __init__(self, origin: str, seconds: float) -> None:
        self._origin, self._seconds = origin, seconds
        self._end = time.monotonic() + seconds

    def look(self) -> None:
        if time.monotonic() > self._end:
            raise SourceUnreadable(self._origin, f"takes longer than {self._seconds:g} seconds to read", SPLIT)


def _opened(data: bytes, origin: str) -> PdfReader:
    from pypdf import PasswordType, PdfReader

    file = PdfReader(BytesIO(data))
    if file.is_encrypted and file.decrypt("") == PasswordType.NOT_DECRYPTED:
        raise SourceUnreadable(origin, "is locked with a password", "Save a copy without the password, and add that.")
    if len(file.pages) > MAX_PAGES:
        raise SourceUnreadable(origin, f"has {len(file.pages):,} pages, more than {MAX_PAGES:,}", SPLIT)
    return file


def _content(file: PdfReader, origin: str, clock: _Clock) -> PdfContent:
    pages: list[tuple[Line, ...]] = []
    unreadable: list[int] = []
    size = 0
    for number, page in enumerate(file.pages, start=1):
        clock.look()
        lines = _lines(page, clock)
        if lines is None:
            unreadable.append(number)
        pages.append(tuple(lines or ()))
        size += sum(len(line.text.encode()) for line in pages[-1])
        if size > MAX_FILE_BYTES:
            raise SourceUnreadable(origin, f"holds more than {MAX_FILE_BYTES:,} bytes of text", SPLIT)
    facts = file.metadata
    return PdfContent(
        pages=tuple(pages),
        unreadable=tuple(unreadable),
        title=_text(facts and facts.get("/Title")),
        author=_text(facts and facts.get("/Author")),
        created=_created(facts),
    )


def _lines(page: PageObject, clock: _Clock) -> list[Line] | None:
    from pypdf.errors import LimitReachedError

    try:
        return lines_of(page, clock.look)
    except (SourceUnreadable, LimitReachedError, RecursionError, MemoryError):
        raise
    except Exception:  # noqa: BLE001 - pypdf promises nothing about what a broken page raises
        return None


def _text(value: object) -> str | None:
    return str(value) if isinstance(value, str) else None


def _created(facts: DocumentInformation | None) -> date | None:
    try:
        made = facts.creation_date if facts else None
    except (ValueError, OverflowError):
        return None
    return made.date() if made else None


@contextmanager
def _pypdf_errors(origin: str) -> Iterator[None]:
    try:
        from pypdf.errors import DependencyError, LimitReachedError
    except ImportError as exc:
        raise SourceUnreadable(
            origin, "needs pypdf to be read, which is not installed", "Run: pip install pypdf."
        ) from exc
    try:
        yield
    except SourceUnreadable:
        raise
    except DependencyError as exc:
        fix = "Run: pip install cryptography. Or save a copy without protection, and add that."
        raise SourceUnreadable(origin, "is encrypted in a way that needs another package to be opened", fix) from exc
    except (LimitReachedError, RecursionError, MemoryError) as exc:
        problem = "is built in a way that takes too much memory or time to read"
        raise SourceUnreadable(origin, problem, _SAVE_AGAIN) from exc
    except Exception as exc:
        raise SourceUnreadable(origin, f"is broken ({_plain(exc)})", _SAVE_AGAIN) from exc


def _plain(exc: Exception) -> str:
    return " ".join(str(exc).split())[:100].rstrip(". ") or type(exc).__name__


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep what pypdf logs about small faults off the screen: what matters of it is in the review."""
    log = logging.getLogger("pypdf")
    before = log.level
    log.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        log.setLevel(before)
