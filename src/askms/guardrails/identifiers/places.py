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
from askms.guardrails.identifiers.reach import only_place, reach
from askms.guardrails.identifiers.spans import Span, covered
from askms.guardrails.identifiers.words import either, fold, is_medicine, words

_HOME: Final = r"(?:flat|apartment|apt|house|plot|door|h\.? ?no|d\.? ?no)"
_ROOM: Final = rf"(?:{_HOME}|unit|suite|ste|room|rm|block|lot|bay|villa|quarter|shop|bldg|building|no|number)"
_ROOMS: Final = rf"(?:{_ROOM}|(?<!on )(?<!the )floor)"
_ITS_NUMBER: Final = r"(?: ?(?:no|number|#))?[ .:#]{0,3}[A-Z]?-?\d{1,5}[A-Z]?(?:[-/]\w{1,6}){0,3}"
_UNIT: Final = (
    rf"(?i:{_ROOMS}{_ITS_NUMBER},? ?|(?:\d{{1,2}}(?:st|nd|rd|th)|ground|first|second|third|top) floor(?:,? |(?!\w)))"
)
_HOUSE: Final = r"(?:\d{1,5}[a-z]?(?:[-/]\d{1,5}[a-z]?)?(?: ?(?:bis|ter))?)"
_UPPER: Final = r"(?:[A-ZÀ-ÖØ-ÞĀŁŚŻŹĆ][\w'’.-]{0,24}+)"
_WORD: Final = r"(?:[^\W\d_][\w'’]*+)"
_ARTICLES: Final = (
    r"(?:(?:de la|de los|de las|delle|degli|dello|del|de|du|des|la|le|les|dos|das|do|da|di|della|dei"
    r"|an der|am|im|van|von) "
    r"|[dl]['’]){0,2}"
)
_NUMBER_AFTER: Final = (
    r"(?:,? ?(?:n[º°o.]{1,2}|num\.?|número)? ?\d{1,4}[a-z]?(?:[/-]\w{1,4})?"
    r"(?:,? ?\d{1,2} ?[º°ª] ?[A-Z]?(?!\w)| (?:m|lok|app|int|apt)\. ?\d{1,4})?)(?!\w)"
)
_HOLDS_A_NAME: Final = re.compile(r"[^\W\d_]{2}")
_COUNTED: Final = r"(?! ?(?i:horas?|min|a[nñ]os|d[ií]as|veces|mes|semanas|mg|ml|personas|euro|ore|anni|giorni|volte|%))"


def mask_places(text: str) -> str:
    """The text without addresses and postcodes."""
    for pattern in _patterns():
        text = pattern.sub(_behind_label, text)
    for pattern in (_told(), _lived_in()):
        text = pattern.sub(lambda m: _behind_label(m) if _is_street(m) else m[0], text)
    text = covered(covered(text, _numbered_homes(text), "[address]"), _announced(text), "[address]")
    for _ in range(2 * ("[address]" in text)):  # a flat before the street first, the town behind both then
        text = _surroundings().sub(_with_town, text)
    if "[address]" in text:
        text = _town_behind().sub(_without_town, text)
    return mask_postcodes(_town_with_code().sub(_without_coded_town, text))


@cache
def _town_behind() -> re.Pattern[str]:
    """`[address], Upper Nettlefold.`"""
    return re.compile(rf"\[address\] ?, ?(?P<town>{_UPPER}(?:[ -]{_UPPER}){{0,2}})(?= ?(?:[,.;\n\[(]|$))")


def _without_town(match: re.Match[str]) -> str:
    parts = [fold(part.strip(".")) for part in match["town"].split()]
    said = any(is_medicine(part) or part in words("function") for part in parts)
    return match[0] if said or match["town"].isupper() else "[address]"


@cache
def _town_with_code() -> re.Pattern[str]:
    """`à 41099 Sevilla`, where no street stands before it."""
    label = (
        r"(?P<label>(?:^|\n|, ?|; ?|\]|(?<!\w)(?i:in|en|à|a|aus|de|da|di|te|op|near|from|at|live|wohne|vivo|habite) ))"
    )
    code = r"(?:[A-Z]{1,2}-)?(?!\d*000)(?:\d{5}|(?!19|20)\d{4}(?: [A-Z]{2})?|\d{2}-\d{3}|\d{4}-\d{3})"
    return re.compile(rf"{label} ?{code} (?P<town>{_UPPER}(?:[ -]{_UPPER}){{0,2}})(?!\w)")


def _without_coded_town(match: re.Match[str]) -> str:
    first = fold(match["town"].split()[0])
    named = not is_medicine(first) and first not in words("function") and (first not in words("ordinary"))
    rest = match.string[reach(match.string, *match.span("town")) : match.end()]
    return f"{match['label']}[postcode]{rest}" if named else match[0]


@cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(p) for p in (*_streets(), *_continental(), *_numbered_flats(), *_named_houses(), *_rural()))


def _announced(text: str) -> Iterator[Span]:
    """`my address is ...`: when its kind is not known, as far as its words can stand in one."""
    for label in _address_is().finditer(text):
        end = reach(text, label.end(), told=True)
        if _HOLDS_A_NAME.search(text, label.end(), end) and _holds_a_house().search(text, label.end(), end):
            yield label.end(), end


@cache
def _address_is() -> re.Pattern[str]:
    return re.compile(_after("address_is", "[ :=,-]{1,3}"))


@cache
def _holds_a_house() -> re.Pattern[str]:
    return re.compile(rf"\d|\b{either('streets')}\b", re.IGNORECASE)


def _streets() -> Iterator[str]:
    """`14 Elm Road` and what is like it in English."""
    kind = rf"(?i:{either('streets')})(?!\w)"
    compass = r"(?:(?:[NSEW]|NE|NW|SE|SW|North|South|East|West)\.? )?"
    side = r"(?: (?:[NSEW]{1,2}(?! [A-Z]{2})|Lower|Upper|North|South|East|West|Est|Ouest)(?!\w))?"
    yield rf"{_after('live', ' (?:the )?')}(?:{_UPPER} ){{1,3}}{kind}"
    names = rf"(?P<names>(?:the )?(?:{_UPPER} |\d{{1,3}}(?:st|nd|rd|th) ){{1,4}})"
    yield rf"(?<![\w.,/-])(?<!\d:)(?<![Bb]ox ){_UNIT}{{0,2}}{_HOUSE},? ?{compass}{names}(?P<kind>{kind})\.?{side}"
    yield rf"(?<![\w.,/-])(?<!\d:)\d{{1,3}},? The {_UPPER}(?=[,.;\n]|$)"


def _continental() -> Iterator[str]:
    """Streets as they are written in France, Spain, Italy, Portugal, Germany, the Netherlands and Poland."""
    name = rf"{_ARTICLES}[\w'’-]+(?P<between>(?: {_UPPER}){{0,3}})"
    ending = (
        r"(?:stra(?:ß|ss)e|str\.|gasse|stieg|steig"
        r"|chaussee|promenade|zeile|twiete|weide|straat|laan|gracht|vägen|gatan|gade|vej)"
    )
    of_old = r"(?i:(?:alte|neue|kleine|gro(?:ß|ss)e|obere|untere|hintere|vordere|lange)[nrs]? )?"
    ending_of_a_name = (
        r"(?i:weg|platz|allee|ring|damm|ufer|markt|plein|kade"
        r"|pfad|hof|graben|wall|berg|tor|kamp|redder|dijk|singel|steeg)"
    )
    at_the = r"(?:Am|An der|An den|Im|In der|Auf dem|Auf der|Zum|Zur|Unter den)"
    number = r"\d{1,4}(?:[a-z]| [a-hA-H](?= ?(?:[,.;!?\n)]|$)))?(?![\w%])"
    yield rf"(?<![\w.,/-])(?<!\d:){_HOUSE},? (?i:{either('streets_after_house')}) {name}"
    yield (rf"(?<![\w.])(?i:{either('streets_before')}) {_ARTICLES}(?:[\w'’.-]+ ?){{1,4}}?{_NUMBER_AFTER}{_COUNTED}")
    yield rf"(?<![\w.])(?:{either('streets_before_capital')}) {_ARTICLES}{_UPPER}(?: {_UPPER}){{0,2}}?{_NUMBER_AFTER}"
    yield rf"(?<!\w){of_old}(?i:[^\W\d_][\w-]{{1,40}}?{ending}) {number}"
    yield rf"(?<!\w)[A-ZÄÖÜ][\w-]{{1,40}}?{ending_of_a_name} {number}"
    yield rf"(?<!\w){_UPPER} (?:Stra(?:ß|ss)e|Weg|Allee|Platz|Ring|Damm|Gasse|Steig|Ufer|Hof|Markt|Str\.) {number}"
    yield rf"(?<!\w){at_the} {_UPPER} (?:{_UPPER} )?{number}"


