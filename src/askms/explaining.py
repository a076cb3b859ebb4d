"""Why a reply is what it is: every step that led to it, for those who look after askms.

`askms explain` prints it and the console shows it. Nothing here was reviewed for a patient's eyes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from askms.answering import Candidate, Considered, Fate
from askms.engine import Evidence
from askms.guardrails import Screening
from askms.receipt import Receipt
from askms.reply import Reply
from askms.retrieval import Ranks
from askms.types import Claim, Hit


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighed:
    """A sentence that could have been quoted."""

    candidate: Candidate
    became: str
    """Whether it was quoted, and why not."""
    is_quoted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A sentence that the writer proposed."""

    claim: Claim
    kept: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LookedUp:
    """What was found and written, and how."""

    evidence: Evidence
    considered: Considered
    """How the quoting writer came to what it wrote, or would write."""
    ranks: tuple[Ranks, ...]
    """Of each hit, in its order."""

    @property
    def hits(self) -> tuple[tuple[Hit, Ranks], ...]:
        """What was found, best first."""
        return tuple(zip(self.evidence.hits, self.ranks, strict=True))

    @property
    def checked(self) -> Iterator[Checked]:
        """Every sentence that was proposed, and whether it passed verification and review."""
        kept = set(map(id, self.evidence.claims))
        for claim in self.evidence.draft.claims:
            yield Checked(claim=claim, kept=id(claim) in kept)

    @property
    def weighed(self) -> Iterator[Weighed]:
        """Every sentence that could have been quoted, best first, and what became of it."""
        quoted = {(c.passage_key, c.quote) for claim in self.considered.draft.claims for c in claim.citations}
        for candidate, fate in zip(self.considered.ranked, self.considered.fates, strict=True):
            is_quoted = (candidate.passage.key, candidate.text) in quoted
            gave_way = "chosen, but gave way to the two sides of a disagreement"
            became = "quoted" if is_quoted else gave_way if fate is Fate.CHOSEN else fate.value
            yield Weighed(candidate=candidate, became=became, is_quoted=is_quoted)


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """A reply with its trace."""

    reply: Reply
    receipt: Receipt
    screening: Screening
    looked_up: LookedUp | None
    """What led to the reply; where the screening stopped the question, what would have. Nothing where the question
    needed no index and there is none."""
    why_not: str
    """Why nothing could be looked up, if that is so."""
    was_stopped: bool
    """Whether the screening kept all that from the reply."""
    seconds: Mapping[str, float]
    """How long each step took."""
