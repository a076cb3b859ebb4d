"""Takes out what names a person: names, births, homes, phones, e-mail, records, national ids, accounts.

Masking comes before matching, logging, storage and any model call, so the rest of askms
never holds an identifier. Names of trials, papers and their authors are kept: they are what
people ask about. Where in doubt about a long number, it is masked.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from askms.guardrails.identifiers.dates import mask_births, mask_births_beside_people
from askms.guardrails.identifiers.numbers import mask_numbers
from askms.guardrails.identifiers.online import mask_online
from askms.guardrails.identifiers.people import mask_people
from askms.guardrails.identifiers.places import mask_places

_KEEP: Final = re.compile(
    r"\bNCT\s?\d{8}\b|\bPM(?:ID|CID|C)s?\s*:?\s*\d{4,9}(?:(?:,|,? and|;|/) ?\d{7,8})*\b|\b10\.\d{4,9}/[^\s,;@]+"
    r"|\bISRCTN\s?\d{8}\b|\b(?:EudraCT|CTRI|ACTRN|EUCTR)[^\s\d]{0,12}\s?[\d/-]+|\b(?:19|20)\d\d-\d{6}-\d\d(?:-\d\d)?\b"
    r"|\b(?:CRD|ChiCTR|DRKS|UMIN|jRCT|IRCT|JPRN|KCT|TCTR|NTR|RBR|PACTR|SLCTR|arXiv|ISBN|ISSN)[-:\s]?[A-Z]?[\d.-]{4,20}\b|\brs\d{4,10}\b"
    r"|\b(?:PF|LY|RO|RG|JNJ|GSK|BMS|ABBV|SAR|AZD|CC|ATA|BIIB|MK|TAK|BAY)-?\d{3,8}\b"
    r"|https?://[^\s@]{0,60}(?:doi\.org|pubmed|clinicaltrials)[^\s@]*",
    re.IGNORECASE,
)
_FIRST_MARK: Final = 0xF0000
_MARKS: Final = 0xFFFD
_MARK: Final = re.compile("[\U000f0000-\U000ffffd]")
_ROUNDS: Final = 3
"""A mask can show that what stands beside it is an identifier too."""


@dataclass(frozen=True, slots=True)
class Masked:
    """A text without identifiers, and whether it had any."""

    text: str
    found: bool


def mask(text: str) -> Masked:
    """Replace identifiers by a word in square brackets."""
    kept: list[str] = []

    def set_aside(match: re.Match[str]) -> str:
        kept.append(match[0])
        return chr(_FIRST_MARK + len(kept) - 1)

    # Characters for private use cannot stand in cleaned text, so a mark is never mistaken for what was typed.
    typed = _MARK.sub("", text)
    plain = _KEEP.sub(set_aside, typed, count=_MARKS)
    masked = plain
    for _ in range(_ROUNDS):
        before, masked = masked, _masked_once(masked)
        if masked == before:
            break
    return Masked(_MARK.sub(lambda m: kept[ord(m[0]) - _FIRST_MARK], masked), masked != plain)


def _masked_once(text: str) -> str:
    # Names come late: what stands in an address or an e-mail is no name, and a mask behind a name helps to tell it.
    for step in (mask_online, mask_births, mask_places, mask_numbers, mask_people, mask_births_beside_people):
        text = step(text)
    return text