def _numbered_flats() -> Iterator[str]:
    """Boxes, plots and flats, told by their number and what stands around them."""
    box = (
        r"p\.? ?o\.? ?box|postfach|apartado(?: de correos)?|bo[iî]te postale|casella postale|gpo box|locked bag"
        r"|rmb|rr|rural route|star route|cmb"
    )
    part = r"(?:sector|phase|block|ward|lane|street|road|cross|main|floor|tower|wing|flat) ?-?\w{1,3}(?!\w)"
    code = rf"(?:{WITH_LETTERS}|\d{{6}}|\d{{3}} \d{{3}}|\d{{5}})(?!\w)"
    district = rf"(?:{either('indian_places')})(?!\w)"
    yield rf"(?<!\w)(?i:{box})(?: no\.?)?[ :#]{{1,2}}\d{{1,7}}(?:, (?i:site|comp|box|stn|rpo) \d{{1,4}}){{0,3}}"
    yield r"(?<!\w)(?i:ward [\w-]{1,4},? (?:bay|bed|room) ?\w{1,3}(?:,? bed ?\w{1,3})?)(?!\w)"
    yield r"(?<!\w)(?i:bed \d{1,3},? ward \w{1,4})(?!\w)"
    town = rf"(?P<between>(?:[ ,]{{1,2}}{_WORD}){{0,7}})"
    yield rf"(?<!\w)(?i:{_HOME}{_ITS_NUMBER}(?:[,/ ]{{1,2}}{part}){{0,3}}{town}[ ,-]{{1,2}}{code})"
    yield rf"(?<!\w)(?i:{_HOME}{_ITS_NUMBER}(?:,? ?{part}){{1,3}})"
    rooms = rf"(?:{_ROOMS}|hostel|tower|wing|phase|sector|house) ?-?(?:no\.? ?)?\w?-?\d{{1,4}}\w?"
    far = rf"(?:(?:[ ,]{{1,2}}{part}){{0,3}}{town}[ ,–-]{{1,3}}(?:{WITH_LETTERS}|\d{{6}}|\d{{3}} \d{{3}}))(?!\w)"
    yield rf"(?<!\w)(?i:(?:hostel )?{rooms}{far})"
    turn = r"\d{1,2}(?:st|nd|rd|th) (?:cross|main|stage|phase|block)(?!\w)"
    yield rf"(?<!\w)(?i:(?:#|no\.? ?)?\d{{1,4}}[\w/-]{{0,5}}(?:,? {turn}){{1,3}})"
    yield rf"(?<!\w)(?i:{rooms}(?:, ?{part}){{1,3}})(?:, {_UPPER}(?: {_UPPER}| of residence){{0,3}})?"
    yield rf"(?<!\w)[A-Z]-?\d{{1,4}}(?:/\d{{1,4}})?,? (?:{_UPPER} ){{0,3}}{district}"
    yield rf"(?<![\w.,/-])\d{{1,4}}[A-Z]?,? (?:{_UPPER} ){{1,3}}{district}(?=, [A-Z])"
    yield rf"(?<!\w){_UNIT}(?:{_UPPER} ){{1,3}}(?:(?i:{either('streets')})|{either('named_houses')}|{district})(?!\w)"


def _named_houses() -> Iterator[str]:
    """`Rosedale Cottage, Church Lane`, where a house has no number."""
    house = rf"(?:The )?(?:{_UPPER} ){{1,2}}?(?:{either('named_houses')})(?!\w)"
    yield rf"{_after('live', ' ')}{house}(?P<between>, {_UPPER}(?: {_UPPER}){{0,2}})?"
    street = rf"(?:{_UPPER} ){{1,3}}(?i:{either('streets')})(?!\w)"
    yield rf"{_after('live', ' ')}(?:The )?(?:{_UPPER} ){{0,2}}{_UPPER}, {street}"
    yield rf"(?<!\w){_UNIT}?{house}, (?:{_UPPER} ){{1,3}}(?i:{either('streets')})(?!\w)"
    yield rf"(?<!\w){_UPPER}(?: {_UPPER})?, (?:{_UPPER} ){{1,2}}(?:Road|Street|Lane|Avenue|Drive|Terrace)(?=, [A-Z])"
    parts = rf"(?:{_UPPER}(?: {_UPPER}){{0,2}}, ){{2,4}}"
    yield rf"(?<!\w)(?:\d{{1,4}} )?{parts}(?:{_UPPER} ){{0,3}}(?i:{WITH_LETTERS})(?!\w)"


def _rural() -> Iterator[str]:
    """Where houses have no numbers: a house's name in quotes, crossroads, townlands and a county."""
    quoted = r"[\"“‘'][A-ZÁÉÍÓÚ][^\"“”‘’\n]{1,30}[\"”’']"
    names = rf"{_UPPER}(?: (?:na |an |of |the )?{_UPPER}){{0,3}}"
    county = rf",? (?:Co\.?|County) (?i:{either('counties')})(?!\w)"
    end = rf"(?:{either('rural_ends')})(?!\w)"
    yield rf"{quoted}(?P<between>(?:, {names}){{1,3}})"
    yield rf"(?P<label>(?i:(?<!\w)(?:house|bungalow|cottage|farm|home)(?: is)?(?: called| named| name)?,? )){quoted}"
    yield rf"(?<!\w)(?:{names}, ){{0,2}}(?:{_UPPER} ){{1,3}}{end}(?:, {_UPPER})?{county}"
    yield rf"(?<![\w.,/-])\d{{1,4}}[a-z]? {names}{county}"
    yield rf"(?<!\w)(?:{names}, ){{2,4}}(?:Co\.?|County) (?i:{either('counties')})(?!\w)"


