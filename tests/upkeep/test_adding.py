"""Adding what a reader found: nothing twice, nothing lost, a withdrawal always marked."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from askms.sources import read_markdown
from askms.sources.reader import Found, compose, edited_by_hand
from askms.testing import corpus_file
from askms.types import EvidenceLevel, SourceStatus
from askms.upkeep import Addition, Outcome, plan, write

FIRST = date(2026, 1, 5)
LATER = date(2026, 6, 5)


def found(
    text: str = "Heat slows nerves in MS.", *, origin: str = "pubmed:1", day: date = FIRST, **fields: Any
) -> Found:
    front = {
        "id": "pubmed-1",
        "title": "Heat",
        "plain_title": "Heat",
        "authors": ["Doe J"],
        "year": 2020,
        "venue": "Journal",
        "pmid": "1",
        "evidence_level": "opinion",
        "population": "not stated",
        "as_of": "2020",
        "topics": ["unsorted"],
        "limits": "Only the abstract was read.",
        "trust": "A",
        **fields,
    }
    return compose(front, [("What does the abstract say?", text)], reader="pubmed", origin=origin, retrieved_on=day)


def added(folder: Path, *sources: Found) -> list[Addition]:
    additions = list(plan(folder, sources))
    for addition in additions:
        write(addition)
    return additions


def outcomes(additions: list[Addition]) -> list[Outcome]:
    return [addition.outcome for addition in additions]


def test_planning_writes_nothing(tmp_path: Path) -> None:
    assert outcomes(list(plan(tmp_path, [found()]))) == [Outcome.NEW]
    assert list(tmp_path.iterdir()) == []


def test_a_new_source_is_written_as_it_was_read(tmp_path: Path) -> None:
    (addition,) = added(tmp_path / "corpus", found())

    document = read_markdown(addition.path)
    assert document == addition.found.document
    assert not edited_by_hand(document)
    assert [path.name for path in (tmp_path / "corpus").iterdir()] == ["pubmed-1.md"]


def test_reading_again_makes_no_second_file(tmp_path: Path) -> None:
    added(tmp_path, found())

    (again,) = added(tmp_path, found(day=LATER))

    assert again.outcome is Outcome.UNCHANGED
    assert [path.name for path in tmp_path.iterdir()] == ["pubmed-1.md"]
    assert read_markdown(again.path).checked_on == LATER


def test_what_the_source_says_now_replaces_what_it_said(tmp_path: Path) -> None:
    added(tmp_path, found())

    (again,) = added(tmp_path, found("Heat slows nerves in most people with MS.", day=LATER))

    assert again.outcome is Outcome.UPDATED
    assert "most people" in read_markdown(again.path).body


def test_what_people_set_after_a_reader_is_kept(tmp_path: Path) -> None:
    (first,) = added(tmp_path, found())
    text = first.path.read_text("utf-8").replace("evidence_level: opinion", "evidence_level: cohort")
    first.path.write_text(text.replace("- unsorted", "- heat").replace("n: null", "n: 20"), "utf-8")

    (again,) = added(tmp_path, found("Heat slows all nerves in MS.", day=LATER, topics=["sleep"]))

    document = read_markdown(again.path)
    assert again.outcome is Outcome.UPDATED
    assert (document.evidence_level, document.topics, document.n) == (EvidenceLevel.COHORT, ("heat",), 20)
    assert "all nerves" in document.body


def test_questions_that_people_added_are_kept_while_their_section_stands(tmp_path: Path) -> None:
    added(tmp_path, found())
    path = next(tmp_path.glob("*.md"))
    heading = read_markdown(path).sections[0].heading
    text = path.read_text("utf-8").replace("\nstatus:", f'\nasked_as: {{"{heading}": ["is heat bad"]}}\nstatus:')
    path.write_text(text, "utf-8")
    added(tmp_path, found("Heat slows nerves in MS for a while.", day=LATER))

    assert read_markdown(path).sections[0].asked_as == ("is heat bad",)
    assert "for a while" in read_markdown(path).body


def test_words_that_people_changed_are_left_alone(tmp_path: Path) -> None:
    (first,) = added(tmp_path, found())
    first.path.write_text(first.path.read_text("utf-8").replace("Heat slows", "Warmth slows"), "utf-8")
    before = first.path.read_bytes()

    (again,) = added(tmp_path, found("Something new about MS.", day=LATER))

    assert again.outcome is Outcome.KEPT
    assert first.path.read_bytes() == before


@pytest.mark.parametrize("field", ["doi", "pmid"])
def test_own_notes_on_the_same_paper_are_left_alone(tmp_path: Path, field: str) -> None:
    identifier: dict[str, Any] = {field: {"doi": "10.1177/1352458520936226", "pmid": "32633662"}[field]}
    path = corpus_file(tmp_path, "notes", **identifier)
    before = path.read_bytes()

    additions = added(tmp_path, found(**identifier))

    assert outcomes(additions) == [Outcome.KEPT]
    assert path.read_bytes() == before
    assert [each.name for each in tmp_path.iterdir()] == ["notes.md"]


@pytest.mark.parametrize("status", ["retracted", "superseded"])
def test_own_notes_on_a_withdrawn_paper_are_marked(tmp_path: Path, status: str) -> None:
    path = corpus_file(tmp_path, "notes", pmid="1")
    before = read_markdown(path)

    (addition,) = added(tmp_path, found(status=status))

    after = read_markdown(path)
    assert addition.outcome is Outcome.WITHDRAWN
    assert after.status is SourceStatus(status)
    assert (after.body, after.title, after.disputed_by) == (before.body, before.title, before.disputed_by)


def test_a_withdrawal_that_people_marked_is_not_undone(tmp_path: Path) -> None:
    (first,) = added(tmp_path, found())
    first.path.write_text(first.path.read_text("utf-8").replace("status: current", "status: retracted"), "utf-8")

    (again,) = added(tmp_path, found("New words about heat in MS.", day=LATER))

    assert read_markdown(again.path).status is SourceStatus.RETRACTED


def test_a_register_entry_does_not_replace_the_paper_of_its_trial(tmp_path: Path) -> None:
    corpus_file(tmp_path, "paper", nct="NCT00000001", evidence_level="randomised_trial")
    entry = found(id="nct00000001", pmid=None, nct="NCT00000001", evidence_level="registry_entry", origin="trials:1")

    assert outcomes(added(tmp_path, entry)) == [Outcome.NEW]
    assert outcomes(added(tmp_path, entry)) == [Outcome.UNCHANGED]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["nct00000001.md", "paper.md"]


def test_the_same_paper_twice_in_one_search_is_one_file(tmp_path: Path) -> None:
    assert outcomes(added(tmp_path, found(), found())) == [Outcome.NEW, Outcome.UNCHANGED]


def test_a_crash_while_writing_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (first,) = added(tmp_path, found())
    before = first.path.read_bytes()

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(OSError, match="No space"):
        added(tmp_path, found("New words about heat in MS.", day=LATER))

    assert first.path.read_bytes() == before
