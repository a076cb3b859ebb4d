"""Takes out what names a person: e-mail, phone, record numbers, dates of birth, addresses, names.

Masking comes before matching, logging, storage and any model call, so the rest of askms
never holds an identifier. Names of trials, papers and their authors are kept: they are what
people ask about. Where in doubt about a long number, it is masked.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

_KEEP: Final = re.compile(
    r"\bNCT\s?\d{8}\b|\bPM(?:ID|CID|C)\s*:?\s*\d{4,9}\b|\b10\.\d{4,9}/\S+|\bISRCTN\s?\d{8}\b"
    r"|\b(?:EudraCT|CTRI|ACTRN)\S*\s?[\d/-]+|https?://\S*(?:doi\.org|pubmed|clinicaltrials)\S*",
    re.IGNORECASE,
)
_MONTH: Final = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
_DATE: Final = (
    rf"(?:\d{{1,2}}[/.\- ]\d{{1,2}}[/.\- ]\d{{2,4}}|\d{{4}}-\d{{1,2}}-\d{{1,2}}"
    rf"|\d{{1,2}}(?:st|nd|rd|th)?(?: of)? {_MONTH},? \d{{2,4}}|{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?,? \d{{2,4}})"
)
_STREET: Final = (
    r"(?:street|st|road|rd|avenue|ave|lane|ln|drive|dr|close|court|ct|way|place|pl|crescent|terrace|boulevard|blvd"
    r"|gardens|grove|strasse|straße|rue|calle|via|rua)"
)
_NAME: Final = r"[A-Z][a-zà-öø-ÿ'’\-]+"
_NOT_NAMES: Final = (
    r"(?!(?:I|The|A|An|On|In|My|And|But|Not|So|Very|Still|Just|Now|Also|Really|Ocrevus|Kesimpta|Tysabri|Gilenya"
    r"|Copaxone|Tecfidera|Aubagio|Rebif|Avonex|Lemtrada|Mavenclad|Briumvi|MS|RRMS|SPMS|PPMS|British|Irish|American"
    r"|German|French|Spanish|Italian|Canadian|Black|White|Asian|Muslim|Jewish|Christian|English|Scottish|Welsh)\b)"
)

_RULES: Final = tuple(
    (re.compile(pattern, flags), mask)
    for pattern, flags, mask in (
        (r"[\w.+\-]+@[\w\-]+(?:\.[\w\-]+)+", 0, "[e-mail]"),
        (rf"\b(?:d\.?o\.?b\.?|date of birth|born(?: on)?)(?:\s+is)?\s*[:=]?\s*{_DATE}", re.I, "[date of birth]"),
        (
            r"\b(?:nhs|mrn|ssn|chi|hospital|patient|medical record|record|insurance|policy|member|medicare|medicaid"
            r"|health card|case|passport|licen[cs]e|account|national insurance|ni|social security|versicherten\w*)"
            r"\s*(?:no|number|num|nr|id|#|card)?\.?\s*(?:is|:|="
            r"|#)?\s*(?=[A-Z\d\- ]*\d{3})[A-Z]{0,3}\d[\dA-Z\- ]{3,}[\dA-Z]\b",
            re.I,
            "[record number]",
        ),
        (r"\b\d{3}-\d{2}-\d{4}\b", 0, "[record number]"),
        (r"\b\d{3}[ -]\d{3}[ -]\d{4}\b", 0, "[number]"),
        (r"\b[A-CEGHJ-PR-TW-Z]{2} ?\d{2} ?\d{2} ?\d{2} ?[A-D]\b", 0, "[record number]"),
        (r"(?<![\w.])(?:\+|00)\d{1,3}[\s().\-]*(?:\d[\s().\-]*){6,12}\d\b", 0, "[phone]"),
        (r"(?<![\w.])\(?0\d{2,4}\)?[\s.\-]*(?:\d[\s.\-]?){5,8}\d\b", 0, "[phone]"),
        (r"(?<![\w.])\(\d{3}\)\s?\d{3}[\s.\-]?\d{4}\b", 0, "[phone]"),
        (r"(?<![\w.])\d{3}\.\d{3}\.\d{4}\b", 0, "[phone]"),
        (r"(?<![\w./])\d{7,16}(?![\w/])", 0, "[number]"),
        (r"\b(?:\d{4}[ -]){3}\d{4}\b", 0, "[number]"),
        (rf"\b\d{{1,5}}[a-z]?,? (?:[A-Z][\w'’\-]+ ){{1,3}}{_STREET}\b\.?", 0, "[address]"),
        (
            r"\b\d{1,5}[a-z]?,? (?:[a-z'’\-]+ ){1,2}(?:street|road|avenue|lane|crescent|boulevard)\b",
            re.I,
            "[address]",
        ),
        (r"\b[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}\b", 0, "[postcode]"),
        (r"\b(?i:zip(?: code)?|postcode)\s*:?\s*\d{5}(?:-\d{4})?\b", 0, "[postcode]"),
        (
            rf"\b((?i:i'?m|i am|my (?:full )?name(?:'s| is)|this is|call me|je m'appelle|ich hei(?:ß|ss)e|me llamo"
            rf"|mi chiamo|meu nome (?:é|e))) {_NOT_NAMES}{_NAME}(?: {_NOT_NAMES}{_NAME})+",
            0,
            r"\1 [name]",
        ),
        (
            rf"\b((?i:my (?:full )?name(?:'s| is)|call me|je m'appelle|ich hei(?:ß|ss)e|me llamo|mi chiamo))"
            rf" {_NOT_NAMES}{_NAME}",
            0,
            r"\1 [name]",
        ),
        (
            r"\b(my (?:full )?name(?:'s| is)) (?!not\b)[a-z'’\-]+(?: [a-z'’\-]+)?(?=[,.;]|$| and| dob)",
            re.I,
            r"\1 [name]",
        ),
        (
            rf"\b((?i:my|our) (?i:husband|wife|son|daughter|mum|mom|dad|mother|father|sister|brother|partner|friend"
            rf"|neighbou?r|patient)(?i:'s name is)?,?) {_NOT_NAMES}{_NAME} {_NOT_NAMES}{_NAME}",
            0,
            r"\1 [name]",
        ),
        (rf"\b((?i:patient|name)\s*:) ?{_NAME}(?: {_NAME})*", 0, r"\1 [name]"),
    )
)


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
        return f"\x00{len(kept) - 1}\x00"

    # NUL cannot stand in cleaned text, so the marks can never be mistaken for what was typed.
    text = _KEEP.sub(set_aside, text.replace("\x00", ""))
    found = False
    for pattern, replacement in _RULES:
        text, times = pattern.subn(replacement, text)
        found = found or times > 0
    return Masked(re.sub("\x00(\\d+)\x00", lambda m: kept[int(m[1])], text), found)
