"""`askms corpus coverage`: how many sources each topic has, of what strength, and which questions find nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from askms.errors import CorpusError
from askms.types import Document, EvidenceLevel, Route

QUESTIONS = "questions.txt"
"""In the corpus folder: one question a line; a line that starts with # names the group of those below it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question of the list and the route of its reply."""

    group: str
    question: str
    route: Route

    @property
    def is_covered(self) -> bool:
        """Whether the sources answer it. A question that a guardrail takes is none of the corpus's business."""
        return self.route is not Route.NO_EVIDENCE


def by_topic(documents: Sequence[Document]) -> Mapping[str, Counter[EvidenceLevel]]:
    """How many quotable sources of each level a topic has; topics with the fewest first."""
    found: dict[str, Counter[EvidenceLevel]] = {}
    for document in documents:
        if document.status.is_quotable:
            for topic in document.topics:
                found.setdefault(topic, Counter())[document.evidence_level] += 1
    return dict(sorted(found.items(), key=lambda item: (item[1].total(), item[0])))


def read_questions(folder: Path) -> list[tuple[str, str]]:
    """Group and text of every question of the list.

    Raises:
        CorpusError: the list is missing, unreadable or empty.
    """
    path = folder / QUESTIONS
    try:
        lines = [line.strip() for line in path.read_text(encoding="utf-8-sig").splitlines()]
    except (OSError, UnicodeDecodeError) as exc:
        fix = "Write one question a line, as UTF-8."
        raise CorpusError(path.name, "file", f"cannot be read ({exc})", fix) from exc
    questions, group = [], "other"
    for line in lines:
        if line.startswith("#"):
            group = line.lstrip("# ")
        elif line:
            questions.append((group, line))
    if not questions:
        raise CorpusError(path.name, "file", "holds no question", "Write one question a line.")
    return questions


def ask_all(questions: Sequence[tuple[str, str]], route_of: Callable[[str], Route]) -> Iterator[Asked]:
    """Ask every question on its own, one at a time."""
    for group, question in questions:
        yield Asked(group=group, question=question, route=route_of(question))
