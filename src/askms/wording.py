"""Every fixed word a patient may read, loaded from one reviewed file.

`wording.json` is data that a clinician can read and sign without knowing Python; this
module checks it, gives it types and answers one question for the output side: is this
sentence one of ours (`is_approved`)? It builds no reply and knows no rail.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Final

from askms.errors import AskmsError
from askms.ladder import ladder
from askms.languages import translations
from askms.reply import Card, Contact
from askms.types import Route

LASTS: Final = timedelta(days=365)
"""How long words and numbers count as checked."""
UNKNOWN_LOCALE: Final = "unknown"
LOCALES: Final = ("us", "ca", "uk", "ie", "eu", UNKNOWN_LOCALE)
_CARDS: Final = ("crisis", "emergency", "emergency.overdose", "urgent")
_STRENGTHS: Final = ("mixed", "conflict", "old")
_BUSY: Final = ("asking", "full", "stopping", "slow", "other")
_LINES: Final = ("ai", "injection", "pii", "wellbeing", "if_now", "latched", "offline")


class WordingError(AskmsError):
    """The file of fixed words is damaged or incomplete; the message names the place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LocaleContacts:
    """Whom to call in one part of the world."""

    call: str
    """The emergency number as it stands inside a sentence."""
    call_now: str
    today: str
    """What to do the same day when the MS team cannot be reached."""
    by_purpose: Mapping[str, tuple[Contact, ...]]
    """Keys: emergency, crisis, poison, urgent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CardText:
    """A card before the numbers of a locale are put in."""

    kind: str
    title: str
    text: str
    contacts: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteWording:
    """What stands around the evidence on one route, or instead of it."""

    lead: tuple[str, ...]
    tail: tuple[str, ...]
    questions: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """The two changing parts of a framed study dose."""

    citation: str
    span: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BriefWording:
    """What stands around the quotations of a safety brief."""

    title: str
    """Takes the name of the topic."""
    lead: tuple[str, ...]
    disagree: str
    """Before two sides; not all of them are studies."""
    nothing: str
    """In a part that no source answers."""
    elsewhere: str
    """In a part whose answers all stand in other parts."""
    questions_heading: str
    headings: Mapping[str, Mapping[str, str]]
    """By kind of topic, then by part."""
    questions: Mapping[str, tuple[str, ...]]
    """For the neurologist, by kind of topic."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """All fixed words, checked. Mappings are read-only."""

    version: str
    checked_on: date
    clinician_signed_off: bool
    contacts: Mapping[str, LocaleContacts]
    cards: Mapping[str, CardText]
    """By kind, or kind and variant: `emergency`, `emergency.overdose`."""
    routes: Mapping[str, RouteWording]
    """By route, or route and variant: `offtopic`, `offtopic.greeting`."""
    lines: Mapping[str, str]
    connecting: Mapping[str, str]
    strength: Mapping[str, str]
    busy: Mapping[str, str]
    """What those are told who have to wait, by why."""
    study_dose_frame: str
    brief: BriefWording

    def route(self, route: Route, variant: str | None = None) -> RouteWording:
        """Words for a route; a variant without words of its own uses the route's."""
        return self.routes.get(f"{route.value}.{variant}") or self.routes[route.value]

    def card(self, kind: str, locale: str, variant: str | None = None) -> Card:
        """The card with the numbers of `locale`; an unknown locale shows them all."""
        text = self.cards.get(f"{kind}.{variant}") or self.cards[kind]
        place = self.contacts.get(locale) or self.contacts[UNKNOWN_LOCALE]
        numbers = {"call": place.call, "call_now": place.call_now, "today": place.today}
        return Card(
            kind=text.kind,
            title=text.title.format_map(numbers),
            text=text.text.format_map(numbers),
            contacts=tuple(c for purpose in text.contacts for c in place.by_purpose[purpose]),
        )

    def wait(self, why: str, locale: str, seconds: int) -> str:
        """What somebody is told who has to wait, with the emergency number of `locale`."""
        place = self.contacts.get(locale) or self.contacts[UNKNOWN_LOCALE]
        return self.busy[why].format_map({"wait": _duration(seconds), "call": place.call})

    def sentences(self) -> Iterator[str]:
        """Every fixed sentence that may stand in a reply on its own. Cards are apart: they are not sentences."""
        for route in self.routes.values():
            yield from (*route.lead, *route.tail, *route.questions)
        for group in (self.lines, self.connecting, self.strength):
            yield from group.values()
        yield from (*self.brief.lead, self.brief.disagree, self.brief.nothing, self.brief.elsewhere)
        for questions in self.brief.questions.values():
            yield from questions


