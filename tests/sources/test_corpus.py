"""A corpus is read whole; what one file alone cannot show is checked, and named."""

from __future__ import annotations

from pathlib import Path

import pytest

from askms.errors import CorpusError
from askms.sources import load_corpus
from askms.testing import corpus_file

HEAT = "## Why?\n\nHeat slows nerves. Cold helps.\n"


def refused(folder: Path) -> CorpusError:
    with pytest.raises(CorpusError) as caught:
        load_corpus(folder)
    assert caught.value.fix.endswith(".")
    return caught.value


def dispute(
    sentence: str = "Heat cures MS.", source: str = "heat", answer: str = "Heat slows nerves."
) -> list[dict[str, object]]:
    return [{"sentence": sentence, "why": "No.", "answered_by": [{"source": source, "sentence": answer}]}]


def test_sources_come_sorted_by_id_from_all_folders_without_readme(tmp_path: Path) -> None:
    corpus_file(tmp_path, "heat")
    corpus_file(tmp_path / "trials", "beta")
    (tmp_path / "README.md").write_text("not a source")

    assert [source.id for source in load_corpus(tmp_path)] == ["beta", "heat"]


def test_missing_folder_is_named(tmp_path: Path) -> None:
    error = refused(tmp_path / "nowhere")

    assert (error.file, error.field, error.problem) == (str(tmp_path / "nowhere"), "folder", "does not exist")


def test_folder_without_sources_is_refused(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("not a source")

    assert refused(tmp_path).problem == "holds no sources"


def test_id_used_in_two_folders_is_refused(tmp_path: Path) -> None:
    corpus_file(tmp_path / "a", "heat")
    corpus_file(tmp_path / "b", "heat")

    error = refused(tmp_path)

    assert (error.file, error.field, error.problem) == ("b/heat.md", "id", "is used by a/heat.md too")


def test_one_malformed_file_refuses_the_corpus_and_is_named(tmp_path: Path) -> None:
    corpus_file(tmp_path, "good")
    corpus_file(tmp_path, "wrong", year="last year")

    error = refused(tmp_path)

    assert (error.file, error.field) == ("wrong.md", "year")


@pytest.mark.parametrize("other", ["nobody", "heat"])
def test_conflict_with_nobody_or_itself_is_refused(tmp_path: Path, other: str) -> None:
    corpus_file(tmp_path, "heat", conflicts_with=[{"source": other, "on": "whether it helps"}])

    error = refused(tmp_path)

    assert (error.file, error.field, error.problem) == ("heat.md", "conflicts_with", f"{other!r} is no other source")


def test_conflict_with_another_source_is_read(tmp_path: Path) -> None:
    corpus_file(tmp_path, "cold")
    corpus_file(tmp_path, "heat", conflicts_with=[{"source": "cold", "on": "whether it helps"}])

    assert load_corpus(tmp_path)[1].conflicts_with[0].source_id == "cold"


def test_dispute_with_both_sentences_letter_for_letter_is_read(tmp_path: Path) -> None:
    corpus_file(tmp_path, "heat", HEAT)
    corpus_file(tmp_path, "blog", "## Why?\nHeat cures MS. Trust us.\n", disputed_by=dispute())

    assert load_corpus(tmp_path)[0].disputed_by[0].sentence == "Heat cures MS."


def test_dispute_may_be_answered_by_the_same_file(tmp_path: Path) -> None:
    body = "## Why?\n\nHeat cures MS. Heat slows nerves.\n"
    corpus_file(tmp_path, "heat", body, disputed_by=dispute())

    assert len(load_corpus(tmp_path)[0].disputed_by) == 1


@pytest.mark.parametrize(
    ("disputed", "problem"),
    [
        (dispute("Heat cures MS"), "'Heat cures MS' is no sentence of this file"),
        (dispute("heat cures MS."), "'heat cures MS.' is no sentence of this file"),
        (dispute("cures MS."), "'cures MS.' is no sentence of this file"),
        (dispute(source="nobody"), "'nobody' is no source"),
        (dispute(answer="Heat slows"), "'Heat slows' is no sentence of heat.md"),
    ],
)
def test_dispute_that_points_nowhere_is_refused(
    tmp_path: Path, disputed: list[dict[str, object]], problem: str
) -> None:
    corpus_file(tmp_path, "heat", HEAT)
    corpus_file(tmp_path, "blog", "## Why?\n\nHeat cures MS. Trust us.\n", disputed_by=disputed)

    error = refused(tmp_path)

    assert (error.file, error.field, error.problem) == ("blog.md", "disputed_by", problem)


def test_the_real_corpus_is_read() -> None:
    documents = load_corpus(Path(__file__).parents[2] / "corpus")

    assert len(documents) >= 100
    assert len({document.content_hash for document in documents}) == len(documents)