@cache
def _told() -> re.Pattern[str]:
    """`14 elm road`, in any case of letters."""
    names = rf"(?:[nsew]\.? )?(?P<names>(?:{_WORD} ){{0,3}}(?:{_WORD}|\d{{1,3}}(?:st|nd|rd|th)))"
    return re.compile(
        rf"(?<![\w.,/-])(?<!\d:)(?<!box ){_UNIT}{{0,2}}{_HOUSE},? {names} (?P<kind>{either('streets')})(?!\w)\.?",
        re.IGNORECASE,
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
    if any(name in words("never_in_a_street") or name in words("function") for name in names):
        return sure and names == ["the"] and match.re is _told()
    return sure or all(name not in words("ordinary") or name in words("in_street_names") for name in names)


def _numbered_homes(text: str) -> Iterator[Span]:
    """`i live at 22 baker`: a house without a kind of street."""
    for house in _numbered_home().finditer(text):
        end = reach(text, house.end(), told=True)
        if _HOLDS_A_NAME.search(text, house.end(), end):
            yield house.end("label"), end


@cache
def _numbered_home() -> re.Pattern[str]:
    return re.compile(rf"{_after('live', ' ')}(?:{_UNIT}|{_HOUSE} )(?!(?i:{either('not_streets')})\b)")


@cache
def _surroundings() -> re.Pattern[str]:
    """What belongs to an address and stands around it: flat, town with postcode, a second address."""
    house = rf"(?:(?:(?<=at )|(?<=is )|(?<=: )|(?<=c/o )|(?<=to ))(?:The )?{_UPPER}(?: {_UPPER}){{0,2}}, )?"
    flat = rf"(?:{_UNIT}|(?i:{_ROOM})[ ,.]{{1,2}})?"
    town = r"(?P<between>(?:[ ,]{1,3}(?!\[)[^\W\d_][\w'’.-]*+(?: \d{1,2}(?=,))?){0,5})"
    code = rf"[ ,–-]{{1,4}}(?:(?i:{WITH_LETTERS})|{BESIDE_ADDRESS}(?P<town>[ ,]{{1,2}}{_UPPER})?)(?!\w)"
    door = (
        r"(?:-\d{1,3}| \d\d \d\d| ?# ?[\w-]{1,6}|,? ?\d{1,2}\.?[ºoª°]? ?(?i:Dto|Dta|Dcha|Drcha|Esq|Esqda"
        r"|Izq|Izqda|Izda|Interno|int|piso|étage|Stock|OG|th|tv|puerta|(?-i:[A-Z]))\.?"
        r"| (?:II|III|lgh \d{1,4}|ap(?:to|p)?\.? \d{1,4}))(?!\w)"
    )
    turn = r"\d{1,2}(?:st|nd|rd|th) (?:cross|main|stage|phase|block)"
    landmark = rf"(?i:near|opp\.?|opposite|behind) {_UPPER}(?: {_UPPER}){{0,3}}"
    sector = rf",? (?:(?i:(?:sector|phase|block|ward) ?-?\w{{1,3}}|{turn})|{landmark})(?!\w)"
    behind = rf"(?:{town}{code}|{sector}|,? {_UNIT}(?<! )|,? \[address\])?"
    return re.compile(rf"{house}{flat}\[address\](?:,? {_UNIT}(?<! )|{door})?{behind}")


def _after(label: str, gap: str) -> str:
    return rf"(?P<label>(?i:(?<!\w){either(label)}{gap}))"


def _with_town(match: re.Match[str]) -> str:
    """The town behind a postcode goes too, but not a medicine that a question begins with."""
    if not only_place(match.string, match.span("between")):
        before = match[0][: match.start("between") - match.start()]
        return "[address]" + match[0][len(before.rstrip(" ,")) :]
    town = match["town"] or ""
    said = town.strip(" ,").isupper() or not only_place(match.string, match.span("town"))
    return "[address]" + (town if said else "")


def _behind_label(match: re.Match[str]) -> str:
    rest = ""
    if "kind" in match.re.groupindex and match[0].isupper() and not _is_street(match):
        return match[0]  # where all is in capitals they tell no street: `SSN 4471 WANT TO END IT`
    if "between" in match.re.groupindex and not only_place(match.string, match.span("between")):
        start, end = match.span("between")
        if end < match.end():
            return match[0]
        rest = match.string[reach(match.string, start, end) : end]
    return (match.groupdict().get("label") or "") + "[address]" + rest