@cache
def wording() -> Wording:
    """The fixed words of this release."""
    raw = files("askms").joinpath("wording.json").read_text(encoding="utf-8")
    return parse(raw)


def parse(raw: str) -> Wording:
    """Check the text of a wording file. Raises WordingError, naming the place."""
    try:
        data: dict[str, Any] = json.loads(raw)
        read = Wording(
            version=_text(data, "version"),
            checked_on=date.fromisoformat(_text(data, "checked_on")),
            clinician_signed_off=data["clinician_signed_off"] is True,
            contacts=MappingProxyType({k: _locale(v) for k, v in data["contacts"].items()}),
            cards=MappingProxyType({k: _card(v) for k, v in data["cards"].items()}),
            routes=MappingProxyType({k: _route(v) for k, v in data["routes"].items()}),
            lines=_texts(data, "lines"),
            connecting=_texts(data, "connecting"),
            strength=MappingProxyType({**_strength_of_levels(), **_texts(data, "strength")}),
            busy=_texts(data, "busy"),
            study_dose_frame=_text(data, "study_dose_frame"),
            brief=_brief(data["brief"]),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as exc:
        raise WordingError(f"wording.json: {exc!r}. Restore the file from the repository.") from exc
    _require("contacts", LOCALES, read.contacts)
    _require("cards", _CARDS, read.cards)
    _require("routes", [route.value for route in Route], read.routes)
    _require("lines", _LINES, read.lines)
    _require("strength", _STRENGTHS, read.strength)
    if re.findall(r"{\w+}", read.study_dose_frame) != ["{citation}", "{span}"]:
        raise WordingError("wording.json: study_dose_frame: needs {citation}, then {span}, each once.")
    _require("busy", _BUSY, read.busy)
    _fill_every_card(read)
    return read


def line(key: str) -> str:
    """A single fixed line: `ai`, `injection`, `pii`, `wellbeing`, `if_now`, `latched`, `offline`."""
    return wording().lines[key]


def connecting(key: str) -> str:
    """A fixed sentence between quotations, such as `animals` or `disagree`."""
    return wording().connecting[key]


def strength(key: str) -> str:
    """How strong the evidence is; keys are evidence levels, `mixed`, `conflict` and `old`."""
    return wording().strength[key]


def study_dose(citation: str, span: str) -> str:
    """What a study gave, inside the only frame in which an amount may be shown."""
    before, _, rest = wording().study_dose_frame.partition("{citation}")
    between, _, after = rest.partition("{span}")
    return f"{before}{citation}{between}{span}{after}"


def read_frame(sentence: str) -> Frame | None:
    """The parts of a framed study dose, or nothing if the sentence is not one."""
    match = _frame_pattern().fullmatch(sentence)
    return Frame(citation=match["citation"], span=match["span"]) if match else None


def is_fixed(sentence: str) -> bool:
    """Whether the sentence is, letter for letter, one of the fixed ones."""
    return sentence in _fixed_sentences()


def is_approved(sentence: str) -> bool:
    """Whether the words around any quotation are ours: a fixed sentence, or the study-dose frame."""
    return is_fixed(sentence) or read_frame(sentence) is not None


def _strength_of_levels() -> dict[str, str]:
    return {level.value: rung.strength for level, rung in ladder().items()}


@cache
def _fixed_sentences() -> frozenset[str]:
    return frozenset(wording().sentences()) | translations().standing_alone


@cache
def _frame_pattern() -> re.Pattern[str]:
    pattern = re.escape(wording().study_dose_frame)
    pattern = pattern.replace(re.escape("{citation}"), r"(?P<citation>[^\n\"]{1,200}?)")
    return re.compile(pattern.replace(re.escape("{span}"), r"(?P<span>[^\n\"]{1,1000})"))


def _fill_every_card(read: Wording) -> None:
    """A card with a wrong slot fails now, not in an emergency; so do the words for those who wait."""
    for locale in read.contacts:
        for why in read.busy:
            try:
                read.wait(why, locale, 1)
            except (KeyError, ValueError, IndexError) as exc:
                raise WordingError(f"wording.json: busy: {why}: {exc!r} for locale {locale}.") from exc
        for key, card in read.cards.items():
            try:
                read.card(card.kind, locale, key.partition(".")[2] or None)
            except (KeyError, ValueError, IndexError) as exc:
                raise WordingError(f"wording.json: cards: {key}: {exc!r} for locale {locale}.") from exc


def _duration(seconds: int) -> str:
    if seconds > 90:
        return f"{-(-seconds // 60)} minutes"
    return "1 second" if seconds == 1 else f"{seconds} seconds"


def _text(data: Mapping[str, Any], key: str) -> str:
    value = data[key]
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"{key}: must be text, got {value!r}")
    return value


