"""The output side: nothing a patient reads has not passed here.

An allow-list comes first (fixed sentences, exact quotations); dose and directive scans
stand behind it. Policies judge a claim and never edit it: it is kept or dropped whole. A
policy that raises drops the claim.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from askms.guardrails.poison import poisoned, quarantine
from askms.guardrails.policies import policy_of
from askms.guardrails.screen import Screening
from askms.guardrails.showing import advises, amount_in, directive_in
from askms.types import Citation, Claim, Document, Flag, Passage, Route, Verdict
from askms.wording import is_fixed, read_frame

__all__ = ["POLICIES", "Evidence", "Policy", "ReviewResult", "poisoned", "review"]

MAX_STUDY_DOSES: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewResult:
    """What may be shown, and why the rest may not."""

    kept: tuple[Claim, ...]
    verdicts: tuple[Verdict, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What a claim is held against."""

    passages: Mapping[str, Passage]
    documents: Mapping[str, Document]
    screening: Screening
    doses_shown: int = 0
    """Framed doses kept so far in this reply."""


class Policy(Protocol):
    """One rule about what may be shown. Policies judge claims; they never edit them."""

    @property
    def name(self) -> str:
        """Short name used in verdicts."""
        ...

    def why_not(self, claim: Claim, evidence: Evidence) -> str | None:
        """Why the claim may not be shown, or nothing. May raise: the claim is then dropped."""
        ...


class AllowList:
    """A fixed sentence, or words that rest on exact quotations of passages found this turn."""

    name = "allow_list"

    def why_not(self, claim: Claim, evidence: Evidence) -> str | None:
        """Name the first citation that does not hold."""
        if not claim.citations:
            return None if is_fixed(claim.text) else "not_a_fixed_sentence"
        if not claim.text.strip():
            return "empty"
        return next((why for c in claim.citations if (why := _why_not_exact(c, evidence)) is not None), None)


class StudyDose:
    """The framed study dose: only where a study's dose was asked for, only from studies, twice at most."""

    name = "study_dose"

    def why_not(self, claim: Claim, evidence: Evidence) -> str | None:
        """Check a framed claim against the rules of POLICY.md; others pass."""
        frame = read_frame(claim.text)
        if frame is None:
            return None
        screening = evidence.screening
        if screening.route is not Route.ANSWER or Flag.STUDY_DOSE not in screening.flags:
            return "not_asked_about_a_study"
        if evidence.doses_shown >= MAX_STUDY_DOSES:
            return "too_many_doses"
        if frame.span not in {c.quote for c in claim.citations}:
            return "frame_is_not_the_quotation"
        sources = [evidence.documents[c.source_id] for c in claim.citations]
        if any(not source.evidence_level.is_study for source in sources):
            return "not_a_study"
        if frame.citation not in {title for source in sources for title in (source.plain_title, source.title)}:
            return "frame_names_another_source"
        if amount_in(frame.citation) or directive_in(frame.citation):
            return "dose_in_title"
        return "advice_in_frame" if advises(frame.span) else None


class NoBareDose:
    """No amount and no schedule outside the frame."""

    name = "dose_scan"

    def why_not(self, claim: Claim, evidence: Evidence) -> str | None:
        """Name the kind of amount."""
        return amount_in(claim.text) if _is_free(claim) else None


class NoDirective:
    """Nothing that tells anybody to start, stop, change or combine."""

    name = "directive_scan"

    def why_not(self, claim: Claim, evidence: Evidence) -> str | None:
        """Name the kind of directive."""
        return directive_in(claim.text) if _is_free(claim) else None


class RouteRules:
    """Nothing that the policy of the route forbids: no ranking in a decision, no likelihood in a diagnosis."""

    name = "route_policy"

    def why_not(self, claim: Claim, evidence: Evidence) -> str | None:
        """Name what the route forbids."""
        screening = evidence.screening
        return policy_of(screening.route, screening.variant).forbids(claim.text) if _is_free(claim) else None


class NoAttack:
    """Nothing that speaks to a program or carries markup, and nothing from a passage that does.

    A passage is judged whole, by the rules of today: an index may have been built with older ones.
    """

    name = "poison_scan"

    def why_not(self, claim: Claim, evidence: Evidence) -> str | None:
        """Name the kind of attack."""
        cited = ((evidence.passages[c.passage_key], evidence.documents[c.source_id]) for c in claim.citations)
        if (attack := next(filter(None, (quarantine(*one) for one in cited)), None)) is not None:
            return attack
        return poisoned(claim.text) if claim.citations else None


POLICIES: Final[tuple[Policy, ...]] = (
    AllowList(),
    StudyDose(),
    NoBareDose(),
    NoDirective(),
    RouteRules(),
    NoAttack(),
)


def review(
    reply_claims: Sequence[Claim],
    passages: Mapping[str, Passage],
    documents: Mapping[str, Document],
    screening: Screening,
    policies: Sequence[Policy] = POLICIES,
) -> ReviewResult:
    """Keep the claims that may be shown, in order. `passages` are those retrieved this turn, by key."""
    kept: list[Claim] = []
    verdicts: list[Verdict] = []
    doses = 0
    for position, claim in enumerate(reply_claims):
        evidence = Evidence(passages=passages, documents=documents, screening=screening, doses_shown=doses)
        refusal = _refusal(claim, evidence, policies)
        if refusal is None:
            kept.append(claim)
            doses += not _is_free(claim)
        else:
            verdicts.append(Verdict(guard=refusal.guard, allowed=False, reason=f"claim {position}: {refusal.reason}"))
    if not verdicts:
        verdicts.append(Verdict(guard="review", allowed=True, reason="clear"))
    return ReviewResult(kept=tuple(kept), verdicts=tuple(verdicts))


def _refusal(claim: Claim, evidence: Evidence, policies: Sequence[Policy]) -> Verdict | None:
    for policy in policies:
        try:
            reason = policy.why_not(claim, evidence)
        except Exception as exc:  # noqa: BLE001 - a policy that fails counts as a refusal (P5)
            reason = f"failed:{type(exc).__name__}"
        if reason is not None:
            return Verdict(guard=policy.name, allowed=False, reason=reason)
    return None


def _why_not_exact(citation: Citation, evidence: Evidence) -> str | None:
    passage = evidence.passages.get(citation.passage_key)
    if passage is None:
        return "passage_not_found_this_turn"
    if passage.key != citation.passage_key or passage.source_id != citation.source_id:
        return "passage_of_another_source"
    if not 0 <= citation.start < citation.end <= len(passage.text):
        return "quotation_out_of_bounds"
    if passage.text[citation.start : citation.end] != citation.quote or not citation.quote.strip():
        return "quotation_not_exact"
    document = evidence.documents.get(citation.source_id)
    if document is None:
        return "unknown_source"
    if not document.status.is_quotable:
        return f"{document.status.value}_source"
    shown = (citation.evidence_level, citation.year, citation.n)
    return None if shown == (document.evidence_level, document.year, document.n) else "citation_misdescribes_source"


def _is_free(claim: Claim) -> bool:
    """Whether the scans apply: fixed sentences are reviewed by people, framed ones by StudyDose."""
    return bool(claim.citations) and read_frame(claim.text) is None
