"""The translated fixed words: complete, same slots, same numbers, nothing said that English does not say."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.resources import files
from typing import Any

import pytest

from askms.guardrails.language import language_of
from askms.languages import TRANSLATED, Language, TranslationError, parse, translations
from askms.reply import DISCLAIMER
from askms.types import Route
from askms.wording import LASTS, line, wording

RAW = files("askms").joinpath("wording_languages.json").read_text(encoding="utf-8")
DATA: dict[str, Any] = json.loads(RAW)
ROUTES = (
    Route.CRISIS, Route.EMERGENCY, Route.URGENT, Route.MISUSE, Route.DOSING, Route.DECISION, Route.DIAGNOSIS
)  # fmt: skip
LINES = ("ai", "injection", "pii", "wellbeing", "if_now", "latched")

AMOUNT = re.compile(
    r"\d\s?(mg|mcg|µg|g|ml|ui|iu|i\.e\.)\b"
    r"|\d\s(pastilla|comprimid|cápsul|comprim|cachet|gélul|tablett|kapsel|compress|pastigli)"
    r"|cada \d|toutes les \d|alle \d|ogni \d",
    re.IGNORECASE,
)
DIRECTIVE = re.compile(
    r"\b(tome|deje de tomar|suspenda|empiece|reduzca|aumente|duplique"
    r"|prenez \d|arrêtez|commencez|réduisez|augmentez|doublez"
    r"|nehmen sie \d|setzen sie|beginnen sie|erhöhen sie|verringern sie"
    r"|prenda|smetta|sospenda|inizi|riduca|aumenti|raddoppi"
    r"|pare de tomar|comece|reduza|dobre)\b",
    re.IGNORECASE,
)


def _english() -> Iterator[str]:
    """Everything in `wording.json` that is said in the five languages too."""
    for place in wording().contacts.values():
        yield from (place.call, place.call_now, place.today)
        yield from (contact.label for contacts in place.by_purpose.values() for contact in contacts)
    for card in wording().cards.values():
        yield from (card.title, card.text)
    said = [words for name, words in wording().routes.items() if Route(name.partition(".")[0]) in ROUTES]
    for words in said:
        yield from (*words.lead, *words.tail, *words.questions)
    yield from (line(key) for key in LINES)


ENGLISH = sorted(set(_english()))
ROWS = [(english, language) for english in translations().texts for language in TRANSLATED]


def _numbers(text: str) -> list[str]:
    return sorted(re.findall(r"\d[\d-]*", text))


@pytest.mark.parametrize("english", ENGLISH)
@pytest.mark.parametrize("language", TRANSLATED)
def test_every_card_contact_place_and_refusal_is_translated(english: str, language: Language) -> None:
    assert translations().into(language, english).strip()


def test_nothing_is_translated_that_english_no_longer_says() -> None:
    known = translations()

    assert set(known.texts) == {*ENGLISH, *known.english_only, DISCLAIMER}


@pytest.mark.parametrize(("english", "language"), ROWS)
def test_numbers_and_slots_are_those_of_english(english: str, language: Language) -> None:
    text = translations().into(language, english)

    assert _numbers(text) == _numbers(english)
    assert sorted(re.findall(r"{\w*}", text)) == sorted(re.findall(r"{\w*}", english))


@pytest.mark.parametrize(("english", "language"), ROWS)
def test_no_translation_holds_a_dose_or_a_directive(english: str, language: Language) -> None:
    text = translations().into(language, english)

    assert not AMOUNT.search(text)
    assert not DIRECTIVE.search(text)


@pytest.mark.parametrize(
    ("english", "language"),
    # Numbers and names of services have no language, nor has the question that stays in English on purpose.
    [row for row in ROWS if len(row[0].split()) > 6 and row[0].endswith(".")],
)
def test_a_translation_is_in_its_language(english: str, language: Language) -> None:
    assert language_of(translations().into(language, english)) is language


def test_the_disclaimer_is_the_one_of_every_reply() -> None:
    assert translations().disclaimer == DISCLAIMER


def test_nobody_has_signed_yet() -> None:
    assert translations().clinician_signed_off is False
    assert translations().translator_signed_off is False


def test_somebody_looked_at_the_numbers_in_the_last_twelve_months() -> None:
    assert datetime.now(UTC).date() - translations().checked_on < LASTS


def test_what_may_stand_alone_are_sentences_and_no_cards() -> None:
    known = translations()
    alone = known.standing_alone

    assert set(known.english_only) <= alone
    assert {known.into(Language.SPANISH, DISCLAIMER), known.into(Language.GERMAN, line("ai"))} <= alone
    assert known.into(Language.FRENCH, wording().cards["urgent"].title) not in alone
    assert DISCLAIMER not in alone


def test_an_unknown_text_has_no_translation() -> None:
    with pytest.raises(TranslationError, match="Take two"):
        translations().into(Language.SPANISH, "Take two.")


@pytest.mark.parametrize(
    ("change", "names"),
    [
        ({"cards": [{"en": "Call."}]}, "es"),
        ({"checked_on": "soon"}, "soon"),
        ({"disclaimer": {"en": DISCLAIMER}}, "es"),
        ({"places": [{"en": "911", "es": "911", "fr": " ", "de": "911", "it": "911", "pt": "911"}]}, "nothing in fr"),
        ({"places": [{"en": "{call}", "es": "{cal}", "fr": "a", "de": "a", "it": "a", "pt": "a"}]}, "slots in es"),
    ],
)
def test_a_damaged_file_is_refused_by_name(change: dict[str, Any], names: str) -> None:
    with pytest.raises(TranslationError, match=names):
        parse(json.dumps({**DATA, **change}))


def test_a_file_that_is_not_json_is_refused() -> None:
    with pytest.raises(TranslationError):
        parse("{")
