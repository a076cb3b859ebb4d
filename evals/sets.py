"""Read the question sets in `evals/datasets/`; their README says who wrote them and how."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from askms import Turn

FOLDER = Path(__file__).parent / "datasets"


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One question with what a good answer rests on."""

    id: str
    question: str
    history: tuple[Turn, ...]
    kind: str
    """answerable, partly, false_premise, unanswerable or offtopic."""
    sources: frozenset[str]
    """Sources that hold the answer; empty when none does."""

    @property
    def has_answer(self) -> bool:
        """Whether the corpus answers it, at least in part."""
        return self.kind in ("answerable", "partly", "false_premise")


def questions(name: str) -> list[Asked]:
    """Read `questions_<name>.jsonl`."""
    return [
        Asked(
            id=row["id"],
            question=row["question"],
            history=turns(row),
            kind=row["kind"],
            sources=frozenset(row["sources"]),
        )
        for row in rows(f"questions_{name}.jsonl")
    ]


def rows(file: str | Path) -> list[dict[str, Any]]:
    """The rows of one file of JSON lines, named from the folder of data sets."""
    # Not splitlines: words that somebody typed may hold other signs that break lines, and JSON leaves them as they are.
    return [json.loads(line) for line in (FOLDER / file).read_text(encoding="utf-8").split("\n") if line.strip()]


def turns(row: dict[str, Any]) -> tuple[Turn, ...]:
    """The earlier turns of a row; often none."""
    return tuple(Turn(role=turn["role"], content=turn["content"]) for turn in row.get("history", []))
