"""`askms corpus`: what is shown, what is written, how each command ends."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from askms.errors import SourceUnreadable
from askms.sources import read_markdown
from askms.sources.reader import Found, compose
from askms.testing import corpus_file
from askms.types import SourceStatus

FIELDS: dict[str, Any] = {
    "id": "pubmed-1",
    "title": "Heat in MS",
    "plain_title": "Heat in MS",
    "authors": ["Doe J"],
    "year": 2020,
    "venue": "Journal",
    "pmid": "1",
    "evidence_level": "cohort",
    "population": "people with MS",
    "as_of": "2020",
    "topics": ["heat"],
    "limits": "Only the abstract was read.",
    "trust": "A",
}


Run = Callable[..., Any]


class FakeRegister:
    """Stands where PubMed or the trials register would; the real ones are tested against a server in tests/sources."""

    total = 7
    skipped = (SourceUnreadable("https://pubmed.ncbi.nlm.nih.gov/2/", "has no abstract", "Write notes on it."),)

    def __init__(self, **given: Any) -> None:
        self.given = given

    def accepts(self, origin: str) -> bool:
        return True

    def read(self, origin: str) -> Iterator[Found]:
        yield compose(
            FIELDS,
            [("What does the abstract say?", "Heat slows nerves in MS.")],
            reader="pubmed",
            origin=origin,
            retrieved_on=date(2026, 11, 21),
            review=("Set n.",),
        )

    def withdrawn(self, pmids: Sequence[str]) -> Mapping[str, SourceStatus]:
        return dict.fromkeys(pmids, SourceStatus.RETRACTED)


@pytest.fixture(autouse=True)
def wide(folders: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No table is folded."""
    monkeypatch.setenv("COLUMNS", "200")


@pytest.fixture
def register(monkeypatch: pytest.MonkeyPatch) -> None:
    """No command of this file leaves the machine."""
    monkeypatch.setattr("askms.sources.pubmed.PubMedReader", FakeRegister)
    monkeypatch.setattr("askms.sources.trials.TrialsReader", FakeRegister)
    monkeypatch.setattr("askms.sources.fetching.why_dead", lambda url: "status 404")


@pytest.mark.usefixtures("register")
@pytest.mark.parametrize("command", ["pubmed", "trials"])
def test_a_search_shows_what_it_found_asks_and_writes(run: Run, corpus: Path, command: str) -> None:
    ran = run("corpus", command, "heat", given="y\n")

    assert ran.status == 0
    assert "7 records match" in ran.out
    assert "Heat in MS" in ran.out
    assert "Set n. (pubmed-1.md)" in ran.out
    assert "has no abstract" in ran.err
    assert read_markdown(corpus / "pubmed-1.md").pmid == "1"
    assert "askms index build" in ran.out


@pytest.mark.usefixtures("register")
def test_a_no_writes_nothing(run: Run, corpus: Path) -> None:
    ran = run("corpus", "pubmed", "heat", given="n\n")

    assert (ran.status, "Nothing was written." in ran.out) == (0, True)
    assert not (corpus / "pubmed-1.md").exists()


@pytest.mark.usefixtures("register")
def test_without_an_answer_nothing_is_written(run: Run, corpus: Path) -> None:
    assert run("corpus", "pubmed", "heat", given="").status == 1
    assert not (corpus / "pubmed-1.md").exists()


@pytest.mark.usefixtures("register")
def test_yes_asks_nothing_and_a_second_run_makes_no_second_file(run: Run, corpus: Path) -> None:
    run("corpus", "pubmed", "heat", "--yes")
    before = {path.name for path in corpus.iterdir()}

    ran = run("corpus", "pubmed", "heat", "--yes")

    assert ran.status == 0
    assert "unchanged" in ran.out
    assert {path.name for path in corpus.iterdir()} == before


