"""The seam between finding and saying: a writer proposes sentences from hits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from askms.answering.question import Question
from askms.types import Draft, Hit


class Writer(Protocol):
    """Anything that answers a question from passages."""

    def write(self, question: Question, hits: Sequence[Hit]) -> Draft:
        """Propose sentences; a draft without claims means that the passages do not answer."""
        ...
