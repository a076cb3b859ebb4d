"""What people say before the name of the place where they work: "I'm the organist at", "my salon,".

A claim ends where the name may begin; `workplaces` says whether one does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

from askms.guardrails.identifiers.words import either

_WORD: Final = r"[^\W\d_][\w'’-]*+"
_BETWEEN: Final = r"(?: (?!(?:and|but|who)(?!\w))\w[\w'’-]*+){0,3}?"
_WITHIN: Final = r"(?P<within>in|im)"
"""A town may follow as well."""
_WORK_AT: Final = rf" (?:at|for|outside|bei|beim|à|au|chez|en|presso|na|no|w|{_WITHIN}) "
_AT: Final = (
    r" (?:at|for|of|with|outside|bei|beim|à|au|chez|en|presso|na|no|w|an|am|der|des|del|du|della|alla|al|allo|nel|nella"
    rf"|{_WITHIN}) "
)


@dataclass(frozen=True, slots=True)
class Claim:
    """That somebody works at the place whose name may follow."""

    end: int
    first_person: bool
    """The writer says it of themselves, and not of somebody who may treat them."""
    needs_kind: bool
    """The name must say what kind of place it is: nothing else tells that somebody works there."""


def claims(text: str) -> Iterator[Claim]:
    """Every claim in a text, but for those of somebody who is treated or a guest."""
    if not _cheap().search(text):
        return
    for pattern, first_person, needs_kind in _patterns():
        for said in pattern.finditer(text):
            if not _treated().search(said[0]):
                within = said.groupdict().get("within") is not None
                yield Claim(said.end(), first_person, needs_kind or within)


@cache
def _treated() -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){either('treated')}(?!\w)", re.IGNORECASE)


def _own_business() -> str:
    return rf"(?:my|our) (?:\w+ )?(?:{either('kinds_of_places')}|employers?|workplace|firm|company|business)"


@cache
def _cheap() -> re.Pattern[str]:
    """What every claim holds."""
    listed = "|".join(either(name) for name in ("jobs", "works", "owns"))
    said = (
        r"i(?:['’ ]?a?m| am) (?:an?|the|on the) |my (?:work|office|day job)"
        rf"|(?:i|we) {_WORD}(?: {_WORD}){{0,3}}? (?:at|for) "
    )
    return re.compile(rf"(?<!\w)(?:{listed}|{_own_business()}|{said})", re.IGNORECASE)


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], bool, bool], ...]:
    """Patterns of claims, whether the writer makes them of themselves, and whether the name must say more."""
    job = rf"(?<!\w)(?:{_WORD} ){{0,2}}?{either('jobs')}(?!\w){_BETWEEN}{_AT}"
    steps = rf"(?:,? ?{either('job_steps')}(?!\w))*"
    theirs = rf"(?:(?:he|she|who)(?:['’]s| is| was)|{either('relation')}(?: \[name\]| {_WORD})?(?:['’]s| is| was)|are)"
    alone = r"(?:^|(?<=[:.;(,] )|(?<=\n))(?!(?:the|my|our|his|her|their|an?)\b)"
    only = r"(?:only|sole|single-handed)"
    verb = rf"(?!{either('visits')}(?!\w)){_WORD}(?: {_WORD}){{0,3}}?"
    patterns = (
        (rf"(?<!\w)(?:{either('job_claims')}{steps}|{only}|(?<=\], )(?:an?|the)) ?{job}", True, False),
        (rf"(?<!\w){theirs}{steps} ?{job}", False, False),
        (rf"{alone}{job}", False, False),
        (rf"(?<!\w){either('works')}{_BETWEEN}{_WORK_AT}", True, False),
        (rf"(?<!\w)i(?:['’ ]?a?m| am) (?:an?|the|on the) {_WORD}(?: {_WORD}){{0,3}}?{_AT}", False, True),
        (rf"(?<!\w)(?:i|we) {verb} (?:at|for) ", False, True),
        (r"(?<!\w)my (?:work|workplace|office|day job),? (?:called )?", True, True),
        (rf"(?<!\w)(?:{either('owns')}|my (?:husband|wife|partner|mum|mom|dad) (?:runs|owns)) ", True, True),
        (rf"(?<!\w){_own_business()}(?: is called| called| is|,|:) ", True, False),
    )
    return tuple((re.compile(pattern, re.IGNORECASE), mine, kind) for pattern, mine, kind in patterns)
