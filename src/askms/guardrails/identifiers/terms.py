"""Codes of letters and figures that mean something in a question about MS.

A code that is none of these is taken for a record number, so what must stay is listed here:
genes, cells, compounds, scales, images, doses, times, virus strains, years, mutations.
"""

from __future__ import annotations

import re
from typing import Final

from askms.guardrails.identifiers.words import fold, is_ordinary

_UNIT: Final = (
    r"(?:mgs?|mcgs?|[µμ]gs?|ug|ng|pg|kgs?|lbs?|gr?|iu|ius|ui|units?|ml|mls|dl|l|mm|cms?|km|ft|in|m|mmol|nmol|pmol|mm?hg|cells?|fold"
    r"|am|pm|hz|k|x|%|ms|h|hrs?|hours?|mins?|min|s|secs?|d|days?|wks?|weeks?|w|mo|mths?|months?|y|yrs?|yo|years?|yr-old|p"
    r"|th|st|nd|rd|er|pts?|bpm|kcal|cals?|tabs?|caps?|mo|mths?|t|tesla|usd|gbp|eur|€|[°º]?[cf])"
)
_AMOUNT: Final = rf"(?:\d{{1,3}}x)?[\d.,/x-]*\d-?{_UNIT}(?:x\d{{1,2}}|[-/](?:[\d.,]*{_UNIT}|[a-z]{{2,9}})){{0,3}}"
_YEAR: Final = r"(?:19|20)\d\d"
_COMPOUNDS: Final = (
    "PF|LY|RO|RG|JNJ|GSK|BMS|ABBV|SAR|AZD|CC|ATA|BIIB|MK|TAK|BAY|FTY|BAF|ACT|RPC|ONO|MD|ABT|IMU|MN|BG|TG|PIPE|NDC|NVP"
    "|CNTO|AMG|GLPG|MT|BCD|DRL|GNE|CNM|INX|AIN|MOR|MEDI|SB|CT-P|TEV|RNS|SR|LAS|UCB|ICP|KYV|CYP|CAR|EVO|DMF|FP|OMB"
)
_KEPT: Final = tuple(
    rf"(?:{pattern})"
    for pattern in (
        # Genes, proteins, cells, antibodies and their parts.
        r"HLA-?[A-Z]{1,4}\d{0,2}[*\d:/-]*|D[RQP][AB]?\d?[*-]?\d{2,6}(?::\d\d)?|CYP\d[A-Z]\d{1,2}(?:[*/-]\w{1,4}){0,2}",
        r"(?:anti-)?CD\d{1,3}[a-z]?\+?(?:[/-](?:CD)?\d{1,3}[a-z+]{0,4}){0,3}|(?:CX?C[LR]|IL|IFN|TNF|TLR|TGF)-?\d[\w/-]{0,6}",
        r"[A-NP-V]\d{2}[A-Z]{2}\d{2}|(?:TA|NG|CG|HST|QS|IPG)\d{2,4}|S100[A-Z]?\d{0,2}|miR-?\d{1,4}[\w-]{0,4}|(?:MOG|MBP|PLP|EBNA|GPR|KIR|UGT|SLC|STAT|ZNF|NF|LRP|TRPV?|KV)-?\d[\w-]{0,6}",
        r"[ACGTVRM]\d{3,4}[ACGTEM]|rs\d{3,12}|(?:N[MPRCG]|X[MPR])_\d+(?:\.\d+)?|ENS[GT]\d+",
        # Compounds by their makers' letters.
        rf"(?:{_COMPOUNDS})-?\d{{3,8}}[A-Z]?",
        # Scales, images, spine levels, diagnosis codes and viruses.
        r"EDSS[\d.=:<>-]{1,9}|(?:T2?25|25|T)-?FWT?\d{0,2}|(?:MSQOL|MSIS|SF|FSS|EQ|PHQ|GAD|FES|RAND|QOL|BDI)-?\d[\w-]{0,6}",
        r"T[12](?:[/-]T?[12]|-?\w{2,6}){0,2}|[CTLS]\d{1,2}(?:[/-][CTLS]?\d{1,2}){1,3}|[A-Z]\d{2}\.\d{1,2}",
        r"COVID-?\d\d(?:/\d\d)?|SARS-?CoV-?\d?|H\d{1,2}N\d{1,2}|[A-Z]{1,3}(?:\.\d{1,3}){1,4}|HHV-?\d\w?|HTLV-?\d|HERV-?\w{1,3}",
        r"(?:vit(?:amin)?-?)?[BDK]-?\d{1,2}(?:-\d{2,5}(?:iu|mcg|mg)?)?|omega-?[\d/-]{1,6}|\d{2}-?(?:oh|hydroxy)\w*(?:-?d\d?)?",
        # Amounts, times, statistics, versions, years.
        _AMOUNT,
        r"\d{1,2}[h:.]\d\d(?:am|pm|h)?(?:-\d{1,2}[h:.]\d\d(?:am|pm|h)?)?|[a-z]{1,3}\d?[.,]?\d*\.\d+|v(?:er)?\d+(?:\.\d+)*",
        r"(?:95|99|90)-?%?CI[\d.:-]*|(?:n|p|OR|HR|RR|CI)\d{1,5}|q\d{1,3}[a-z]{1,5}|\d{1,4}s(?:-\d{2,4}s)?|iphone\d{1,2}|mp[34]",
        rf"'?{_YEAR}[a-z]|(?:{_YEAR}|\d\d)s|(?:{_YEAR}[-/])?(?:Q[1-4]|H[12])[-/]?{_YEAR}|{_YEAR}[-/]?(?:Q[1-4]|H[12])",
    )
)
_MEANS_SOMETHING: Final = re.compile("|".join(_KEPT), re.IGNORECASE)
_PIECES: Final = re.compile(r"[^\W\d_]+|\d+")
_PLAIN_FIGURES: Final = re.compile(rf"\d{{1,2}}|{_YEAR}")
_COUNTED: Final = re.compile(r"\d{1,6}(?:-\d{1,6})?-?[a-z]{3,}(?:-[a-z]{2,})*")
_CONGRESS: Final = re.compile(rf"[A-Z]{{3,10}}-?{_YEAR}")
"""`ECTRIMS2024`"""
_WEB: Final = re.compile(r"\.(?:com|org|net|gov|edu|uk|ie|eu|info|int)(?:[/#?]|$)|^www\.", re.IGNORECASE)


def means_something(code: str) -> bool:
    """Whether a code of letters and figures belongs to a question rather than to a person."""
    if _MEANS_SOMETHING.fullmatch(code) or _WEB.search(code):
        return True
    if _CONGRESS.fullmatch(code):
        return True
    pieces = _PIECES.findall(code)
    words = [piece for piece in pieces if not piece.isdigit()]
    # `mid-2019`, `120-week`, `MRI2019`, `1000people`: words, and a year or a count of them.
    if not all(len(word) > 2 and is_ordinary(fold(word)) for word in words):
        return False
    return _COUNTED.fullmatch(code) is not None or all(_PLAIN_FIGURES.fullmatch(p) for p in pieces if p.isdigit())
