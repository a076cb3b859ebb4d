"""What goes into the records and comes out of them: frozen values that know no database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from secrets import token_hex
from typing import Any

from askms.errors import QuestionError
from askms.receipt import Receipt


def new_conversation() -> str:
    """An id for a conversation, that nobody can guess: 192 random bits. Only the browser keeps it."""
    return token_hex(24)  # letters and digits only: a leading dash would read as an option of a command


def key_of(conversation: str) -> str:
    """What the records call a conversation. The id cannot be had back from it."""
    return sha256(conversation.encode()).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One reply, as it is to be kept."""

    event: str
    """A random name for this one event, so that it is never counted twice."""
    at: datetime
    receipt: Receipt
    body: str
    """The receipt as JSON."""
    reply: str
    """The reply in wire form, as JSON."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What became of a reply's record."""

    recorded: bool
    """Committed to the database. Otherwise it waits in memory, or was dropped because too many wait."""
    conversation: str
    """The id under which the turn is, or will be, kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback:
    """What somebody said of a reply."""

    given_on: date
    helpful: bool | None
    problem: str | None
    """Identifiers masked; nothing once it was erased."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredTurn:
    """One question and its reply."""

    at: datetime
    receipt_id: str
    question: str
    reply: Mapping[str, Any]
    feedback: tuple[Feedback, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """Everything that is kept of one conversation."""

    id: str
    begun_at: datetime
    turns: tuple[StoredTurn, ...]

    @property
    def key(self) -> str:
        """Its name in the records, that opens nothing."""
        return key_of(self.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredReceipt:
    """A receipt, and what is known of its use."""

    receipt: Receipt
    stripped_on: date | None
    """When the patient's words were taken out of it, if they were."""
    first_asked_on: date
    last_asked_on: date
    last_asked_at: datetime | None
    """The same to the second, as long as every time of that day is kept; times go with the words."""
    times_asked: int
    feedback: tuple[Feedback, ...]

    def whole(self) -> Receipt:
        """The receipt with the patient's words, so that it can be asked again.

        Raises:
            QuestionError: they were taken out.
        """
        if self.stripped_on is not None:
            raise QuestionError(
                f"The words of receipt {self.receipt.id} were taken out on {self.stripped_on}. "
                "It can be shown and compared, not asked again."
            )
        return self.receipt


@dataclass(frozen=True, slots=True, kw_only=True)
class Citing:
    """A receipt that cites a source."""

    receipt_id: str
    route: str
    content_hash: str
    """Of the source's file when it was cited."""
    times_asked: int
    last_asked_on: date
    question: str | None
    """Identifiers masked; nothing once it was erased."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CitedVersion:
    """A source as it once was, and the replies that cite it so."""

    source_id: str
    content_hash: str
    replies: int
    left: int
    """Of them, those that nobody has looked through."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Purged:
    """What was too old to keep."""

    turns: int
    conversations: int
    receipts: int
    """Receipts that lost the patient's words and keep the rest."""
    reports: int
    """Reports of a problem that lost their text."""
