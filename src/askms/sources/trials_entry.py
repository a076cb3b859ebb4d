"""One entry of ClinicalTrials.gov: what stands in its fields, what was told of it so far, and what was left out.

No field is trusted to be there or to be what its description says.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from askms.sentences import needs_previous, split_sentences
from askms.sources.trials_words import amounts_in, has_schedule, is_plain

REGISTER: Final = "ClinicalTrials.gov"

_DATE: Final = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")
_MONTHS: Final = "January February March April May June July August September October November December".split()
_NOUN: Final = {"INTERVENTIONAL": "trial", "OBSERVATIONAL": "study", "EXPANDED_ACCESS": "expanded access programme"}


def at(value: object, *keys: str) -> Any:
    """What stands at the end of a path of keys, or nothing where the path breaks."""
    for key in keys:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def items(value: object) -> list[Any]:
    """A list; empty where there is none."""
    return value if isinstance(value, list) else []


def word(words: Mapping[str, str], key: object) -> str:
    """Our words for a code of the register; nothing for a code that we do not know."""
    return words.get(key, "") if isinstance(key, str) else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """A date of the register, as exact as it gives it."""

    iso: str
    actual: bool | None = None
    """Whether it has happened (True), is only expected (False), or the register does not say."""

    @property
    def words(self) -> str:
        """For example: 3 February 2024, or February 2024."""
        parts = self.iso.split("-")
        month = [_MONTHS[int(parts[1]) - 1]] if len(parts) > 1 else []
        return " ".join([*(str(int(day)) for day in parts[2:]), *month, parts[0]])

    @property
    def when(self) -> str:
        """For example: on 3 February 2024, or in February 2024."""
        return f"{'on' if len(self.iso) == 10 else 'in'} {self.words}"


def day_of(value: object) -> Day | None:
    """The date of a `…DateStruct`, or a plain date."""
    text = at(value, "date") if isinstance(value, Mapping) else value
    if not isinstance(text, str) or not _DATE.fullmatch(text):
        return None
    try:
        date.fromisoformat(f"{text}-01-01"[:10])
    except ValueError:
        return None
    kind = at(value, "type")
    return Day(iso=text, actual=True if kind == "ACTUAL" else False if kind == "ESTIMATED" else None)


@dataclass(slots=True, kw_only=True)
class Entry:
    """One entry of the register, what was made of it so far, and what had to be left out."""

    study: object
    """As the register sent it."""
    nct: str
    today: Day
    withheld: Callable[[str], bool]
    """Whether a sentence would never be shown to patients."""
    sections: dict[str, list[str]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    name: str = ""
    on: str = ""
    """What the trial is on, with a space in front; empty if the register does not say."""

    def at(self, *keys: str) -> Any:
        """A field of the protocol, or nothing."""
        return at(self.study, "protocolSection", *keys)

    @property
    def url(self) -> str:
        """Where a reader opens the entry."""
        return f"https://clinicaltrials.gov/study/{self.nct}"

    @property
    def noun(self) -> str:
        """What to call it: a study that is no trial must not be called one."""
        return word(_NOUN, self.at("designModule", "studyType")) or "study"

    @property
    def status(self) -> str:
        """The register's code for how it stands; empty if there is none."""
        status = self.at("statusModule", "overallStatus")
        return status if isinstance(status, str) else ""

    @property
    def as_of(self) -> Day | None:
        """When the register last heard of the trial."""
        names = ("lastUpdatePostDateStruct", "lastUpdateSubmitDate", "statusVerifiedDate")
        return next((day for name in names if (day := day_of(self.at("statusModule", name)))), None)

    @property
    def it(self) -> str:
        """The trial inside a sentence."""
        return f"the {self.noun} {self.name}{self.on}"

    @property
    def subject(self) -> str:
        """The trial at the start of a sentence, which may not begin with "The trial": that leans on the one before."""
        return f"{self.noun.capitalize()} {self.name}{self.on}"

    def label(self, value: object, what: str, *, timed: bool = False, longest: int = 120) -> str | None:
        """A name given by the register, fit to stand in a sentence; with a dose or a schedule it is not.

        Args:
            value: the field.
            what: what to call it in a note.
            timed: whether a time may stand in it, as it cannot be that of a dose.
            longest: the most characters.
        """
        text = " ".join(value.split()) if isinstance(value, str) else ""
        dosed = amounts_in(text) or (not timed and has_schedule(text)) or self.withheld(f"The {what} is {text}.")
        if text and len(text) <= longest and is_plain(text) and not dosed:
            return text
        if value is not None:
            why = "it holds an amount or a schedule" if dosed else "it is no short plain text"
            self.notes.append(f"The {what} {str(value)[:80]!r} was left out, as {why}.")
        return None

    def labels(self, values: object, what: str, *, timed: bool = False) -> list[str]:
        """The names of a list that are fit to stand in a sentence, each once."""
        names = (self.label(value, what, timed=timed) for value in items(values))
        return list(dict.fromkeys(name for name in names if name))

    def is_sound(self, sentence: str) -> bool:
        """Whether what the register wrote into a sentence leaves it one that stands alone and can be shown."""
        if len(split_sentences(sentence)) != 1 or needs_previous(sentence):
            self.notes.append(f"Left out, as it is not one sentence that stands alone: {sentence[:160]}")
            return False
        if self.withheld(sentence):
            self.notes.append(f"Left out, as it would never be shown: {sentence[:160]}")
            return False
        return True

    def say(self, heading: str, sentence: str) -> None:
        """Add a sentence if it is sound."""
        sentence = sentence if sentence.endswith(".") else f"{sentence}."
        if self.is_sound(sentence):
            self.sections.setdefault(heading, []).append(sentence)
