"""What has to be mended: replies not recorded, guards that fail, a chat model that is down, words past review."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from askms.api.staff.standing import Moved
from askms.records import Records
from askms.wording import LASTS, line, wording

FAILED: Final = 10
"""Failed sign-ins in a day from which that is an alarm."""
WATCHED: Final = 7
"""Days for which something that broke is told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """One thing to look at."""

    text: str
    href: str = ""
    """Where more of it is seen, ..."""
    label: str = ""
    """... and what the way there is called."""

    @classmethod
    def shown_by(cls, receipt_id: str | None, text: str) -> Alarm:
        """One that a reply shows."""
        if receipt_id is None:
            return cls(text=text)
        return cls(text=text, href=f"/staff/receipts/{receipt_id}", label=f"See a reply: receipt {receipt_id[:8]}")


def alarms(records: Records, now: datetime) -> Iterator[Alarm]:
    """Everything, what touches patients' replies first."""
    yield from _broken(records, now)
    if records.lost:
        yield Alarm(text=f"{records.lost} replies were never recorded since the start. Look at the database.")
    if records.waiting:
        yield Alarm(text=f"{records.waiting} replies wait to be recorded. Look at the database.")
    failed = records.desk.failed_sign_ins(now - timedelta(days=1))
    if failed >= FAILED:
        yield Alarm(text=f"{failed} sign-ins failed in the last day. Look at the audit log.")
    words = wording()
    if words.checked_on + LASTS < now.date():
        yield Alarm(text=f"The fixed words were last checked on {words.checked_on}. Check them again.")
    if not words.clinician_signed_off:
        yield Alarm(text="No clinician has signed off the fixed words yet.")


def of_sources(moved: Sequence[Moved]) -> Iterator[Alarm]:
    """That replies cite what has changed, been withdrawn or gone, as long as somebody has to look them through."""
    due = [each for each in moved if each.left]
    if due:
        yield Alarm(
            text=f"{len(due)} {'source has' if len(due) == 1 else 'sources have'} changed, been withdrawn or gone "
            f"since replies cited them. Still to look through: {_replies(sum(each.left for each in due))}.",
            href="/staff/sources",
            label="Work through them",
        )


def _broken(records: Records, now: datetime) -> Iterator[Alarm]:
    since = now - timedelta(days=WATCHED)
    for each in records.desk.failed_guards(since.date()):
        yield Alarm.shown_by(
            each.receipt_id,
            f"The guard {each.guard} failed with {each.error} in {_replies(each.replies)} of the last {WATCHED} "
            f"days, last on {each.last_on}. Such a reply says less than it could. Look at the server's log.",
        )
    for note, why in (
        ("model_down", "did not answer. Look at its provider and at the server's log."),
        ("model_unsupported", "did not keep to the sources, or a check of it failed. Look at the server's log."),
    ):
        times, receipt_id = records.desk.noted(since, line(note))
        if times:
            were = "was" if times == 1 else "were"
            text = f"In the last {WATCHED} days {_replies(times)} {were} quotations only, as the chat model {why}"
            yield Alarm.shown_by(receipt_id, text)


def _replies(times: int) -> str:
    return f"{times} {'reply' if times == 1 else 'replies'}"
