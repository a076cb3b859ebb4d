"""Identifiers of a source: possible, in agreement with its link, and used by no other source."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Final
from urllib.parse import unquote, urlsplit

from askms.upkeep.findings import Finding, SourceFile

HIGHEST_PMID: Final = 60_000_000
"""PubMed had reached 42 million by 2026; a number far above that was mistyped."""
_ORCID: Final = re.compile(r"\b(\d{4}-\d{4}-\d{4}-\d{3}[\dX])\b")
_ADDRESSES: Final = {
    "doi": re.compile(r"https://(?:dx\.)?doi\.org/(.+)"),
    "pmid": re.compile(r"https://pubmed\.ncbi\.nlm\.nih\.gov/(\d+)/?"),
    "nct": re.compile(r"https://(?:www\.)?clinicaltrials\.gov/(?:ct2/show|study)/(NCT\d{8})/?"),
}


def is_orcid(orcid: str) -> bool:
    """Whether the last character is the check digit of the others (ISO 7064, MOD 11-2)."""
    total = 0
    for digit in orcid.replace("-", "")[:-1]:
        total = (total + int(digit)) * 2
    check = (12 - total % 11) % 11
    return orcid[-1] == ("X" if check == 10 else str(check))


def check_identifiers(file: SourceFile) -> Iterator[Finding]:
    """Identifiers that cannot be right, or that the link contradicts."""
    document = file.document
    if document.pmid is not None and int(document.pmid) > HIGHEST_PMID:
        line = file.line_of_field("pmid")
        yield file.finding("pmid", f"{document.pmid!r} is too high", "Copy the number from PubMed.", line=line)
    if document.doi is not None and document.doi.endswith((".", ",", ";", ")")) and "(" not in document.doi:
        problem = f"{document.doi!r} ends with a mark of the sentence it stood in"
        yield file.finding("doi", problem, "Delete the last character.", line=file.line_of_field("doi"))
    for author in document.authors:
        for orcid in _ORCID.findall(author):
            if not is_orcid(orcid):
                problem = f"{orcid} has a wrong check digit"
                yield file.finding("orcid", problem, "Copy it from orcid.org.", line=file.line_of_field("authors"))
    yield from _contradictions(file)


def _contradictions(file: SourceFile) -> Iterator[Finding]:
    document = file.document
    for kind, pattern in _ADDRESSES.items():
        match = pattern.fullmatch(document.url or "")
        stated = getattr(document, kind)
        if match is None or (stated or "").lower() == unquote(match.group(1)).lower():
            continue
        problem = f"the link names {match.group(1)}, the field {kind} says {stated or 'nothing'}"
        yield file.finding("url", problem, "Make both the same.", line=file.line_of_field("url"))


def check_shared(files: Sequence[SourceFile]) -> Iterator[Finding]:
    """Two files for one paper; two of our notes that open the same page."""
    for kind in ("doi", "pmid"):
        for value, same in _groups(files, kind).items():
            for file in same[1:]:
                problem = f"{value} is in {same[0].name} too"
                yield file.finding("duplicate", problem, "Merge the two.", line=file.line_of_field(kind))
    for value, same in _groups(files, "url").items():
        if urlsplit(value).path.strip("/") and not any(pattern.fullmatch(value) for pattern in _ADDRESSES.values()):
            for file in same[1:]:
                problem = f"{value} is the link of {same[0].name} too"
                fix = "Merge the two, or link each to its own part."
                yield file.finding("duplicate", problem, fix, line=file.line_of_field("url"), matters=False)


def _groups(files: Sequence[SourceFile], field: str) -> dict[str, list[SourceFile]]:
    groups: dict[str, list[SourceFile]] = defaultdict(list)
    for file in files:
        value = getattr(file.document, field)
        if value:
            groups[value.lower()].append(file)
    return {value: same for value, same in groups.items() if len(same) > 1}
