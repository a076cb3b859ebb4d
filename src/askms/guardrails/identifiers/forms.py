"""Names as forms, letters and pharmacies write them: an initial before a birth, a name behind "Rx for".

`people` knows the names that are told by kin, titles and given names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Final

from askms.guardrails.identifiers.naming import Naming, Trust
from askms.guardrails.identifiers.reading import Word, read
from askms.guardrails.identifiers.spans import Span, covered
from askms.guardrails.identifiers.words import either, fold, is_medicine, is_ordinary, lowered, words

_DETAILS: Final = (
    r"(?=[ ,;:(/|–—-]{1,3}(?:\[(?:date|rec|pho|e-m|num)|d\.? ?o\.? ?b\.?(?!\w)|date of birth|born(?!\w)|geb(?:\.|oren)"
    r"|n[ée]+e?(?: le)? |nat[oa] |nacid[oa] |aged?(?!\w)|mrn(?!\w)|nhs(?!\w)|chi(?!\w)|(?:fe)?male(?!\w)"
    r"|[^\W\d_]{1,5}\.? \[date|\d\d ?(?:[,.;)]|y|$)))"
)
_INITIALED: Final = re.compile(
    r"(?<![^\W_])(?<![\w.]-)(?P<first>[^\W\d_])(?P<dot>\.[ -]?|[ -])(?:[^\W\d_](?:\.[ -]?|[ -])){0,2}"
    rf"(?P<surname>(?:(?:van|von|de|der|den|di|du|la|le|el|al) ){{0,2}}[^\W\d_][\w'’-]{{2,30}}){_DETAILS}",
    re.IGNORECASE,
)


_WENT_ON: Final = re.compile(
    r"\[name\] (?:(?:mac|nic|ó|ní) )?(?:an|na|ap|ibn|bint) (?P<more>[^\W\d_]{3,20})(?!\w)", re.IGNORECASE
)
"""`[name] an Bhaird`"""


def mask_forms(text: str) -> str:
    """The text without names that only the form around them tells."""
    text = _INITIALED.sub(lambda m: "[name]" if _is_surname(m) else m[0], text)
    text = _WENT_ON.sub(lambda m: m[0] if is_ordinary(fold(m["more"])) else "[name]", text)
    return covered(text, _ordered_for(text), "[name]")


def _ordered_for(text: str) -> Iterator[Span]:
    """Names behind what was ordered or written for somebody."""
    labels = [m.end() for m in _ordered().finditer(lowered(text))]
    if not labels:
        return
    spoken = read(text)
    naming = Naming(text, spoken)
    at = {word.start: i for i, word in enumerate(spoken)}
    for start in labels:
        end = naming.last(at[start], Trust.NAME_IS) if start in at and _is_pair(spoken, at[start]) else None
        if end is not None:
            yield start, spoken[end - 1].end


def _is_surname(match: re.Match[str]) -> bool:
    """`k. drummondsay` and `S Vanterpool`, but not `E. coli` or `a woman, 54`."""
    surname = match["surname"]
    shown = match["first"].isupper() and surname[0].isupper()
    lower = match["first"].islower() and surname[0].islower() and "." in match["dot"]
    if not (shown or lower):
        return False
    last = read(surname)[-1]
    return (last.surely_unknown or (shown and (last.unknown or last.listed_surname))) and not is_medicine(fold(surname))


def _is_pair(spoken: Sequence[Word], at: int) -> bool:
    """Whether a given name and a surname stand here, not a medicine or a treatment."""
    pair = spoken[at : at + 2]
    if len(pair) < 2 or pair[1].gap not in (" ", "-"):
        return False
    first, second = pair
    if first.acronym or is_medicine(first.key) or is_medicine(second.key) or second.key in words("function"):
        return False
    known = first.given or (first.maybe_given and first.shown) or first.surely_unknown
    behind = second.surely_unknown or second.listed_surname or (first.given and second.shown)
    return known and behind and (first.given or first.shown == second.shown)


@cache
def _ordered() -> re.Pattern[str]:
    """In lower case, up to where a name may begin: `repeat prescription #4471 for `."""
    return re.compile(
        rf"(?<!\w){either('made_out')}(?!\w)[^.!?\n]{{0,30}}?[ \"“']"
        r"(?:for|in (?:the )?name of|to|für|pour|para|per|voor|dla)"
        r"(?: patient| pt| mrs?\.?| ms\.?| miss)? [\"“'(]?(?<!\w)"
    )
