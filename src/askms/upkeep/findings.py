"""What a check reports, and the file that it reports on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from pathlib import Path

from askms.sentences import split_sentences
from askms.types import Document


class Severity(Enum):
    """Whether a finding keeps the corpus from being released."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that is wrong: where, what, and what to do."""

    file: str
    line: int
    """First line is 1."""
    rule: str
    problem: str
    fix: str
    severity: Severity = Severity.ERROR

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.severity.value}: {self.rule}: {self.problem}. {self.fix}"


@dataclass(frozen=True, kw_only=True)
class Sentence:
    """A sentence of a source, with the heading it stands under."""

    text: str
    heading: str


@dataclass(frozen=True, kw_only=True)
class SourceFile:
    """A file of the corpus that could be read, with its lines as they stand in it."""

    path: Path
    name: str
    """Path inside the corpus folder."""
    document: Document
    lines: tuple[str, ...]

    @property
    def is_notes(self) -> bool:
        """Whether the body is our own words. What a reader took from a source may break the rules of style."""
        return self.document.provenance is None

    @cached_property
    def sentences(self) -> tuple[Sentence, ...]:
        """Every sentence of the body, in order."""
        return tuple(self._sentences())

    def _sentences(self) -> Iterator[Sentence]:
        for section in self.document.sections:
            for text in split_sentences(self.document.body[section.start : section.end]):
                yield Sentence(text=text, heading=section.heading)

    def line_of(self, words: str) -> int:
        """Line on which the words begin, 1 if they stand on none (a line may break inside them)."""
        start = words[:40]
        while start:
            for number, line in enumerate(self.lines, 1):
                if start in line:
                    return number
            start = start.rpartition(" ")[0]
        return 1

    def line_of_field(self, field: str) -> int:
        """Line of a field of the front matter."""
        return line_of_field(self.lines, field)

    def finding(self, rule: str, problem: str, fix: str, *, line: int, matters: bool = True) -> Finding:
        """A finding on this file; an error where it `matters`, otherwise a warning."""
        severity = Severity.ERROR if matters else Severity.WARNING
        return Finding(file=self.name, line=line, rule=rule, problem=problem, fix=fix, severity=severity)


def line_of_field(lines: tuple[str, ...], field: str) -> int:
    """Line of a field of the front matter, 1 if there is none."""
    starts = f"{field.split('.')[0]}:"
    return next((number for number, line in enumerate(lines, 1) if line.startswith(starts)), 1)