def _texts(data: Mapping[str, Any], key: str) -> Mapping[str, str]:
    return MappingProxyType({name: _text(data[key], name) for name in data[key]})


def _list(data: Mapping[str, Any], key: str) -> tuple[str, ...]:
    values = data[key]
    if not isinstance(values, list) or not all(isinstance(v, str) and v.strip() for v in values):
        raise ValueError(f"{key}: must be a list of sentences, got {values!r}")
    return tuple(values)


def _locale(data: Mapping[str, Any]) -> LocaleContacts:
    purposes = {}
    for purpose in ("emergency", "crisis", "poison", "urgent"):
        purposes[purpose] = tuple(Contact(label=_text(c, "label"), tel=str(c["tel"])) for c in data[purpose])
    return LocaleContacts(
        call=_text(data, "call"),
        call_now=_text(data, "call_now"),
        today=_text(data, "today"),
        by_purpose=MappingProxyType(purposes),
    )


def _card(data: Mapping[str, Any]) -> CardText:
    return CardText(
        kind=_text(data, "kind"),
        title=_text(data, "title"),
        text=_text(data, "text"),
        contacts=_list(data, "contacts"),
    )


def _route(data: Mapping[str, Any]) -> RouteWording:
    return RouteWording(lead=_list(data, "lead"), tail=_list(data, "tail"), questions=_list(data, "questions"))


def _brief(data: Mapping[str, Any]) -> BriefWording:
    read = BriefWording(
        title=_text(data, "title"),
        lead=_list(data, "lead"),
        disagree=_text(data, "disagree"),
        nothing=_text(data, "nothing"),
        elsewhere=_text(data, "elsewhere"),
        questions_heading=_text(data, "questions_heading"),
        headings=MappingProxyType({kind: _texts(data["headings"], kind) for kind in data["headings"]}),
        questions=MappingProxyType({kind: _list(data["questions"], kind) for kind in data["questions"]}),
    )
    if re.findall(r"{\w*}", read.title) != ["{name}"]:
        raise ValueError(f"brief: title: needs {{name}} once, got {read.title!r}")
    return read


def _require(place: str, names: Any, found: Mapping[str, Any]) -> None:
    missing = sorted(set(names) - set(found))
    if missing:
        raise WordingError(f"wording.json: {place}: missing {', '.join(missing)}.")
