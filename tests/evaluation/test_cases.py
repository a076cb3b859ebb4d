"""The cases must rest on the corpus as it is, or they measure nothing."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from itertools import combinations
from pathlib import Path

import pytest

from askms.sources import load_corpus
from evals.cases import KINDS, Case, Fact, cases, dialogues

CORPUS = Path(__file__).parents[2] / "corpus"
SETS = ("dev", "tuning", "heldout")
DIALOGUES = ("dev", "heldout")


def folded(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


@cache
def bodies() -> dict[str, str]:
    return {document.id: folded(document.body) for document in load_corpus(CORPUS)}


def misquoted(facts: tuple[Fact, ...]) -> list[str]:
    return [
        one.source for fact in facts for one in fact.evidence if folded(one.quote) not in bodies().get(one.source, "")
    ]


def follow_ups(name: str) -> list[Case]:
    return [case for case in cases(name) if case.history]


@pytest.mark.parametrize("name", SETS)
def test_every_quotation_of_a_case_stands_in_its_source(name: str) -> None:
    # Only names, never rows: nobody may read a held-out set.
    assert {case.id: wrong for case in cases(name) if (wrong := misquoted(case.facts))} == {}


@pytest.mark.parametrize("name", DIALOGUES)
def test_every_quotation_of_a_dialogue_stands_in_its_source(name: str) -> None:
    turns = [(dialogue.id, turn) for dialogue in dialogues(name) for turn in dialogue.turns]
    assert {at: wrong for at, turn in turns if (wrong := misquoted(turn.facts))} == {}


@pytest.mark.parametrize("name", SETS)
def test_cases_are_labelled_as_their_kind_asks(name: str) -> None:
    wrong = [
        case.id
        for case in cases(name)
        if case.kind not in KINDS
        or case.has_answer == (case.kind in ("unanswerable", "offtopic"))
        or any(not fact.evidence for fact in case.facts)
        or (case.kind == "contested") != (len(case.sides) >= 2)
        or any(at >= len(case.facts) for side in case.sides for at in side)
        or (case.kind in ("false_premise", "outdated_premise")) != (case.correction is not None)
        or (case.kind == "partly" and not case.not_covered)
        or bool(case.history) != bool(case.full)
    ]
    assert wrong == []


@pytest.mark.parametrize("name", SETS)
def test_ids_are_unique(name: str) -> None:
    assert [case for case, times in Counter(case.id for case in cases(name)).items() if times > 1] == []


@pytest.mark.parametrize("name", DIALOGUES)
def test_ids_of_dialogues_are_unique(name: str) -> None:
    assert [one for one, times in Counter(dialogue.id for dialogue in dialogues(name)).items() if times > 1] == []


def test_no_question_is_in_two_sets() -> None:
    asked = {name: {folded(c.question).lower() for c in cases(name) if not c.history} for name in SETS}
    assert all(not asked[one] & asked[other] for one, other in combinations(SETS, 2))


def test_the_sets_are_as_large_as_their_datasheet_says() -> None:
    assert {name: len(cases(name)) for name in SETS} == {"dev": 220, "tuning": 368, "heldout": 334}
    assert {name: len(dialogues(name)) for name in DIALOGUES} == {"dev": 40, "heldout": 64}
    assert len(follow_ups("tuning")) >= 50
