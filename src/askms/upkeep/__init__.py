"""Keeping the corpus true: what its files may look like, what is added, what went stale, what it does not cover."""

from __future__ import annotations

from askms.upkeep.adding import Addition, Outcome, plan, write
from askms.upkeep.coverage import Asked, ask_all, by_topic, read_questions
from askms.upkeep.findings import Finding, Severity
from askms.upkeep.lint import lint
from askms.upkeep.living import Attention, Need, dead_links, notices, overdue

__all__ = [
    "Addition",
    "Asked",
    "Attention",
    "Finding",
    "Need",
    "Outcome",
    "Severity",
    "ask_all",
    "by_topic",
    "dead_links",
    "lint",
    "notices",
    "overdue",
    "plan",
    "read_questions",
    "write",
]
