"""Values compare by content, cannot be changed, and name themselves by what they say."""

from __future__ import annotations

from dataclasses import FrozenInstanceError
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from askms.types import Claim, EvidenceLevel, Flag, Passage, Route, SourceStatus, Span, Trust

TEXT = "Heat slows nerves. Cooling helps."


def passage(source_id: str = "heat", header: str = "Heat. Why?", text: str = TEXT, start: int = 5) -> Passage:
    return Passage(
        source_id=source_id,
        header=header,
        text=text,
        start=start,
        sentences=(Span(start=0, end=18), Span(start=19, end=33)),
    )


def test_passage_key_is_the_start_of_a_hash_of_source_and_words() -> None:
    assert passage().key == sha256(b"heat\nHeat slows nerves. Cooling helps.").hexdigest()[:16]


def test_passage_key_does_not_change_between_releases() -> None:
    assert passage().key == "89d1748784be1535"


def test_passage_keeps_its_key_when_only_its_place_and_header_change() -> None:
    assert passage(header="Warmth. Why?", start=99).key == passage().key


@pytest.mark.parametrize("other", [passage(source_id="heat-2"), passage(text=TEXT.replace("helps", "harms"))])
def test_passage_of_another_source_or_other_words_has_another_key(other: Passage) -> None:
    assert other.key != passage().key


@given(st.text(), st.text())
def test_stable_id_is_the_key_as_a_positive_63_bit_number(source_id: str, text: str) -> None:
    one = passage(source_id=source_id, text=text)

    assert one.stable_id == int(one.key, 16) // 2
    assert 0 <= one.stable_id < 2**63


def test_passage_ends_where_its_text_ends() -> None:
    assert passage().end == 5 + 33


def test_sentence_is_cut_out_of_the_passage() -> None:
    assert [passage().sentence(i) for i in (0, 1)] == ["Heat slows nerves.", "Cooling helps."]


def test_passages_of_the_same_content_are_equal_and_hash_alike() -> None:
    assert passage() == passage()
    assert len({passage(), passage()}) == 1


def test_passage_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        passage().text = "Heat cures MS."  # type: ignore[misc]


def test_evidence_levels_rank_from_systematic_review_to_anecdote() -> None:
    ranks = [level.rank for level in EvidenceLevel]

    assert ranks == list(range(17))
    assert EvidenceLevel.SYSTEMATIC_REVIEW.rank == 0
    assert EvidenceLevel.RANDOMISED_TRIAL.rank < EvidenceLevel.CASE_REPORT.rank < EvidenceLevel.ANIMAL.rank
    assert EvidenceLevel.ANECDOTE.rank == 16


def test_routes_put_danger_first_and_the_answer_last() -> None:
    by_priority = sorted(Route, key=lambda route: route.priority)

    assert [route.value for route in by_priority] == (
        "crisis emergency urgent misuse dosing decision diagnosis offtopic no_evidence boundary answer".split()
    )


def test_names_on_the_wire_are_these() -> None:
    assert {flag.value for flag in Flag} == {"injection", "pii", "wellbeing", "if_now", "study_dose"}
    assert {status.value for status in SourceStatus} == {"current", "outdated", "superseded", "corrected", "retracted"}
    assert [trust.value for trust in Trust] == ["A", "B", "C", "D"]


def test_claim_without_citations_is_a_template() -> None:
    assert Claim(text="The sources do not answer this.").is_template


def test_only_primary_studies_and_their_register_entries_count_as_studies() -> None:
    studies = {level.value for level in EvidenceLevel if level.is_study}

    assert studies == {"randomised_trial", "pilot_trial", "cohort", "case_report", "registry_entry", "animal"}