def test_a_file_of_notes_is_added(run: Run, corpus: Path, tmp_path: Path) -> None:
    notes = corpus_file(tmp_path / "mine", "my-notes", "## What is a spasm?\n\nA spasm is a tight muscle.\n")

    assert run("corpus", "add", str(notes), "--yes").status == 0
    assert (corpus / "my-notes.md").read_bytes() == notes.read_bytes()


def test_a_page_is_added_without_what_patients_are_never_shown(run: Run, corpus: Path, tmp_path: Path) -> None:
    words = (
        "The Riverside clinic helps people with MS who feel tired all day. You should bring your baclofen tablets. "
        "A visit to the Riverside clinic takes about one hour. Some people get amantadine 100 mg twice a day."
    )
    page = tmp_path / "page.html"
    page.write_text(f"<html><head><title>Riverside clinic</title></head><body><p>{words}</p></body></html>")

    ran = run("corpus", "add", str(page), "--yes")

    (written,) = corpus.glob("page*.md")
    body = read_markdown(written).body
    assert ran.status == 0
    assert "takes about one hour" in body
    assert "should" not in body
    assert "100 mg" not in body
    assert "left out" in ran.out


@pytest.mark.parametrize(
    ("origin", "said"),
    [("nowhere.pdf", "does not exist"), ("nowhere", "does not exist"), ("empty.md", "is empty"), ("x.zip", "no file")],
)
def test_what_cannot_be_read_is_named(run: Run, tmp_path: Path, origin: str, said: str) -> None:
    for name in ("empty.md", "x.zip"):
        (tmp_path / name).write_bytes(b"")

    ran = run("corpus", "add", str(tmp_path / origin), "--yes")

    assert ran.status == 1
    assert said in ran.err
    assert ran.disclaims


def test_lint_names_what_is_wrong_and_fails(run: Run, corpus: Path) -> None:
    corpus_file(corpus, "leaning", "## Why?\n\nIt is old.\n", url="https://example.org/leaning")

    ran = run("corpus", "lint")

    assert ran.status == 1
    assert f"{corpus}/leaning.md:" in ran.out
    assert "error: stand-alone" in ran.out


def test_lint_of_a_sound_corpus_ends_well(run: Run, corpus: Path) -> None:
    for path in corpus.glob("*.md"):
        path.unlink()
    corpus_file(corpus, "sound")

    ran = run("corpus", "lint")

    assert (ran.status, ran.out.splitlines()[-1]) == (0, "0 errors, 0 warnings.")


def test_check_lists_what_needs_a_look_and_fails(run: Run, corpus: Path) -> None:
    assert run("corpus", "check").status == 0
    corpus_file(corpus, "ended", evidence_level="registry_entry", expected_completion="2020")

    ran = run("corpus", "check", "--json")

    assert ran.status == 1
    (item,) = json.loads(ran.out)
    assert (item["source_id"], item["need"]) == ("ended", "study should have ended")
    assert "ended" in run("corpus", "check").out


@pytest.mark.usefixtures("register")
def test_check_online_asks_pubmed_and_opens_links(run: Run, corpus: Path) -> None:
    corpus_file(corpus, "paper", pmid="32633662")

    found = json.loads(run("corpus", "check", "--online", "--json").out)

    assert {"source_id": "paper", "need": "notice in PubMed"} in [
        {key: one[key] for key in ("source_id", "need")} for one in found
    ]
    assert sum(one["need"] == "dead link" for one in found) == 4


def test_coverage_counts_topics_and_names_what_is_not_covered(run: Run, corpus: Path) -> None:
    (corpus / "questions.txt").write_text("# relapse\nWhat is a relapse?\n# vertigo\nWhat is vertigo?\n")

    ran = run("corpus", "coverage")
    report = json.loads(run("corpus", "coverage", "--json").out)

    assert "1 of 2 questions find an answer" in ran.out
    assert "vertigo: What is vertigo?" in ran.out
    assert "relapse: What is a relapse?" not in ran.out
    assert report["topics"]["ketamine"] == {"pilot_trial": 1}
    assert report["questions"][0]["route"] == "answer"
