"""Postcodes, told by their shape where it has letters, by what stands beside them where it has none."""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from askms.guardrails.identifiers.words import either

_AREA: Final = (
    "AB|AL|B|BA|BB|BD|BF|BH|BL|BN|BR|BS|BT|CA|CB|CF|CH|CM|CO|CR|CT|CV|CW|DA|DD|DE|DG|DH|DL|DN|DT|DY|E|EC|EH|EN|EX|FK|FY|G"
    "|GL|GU|GY|HA|HD|HG|HP|HR|HS|HU|HX|IG|IM|IP|IV|JE|KA|KT|KW|KY|L|LA|LD|LE|LL|LN|LS|LU|M|ME|MK|ML|N|NE|NG|NN|NP|NR|NW|OL"
    "|OX|PA|PE|PH|PL|PO|PR|RG|RH|RM|S|SA|SE|SG|SK|SL|SM|SN|SO|SP|SR|SS|ST|SW|SY|TA|TD|TF|TN|TQ|TR|TS|TW|UB|W|WA|WC|WD|WF|WN"
    "|WR|WS|WV|YO|ZE"
)
# No British postcode ends in C, I, K, M, O or V, so that "b12 5mg" is none; nor is "T2 3rd" one.
_BRITISH: Final = (
    rf"(?:{_AREA})\d[A-Z\d]? ?\d(?-i: (?=[A-Z]{{2}}(?![A-Za-z\d])))?"
    rf"(?!st|nd|rd|th|ng|hr|pg|gy|dl)[ABD-HJLNP-UW-Z]{{2}}"
)
_CANADIAN: Final = r"[ABCEGHJ-NPRSTVXY]\d[ABCEGHJ-NPRSTV-Z][ -]?\d[ABCEGHJ-NPRSTV-Z]\d"
_IRISH: Final = r"(?:[AC-FHKNPRTV-Y]\d{2}|D6W) ?(?=[A-Z\d]{0,3}\d)(?=\d{0,3}[A-Z])[AC-FHKNPRTV-Y\d]{4}"
_STATE: Final = (
    "A[KLRZ]|C[AOT]|D[CE]|FL|GA|HI|I[ADLN]|K[SY]|LA|M[ADEINOST]|N[CDEHJMVY]|O[HKR]|PA|RI|S[CD]|T[NX]|UT|V[AT]|W[AIVY]"
)
_AMERICAN: Final = rf"(?:{_STATE})\.?,? \d{{5}}(?:-\d{{4}})?"
_AUSTRALIAN: Final = r"(?:NSW|VIC|QLD|TAS|ACT|NT|WA|SA) \d{4}"

WITH_LETTERS: Final = rf"(?:{_BRITISH}|{_CANADIAN}|{_IRISH}|{_AMERICAN}|{_AUSTRALIAN})"
"""What ends an address, in any case of letters."""
BESIDE_ADDRESS: Final = (
    r"(?:[A-Z]-\d{4,5}|\d{5}-\d{3,4}|\d{3} \d{2}|\d{6}|\d{3} \d{3}|\d{4}-\d{3}|\d{5}|\d{2}-\d{3}|\d{4} ?[A-Z]{2}|\d{4})"
)
"""Postcodes of figures; anywhere else they would be a count."""


def mask_postcodes(text: str) -> str:
    """The text without postcodes."""
    for pattern in _patterns():
        text = pattern.sub(lambda m: (m.groupdict().get("label") or "") + "[postcode]", text)
    return text


@cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    label = rf"(?P<label>(?<!\w){either('postcode')}(?: (?:is|number|no\.?))?[ :=–—-]{{1,3}})"
    anything = r"(?=[A-Z\d -]{0,8}\d)[A-Z\d]{2,8}(?:[ -](?=[A-Z]{0,3}\d)[A-Z\d]{3,4})?(?!\w)"
    return (
        re.compile(label + anything, re.IGNORECASE),
        re.compile(rf"(?<![\w-])(?=[A-Z]{{1,2}}\d)(?:{_BRITISH}|{_CANADIAN}|{_IRISH})(?![\w-])", re.IGNORECASE),
        re.compile(rf"(?<![\w-])(?:{_AMERICAN})(?![\w-])"),
    )
