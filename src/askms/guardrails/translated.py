"""The fixed words of a reply in the language of the message, before the English ones.

English always follows, as a guess at a language can be wrong. A translation that is missing
or damaged is left out: a card in English beats none. What is said is decided in `replies`;
here it is only said again.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import replace

from askms.guardrails.language import language_of
from askms.guardrails.replies import cards_for, lead_for, tail_for
from askms.guardrails.screen import Screening
from askms.languages import Language, TranslationError, Translations, translations
from askms.reply import Card, Contact
from askms.types import Claim, Route, Turn
from askms.wording import UNKNOWN_LOCALE, CardText, WordingError, wording

_NEEDS_SOURCES = frozenset({Route.OFFTOPIC, Route.NO_EVIDENCE, Route.BOUNDARY, Route.ANSWER})
_REFUSED = frozenset({Route.MISUSE, Route.DOSING})
_log = logging.getLogger(__name__)


def language_of_reply(screening: Screening, history: Sequence[Turn]) -> Language:
    """The language in which to say the fixed words besides English.

    Where all is said in both languages, a short "ok" or "why?" keeps the language of the chat.
    """
    own = _guess(screening.question)
    if own.is_translated or not (screening.route.is_safety or screening.route in _REFUSED):
        return own
    earlier = (_guess(turn.content) for turn in reversed(history) if turn.role == "user")
    return next((language for language in earlier if language.is_translated), own)


def in_language(screening: Screening, language: Language) -> Screening:
    """The screening with what the language changes: without sources that can be searched, there is no answer."""
    if language.is_searched or screening.route not in _NEEDS_SOURCES:
        return screening
    return replace(screening, route=Route.OFFTOPIC, variant="language")


def cards_in(language: Language, screening: Screening, locale: str) -> tuple[Card, ...]:
    """All cards in the language of the message, then all in English."""
    english = cards_for(screening, locale)
    try:
        known = translations() if language.is_translated else None
        return (*(_card(known, language, card, locale) for card in english), *english) if known else english
    except Exception as exc:  # noqa: BLE001 - a card in English beats none (P4)
        _log.error("cards are shown in English only: %s", exc)
        return english


def lead_in(language: Language, screening: Screening, first_turn: bool) -> tuple[Claim, ...]:
    """Everything fixed in the language of the message, then what stands before the evidence in English.

    There is no evidence to stand between, so the whole refusal comes first in the one language.
    """
    lead = lead_for(screening)
    known = None if language.is_searched or screening.route.is_safety else _translations()
    if known is None:
        return lead
    why = () if screening.route in _REFUSED else tuple(Claim(text=text) for text in known.english_only)
    return (*_said(known, language, (*lead, *why, *tail_for(screening, first_turn))), *lead, *why)


def tail_in(language: Language, screening: Screening, first_turn: bool) -> tuple[Claim, ...]:
    """What stands last; the translated disclaimer after everything but the English one."""
    tail = tail_for(screening, first_turn)
    known = None if language.is_searched else _translations()
    if known is None:
        return tail
    before = _said(known, language, tail) if screening.route.is_safety else ()
    return (*before, *tail, *_said(known, language, [Claim(text=known.disclaimer)]))


def _translations() -> Translations | None:
    try:
        return translations()
    except (OSError, TranslationError) as exc:
        _log.error("all is said in English only: %s", exc)
        return None


def _guess(text: str) -> Language:
    try:
        return language_of(text)
    except Exception as exc:  # noqa: BLE001 - the English words need no guess
        _log.error("the language could not be told: %s", type(exc).__name__)
        return Language.UNKNOWN


def _said(known: Translations, language: Language, claims: Iterable[Claim]) -> tuple[Claim, ...]:
    # Not everything has a row: "you could ask me" would invite to ask in a language that gets no answer.
    if not language.is_translated:
        return ()
    texts = [known.into(language, claim.text) for claim in claims if known.has(claim.text)]
    return tuple(Claim(text=text) for text in texts)


def _card(known: Translations, language: Language, card: Card, locale: str) -> Card:
    place = wording().contacts.get(locale) or wording().contacts[UNKNOWN_LOCALE]
    slots = {
        "call": known.into(language, place.call),
        "call_now": known.into(language, place.call_now),
        "today": known.into(language, place.today),
    }
    text = _text_of(card, locale)
    return Card(
        kind=card.kind,
        title=known.into(language, text.title).format_map(slots),
        text=known.into(language, text.text).format_map(slots),
        # What a phone dials is taken over as it is: a number cannot go wrong in translation.
        contacts=tuple(Contact(label=known.into(language, c.label), tel=c.tel) for c in card.contacts),
        language=language.value,
    )


def _text_of(card: Card, locale: str) -> CardText:
    """The text with slots that a card was made from."""
    for key, text in wording().cards.items():
        if wording().card(text.kind, locale, key.partition(".")[2] or None) == card:
            return text
    raise WordingError(f"wording.json: no text makes this {card.kind} card.")
