"""The evidence ladder: one place that says what each kind of evidence is called, weighs and may claim.

After the order of the Oxford Centre for Evidence-Based Medicine (Levels of Evidence, 2011), with
steps added for what patients meet outside journals: labels, registers, charities, news, stories.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Final

from askms.types import Document, EvidenceLevel


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """What holds for every source of one level."""

    level: EvidenceLevel
    label: str
    """What it is, in a few plain words; stands on every citation."""
    strength: str
    """The sentence under a reply that rests on it."""
    frame: str | None
    """Key of the fixed sentence that stands before its first quotation."""
    review_months: int
    """After so many months somebody compares our notes with the source again."""
    never_says: tuple[str, ...]
    """Words that such evidence cannot carry."""
    study_types: tuple[str, ...]
    """PubMed's publication types of this level, and MeSH headings of designs that it has no type for."""

    def overclaim(self, sentence: str) -> str | None:
        """The first of the words in `sentence` that this level cannot carry, unless it is denied ("does not cure")."""
        for words in self.never_says:
            for match in re.finditer(rf"\b{re.escape(words)}\b", sentence, re.IGNORECASE):
                if not _DENIED.search(sentence[max(0, match.start() - 40) : match.start()]):
                    return match.group()
        return None


_DENIED: Final = re.compile(r"\b(not|no|never|nor|cannot|nothing|whether|if|unclear|unproven|unknown)\b", re.IGNORECASE)

# The protocol of a randomised trial has found nothing yet, and mice that were put into groups by chance are still mice.
_STAYS_SO: Final = frozenset({EvidenceLevel.REGISTRY_ENTRY, EvidenceLevel.CASE_REPORT, EvidenceLevel.ANIMAL})


@cache
def ladder() -> Mapping[EvidenceLevel, Rung]:
    """Every rung, strongest first."""
    raw = json.loads(files("askms").joinpath("ladder.json").read_text(encoding="utf-8"))
    rungs = [
        Rung(
            level=EvidenceLevel(item["level"]),
            label=item["label"],
            strength=item["strength"],
            frame=item["frame"],
            review_months=item["review_months"],
            never_says=tuple(item["never_says"]),
            study_types=tuple(item["study_types"]),
        )
        for item in raw["levels"]
    ]
    return MappingProxyType({rung.level: rung for rung in rungs})


def level_of(study_types: Iterable[str]) -> EvidenceLevel | None:
    """The strongest level that any of PubMed's words for a study stands for; none if none is known.

    A plan, a report on one person and a study in animals stay so, whatever stronger word stands beside.
    """
    given = set(study_types)
    known = [rung.level for rung in ladder().values() if given & set(rung.study_types)]
    return next((level for level in known if level in _STAYS_SO), known[0] if known else None)


def review_due(document: Document) -> date:
    """The day by which the source should be compared with our notes again."""
    months = document.checked_on.month - 1 + ladder()[document.evidence_level].review_months
    year, month = document.checked_on.year + months // 12, months % 12 + 1
    return date(year, month, min(document.checked_on.day, 28))
