"""The receipt of a reply: everything that led to it, enough to replay and compare it.

A receipt holds no clock and no random number: the same question against the same
snapshot and settings gives the same receipt, and so the same id (P7). The question is
kept with identifiers masked. When those words too must go, the rest stays (`without_words`).
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from askms.errors import QuestionError
from askms.types import Turn, Verdict

VERSION: Final = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundPassage:
    """One hit, with its scores."""

    passage_key: str
    source_id: str
    dense: float
    keyword: float
    fused: float


@dataclass(frozen=True, slots=True, kw_only=True)
class CitedSpan:
    """One citation, with the hash of the source file it was taken from."""

    source_id: str
    content_hash: str
    passage_key: str
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What led to one reply."""

    version: int
    askms: str
    wording: str
    snapshot: str
    model: str
    settings: dict[str, Any]
    question: str
    """As typed, cleaned, identifiers masked."""
    history: tuple[Turn, ...]
    locale: str
    searched: str
    """What was searched with: the question, put back into its conversation."""
    route: str
    flags: tuple[str, ...]
    verdicts: tuple[Verdict, ...]
    hits: tuple[FoundPassage, ...]
    citations: tuple[CitedSpan, ...]
    confidence: float | None
    writer: str
    text_sha256: str
    """Of the reply's plain text."""
    id: str = ""

    def sealed(self) -> Receipt:
        """The receipt with its id: a hash of everything else."""
        blank = replace(self, id="")
        return replace(self, id=sha256(_ADAPTER.dump_json(blank)).hexdigest()[:24])

    def without_words(self) -> Receipt:
        """What may stay when the patient's words must go. It keeps the id of the whole, which no longer fits it.

        A verdict on a sentence may end in a word of that sentence, which a chat model may have from the patient.
        """
        return replace(
            self,
            question="",
            history=(),
            searched="",
            verdicts=tuple(replace(v, reason=": ".join(v.reason.split(": ")[:2])) for v in self.verdicts),
        )

    @property
    def digest(self) -> str:
        """sha256 of all of it, the id included."""
        return sha256(_ADAPTER.dump_json(self)).hexdigest()

    def to_json(self) -> str:
        """As a file."""
        return _ADAPTER.dump_json(self, indent=2).decode()


_ADAPTER: Final = TypeAdapter(Receipt)


def read_receipt(text: str) -> Receipt:
    """Read what `to_json` wrote.

    Raises:
        QuestionError: not a receipt, or one that was altered.
    """
    receipt = _parsed(text)
    if receipt.sealed().id != receipt.id:
        raise QuestionError(f"Receipt {receipt.id} was altered: its content does not match its id.")
    return receipt


def read_stripped(text: str, seal: str) -> Receipt:
    """Read a receipt without words, as `without_words` made it.

    Args:
        text: what `to_json` wrote.
        seal: its digest, taken when the receipt was whole.

    Raises:
        QuestionError: not a receipt, or one that was altered.
    """
    receipt = _parsed(text)
    if receipt.digest != seal:
        raise QuestionError(f"Receipt {receipt.id} was altered: what is left of it does not match its seal.")
    return receipt


def differences(old: Receipt, new: Receipt) -> list[str]:
    """Which fields differ, one line each; empty when both replies rest on the same."""
    before, after = (json.loads(receipt.to_json()) for receipt in (old, new))
    return [f"{key}: {_brief(before[key])} -> {_brief(after[key])}" for key in before if before[key] != after[key]]


def _parsed(text: str) -> Receipt:
    try:
        return _ADAPTER.validate_json(text)
    except ValidationError as exc:
        raise QuestionError(
            f"Not a receipt: {exc.error_count()} field(s) wrong. Save one with askms ask --receipt."
        ) from exc


def _brief(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 120 else text[:117] + "..."
