"""Cards, refusals and the reason for no answer in the language of the message, English after them."""

from __future__ import annotations

import pytest

from askms.guardrails import translated
from askms.guardrails.replies import cards_for, lead_for, tail_for
from askms.guardrails.screen import Screening
from askms.guardrails.translated import cards_in, in_language, language_of_reply, lead_in, tail_in
from askms.languages import TRANSLATED, Language, TranslationError, Translations, translations
from askms.reply import DISCLAIMER, Contact
from askms.types import Flag, Route, Turn
from askms.wording import LOCALES, is_fixed, line, wording

SAFETY = (Route.CRISIS, Route.EMERGENCY, Route.URGENT)
REFUSED = (Route.MISUSE, Route.DOSING)
OTHER_ROUTES = tuple(route for route in Route if route not in (*SAFETY, *REFUSED))


def screening(
    route: Route, *flags: Flag, question: str = "", variant: str | None = None, also: str | None = None
) -> Screening:
    """A screening with nothing else in it."""
    return Screening(
        route=route,
        flags=frozenset(flags),
        question=question,
        medicines=(),
        variant=variant,
        verdicts=(),
        also_emergency=also,
    )


def _break(monkeypatch: pytest.MonkeyPatch) -> None:
    def damaged() -> Translations:
        raise TranslationError("damaged")

    monkeypatch.setattr(translated, "translations", damaged)


@pytest.mark.parametrize("language", TRANSLATED)
@pytest.mark.parametrize("locale", [*LOCALES, "atlantis"])
@pytest.mark.parametrize("key", sorted(wording().cards))
def test_a_card_comes_in_the_language_first_and_then_in_english(language: Language, locale: str, key: str) -> None:
    kind, _, variant = key.partition(".")
    case = screening(Route(kind), variant=variant or None)

    first, second = cards_in(language, case, locale)

    assert (second,) == cards_for(case, locale)
    assert first.kind == second.kind
    assert first.title != second.title
    assert first.text != second.text
    assert "{" not in first.title + first.text
    assert [c.tel for c in first.contacts] == [c.tel for c in second.contacts]


def test_two_cards_stay_in_order_in_each_language() -> None:
    cards = cards_in(Language.GERMAN, screening(Route.CRISIS, also="overdose"), "us")

    assert [card.kind for card in cards] == ["crisis", "emergency", "crisis", "emergency"]
    assert Contact(label="Notruf: 911", tel="911") in cards[0].contacts
    assert cards[1].title == "Rufen Sie jetzt die 911 an."
    assert "1-800-222-1222" in cards[1].text


@pytest.mark.parametrize("language", [Language.ENGLISH, Language.UNKNOWN, Language.OTHER])
@pytest.mark.parametrize("route", SAFETY)
def test_cards_without_a_translation_are_the_english_ones(language: Language, route: Route) -> None:
    assert cards_in(language, screening(route), "uk") == cards_for(screening(route), "uk")


@pytest.mark.parametrize("route", [r for r in Route if r not in SAFETY])
def test_other_routes_have_no_card(route: Route) -> None:
    assert cards_in(Language.SPANISH, screening(route), "us") == ()


@pytest.mark.parametrize("route", SAFETY)
def test_a_damaged_file_leaves_the_english_cards_and_words(monkeypatch: pytest.MonkeyPatch, route: Route) -> None:
    _break(monkeypatch)
    case = screening(route)

    assert cards_in(Language.FRENCH, case, "eu") == cards_for(case, "eu")
    assert tail_in(Language.FRENCH, case, True) == tail_for(case, True)
    assert lead_in(Language.FRENCH, screening(Route.DOSING), True) == lead_for(screening(Route.DOSING))


