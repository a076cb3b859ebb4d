"""What looks like an identifier and is asked about: trials, papers, public pages, genes, compounds and helplines.

These are set aside before anything is masked. A code or a free phone number that somebody calls
their own is not.
"""

from __future__ import annotations

import re
from typing import Final

from askms.guardrails.identifiers.links import public_links
from askms.guardrails.identifiers.spans import covered

_CITED: Final = (
    r"\bNCT\s?\d{8}\b|\bPM(?:ID|CID|C)s?\s*:?\s*\d{4,9}(?:(?:,|,? and|;|/) ?\d{7,8})*\b|\b10\.\d{4,9}/[^\s,;@]+"
    r"|\bISRCTN\s?\d{8}\b|\b(?:EudraCT|CTRI|ACTRN|EUCTR)[^\s\d]{0,12}\s?[\d/-]+|\b(?:19|20)\d\d-\d{6}-\d\d(?:-\d\d)?\b"
    r"|\b(?:CRD|ChiCTR|DRKS|UMIN|jRCT|IRCT|JPRN|KCT|TCTR|NTR|RBR|PACTR|SLCTR|arXiv|ISBN|ISSN)[-:\s]?[A-Z]?[\d.-]{4,20}\b|\brs\d{4,10}\b"
    r"|\bB\.1(?:\.1)?\.\d{3}\b"
)
_COMPOUND: Final = r"\b(?:PF|LY|RO|RG|JNJ|GSK|BMS|ABBV|SAR|AZD|CC|ATA|BIIB|MK|TAK|BAY)-?\d{3,8}\b(?![/-]\d)"
_FREE_PHONE: Final = (
    r"(?<![\d+(-])(?:0(?:80[08]|30[03]|33[03]|34[45]|84[45]|87[01])[ -]?\d{3}[ -]?\d{3,4}|1[ -]?800[ -]\d{3}[ -]\d{3,4}"
    r"|1-?8(?:33|44|55|66|77|88)-\d{3}-\d{4}|13(?:00)? \d{2,3} \d{2,3})(?![\d-])(?! \d)"
)
"""Numbers that cost the caller nothing or the same everywhere: organisations have them, people do not."""
_MAY_STAY: Final = re.compile(rf"{_CITED}|(?P<own>{_COMPOUND}|{_FREE_PHONE})", re.IGNORECASE)
_CALLED_OWN: Final = re.compile(
    r"(?<!\w)(?:my|mine|me|his|her|policy|member\w*|claim|case|file|account|acct?|card|patient|hospital|insurance|mrn|id"
    r"|(?:nhs|ref\w*|record|chart) (?:no|number|num|is))(?!\w)[^.!?\n]*$",
    re.IGNORECASE,
)
_NEAR: Final = 25
"""Characters before a number in which it may be called somebody's."""
_FIRST_MARK: Final = 0xF0000
_MOST: Final = 0xFFFD
_MARK: Final = re.compile("[\U000f0000-\U000ffffd]")


class Kept:
    """A text with marks in place of what must stay, and what the marks stand for."""

    def __init__(self, text: str) -> None:
        self._pieces: list[str] = []
        # Characters for private use cannot stand in cleaned text, so a mark is never mistaken for what was typed.
        text = _MARK.sub("", text)
        text = covered(text, public_links(text), self._mark_for)
        self.marked = _MAY_STAY.sub(self._set_aside, text)

    def restore(self, text: str) -> str:
        """The text with every mark replaced by what it stands for."""
        return _MARK.sub(lambda m: self._pieces[ord(m[0]) - _FIRST_MARK], text)

    def _set_aside(self, match: re.Match[str]) -> str:
        before = match.string[max(0, match.start() - _NEAR) : match.start()]
        return match[0] if match["own"] and _CALLED_OWN.search(before) else self._mark_for(match[0])

    def _mark_for(self, piece: str) -> str:
        if len(self._pieces) >= _MOST:
            return piece
        self._pieces.append(piece)
        return chr(_FIRST_MARK + len(self._pieces) - 1)
