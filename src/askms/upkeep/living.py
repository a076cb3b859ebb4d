"""`askms corpus check`: which sources need a look, because time has passed or the world has changed.

Offline it knows dates only. Online it also asks PubMed which papers were withdrawn or
corrected, and opens every link.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from enum import Enum

from askms.ladder import review_due
from askms.types import Document, SourceStatus


class Need(Enum):
    """Why a source needs a look."""

    REVIEW = "past review"
    COMPLETION = "study should have ended"
    NOTICE = "notice in PubMed"
    LINK = "dead link"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attention:
    """One source that needs a look, why, and what to do."""

    source_id: str
    need: Need
    detail: str
    next_step: str


def overdue(documents: Sequence[Document], today: date) -> Iterator[Attention]:
    """Sources whose review date or expected completion has passed."""
    for document in documents:
        if not document.status.is_quotable:
            continue
        due = review_due(document)
        if due < today:
            yield Attention(
                source_id=document.id,
                need=Need.REVIEW,
                detail=f"last checked on {document.checked_on}, due by {due}",
                next_step="Compare it with its source, then set checked_on.",
            )
        if document.expected_completion is not None and _last_day(document.expected_completion) < today:
            register = f" ({document.nct})" if document.nct else ""
            yield Attention(
                source_id=document.id,
                need=Need.COMPLETION,
                detail=f"was expected to end by {document.expected_completion}{register}",
                next_step="Look for results, then set as_of, checked_on and expected_completion.",
            )


def notices(
    documents: Sequence[Document], ask: Callable[[Sequence[str]], Mapping[str, SourceStatus]]
) -> Iterator[Attention]:
    """Sources that PubMed calls retracted or corrected and the corpus does not.

    Args:
        documents: the corpus.
        ask: status by PubMed number, of those that are not simply current.
    """
    by_pmid = {document.pmid: document for document in documents if document.pmid is not None}
    for pmid, status in sorted(ask(sorted(by_pmid)).items()):
        document = by_pmid[pmid]
        if status is not SourceStatus.CURRENT and document.status is not status:
            yield Attention(
                source_id=document.id,
                need=Need.NOTICE,
                detail=f"PubMed {pmid} is {status.value}, the file says {document.status.value}",
                next_step=f"Read the notice, correct the notes, set status: {status.value}.",
            )


def dead_links(
    documents: Sequence[Document], why_dead: Callable[[str], str | None], done: Callable[[], None] = lambda: None
) -> Iterator[Attention]:
    """Sources whose link cannot be opened.

    Args:
        documents: the corpus.
        why_dead: says of an address why it cannot be opened, or nothing if it can.
        done: told once for every link tried.
    """
    linked = [(document, document.url) for document in documents if document.url is not None]
    with ThreadPoolExecutor(max_workers=8) as pool:
        for (document, url), reason in zip(linked, pool.map(lambda pair: why_dead(pair[1]), linked), strict=True):
            done()
            if reason is not None:
                yield Attention(
                    source_id=document.id,
                    need=Need.LINK,
                    detail=f"{url}: {reason}",
                    next_step="Find the new address, then correct url.",
                )


def _last_day(when: str) -> date:
    """The last day that YYYY, YYYY-MM or YYYY-MM-DD can mean."""
    parts = [int(part) for part in when.split("-")]
    year, month = parts[0], parts[1] if len(parts) > 1 else 12
    return date(year, month, parts[2] if len(parts) > 2 else monthrange(year, month)[1])
