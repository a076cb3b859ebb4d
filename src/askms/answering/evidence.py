"""Say in fixed words what kind of evidence a quotation is, and how strong all of it is together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from askms.ladder import ladder
from askms.types import Document, EvidenceLevel, SourceStatus
from askms.wording import connecting, strength

SMALL: Final = 50
"""A trial of fewer people is introduced as small."""

_BY_STATUS: Final = {
    SourceStatus.OUTDATED: "outdated",
    SourceStatus.CORRECTED: "corrected",
}
_BY_LEVEL: Final = tuple(rung.frame for rung in ladder().values() if rung.frame)
FRAMES: Final = frozenset(connecting(key) for key in (*_BY_STATUS.values(), *_BY_LEVEL, "one_person", "small"))
"""Every sentence that `frames` may give."""
_TRIALS: Final = frozenset({EvidenceLevel.RANDOMISED_TRIAL, EvidenceLevel.PILOT_TRIAL})
_STRONG: Final = frozenset({EvidenceLevel.SYSTEMATIC_REVIEW, EvidenceLevel.GUIDELINE, EvidenceLevel.RANDOMISED_TRIAL})


def frames(document: Document) -> tuple[str, ...]:
    """Fixed sentences that stand before the first quotation of a source."""
    keys: list[str] = []
    if document.status in _BY_STATUS:
        keys.append(_BY_STATUS[document.status])
    by_level = ladder()[document.evidence_level].frame
    if by_level:
        keys.append(by_level)
    elif document.evidence_level is EvidenceLevel.CASE_REPORT and document.n == 1:
        keys.append("one_person")
    elif document.evidence_level in _TRIALS and document.n is not None and document.n < SMALL:
        keys.append("small")
    return tuple(connecting(key) for key in keys)


def overall_strength(cited: Sequence[Document], *, disagree: bool) -> str | None:
    """One fixed sentence on the strength of everything cited; nothing when nothing is cited."""
    if not cited:
        return None
    if disagree:
        return strength("conflict")
    levels = {document.evidence_level for document in cited}
    if levels & _STRONG and levels - _STRONG:
        return strength("mixed")
    return strength(min(levels, key=lambda level: level.rank).value)
