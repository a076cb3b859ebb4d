"""The evidence ladder: complete, in order, and honest about what weak evidence may claim."""

from __future__ import annotations

from datetime import date

import pytest

from askms.ladder import ladder, level_of, review_due
from askms.testing import document
from askms.types import EvidenceLevel
from askms.wording import connecting, is_fixed


def test_every_level_has_a_rung_in_the_order_of_strength() -> None:
    assert list(ladder()) == list(EvidenceLevel)


def test_labels_differ_so_that_no_two_kinds_look_alike() -> None:
    assert len({rung.label for rung in ladder().values()}) == len(EvidenceLevel)


@pytest.mark.parametrize("level", EvidenceLevel)
def test_what_a_rung_says_is_approved(level: EvidenceLevel) -> None:
    rung = ladder()[level]

    assert is_fixed(rung.strength)
    assert rung.frame is None or is_fixed(connecting(rung.frame))


def test_no_publication_type_stands_on_two_rungs() -> None:
    types = [study_type for rung in ladder().values() for study_type in rung.study_types]

    assert len(types) == len(set(types))


@pytest.mark.parametrize(
    ("types", "level"),
    [
        (["Journal Article", "Randomized Controlled Trial"], EvidenceLevel.RANDOMISED_TRIAL),
        (["Review", "Meta-Analysis"], EvidenceLevel.SYSTEMATIC_REVIEW),
        (["Clinical Trial, Phase II"], EvidenceLevel.PILOT_TRIAL),
        (["Journal Article"], None),
        ([], None),
    ],
)
def test_the_strongest_publication_type_counts(types: list[str], level: EvidenceLevel | None) -> None:
    assert level_of(types) is level


@pytest.mark.parametrize(
    ("types", "level"),
    [
        (["Clinical Trial Protocol", "Randomized Controlled Trial"], EvidenceLevel.REGISTRY_ENTRY),
        (["Randomized Controlled Trial, Veterinary", "Meta-Analysis"], EvidenceLevel.ANIMAL),
        (["Review", "Case Reports"], EvidenceLevel.CASE_REPORT),
        (["Clinical Trial Protocol", "Clinical Trial, Veterinary"], EvidenceLevel.REGISTRY_ENTRY),
    ],
)
def test_plans_single_people_and_animals_stay_so_whatever_stands_beside(types: list[str], level: EvidenceLevel) -> None:
    assert level_of(types) is level


@pytest.mark.parametrize("word", ["Multicenter Study", "Comparative Study", "Historical Article"])
def test_word_that_says_nothing_about_how_a_study_was_done_gives_no_level(word: str) -> None:
    assert level_of([word]) is None


@pytest.mark.parametrize(
    ("level", "sentence", "found"),
    [
        ("case_report", "In one person with MS, ketamine cures depression.", "cures"),
        ("case_report", "In one person with MS, ketamine did not cure depression.", None),
        ("systematic_review", "No treatment guarantees that relapses stop.", None),
        ("pilot_trial", "Ketamine is effective for fatigue.", "is effective"),
        ("pilot_trial", "Whether ketamine is effective is not known.", None),
        ("systematic_review", "Exercise is effective for fatigue in MS.", None),
    ],
)
def test_weak_evidence_may_not_carry_strong_words(level: str, sentence: str, found: str | None) -> None:
    assert ladder()[EvidenceLevel(level)].overclaim(sentence) == found


@pytest.mark.parametrize(
    ("level", "checked", "due"),
    [
        ("registry_entry", date(2026, 11, 21), date(2027, 5, 21)),
        ("registry_entry", date(2026, 8, 31), date(2027, 2, 28)),
        ("guideline", date(2026, 12, 1), date(2027, 12, 1)),
        ("cohort", date(2026, 1, 1), date(2028, 1, 1)),
    ],
)
def test_a_source_falls_due_as_fast_as_its_kind_changes(level: str, checked: date, due: date) -> None:
    assert review_due(document(evidence_level=level, checked_on=checked)) == due
