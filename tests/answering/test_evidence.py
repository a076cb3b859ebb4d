"""What kind of evidence a quotation is, in fixed words."""

from __future__ import annotations

from typing import Any

import pytest

from askms.answering.evidence import FRAMES, frames, overall_strength
from askms.testing import document
from askms.types import EvidenceLevel, SourceStatus
from askms.wording import connecting, is_fixed, strength


@pytest.mark.parametrize(
    ("fields", "keys"),
    [
        ({"evidence_level": "animal"}, ["animals"]),
        ({"evidence_level": "laboratory"}, ["laboratory"]),
        ({"evidence_level": "news"}, ["news"]),
        ({"evidence_level": "opinion"}, ["opinion"]),
        ({"evidence_level": "anecdote"}, ["stories"]),
        ({"evidence_level": "case_report", "n": 1}, ["one_person"]),
        ({"evidence_level": "case_report", "n": 4}, []),
        ({"evidence_level": "pilot_trial", "n": 18}, ["small"]),
        ({"evidence_level": "randomised_trial", "n": 49}, ["small"]),
        ({"evidence_level": "randomised_trial", "n": 50}, []),
        ({"evidence_level": "randomised_trial", "n": None}, []),
        ({"evidence_level": "systematic_review", "n": 18}, []),
        ({"evidence_level": "guideline", "status": "outdated"}, ["outdated"]),
        ({"evidence_level": "guideline", "status": "corrected"}, ["corrected"]),
        ({"evidence_level": "animal", "status": "outdated"}, ["outdated", "animals"]),
    ],
)
def test_a_source_is_introduced_for_what_it_is(fields: dict[str, Any], keys: list[str]) -> None:
    assert frames(document(**fields)) == tuple(connecting(key) for key in keys)


@pytest.mark.parametrize("status", list(SourceStatus))
@pytest.mark.parametrize("level", list(EvidenceLevel))
@pytest.mark.parametrize("n", [None, 1, 18, 500])
def test_every_frame_is_a_fixed_sentence_and_known_as_a_frame(
    level: EvidenceLevel, status: SourceStatus, n: int | None
) -> None:
    said = frames(document(evidence_level=level.value, status=status.value, n=n))

    assert all(is_fixed(sentence) for sentence in said)
    assert set(said) <= FRAMES


def test_nothing_cited_has_no_strength() -> None:
    assert overall_strength([], disagree=False) is None


def test_disagreement_is_said_before_all_else() -> None:
    assert overall_strength([document()], disagree=True) == strength("conflict")


@pytest.mark.parametrize(
    ("levels", "key"),
    [
        (["animal"], "animal"),
        (["opinion", "case_report"], "case_report"),
        (["guideline", "systematic_review"], "systematic_review"),
        (["systematic_review", "animal"], "mixed"),
        (["randomised_trial", "pilot_trial"], "mixed"),
        (["cohort", "survey", "news"], "cohort"),
    ],
)
def test_strength_is_that_of_the_strongest_unless_strong_and_weak_are_mixed(levels: list[str], key: str) -> None:
    cited = [document(f"s{n}", evidence_level=level) for n, level in enumerate(levels)]

    assert overall_strength(cited, disagree=False) == strength(key)
    assert overall_strength(cited[::-1], disagree=False) == strength(key)


@pytest.mark.parametrize("level", list(EvidenceLevel))
def test_every_level_alone_has_words(level: EvidenceLevel) -> None:
    assert overall_strength([document(evidence_level=level.value)], disagree=False)
