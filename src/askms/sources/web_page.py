"""Open the HTML of a page: decode it, let trafilatura find the text, and see what the page says of itself."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date
from importlib import import_module
from typing import Any, Final

from askms.errors import SourceUnreadable
from askms.sources.legible import clean
from askms.sources.markdown import MAX_FILE_BYTES
from askms.sources.raised import raised

_XML: Final = re.compile(r"\s*<\?xml[^>]*\?>")
_CHARSET: Final = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([\w-]{1,40})", re.I)
_MOST_ELEMENTS: Final = 50_000
"""Long articles have a few thousand."""
_INLINE: Final = frozenset("a b em font i small span strong u".split())
_MOST_INLINE: Final = 5_000
"""In one paragraph: the time that trafilatura takes grows with the square of their number."""
_ENOUGH: Final = 9
"""Characters that tell what a raised figure stands behind."""
_UNSEEN: Final = ("script", "style", "noscript", "template", "svg")
_LOGS: Final = ("trafilatura", "htmldate", "courlan", "justext", "charset_normalizer")


@dataclass(frozen=True, slots=True, kw_only=True)
class WebPage:
    """A page as trafilatura sees it."""

    body: Any
    """Headings, paragraphs, lists, tables and quotations in order; nothing where no text was found."""
    title: str | None
    author: str | None
    site: str | None
    published: str | None
    """YYYY-MM-DD, from the data that the page states."""
    canonical: str | None
    """The address that the page states as its own."""
    whole_text: str
    """Every word, menus and footers included."""
    asks_for_password: bool
    runs_scripts: bool


def open_page(data: bytes, charset: str | None, address: str, today: date) -> WebPage:
    """Read HTML.

    Args:
        data: the page.
        charset: as the server states it.
        address: where it came from; a page is not fetched again.
        today: a date after it is an error of the page.

    Raises:
        SourceUnreadable: nothing can be made of it.
    """
    try:
        import trafilatura
        from trafilatura.settings import Document

        html = import_module("lxml.html")
    except ImportError as exc:
        fix = "Run: pip install trafilatura lxml_html_clean."
        raise SourceUnreadable(address, "needs trafilatura, which is not installed", fix) from exc
    text = _XML.sub("", decoded(data, charset), count=1)
    if not text.strip():
        raise SourceUnreadable(address, "is empty", "Check the address in a browser.")
    try:
        tree = html.document_fromstring(text)
        scripts, password = bool(tree.findall(".//script")), bool(tree.xpath("//input[@type='password']"))
        canonical = tree.xpath("string(//link[@rel='canonical']/@href)")
        _prepare(tree)
        whole = clean(" ".join(text for body in tree.iter("body") for text in body.itertext()))
        if len(whole) > MAX_FILE_BYTES or _is_endless(tree):
            raise SourceUnreadable(address, "is too large for one source", "Save the part you need, and add that.")
        with _quiet():
            found = trafilatura.bare_extraction(
                tree,
                url=address if address.startswith("http") else None,
                favor_precision=True,
                include_comments=False,
                with_metadata=True,
                date_extraction_params={
                    "extensive_search": False,
                    "original_date": True,
                    "max_date": today.isoformat(),
                },
            )
    except SourceUnreadable:
        raise
    except Exception as exc:
        problem = f"cannot be understood as a web page ({type(exc).__name__})"
        raise SourceUnreadable(address, problem, "Save it from a browser as PDF, and add that file.") from exc
    known = found if isinstance(found, Document) else Document()
    return WebPage(
        body=known.body if known is found else None,
        title=known.title,
        author=known.author,
        site=known.sitename,
        published=known.date,
        canonical=canonical or None,
        whole_text=whole,
        asks_for_password=password,
        runs_scripts=scripts,
    )


def decoded(data: bytes, charset: str | None) -> str:
    """Text of a page. What reads as UTF-8 is UTF-8 whatever the server says: it hardly ever does so by chance."""
    marked = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    stated = [match.decode("ascii") for match in _CHARSET.findall(data[:4096])]
    for name in filter(None, (marked, charset, *stated)):
        with suppress(UnicodeDecodeError, LookupError):
            return data.decode(name)
    return data.decode("cp1252", "replace")


def _prepare(tree: Any) -> None:
    """Take away what nobody sees, and write raised figures and line breaks in the source as they are seen."""
    for unseen in list(tree.iter(*_UNSEEN)):
        unseen.drop_tree()
    for element in tree.iter():
        if isinstance(element.tag, str) and element.tag != "pre":
            element.text = _spaced(element.text)
        element.tail = _spaced(element.tail)
    for parent in {element.getparent(): None for element in tree.iter("sup")}:
        _write_raised(parent)


def _is_endless(tree: Any) -> bool:
    """Whether a page is built in a way that takes minutes to go through."""
    elements = list(tree.iter())
    marked = (sum(child.tag in _INLINE for child in element) for element in elements)
    return len(elements) > _MOST_ELEMENTS or max(marked) > _MOST_INLINE


def _write_raised(parent: Any) -> None:
    """Put raised text on the line. All of a parent at once: one by one, a long text would be copied each time."""
    holder, pieces = None, [parent.text or ""]
    for child in [*parent, None]:
        if child is not None and child.tag == "sup":
            pieces += raised(child.text_content(), "".join(pieces[-2:])[-_ENOUGH:]), child.tail or ""
            parent.remove(child)
            continue
        if holder is None:
            parent.text = "".join(pieces)
        else:
            holder.tail = "".join(pieces)
        if child is not None:
            holder, pieces = child, [child.tail or ""]


def _spaced(text: str | None) -> str | None:
    return re.sub(r"[ \t\r\n\f]+", " ", text) if text else text


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep what the libraries log about odd pages off the screen: what matters of it is in the review."""
    logs = [logging.getLogger(name) for name in _LOGS]
    before = [log.level for log in logs]
    for log in logs:
        log.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        for log, level in zip(logs, before, strict=True):
            log.setLevel(level)
