"""Turn retrieved passages into a checked draft: two writers, one interface.

The model writer is not imported here: it brings LangChain along, which only those need who set a chat model.
"""

from __future__ import annotations

from askms.answering.choice import Fate
from askms.answering.evidence import overall_strength
from askms.answering.followup import Reading, quoted_before, readings
from askms.answering.question import Kind, Question
from askms.answering.quoting import Considered, QuotingWriter
from askms.answering.scoring import Candidate, coverage
from askms.answering.verification import settle, verify
from askms.answering.writer import Writer

__all__ = [
    "Candidate",
    "Considered",
    "Fate",
    "Kind",
    "Question",
    "QuotingWriter",
    "Reading",
    "Writer",
    "coverage",
    "overall_strength",
    "quoted_before",
    "readings",
    "settle",
    "verify",
]
