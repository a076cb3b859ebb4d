"""Compose a source that a program read, or say in the reader's own error why it cannot be one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from askms.errors import CorpusError, SourceUnreadable
from askms.sources.markdown import MAX_FILE_BYTES
from askms.sources.reader import Found, compose


def composed(
    fields: Mapping[str, Any],
    sections: Sequence[tuple[str, str]],
    *,
    reader: str,
    origin: str,
    retrieved_on: date,
    review: Sequence[str],
) -> Found:
    """Put a source together as `compose` does.

    Raises:
        SourceUnreadable: nothing is left to show, or what was read breaks the format of the corpus, or is longer than
            a file of it may be.
    """
    if not sections:
        fix = "Write notes on it by hand; see corpus/README.md."
        raise SourceUnreadable(origin, "holds no sentence that patients may be shown", fix)
    try:
        found = compose(fields, sections, reader=reader, origin=origin, retrieved_on=retrieved_on, review=review)
    except CorpusError as exc:
        problem = f"cannot be put into the corpus ({exc.field}: {exc.problem})"
        raise SourceUnreadable(origin, problem, "Write the file by hand; see corpus/README.md.") from exc
    if len(found.text.encode()) > MAX_FILE_BYTES:
        fix = "Split it, and add only what patients need."
        raise SourceUnreadable(origin, f"holds more than {MAX_FILE_BYTES:,} bytes of text", fix)
    return found
