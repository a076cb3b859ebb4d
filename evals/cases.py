"""Read the cases in `evals/datasets/`: questions and conversations with what a good reply says.

A line of `cases_<set>.jsonl` is one question, a line of `dialogues_<set>.jsonl` one conversation.
What a reply must say is tied to sentences of the corpus by their words, so that a new cut of the
passages changes nothing. `DATASHEET.md` says who wrote them and how.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from askms import Turn
from evals.sets import rows, turns

KINDS: Final = (
    "answerable",
    "partly",
    "contested",
    "outdated_premise",
    "false_premise",
    "unanswerable",
    "offtopic",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A sentence of a source that alone states a fact."""

    source: str
    quote: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """What a good reply says, and every sentence of the corpus that says it."""

    fact: str
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One question and the truth about it."""

    id: str
    kind: str
    """One of KINDS."""
    question: str
    register: str = "plain"
    history: tuple[Turn, ...] = ()
    full: str = ""
    """A follow-up written out so that it is understood alone."""
    facts: tuple[Fact, ...] = ()
    """What a good reply must say, most important first; none where the corpus has no answer."""
    sides: tuple[tuple[int, ...], ...] = ()
    """Of a contested question: the facts of each side, which must all appear."""
    correction: int | None = None
    """Of a wrong premise: the fact that corrects it, which must come first."""
    not_covered: str = ""
    """Of a question answered in part: what the corpus does not answer."""
    must_not_say: tuple[str, ...] = ()

    @property
    def has_answer(self) -> bool:
        """Whether the corpus answers it, at least in part."""
        return bool(self.facts)


@dataclass(frozen=True, slots=True, kw_only=True)
class DialogueTurn:
    """One message of a conversation; `full` says the same so that it is understood alone."""

    user: str
    full: str
    move: str
    """How it leans on what was said: first, pronoun, ellipsis, correction, topic_switch, yes, why, more, ..."""
    kind: str
    facts: tuple[Fact, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialogue:
    """A conversation of one user; what askms says between is its own."""

    id: str
    topic: str
    turns: tuple[DialogueTurn, ...]


def cases(name: str) -> list[Case]:
    """The questions of `cases_<name>.jsonl`.

    Raises:
        FileNotFoundError: there is no such set.
    """
    return [read_case(row) for row in rows(f"cases_{name}.jsonl")]


def dialogues(name: str) -> list[Dialogue]:
    """The conversations of `dialogues_<name>.jsonl`.

    Raises:
        FileNotFoundError: there is no such set.
    """
    return [
        Dialogue(
            id=row["id"],
            topic=row["topic"],
            turns=tuple(
                DialogueTurn(
                    user=turn["user"], full=turn["full"], move=turn["move"], kind=turn["kind"], facts=_facts(turn)
                )
                for turn in row["turns"]
            ),
        )
        for row in rows(f"dialogues_{name}.jsonl")
    ]


def read_case(row: Mapping[str, Any]) -> Case:
    """A question as a line of a set has it."""
    return Case(
        id=row["id"],
        kind=row["kind"],
        question=row["question"],
        register=row.get("register", "plain"),
        history=turns(dict(row)),
        full=row.get("full", ""),
        facts=_facts(row),
        sides=tuple(tuple(side) for side in row.get("sides", [])),
        correction=row.get("correction"),
        not_covered=row.get("not_covered", ""),
        must_not_say=tuple(row.get("must_not_say", [])),
    )


def _facts(row: Mapping[str, Any]) -> tuple[Fact, ...]:
    return tuple(
        Fact(fact=fact["fact"], evidence=tuple(Evidence(**one) for one in fact["evidence"]))
        for fact in row.get("facts", [])
    )
