"""Where somebody lives: house and street, flats, box numbers, postcodes.

A town, a region or a country alone stays, and so does a street without a house unless
somebody says that they live there. Between a street and its postcode everything goes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Final

from askms.guardrails.identifiers.postcodes import BESIDE_ADDRESS, WITH_LETTERS, mask_postcodes
from askms.guardrails.identifiers.words import either, fold, words

_HOME: Final = r"(?:flat|apartment|apt|house|plot|door|h\.? ?no|d\.? ?no)"
_ROOMS: Final = rf"(?:{_HOME}|unit|suite|ste|room|rm|floor|block|villa|quarter|shop|bldg|building|no|number)"
_ITS_NUMBER: Final = r"(?: ?(?:no|number|#))?[ .:#]{0,3}[A-Z]?-?\d{1,5}[A-Z]?(?:[-/]\w{1,6}){0,3}"
_UNIT: Final = rf"(?i:{_ROOMS}{_ITS_NUMBER},? ?|(?:\d{{1,2}}(?:st|nd|rd|th)|ground|first|second|third|top) floor,? )"
_HOUSE: Final = r"(?:\d{1,5}[a-z]?(?:[-/]\d{1,5}[a-z]?)?(?: ?(?:bis|ter))?)"
_UPPER: Final = r"(?:[A-ZÀ-ÖØ-ÞĀŁŚŻŹĆ][\w'’.-]{0,24}+)"
_WORD: Final = r"(?:[^\W\d_][\w'’]*+)"
_ARTICLES: Final = (
    r"(?:(?:de la|de los|de las|del|de|du|des|la|le|les|dos|das|do|da|di|della|dei|an der|am|im|van|von) "
    r"|[dl]['’]){0,2}"
)
_NUMBER_AFTER: Final = (
    r"(?:,? ?(?:n[º°o.]{1,2}|num\.?|número)? ?\d{1,4}[a-z]?(?:[/-]\w{1,4})?"
    r"(?:,? ?\d{1,2} ?[º°ª] ?[A-Z]?(?!\w)| (?:m|lok|app|int|apt)\. ?\d{1,4})?)(?!\w)"
)
_COUNTED: Final = r"(?! ?(?i:horas?|min|a[nñ]os|d[ií]as|veces|mes|semanas|mg|ml|personas|euro|ore|anni|giorni|volte|%))"
_SENTENCE_GOES_ON: Final = (
    r"(?=[.;!?\n)]|$|,? (?:and|but|can|could|is|are|do|does|what|whats|why|how|when|who|please|pls|i|im|my|thanks)\b"
    r"|, ?(?:so|did|where|which|tel|phone|any|will|would|should|have|has|the)\b)"
)


def mask_places(text: str) -> str:
    """The text without addresses and postcodes."""
    for pattern in _patterns():
        text = pattern.sub(_behind_label, text)
    for pattern in (_told(), _lived_in()):
        text = pattern.sub(lambda m: _behind_label(m) if _is_street(m) else m[0], text)
    for pattern in (_numbered_home(), _announced()):
        text = pattern.sub(_behind_label, text)
    for _ in range(2 * ("[address]" in text)):  # a flat before the street first, the town behind both then
        text = _surroundings().sub("[address]", text)
    return mask_postcodes(text)


@cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(p) for p in (*_streets(), *_continental(), *_numbered_flats(), *_named_houses()))


@cache
def _announced() -> re.Pattern[str]:
    """`my address is ...`: when its kind is not known, all of it up to where the sentence goes on."""
    holds_one = rf"(?=[^.;!?\n\[]{{0,70}}(?:\d|(?i:\b{either('streets')}\b)))"
    return re.compile(rf"{_after('address_is', '[ :=,-]{1,3}')}(?!\[){holds_one}[^;!?\n\[]{{1,80}}?{_SENTENCE_GOES_ON}")


def _streets() -> Iterator[str]:
    """`14 Elm Road` and what is like it in English."""
    kind = rf"(?i:{either('streets')})(?!\w)"
    compass = r"(?:(?:[NSEW]|NE|NW|SE|SW|North|South|East|West)\.? )?"
    side = r"(?: (?:[NSEW]{1,2}|Lower|Upper|North|South|East|West|Est|Ouest)(?!\w))?"
    yield rf"{_after('live', ' (?:the )?')}(?:{_UPPER} ){{1,3}}{kind}"
    names = rf"(?:the )?(?:{_UPPER} |\d{{1,3}}(?:st|nd|rd|th) ){{1,4}}"
    yield rf"(?<![\w.,/-])(?<!\d:){_UNIT}{{0,2}}{_HOUSE},? ?{compass}{names}{kind}\.?{side}"
    yield rf"(?<![\w.,/-])(?<!\d:)\d{{1,3}},? The {_UPPER}(?=[,.;\n]|$)"


def _continental() -> Iterator[str]:
    """Streets as they are written in France, Spain, Italy, Portugal, Germany, the Netherlands and Poland."""
    name = rf"{_ARTICLES}[\w'’-]+(?: {_UPPER}){{0,3}}"
    ending = r"(?:stra(?:ß|ss)e|str\.|gasse|straat|laan|gracht|vägen|gatan|gade|vej)"
    ending_of_a_name = r"(?i:weg|platz|allee|ring|damm|ufer|markt|plein|kade)"
    at_the = r"(?:Am|An der|An den|Im|In der|Auf dem|Auf der|Zum|Zur|Unter den)"
    number = r"\d{1,4} ?[a-z]?(?![\w%])"
    yield rf"(?<![\w.,/-])(?<!\d:){_HOUSE},? (?i:{either('streets_after_house')}) {name}"
    yield (rf"(?<![\w.])(?i:{either('streets_before')}) {_ARTICLES}(?:[\w'’.-]+ ?){{1,4}}?{_NUMBER_AFTER}{_COUNTED}")
    yield rf"(?<![\w.])(?:{either('streets_before_capital')}) {_ARTICLES}(?:{_UPPER} ){{1,3}}?{_NUMBER_AFTER}"
    yield rf"(?<!\w)(?i:[^\W\d_][\w-]{{1,40}}?{ending}) {number}"
    yield rf"(?<!\w)[A-ZÄÖÜ][\w-]{{1,40}}?{ending_of_a_name} {number}"
    yield rf"(?<!\w){_UPPER} (?:Stra(?:ß|ss)e|Weg|Allee|Platz|Ring|Damm|Str\.) {number}"
    yield rf"(?<!\w){at_the} {_UPPER} (?:{_UPPER} )?{number}"


def _numbered_flats() -> Iterator[str]:
    """Boxes, plots and flats, told by their number and what stands around them."""
    box = r"p\.? ?o\.? ?box|postfach|apartado(?: de correos)?|bo[iî]te postale|casella postale|gpo box|locked bag|rmb"
    part = r"(?:sector|phase|block|ward|lane|street|road|cross|main|floor|tower|wing|flat) ?-?\w{1,3}(?!\w)"
    code = rf"(?:{WITH_LETTERS}|\d{{6}}|\d{{3}} \d{{3}}|\d{{5}})(?!\w)"
    district = rf"(?:{either('indian_places')})(?!\w)"
    yield rf"(?<!\w)(?i:{box})(?: no\.?)?[ :#]{{1,2}}\d{{1,7}}"
    town = rf"(?:[ ,]{{1,2}}{_WORD}){{0,7}}"
    yield rf"(?<!\w)(?i:{_HOME}{_ITS_NUMBER}(?:[,/ ]{{1,2}}{part}){{0,3}}{town}[ ,-]{{1,2}}{code})"
    yield rf"(?<!\w)(?i:{_HOME}{_ITS_NUMBER}(?:,? ?{part}){{1,3}})"
    yield rf"(?<!\w)[A-Z]-?\d{{1,4}}(?:/\d{{1,4}})?,? (?:{_UPPER} ){{0,3}}{district}"
    yield rf"(?<!\w){_UNIT}(?:{_UPPER} ){{1,3}}(?:(?i:{either('streets')})|{either('named_houses')}|{district})(?!\w)"


def _named_houses() -> Iterator[str]:
    """`Rosedale Cottage, Church Lane`, where a house has no number."""
    house = rf"(?:The )?(?:{_UPPER} ){{1,2}}?(?:{either('named_houses')})(?!\w)"
    yield rf"{_after('live', ' ')}{house}(?:, (?:{_UPPER} ?){{1,3}})?"
    yield rf"(?<!\w){_UNIT}?{house}, (?:{_UPPER} ){{1,3}}(?i:{either('streets')})(?!\w)"
    yield rf"(?<!\w){_UPPER}(?: {_UPPER})?, (?:{_UPPER} ){{1,2}}(?:Road|Street|Lane|Avenue|Drive|Terrace)(?=, [A-Z])"
    yield rf"(?<!\w)(?:{_UPPER}(?: {_UPPER}){{0,2}}, ){{2,4}}(?:{_UPPER} ){{0,3}}(?i:{WITH_LETTERS})(?!\w)"


@cache
def _told() -> re.Pattern[str]:
    """`14 elm road`, in any case of letters."""
    names = rf"(?P<names>(?:{_WORD} ){{0,2}}{_WORD})"
    return re.compile(
        rf"(?<![\w.,/-])(?<!\d:){_UNIT}{{0,2}}{_HOUSE},? {names} (?P<kind>{either('streets')})(?!\w)\.?", re.IGNORECASE
    )


@cache
def _lived_in() -> re.Pattern[str]:
    """`i live on acacia avenue`: a street without a house."""
    names = rf"(?P<names>{_WORD}(?: {_WORD})?)"
    return re.compile(rf"(?P<label>(?<!\w){either('live')} ){names} (?P<kind>{either('streets')})(?!\w)", re.IGNORECASE)


def _is_street(match: re.Match[str]) -> bool:
    """`14 elm road` is an address, `10 minutes walk` is none."""
    names = [fold(name) for name in match["names"].split()]
    sure = fold(match["kind"]) in words("sure_streets")
    if any(name in words("never_in_a_street") for name in names):
        return sure and names == ["the"] and match.re is _told()
    return sure or all(name not in words("ordinary") or name in words("in_street_names") for name in names)


@cache
def _numbered_home() -> re.Pattern[str]:
    """`i live at 22 baker`: a house without a kind of street."""
    names = rf"(?:(?!(?i:{either('not_streets')})\b)[\w'’-]+ ?){{1,4}}?"
    return re.compile(rf"{_after('live', ' ')}(?:{_UNIT}|{_HOUSE} ){names}(?:(?=,)|{_SENTENCE_GOES_ON})")


@cache
def _surroundings() -> re.Pattern[str]:
    """What belongs to an address and stands around it: flat, town with postcode, a second address."""
    house = rf"(?:(?:(?<=at )|(?<=is )|(?<=: ))(?:The )?{_UPPER}(?: {_UPPER})?, )?"
    flat = rf"(?:{_UNIT}|(?i:{_ROOMS})[ ,.]{{1,2}})?"
    town = r"(?:[ ,]{1,2}(?!\[)[^\W\d_][\w'’.-]*+(?: \d{1,2}(?=,))?){0,5}"
    code = rf"[ ,–-]{{1,3}}(?:(?i:{WITH_LETTERS})|{BESIDE_ADDRESS}(?:[ ,]{{1,2}}{_UPPER})?)(?!\w)"
    floor = r",? ?\d{1,2}º ?[A-Z]?(?!\w)"
    sector = r",? (?i:sector|phase|block|ward) ?-?\w{1,3}(?!\w)"
    behind = rf"(?:{town}{code}|{sector}|,? {_UNIT}(?<! )|,? \[address\]|{floor})?"
    return re.compile(rf"{house}{flat}\[address\](?:,? {_UNIT})?{behind}")


def _after(label: str, gap: str) -> str:
    return rf"(?P<label>(?i:(?<!\w){either(label)}{gap}))"


def _behind_label(match: re.Match[str]) -> str:
    return (match.groupdict().get("label") or "") + "[address]"
