"""The fixed words: complete, plain, exact, and only the numbers of POLICY.md."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from importlib.resources import files

import pytest

from askms.types import EvidenceLevel, Route
from askms.wording import (
    LASTS,
    LOCALES,
    WordingError,
    connecting,
    is_approved,
    is_fixed,
    line,
    parse,
    read_frame,
    strength,
    study_dose,
    wording,
)

RAW = files("askms").joinpath("wording.json").read_text(encoding="utf-8")
EMERGENCY = {
    "us": {"911"}, "ca": {"911"}, "uk": {"999"}, "ie": {"112", "999"}, "eu": {"112"}, "unknown": {"911", "999", "112"}
}  # fmt: skip
"""The numbers of POLICY.md."""
SPAN = "Each of the 18 people got ketamine 0.5 mg per kg."


def grade(text: str) -> float:
    """US school grade by Flesch-Kincaid, counting groups of vowels as syllables."""
    sentences = max(1, len(re.findall(r"[.!?:]+(?:\s|$)", text)))
    words = re.findall(r"[A-Za-z']+", text)
    syllables = sum(max(1, len(re.findall(r"[aeiouy]+", re.sub(r"e$", "", w.lower())))) for w in words)
    return 0.39 * len(words) / sentences + 11.8 * syllables / len(words) - 15.59


@pytest.mark.parametrize("sentence", sorted(set(wording().sentences())))
def test_fixed_sentences_are_approved_and_one_letter_more_is_not(sentence: str) -> None:
    assert is_approved(sentence)
    assert not is_approved(sentence + " ")
    assert not is_approved(sentence.swapcase())


@pytest.mark.parametrize("sentence", sorted(s for s in set(wording().sentences()) if len(s.split()) > 6))
def test_fixed_sentences_can_be_read_at_grade_8(sentence: str) -> None:
    assert grade(sentence) <= 9.5  # the formula scatters on single sentences; the average is held below


def test_the_fixed_words_together_are_below_grade_6() -> None:
    assert grade(" ".join(wording().sentences())) <= 6


@pytest.mark.parametrize("key", sorted(wording().cards))
@pytest.mark.parametrize("locale", LOCALES)
def test_cards_can_be_read_at_grade_6_and_hold_no_open_slot(key: str, locale: str) -> None:
    kind, _, variant = key.partition(".")
    card = wording().card(kind, locale, variant or None)

    assert "{" not in card.title + card.text
    assert grade(card.text) <= 6
    assert card.kind == kind
    assert card.contacts


def test_an_unknown_locale_shows_every_emergency_number() -> None:
    card = wording().card("emergency", "unknown")

    assert {c.tel for c in card.contacts} >= {"911", "999", "112"}
    assert any("local emergency number" in c.label for c in card.contacts)
    assert wording().card("emergency", "atlantis") == card


@pytest.mark.parametrize(
    ("locale", "kind", "tels"),
    [
        ("us", "crisis", {"988", "911"}),
        ("ca", "crisis", {"988", "911"}),
        ("uk", "crisis", {"116123", "111", "", "999"}),
        ("ie", "crisis", {"116123", "112", "999"}),
        ("eu", "crisis", {"112"}),
        ("uk", "urgent", {"111", "999"}),
    ],
)
def test_the_numbers_of_a_place(locale: str, kind: str, tels: set[str]) -> None:
    assert {c.tel for c in wording().card(kind, locale).contacts} == tels


def test_only_the_us_has_a_poison_line_and_the_overdose_card_shows_it() -> None:
    assert any(c.tel == "18002221222" for c in wording().card("emergency", "us", "overdose").contacts)
    assert not any(c.tel == "18002221222" for c in wording().card("emergency", "uk", "overdose").contacts)


def test_the_emergency_card_begins_with_whom_to_call_and_says_to_name_medicines() -> None:
    card = wording().card("emergency", "uk")

    assert card.title == "Call 999 now."
    assert "Say you have MS and name your medicines." in card.text


def test_the_crisis_card_offers_to_stay() -> None:
    card = wording().card("crisis", "us")

    assert "you can stay and talk to someone now" in f"{card.title} {card.text}".lower()


@pytest.mark.parametrize("route", list(Route))
def test_every_route_has_words(route: Route) -> None:
    words = wording().route(route)

    assert route is Route.ANSWER or words.lead or words.tail


@pytest.mark.parametrize("level", list(EvidenceLevel))
def test_every_level_of_evidence_has_a_sentence(level: EvidenceLevel) -> None:
    assert is_fixed(strength(level.value))


def test_a_refusal_says_what_who_and_what_else() -> None:
    dosing = wording().route(Route.DOSING)

    assert dosing.lead[0] == "I can't help with doses or with starting, stopping, changing or combining medicines."
    assert "pharmacist" in dosing.lead[1]
    assert "Stopping some medicines suddenly can be dangerous." in dosing.lead[2]
    assert dosing.tail
    assert 2 <= len(wording().route(Route.DECISION).questions) <= 4


def test_no_clinician_has_signed_yet() -> None:
    assert wording().clinician_signed_off is False


def test_somebody_checked_the_numbers_in_the_last_twelve_months() -> None:
    """When this fails, compare every number with its service, then write the day into `checked_on`."""
    today = datetime.now(UTC).date()

    assert timedelta(0) <= today - wording().checked_on < LASTS


@pytest.mark.parametrize("locale", LOCALES)
def test_every_place_has_numbers_for_every_need(locale: str) -> None:
    place = wording().contacts[locale]

    for purpose in ("emergency", "crisis", "urgent"):
        assert place.by_purpose[purpose]
    assert bool(place.by_purpose["poison"]) is (locale in ("us", "unknown"))
    emergency = set(re.findall(r"\b(?:911|999|112)\b", place.call))
    assert emergency == EMERGENCY[locale]
    assert emergency <= set(re.findall(r"\d{3}", place.call_now))
    assert emergency <= {number for c in place.by_purpose["emergency"] for number in re.findall(r"\d{3}", c.label)}
    assert emergency <= {number for c in place.by_purpose["crisis"] for number in re.findall(r"\d{3}", c.label)}


def test_a_number_that_can_be_called_is_the_one_that_is_read() -> None:
    for place in wording().contacts.values():
        for contact in (c for contacts in place.by_purpose.values() for c in contacts if c.tel):
            read = [re.sub(r"\D", "", number) for number in re.findall(r"\d[\d\s-]*\d", contact.label)]
            assert contact.tel in read, contact.label


def test_the_frame_gives_back_what_was_put_in() -> None:
    framed = study_dose("Small trial (2021)", SPAN)

    frame = read_frame(framed)

    assert frame is not None
    assert (frame.citation, frame.span) == ("Small trial (2021)", SPAN)
    assert is_approved(framed)
    assert not is_fixed(framed)
    assert "researchers wrote" not in framed


@pytest.mark.parametrize("bad", ['He said: "take it" today.', "two\nlines", ""])
def test_a_span_that_could_break_out_of_the_frame_is_not_a_frame(bad: str) -> None:
    assert read_frame(study_dose("A trial", bad)) is None


def test_words_around_the_frame_may_not_change() -> None:
    assert read_frame(study_dose("A trial", SPAN).replace("not a dose", "a dose")) is None
    assert read_frame(study_dose("A trial", SPAN) + " Take it.") is None


def test_single_lines_by_name() -> None:
    assert line("injection") == "I keep to the same safety rules in every format."
    assert line("pii") == "Please leave out names and numbers."
    assert connecting("animals") == "This is from animals, not people."


@pytest.mark.parametrize(
    ("path", "value", "names"),
    [
        (("routes", "dosing"), None, "dosing"),
        (("contacts", "uk"), None, "uk"),
        (("cards", "emergency"), None, "emergency"),
        (("lines", "pii"), " ", "pii"),
        (("routes", "dosing", "lead"), "text", "lead"),
        (("study_dose_frame",), "no slots", "study_dose_frame"),
        (("checked_on",), "soon", "soon"),
        (("cards", "urgent", "text"), "Call {nobody}.", "nobody"),
    ],
)
def test_a_damaged_file_is_refused_by_name(path: tuple[str, ...], value: object, names: str) -> None:
    data = json.loads(RAW)
    place = data
    for key in path[:-1]:
        place = place[key]
    if value is None:
        del place[path[-1]]
    else:
        place[path[-1]] = value

    with pytest.raises(WordingError, match=names):
        parse(json.dumps(data))


def test_a_file_that_is_not_json_is_refused() -> None:
    with pytest.raises(WordingError):
        parse("{")
