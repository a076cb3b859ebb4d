"""Read papers and leaflets from PDF files, page by page, and say what could not be read.

Every page becomes a section of its own. What does not read as whole sentences is left out:
a row of a table or half a sentence would be quoted as if it meant something.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path

from askms.errors import SourceUnreadable
from askms.sources.composing import composed
from askms.sources.naming import source_id
from askms.sources.pdf_facts import facts_of
from askms.sources.pdf_file import MAX_BYTES, SPLIT, read_content
from askms.sources.pdf_text import text_of
from askms.sources.reader import Found
from askms.sources.reviewing import review_notes, without_withheld
from askms.sources.topics import topics_in
from askms.types import EvidenceLevel


class PdfReader:
    """PDF files. Needs pypdf, which is imported on first use."""

    def __init__(
        self,
        *,
        evidence_level: EvidenceLevel = EvidenceLevel.OPINION,
        withheld: Callable[[str], bool] = lambda sentence: False,
        seconds: float = 120.0,
        today: date | None = None,
    ) -> None:
        """Remember how to judge; nothing is read yet.

        Args:
            evidence_level: what kind of evidence the files are; the weakest, unless somebody knows better.
            withheld: whether a sentence holds an amount or a schedule, for the review.
            seconds: how long one file may take; some are made to take for ever.
            today: the day of reading, if not the day it is.
        """
        self._evidence_level, self._withheld = evidence_level, withheld
        self._seconds, self._today = seconds, today

    def accepts(self, origin: str) -> bool:
        """A path that ends in .pdf, or a file that starts like a PDF."""
        if origin.lower().startswith(("http://", "https://")):
            return False
        if origin.lower().endswith(".pdf"):
            return True
        try:
            with Path(origin).open("rb") as file:
                return file.read(4) == b"%PDF"
        except (OSError, ValueError):
            return False

    def read(self, origin: str) -> Iterator[Found]:
        """Read one file.

        Raises:
            SourceUnreadable: the file is missing, broken, locked, too large, or holds no text.
        """
        path = Path(origin)
        try:
            if path.stat().st_size > MAX_BYTES:
                raise SourceUnreadable(origin, f"has more than {MAX_BYTES:,} bytes", SPLIT)
            data = path.read_bytes()
        except OSError as exc:
            problem = "does not exist" if isinstance(exc, FileNotFoundError) else f"cannot be read ({exc.strerror})"
            raise SourceUnreadable(origin, problem, "Check the path and its permissions.") from exc
        yield self.read_bytes(data, origin, name=path.stem)

    def read_bytes(self, data: bytes, origin: str, *, name: str, url: str | None = None) -> Found:
        """Read a file that is already in memory.

        Args:
            data: the file.
            origin: its path or address.
            name: what it is called, for its id and for want of a title.
            url: where a reader can open it; its DOI goes before.

        Raises:
            SourceUnreadable: the file is broken, locked, too large, or holds no text.
        """
        today = self._today or datetime.now(UTC).date()
        content = read_content(data, origin, self._seconds)
        text = text_of(content.pages, content.unreadable)
        if not text.sections:
            problem = "holds words, but no sentence that can be read for sure"
            raise SourceUnreadable(origin, problem, "Copy what matters into a Markdown file by hand.")
        facts = facts_of(content, name, today)
        fields = {
            **facts.fields,
            "id": source_id(name, origin),
            "url": facts.fields["url"] or url,
            "evidence_level": self._evidence_level.value,
            "topics": list(topics_in(" ".join(body for _, body in text.sections))),
        }
        review = [*review_notes(text.sentences, self._withheld), *facts.notes, *text.notes]
        sections = without_withheld(text.sections, self._withheld)
        return composed(fields, sections, reader="pdf", origin=origin, retrieved_on=today, review=review)