def test_a_card_whose_english_was_changed_is_not_shown_in_its_old_translation(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = {english: row for english, row in translations().texts.items() if english != "Call 999 now."}
    older = Translations(
        **{name: getattr(translations(), name) for name in Translations.__dataclass_fields__ if name != "texts"},
        texts=texts,
    )
    monkeypatch.setattr(translated, "translations", lambda: older)
    case = screening(Route.EMERGENCY)

    assert cards_in(Language.SPANISH, case, "uk") == cards_for(case, "uk")
    assert len(cards_in(Language.SPANISH, case, "us")) == 2


@pytest.mark.parametrize("language", TRANSLATED)
@pytest.mark.parametrize("route", REFUSED)
def test_a_refusal_is_said_whole_in_the_language_and_then_in_english(language: Language, route: Route) -> None:
    case = screening(route, Flag.PII)
    words = wording().route(route)

    said = [claim.text for claim in lead_in(language, case, True)]

    whole = [line("pii"), *words.lead, *words.tail, line("ai")]
    assert said[: len(whole)] == [translations().into(language, text) for text in whole]
    assert said[len(whole) :] == [claim.text for claim in lead_for(case)]


@pytest.mark.parametrize("language", TRANSLATED)
@pytest.mark.parametrize("route", [Route.DECISION, Route.DIAGNOSIS])
def test_other_refusals_also_say_which_language_is_answered(language: Language, route: Route) -> None:
    said = [claim.text for claim in lead_in(language, screening(route), False)]

    known = translations()
    for english in known.english_only:
        assert said.index(known.into(language, english)) < said.index(english)
    assert known.into(language, wording().route(route).tail[-1]) in said


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_question_that_no_source_can_answer_is_told_why(language: Language) -> None:
    case = in_language(screening(Route.ANSWER), language)

    said = [claim.text for claim in lead_in(language, case, False)]

    known = translations()
    assert said[: len(known.english_only)] == [known.into(language, text) for text in known.english_only]
    assert said[-len(known.english_only) :] == list(known.english_only)


def test_a_language_without_translations_is_told_why_in_english() -> None:
    case = in_language(screening(Route.ANSWER), Language.OTHER)

    assert (case.route, case.variant) == (Route.OFFTOPIC, "language")
    said = [claim.text for claim in (*lead_in(Language.OTHER, case, True), *tail_in(Language.OTHER, case, True))]
    assert set(translations().english_only) < set(said)


@pytest.mark.parametrize("language", TRANSLATED)
@pytest.mark.parametrize("route", list(Route))
def test_the_translated_disclaimer_stands_last_and_every_word_is_fixed(language: Language, route: Route) -> None:
    case = screening(route, *Flag)

    lead, tail = lead_in(language, case, True), tail_in(language, case, True)

    assert tail[-1].text == translations().into(language, DISCLAIMER)
    assert DISCLAIMER not in {claim.text for claim in (*lead, *tail)}
    for claim in (*lead, *tail):
        assert not claim.citations
        assert is_fixed(claim.text) or claim.text in translations().standing_alone


@pytest.mark.parametrize("language", TRANSLATED)
@pytest.mark.parametrize("route", SAFETY)
def test_nothing_pushes_a_card_down(language: Language, route: Route) -> None:
    case = screening(route)

    assert lead_in(language, case, True) == ()
    said = [claim.text for claim in tail_in(language, case, True)]
    for english in tail_for(case, True):
        assert said.index(translations().into(language, english.text)) < said.index(english.text)


@pytest.mark.parametrize("language", [Language.ENGLISH, Language.UNKNOWN])
@pytest.mark.parametrize("route", list(Route))
def test_english_changes_nothing(language: Language, route: Route) -> None:
    case = screening(route, *Flag)

    assert in_language(case, language) is case
    assert lead_in(language, case, True) == lead_for(case)
    assert tail_in(language, case, True) == tail_for(case, True)


@pytest.mark.parametrize("route", [Route.ANSWER, Route.BOUNDARY, Route.NO_EVIDENCE, Route.OFFTOPIC])
def test_without_sources_in_the_language_there_is_no_answer(route: Route) -> None:
    case = in_language(screening(route, Flag.WELLBEING), Language.ITALIAN)

    assert (case.route, case.variant) == (Route.OFFTOPIC, "language")
    assert case.flags == {Flag.WELLBEING}


@pytest.mark.parametrize("route", [*SAFETY, *REFUSED, Route.DECISION, Route.DIAGNOSIS])
def test_every_other_route_stays(route: Route) -> None:
    case = screening(route, variant="other")

    assert in_language(case, Language.PORTUGUESE) is case


def test_the_message_decides_on_the_language() -> None:
    case = screening(Route.ANSWER, question="¿qué es un brote de la enfermedad?")

    assert language_of_reply(case, [Turn(role="user", content="what is ms")]) is Language.SPANISH


@pytest.mark.parametrize("route", [*SAFETY, *REFUSED])
def test_a_short_word_keeps_the_language_of_the_chat_where_all_is_said_twice(route: Route) -> None:
    history = [
        Turn(role="user", content="je ne veux plus vivre avec cette maladie"),
        Turn(role="assistant", content="Vous pouvez rester ici et parler à quelqu'un maintenant."),
        Turn(role="user", content="ok"),
    ]

    assert language_of_reply(screening(route, question="why?"), history) is Language.FRENCH


def test_a_short_word_is_searched_for_in_any_chat() -> None:
    history = [Turn(role="user", content="je ne veux plus vivre avec cette maladie")]

    assert language_of_reply(screening(Route.ANSWER, question="ocrevus"), history) is Language.UNKNOWN


def test_what_the_assistant_said_does_not_count() -> None:
    history = [Turn(role="assistant", content="Rufen Sie jetzt die 112 an, wenn Sie Hilfe brauchen.")]

    assert language_of_reply(screening(Route.CRISIS, question="i want to die"), history) is Language.ENGLISH


def test_a_guess_that_fails_counts_as_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(text: str) -> Language:
        raise RuntimeError(text)

    monkeypatch.setattr(translated, "language_of", broken)

    assert language_of_reply(screening(Route.CRISIS, question="quiero morir"), []) is Language.UNKNOWN
