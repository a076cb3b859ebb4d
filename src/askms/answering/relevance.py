"""The probability that a sentence is wanted in an answer: its signals and what the ranker makes of it, weighed.

Logistic regressions, with the ranker and precedents and without, fitted by `training/relevance.py` on sentences that
readers graded for questions which the ranker never saw.
"""

from __future__ import annotations

from collections.abc import Mapping

from askms.answering.logistic import probability


def relevance(signals: Mapping[str, float | None], logit: float | None) -> float:
    """Probability, 0 to 1; `logit` is the ranker's, none where it did not read the sentence."""
    if logit is None:
        return probability("relevance", signals, was_read=False)
    return probability("relevance", {**signals, "logit": logit}, was_read=True)
