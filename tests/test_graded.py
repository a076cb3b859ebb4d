"""The graded sentences that the ranker learned from are sentences of the corpus, and every fold is fair."""

from __future__ import annotations

import pytest

from askms.index import Snapshot
from askms.precedents import name_of
from evals.sets import rows
from training.ranker import GAINS, HERE, graded_rows


def test_nearly_every_graded_sentence_is_one_of_the_corpus(real_snapshot: Snapshot) -> None:
    held = {
        name_of(passage.source_id, passage.sentence(at))
        for passage in real_snapshot.passages
        for at in range(len(passage.sentences))
    }
    named = [name for row in rows(HERE / "ranking" / "graded.jsonl") for name in row["grades"]]

    assert sum(name in held for name in named) / len(named) > 0.95


def test_grades_are_those_of_the_rules() -> None:
    assert {grade for row in rows(HERE / "ranking" / "graded.jsonl") for grade in row["grades"].values()} <= set(GAINS)


@pytest.mark.parametrize("name", ["cases_dev", "cases_tuning", "cases_heldout", "questions_dev", "questions_heldout"])
def test_no_graded_question_is_one_that_is_measured(name: str) -> None:
    graded = {row["question"].lower().strip() for row in rows(HERE / "ranking" / "graded.jsonl")}
    measured = {row["question"].lower().strip() for row in rows(HERE.parent / "evals" / "datasets" / f"{name}.jsonl")}

    assert not graded & measured


def test_about_a_fifth_is_kept_apart_and_no_question_is_on_both_sides_and_twins_are_on_one() -> None:
    taught = {row["question"].lower() for row in graded_rows(apart=False)}
    apart = {row["question"].lower() for row in graded_rows(apart=True)}

    assert not taught & apart
    twins = {row["question"].lower() for row in graded_rows(apart=False) if row.get("twin")}
    assert 0.15 < len(apart) / (len(apart) + len(taught - twins)) < 0.25
    assert not any(row.get("twin") for row in graded_rows(apart=True))
