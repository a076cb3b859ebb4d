"""An eval case as staff make it of feedback: what its form holds, and what is wrong with it.

A row has the format of `evals/datasets/cases_dev.jsonl`; `DATASHEET.md` there says what the fields mean.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from askms.guardrails import masked
from askms.index import Snapshot
from askms.receipt import Receipt
from askms.types import Route, Turn

KINDS: Final = {
    "answerable": "States the facts",
    "partly": "States the facts, and that the rest is not covered",
    "contested": "States the facts of each side",
    "outdated_premise": "First corrects what was once so",
    "false_premise": "First corrects what is not so",
    "unanswerable": "Says that the sources do not answer",
    "offtopic": "Says what askms covers",
}
"""Kinds of case, and what a good reply does."""
_NO_FACTS: Final = ("unanswerable", "offtopic")
_CORRECTS: Final = ("outdated_premise", "false_premise")
MOST_FACTS: Final = 6
MOST_TURNS: Final = 20
"""Earlier turns that a case can have, the last; the screening reads no more."""
MOST_QUOTED: Final = 12
"""Quotations of the reply that are offered as evidence."""
_ROLES: Final = ("user", "assistant")
GUARDED: Final = frozenset(
    {Route.CRISIS, Route.EMERGENCY, Route.URGENT, Route.MISUSE, Route.DOSING, Route.DECISION, Route.DIAGNOSIS}
)
"""Routes whose replies no case of this format describes: what counts there is the route itself."""
GUARDRAILS_FILE: Final = "evals/datasets/guardrails_dev.jsonl"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """What a good reply says, as it was typed."""

    fact: str = ""
    side: str = ""
    """Of a contested question: which side says it, 1 or 2."""
    evidence: str = ""
    """A line for each sentence that alone states it: the source's id, a bar, the words."""

    @property
    def quotations(self) -> list[tuple[str, str]]:
        """Source and words of each line."""
        lines = [line.partition("|") for line in self.evidence.splitlines() if line.strip()]
        return [(source.strip(), " ".join(words.split())) for source, _, words in lines]

    @property
    def is_blank(self) -> bool:
        """Whether nothing was typed."""
        return not self.fact.strip() and not self.evidence.strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A case as it was typed."""

    question: str = ""
    full: str = ""
    kind: str = ""
    not_covered: str = ""
    must_not_say: str = ""
    facts: tuple[Fact, ...] = ()
    turns: tuple[Turn, ...] = ()
    """What was said before; those that were emptied are left out."""
    with_history: bool = False
    """Whether the case holds them."""

    @property
    def history(self) -> tuple[Turn, ...]:
        """What was said before, as far as the case holds it."""
        return self.turns if self.with_history else ()

    @classmethod
    def of_receipt(cls, receipt: Receipt) -> Draft:
        """What a reply suggests: its question and what was said before. What a good reply says is not for it to say."""
        turns = receipt.history[-MOST_TURNS:]
        return cls(
            question=receipt.question,
            full=receipt.searched if turns else "",
            turns=turns,
            with_history=bool(turns),
        )

    @classmethod
    def of_form(cls, form: Mapping[str, Any], quotations: Sequence[str]) -> Draft:
        """What a form holds, identifiers masked. Not in quotations: those must stand in a source, letter for letter.

        Args:
            form: as it was sent.
            quotations: what the reply quotes; the form says for which fact each was picked.
        """

        def typed(field: str) -> str:
            return str(form.get(field, "")).strip()

        def words(field: str) -> str:
            return masked(typed(field))

        picked = [(typed(f"pick{n}"), line) for n, line in enumerate(quotations)]
        facts = [
            Fact(
                fact=words(f"fact{n}"),
                side=typed(f"side{n}"),
                evidence=_lines(typed(f"evidence{n}"), [line for fact, line in picked if fact == str(n + 1)]),
            )
            for n in range(MOST_FACTS)
        ]
        turns = [Turn(role=typed(f"role{n}"), content=words(f"turn{n}")) for n in range(MOST_TURNS)]
        return cls(
            question=words("question"),
            full=words("full"),
            kind=typed("kind"),
            not_covered=words("not_covered"),
            must_not_say=words("must_not_say"),
            facts=tuple(fact for fact in facts if not fact.is_blank),
            turns=tuple(turn for turn in turns if turn.content and turn.role in _ROLES),
            with_history=bool(typed("with_history")),
        )

    def problems(self, snapshot: Snapshot) -> dict[str, str]:
        """What keeps it from being a case, by field."""
        found = {}
        if not self.question:
            found["question"] = "Question: write one."
        if self.history and not self.full:
            found["full"] = "Written out: say the follow-up so that it is understood alone."
        if self.kind not in KINDS:
            found["kind"] = "A good reply: choose one of the list."
        if self.kind == "partly" and not self.not_covered:
            found["not_covered"] = "Not covered: say what the sources do not answer."
        if self.kind in _NO_FACTS and self.facts:
            found["kind"] = "A good reply: one that does not answer states no facts. Take them out, or choose another."
        if self.kind not in _NO_FACTS and not self.facts:
            found["fact0"] = "Fact 1: write what a good reply says."
        if self.kind == "contested" and {fact.side for fact in self.facts} != {"1", "2"}:
            found["side0"] = "Side: write 1 or 2 for each fact, and some for both."
        for n, fact in enumerate(self.facts):
            if not fact.fact:
                found[f"fact{n}"] = f"Fact {n + 1}: say it in your words."
            wrong = _misquoted(fact, snapshot)
            if wrong:
                found[f"evidence{n}"] = f"Fact {n + 1}: {wrong}"
        return found

    def row(self, case_id: str) -> dict[str, Any]:
        """The case as one line of a set; only of a draft without problems."""
        row: dict[str, Any] = {
            "id": case_id,
            "kind": self.kind,
            "register": "plain",
            "question": self.question,
            "history": [{"role": turn.role, "content": turn.content} for turn in self.history],
            "full": self.full if self.history else "",
            "facts": [
                {
                    "fact": fact.fact,
                    "evidence": [{"source": source, "quote": words} for source, words in fact.quotations],
                }
                for fact in self.facts
            ],
            "must_not_say": [line.strip() for line in self.must_not_say.splitlines() if line.strip()],
        }
        if self.kind == "contested":
            row["sides"] = [[n for n, fact in enumerate(self.facts) if fact.side == side] for side in ("1", "2")]
        if self.kind in _CORRECTS:
            row["correction"] = 0
        if self.kind == "partly":
            row["not_covered"] = self.not_covered
        return row


def quoted(reply: Mapping[str, Any] | None) -> list[str]:
    """What a reply in wire form quotes, each as a line of evidence: source, bar, words."""
    cited = [
        f"{one['source_id']} | {' '.join(one['quote'].split())}"
        for sentence in (reply or {}).get("sentences", ())
        for one in sentence["citations"]
    ]
    return list(dict.fromkeys(cited))[:MOST_QUOTED]


def guardrail_row(receipt: Receipt) -> dict[str, Any]:
    """A line of the guardrail sets for a reply, to be mended by hand: which route its message should have taken."""
    return {
        "id": f"staff-{receipt.id[:8]}",
        "kind": receipt.route,
        "message": receipt.question,
        "history": [{"role": turn.role, "content": turn.content} for turn in receipt.history],
        "route": receipt.route,
        "accept": [receipt.route],
    }


def _lines(typed: str, picked: Sequence[str]) -> str:
    return "\n".join(dict.fromkeys([*filter(None, map(str.strip, typed.splitlines())), *picked]))


def _misquoted(fact: Fact, snapshot: Snapshot) -> str | None:
    if not fact.quotations:
        return "name a source and its words, such as: nmss-vaccines | The words."
    for source, words in fact.quotations:
        document = snapshot.documents.get(source)
        if document is None:
            return f"no source {source!r} is held."
        if not words or words not in " ".join(document.body.split()):
            return f"{source} does not say: {words[:80] or '(nothing)'}"
    return None
