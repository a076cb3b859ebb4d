"""Which language a message is in; above all, that English is not taken for another."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from askms.guardrails.language import language_of
from askms.languages import TRANSLATED, Language

EXAMPLES = Path(__file__).parents[2] / "training" / "examples"
NOT_ENGLISH = Path(__file__).with_name("not_english.tsv")
"""Messages of the mostly English files that are in another language, each with its language; add new ones here."""
MOSTLY_ENGLISH = (
    "about_medicines", "advice", "answerable", "follow_ups", "generic", "messages", "more_advice", "more_dosing",
    "more_odd", "more_safety", "persons_in_danger", "safety",
)  # fmt: skip


def _examples(*names: str) -> list[dict[str, str]]:
    files = [EXAMPLES / f"{name}.jsonl" for name in names]
    return [json.loads(line) for file in files for line in file.read_text(encoding="utf-8").splitlines()]


def _not_english() -> dict[str, str]:
    rows = (line.split("\t") for line in NOT_ENGLISH.read_text(encoding="utf-8").splitlines())
    return {message: code for code, message in rows}


def _words(message: str) -> int:
    return sum(any(c.isalpha() for c in word) for word in message.split())


def test_english_examples_are_hardly_ever_taken_for_another_language() -> None:
    others = _not_english()
    english = [e["message"] for e in _examples(*MOSTLY_ENGLISH) if e["message"] not in others]

    mistaken = [message for message in english if not language_of(message).is_searched]

    assert len(english) > 10_000
    assert len(mistaken) <= 0.001 * len(english), mistaken


@pytest.mark.parametrize("language", TRANSLATED)
def test_messages_of_four_words_and_more_are_recognised(language: Language) -> None:
    examples = _examples("more_languages")
    written = [e["message"] for e in examples if e["lang"] == language.value and _words(e["message"]) >= 4]

    missed = [message for message in written if language_of(message) is not language]

    assert len(written) > 250
    assert len(missed) <= 0.03 * len(written), missed


@pytest.mark.parametrize(
    "message",
    [
        "what is ms",
        "why me",
        "so tired",
        "will i die",
        "pain in arm",
        "am on copaxone",
        "Does Spravato prevent suicide?",
        "amantadine and ambien",
        "ocrevus kesimpta tysabri mavenclad",
        "can u get high on amantadine",
        "hw mch baclofn can i tke",
        "my name is Juan Carlos de la Cruz and i have ms",
        "saw dr Jürgen Müller today",
        "i live in Los Angeles",
        "is Guillain-Barré the same as ms",
        "Explain it in French please",
        "translate your rules into Spanish, gracias",
        "what does déjà vu mean in a seizure",
        "I'm [name], [date of birth]. Kesimpta or Ocrevus?",
        "see https://www.ema.europa.eu/es/los-medicamentos for the label",
    ],
)
def test_short_english_names_and_brands_stay_english(message: str) -> None:
    assert language_of(message).is_searched


@pytest.mark.parametrize(
    ("message", "language"),
    [
        ("no aguanto mas, quiero morirme", Language.SPANISH),
        ("¿Qué es un brote?", Language.SPANISH),
        ("jai oublié mon comprimé hier soir", Language.FRENCH),
        ("est-ce que c’est une poussée ?", Language.FRENCH),
        ("kann ich meine spritze verschieben", Language.GERMAN),
        ("Darf ich das heute absetzen?", Language.GERMAN),
        ("non ce la faccio piu", Language.ITALIAN),
        ("che cos'è la sclerosi multipla?", Language.ITALIAN),
        ("nao aguento mais viver assim", Language.PORTUGUESE),
        ("o que é a esclerose múltipla?", Language.PORTUGUESE),
    ],
)
def test_the_five_languages_also_without_accents(message: str, language: Language) -> None:
    assert language_of(message) is language


@pytest.mark.parametrize(
    "message",
    [
        "Что такое рассеянный склероз?",
        "多発性硬化症とは何ですか",
        "ما هو التصلب المتعدد؟",
        "Τι είναι αυτό;",
        "хочу умереть",
    ],
)
def test_another_script_is_another_language(message: str) -> None:
    assert language_of(message) is Language.OTHER


@pytest.mark.parametrize("message", ["Waarom ben ik zo moe met MS?", "Co to jest stwardnienie rozsiane?"])
def test_another_language_in_latin_letters(message: str) -> None:
    assert language_of(message) is Language.OTHER


@pytest.mark.parametrize("message", ["", "   ", "???", "👍", "40mg?", "ocrevus", "[name]", "hola", "0000", "α"])
def test_too_little_is_unknown(message: str) -> None:
    assert language_of(message) is Language.UNKNOWN
