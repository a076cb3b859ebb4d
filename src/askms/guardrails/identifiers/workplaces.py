"""The name of the place where somebody works, when what is said of the job points to one person.

A hospital or a clinic where somebody is treated stays, and so does a town, a trade without a
name and an employer of many thousands.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Final

from askms.guardrails.identifiers.jobs import Claim, claims
from askms.guardrails.identifiers.words import either, fold, is_medicine, is_ordinary, words

_UPPER: Final = r"(?:St\. )?[A-ZÀ-ÖØ-ÞŁŚŻŹ][\w'’-]*+"
_JOIN: Final = r"(?: (?:&|of|and|the|de|del|la|le|du|des|di|da|zur|zum|am|im|von|van|der|et|und|y)){0,2}[ -]"
_WORD: Final = r"[^\W\d_][\w'’-]*+"
_ENDS: Final = (
    r"(?= ?(?:[,.;:!?)\n]|$)| (?:and|but|so|in|on|with|who|where|which|because|when|since|has|have|is|are|i|im|my|can"
    r"|do|does)(?!\w))"
)
_NAMES: Final = (
    r"(?P<names>(?!(?:my|our|his|her|an?|this|that)\b)"
    r"(?:(?!(?:at|in|for|on|with|to|from|by|my|i)(?!\w))[^\W\d_][\w'’-]*+ ?){1,5}?(?<! ))"
)
_ARTICLE: Final = r"(?P<article>(?i:the|le|la|les|el|il|der|die|das|den|dem) |(?i:l)['’])?"
_MS: Final = re.compile(r"(?<!\w)MS(?!\w)", re.IGNORECASE)
_ACRONYM: Final = 6
"""Letters from which on a word in capitals is a name."""


def mask_workplaces(text: str) -> str:
    """The text without the names of places where somebody works."""
    parts: list[str] = []
    done = 0
    for start, end in sorted(_places(text)):
        if start >= done:
            parts += [text[done:start], "[workplace]"]
            done = end
    return "".join([*parts, text[done:]])


def _places(text: str) -> Iterator[tuple[int, int]]:
    for claim in claims(text):
        end = _shown(text, claim) or _plain(text, claim)
        if end is not None:
            yield claim.end, end


def _shown(text: str, claim: Claim) -> int | None:
    """Where a name in capitals ends that begins here and is somebody's place of work."""
    name = _name().match(text, claim.end)
    if name is None or _is_public(name[0]) or (_health().search(name[0]) and not claim.first_person):
        return None
    parts = re.findall(_WORD, name["shown"])
    told = _kind().search(name[0]) or re.search(r"['’]s?(?!\w)", name[0])
    if (claim.needs_kind and not told) or all(is_medicine(fold(part)) for part in parts):
        return None
    alone = len(parts) == 1 and not name["tail"]
    if alone and (is_ordinary(fold(parts[0])) or (parts[0].isupper() and len(parts[0]) < _ACRONYM)):
        return None
    return name.end()


def _plain(text: str, claim: Claim) -> int | None:
    """The same in lower case, where a word that means nothing else must stand in the name."""
    for pattern in (_before_kind(), _behind_kind(), _strange()):
        name = pattern.match(text, claim.end)
        if name is None or (pattern is _strange() and claim.needs_kind):
            continue
        own = [fold(part) for part in name["names"].split()]
        own = [part for part in own if part not in words("plain_places") and part not in words("function")]
        article = name["article"] is not None
        strange = sum(not is_ordinary(part) or part == "st" for part in own)
        told = strange > (pattern is _strange() and not article) or (
            pattern is _before_kind() and article and len(own) > 1
        )
        medical = any(is_medicine(part) and part != "st" for part in own) or (
            _health().search(name[0]) and not claim.first_person
        )
        if told and not medical and not _is_public(name[0]):
            return name.end()
    return None


def _is_public(name: str) -> bool:
    """Whether thousands work there, or it is one of the bodies that people ask about."""
    typed = name.lower().removeprefix("the ")
    return _large().match(typed) is not None or _MS.search(name) is not None


@cache
def _large() -> re.Pattern[str]:
    return re.compile(rf"{either('large_employers')}(?!\w)")


@cache
def _health() -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){either('health_places')}(?!\w)", re.IGNORECASE)


@cache
def _kind() -> re.Pattern[str]:
    joined = r"(?:kirche|schule|bäckerei|apotheke|kita|gymnasium)"
    return re.compile(rf"(?<![^\W_])(?:{either('kinds_of_places')}|[^\W\d_]*{joined})(?!\w)", re.IGNORECASE)


@cache
def _name() -> re.Pattern[str]:
    first = r"(?:école|collège|lycée|escuela|colegio|scuola|liceo|hotel|h[oô]tel|caf[eé]|pub|restaurant)"
    tail = rf"(?P<tail>(?: (?i:{either('kinds_of_places')})(?!\w)){{0,2}})"
    return re.compile(rf"{_ARTICLE}(?P<shown>(?:{first} )?{_UPPER}(?:{_JOIN}{_UPPER}){{0,6}}){tail}")


@cache
def _before_kind() -> re.Pattern[str]:
    """`bramblewick garden centre`"""
    return re.compile(rf"{_ARTICLE}{_NAMES} {either('kinds_of_places')}(?!\w)", re.IGNORECASE)


@cache
def _behind_kind() -> re.Pattern[str]:
    """`hotel zur alten muhle`"""
    return re.compile(rf"{_ARTICLE}{either('kinds_of_places')} {_NAMES}{_ENDS}", re.IGNORECASE)


@cache
def _strange() -> re.Pattern[str]:
    """`le petit corbeau`"""
    return re.compile(rf"{_ARTICLE}{_NAMES}{_ENDS}", re.IGNORECASE)
