"""What a judge of entailment is asked, and what it says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """How a passage stands to a claim: three probabilities that sum to 1."""

    supported: float
    """The passage states the claim, or it follows from it."""
    contradicted: float
    """The passage says otherwise."""
    line: float = 0.5
    """`supported` from which the judge calls a claim supported; calibrated for each judge."""

    @property
    def unsupported(self) -> float:
        """The passage neither states nor denies it."""
        return max(0.0, 1.0 - self.supported - self.contradicted)

    @property
    def holds(self) -> bool:
        """Whether the judge calls the claim supported."""
        return self.supported >= self.line

    @property
    def label(self) -> str:
        """`supported`, `contradicted` or `unsupported`."""
        if self.holds:
            return "supported"
        return "contradicted" if self.contradicted > self.unsupported else "unsupported"


class Judge(Protocol):
    """Anything that says whether passages support claims."""

    @property
    def name(self) -> str:
        """Name for people and reports."""
        ...

    def judge(self, pairs: Sequence[tuple[str, str]]) -> list[Judgement]:
        """One judgement for each (passage, claim), in order.

        Raises:
            ModelUnavailable: the judge's model cannot be loaded or reached.
        """
        ...
