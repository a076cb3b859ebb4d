"""The fixed words in the five languages that warnings work in, loaded from one reviewed file.

`wording_languages.json` sets each English text of `wording.json` beside its translations, row
by row, so that a translator sees both. Rows are found by their English: when that changes,
the old translation is never shown again. This module builds no reply and guesses no language.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Final

from askms.errors import AskmsError

_GROUPS: Final = ("cards", "places", "contacts", "sentences", "english_only")
_STANDING_ALONE: Final = ("sentences", "english_only")
_SLOT: Final = re.compile(r"{\w*}")


class TranslationError(AskmsError):
    """The file of translated words is damaged or lacks a text; the message names it."""


class Language(Enum):
    """A language that a message may be written in."""

    ENGLISH = "en"
    SPANISH = "es"
    FRENCH = "fr"
    GERMAN = "de"
    ITALIAN = "it"
    PORTUGUESE = "pt"
    OTHER = "other"
    """None of the six."""
    UNKNOWN = "unknown"
    """Too little was said to tell."""

    @property
    def is_translated(self) -> bool:
        """Whether the fixed words exist in it besides English."""
        return self in TRANSLATED

    @property
    def is_searched(self) -> bool:
        """Whether sources are looked up for a message in it: they are English. In doubt it counts as English."""
        return self in (Language.ENGLISH, Language.UNKNOWN)


TRANSLATED: Final = (Language.SPANISH, Language.FRENCH, Language.GERMAN, Language.ITALIAN, Language.PORTUGUESE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Translations:
    """All translated words, checked. Mappings are read-only."""

    version: str
    checked_on: date
    clinician_signed_off: bool
    translator_signed_off: bool
    texts: Mapping[str, Mapping[Language, str]]
    """English text to its translations; slots as in English."""
    english_only: tuple[str, ...]
    """In English: why a question in another language gets no answer, and what works all the same."""
    disclaimer: str
    """The English disclaimer, whose translations are said besides it and never instead of it."""
    standing_alone: frozenset[str]
    """Every text that may be a sentence of a reply. Cards, places and contacts are apart."""

    def into(self, language: Language, english: str) -> str:
        """The translation of an English text.

        Raises:
            TranslationError: there is none.
        """
        if not self.has(english):
            raise TranslationError(f"wording_languages.json: no translation of {english!r}. Add a row for it.")
        return self.texts[english][language]

    def has(self, english: str) -> bool:
        """Whether there is a row for an English text."""
        return english in self.texts


@cache
def translations() -> Translations:
    """The translated words of this release."""
    raw = files("askms").joinpath("wording_languages.json").read_text(encoding="utf-8")
    return parse(raw)


def parse(raw: str) -> Translations:
    """Check the text of a file of translations. Raises TranslationError, naming the place."""
    try:
        data: dict[str, Any] = json.loads(raw)
        rows = [row for group in _GROUPS for row in data[group]]
        alone = [row for group in _STANDING_ALONE for row in data[group]]
        return Translations(
            version=str(data["version"]),
            checked_on=date.fromisoformat(data["checked_on"]),
            clinician_signed_off=data["clinician_signed_off"] is True,
            translator_signed_off=data["translator_signed_off"] is True,
            texts=MappingProxyType(dict(_row(row) for row in [*rows, data["disclaimer"]])),
            english_only=tuple(row["en"] for row in data["english_only"]),
            disclaimer=data["disclaimer"]["en"],
            standing_alone=frozenset(_said(alone, data)),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as exc:
        raise TranslationError(f"wording_languages.json: {exc!r}. Restore the file from the repository.") from exc


def _said(rows: list[dict[str, str]], data: Mapping[str, Any]) -> Iterator[str]:
    for row in [*rows, data["disclaimer"]]:
        yield from (row[language.value] for language in TRANSLATED)
    yield from (row["en"] for row in data["english_only"])


def _row(row: Mapping[str, str]) -> tuple[str, Mapping[Language, str]]:
    english = row["en"]
    translated = {language: row[language.value] for language in TRANSLATED}
    for language, text in translated.items():
        if not text.strip():
            raise ValueError(f"{english!r}: nothing in {language.value}")
        # A card with a wrong slot fails now, not in an emergency.
        if sorted(_SLOT.findall(text)) != sorted(_SLOT.findall(english)):
            raise ValueError(f"{english!r}: other slots in {language.value}")
    return english, MappingProxyType(translated)
