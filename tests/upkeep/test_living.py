"""What needs a look: dates that have passed, notices in PubMed, links that do not open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import pytest

from askms.sources import load_corpus
from askms.testing import document
from askms.types import SourceStatus
from askms.upkeep import Need, dead_links, notices, overdue

TODAY = date(2026, 11, 21)
CORPUS = Path(__file__).parents[2] / "corpus"


@pytest.mark.parametrize(
    ("checked", "needs"), [(date(2025, 11, 20), [Need.REVIEW]), (date(2025, 11, 21), []), (TODAY, [])]
)
def test_a_source_past_its_review_is_listed(checked: date, needs: list[Need]) -> None:
    source = document(evidence_level="guideline", checked_on=checked)

    assert [one.need for one in overdue([source], TODAY)] == needs


@pytest.mark.parametrize(
    ("expected", "passed"),
    [
        ("2026-10-01", True),
        ("2026-11-21", False),
        ("2026-11-20", True),
        ("2026-11", False),
        ("2026-10", True),
        ("2026", False),
        ("2025", True),
        ("2024-02", True),
    ],
)
def test_a_study_that_should_have_ended_is_listed(expected: str, passed: bool) -> None:
    source = document(evidence_level="registry_entry", expected_completion=expected, checked_on=TODAY)

    found = list(overdue([source], TODAY))

    assert [one.need for one in found] == ([Need.COMPLETION] if passed else [])
    assert all(expected in one.detail for one in found)


def test_a_withdrawn_source_needs_no_review() -> None:
    source = document(status="retracted", checked_on=date(2000, 1, 1), expected_completion="2001")

    assert list(overdue([source], TODAY)) == []


def test_the_big_ketamine_trial_is_past_its_expected_end() -> None:
    found = [one for one in overdue(load_corpus(CORPUS), TODAY) if one.need is Need.COMPLETION]

    assert "nct05378100-inkling-ms" in {one.source_id for one in found}


def test_a_notice_that_the_corpus_does_not_know_is_listed() -> None:
    asked: list[Sequence[str]] = []

    def pubmed(pmids: Sequence[str]) -> Mapping[str, SourceStatus]:
        asked.append(pmids)
        return {"1": SourceStatus.RETRACTED, "2": SourceStatus.CORRECTED, "3": SourceStatus.RETRACTED}

    sources = [
        document("known", pmid="1", status="retracted"),
        document("corrected", pmid="2"),
        document("retracted", pmid="3", status="corrected"),
        document("fine", pmid="4"),
        document("no-number"),
    ]

    found = list(notices(sources, pubmed))

    assert asked == [["1", "2", "3", "4"]]
    assert [(one.source_id, one.need) for one in found] == [("corrected", Need.NOTICE), ("retracted", Need.NOTICE)]
    assert "retracted" in found[1].detail


def test_a_link_that_does_not_open_is_listed_and_every_link_is_tried() -> None:
    tried: list[str] = []
    done: list[None] = []

    def why_dead(url: str) -> str | None:
        tried.append(url)
        return "status 404" if url.endswith("gone") else None

    sources = [
        document("gone", url="https://example.org/gone"),
        document("fine", url="https://example.org/fine"),
        document("none", url=None, pmid="1"),
    ]

    found = list(dead_links(sources, why_dead, lambda: done.append(None)))

    assert sorted(tried) == ["https://example.org/fine", "https://example.org/gone"]
    assert len(done) == 2
    assert [(one.source_id, one.need) for one in found] == [("gone", Need.LINK)]
    assert "404" in found[0].detail
