"""The lint: each rule finds what breaks it, at its line, and leaves alone what keeps it."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from askms.sources.reader import compose
from askms.testing import BODY, corpus_file
from askms.upkeep import Finding, Severity, lint
from askms.upkeep.identifiers import is_orcid
from askms.upkeep.prose import reading_grade

TODAY = date(2026, 11, 21)
HEADING = "## What is known?\n\n"
CORPUS = Path(__file__).parents[2] / "corpus"


def found(folder: Path, body: str = BODY, **fields: Any) -> list[Finding]:
    corpus_file(folder, "example", body, **fields)
    return lint(folder, TODAY)


def rules(findings: list[Finding]) -> list[str]:
    return [finding.rule for finding in findings]


def test_a_file_that_keeps_every_rule_has_no_finding(tmp_path: Path) -> None:
    assert found(tmp_path) == []


def test_the_corpus_of_this_repository_has_no_error() -> None:
    errors = [str(finding) for finding in lint(CORPUS, TODAY) if finding.severity is Severity.ERROR]

    assert errors == []


def test_a_finding_names_file_line_rule_problem_and_fix(tmp_path: Path) -> None:
    path = corpus_file(tmp_path / "deep", "example", HEADING + "Ketamine is a drug.\nIt is old.\n")
    line = path.read_text("utf-8").splitlines().index("It is old.") + 1

    (finding,) = lint(tmp_path, TODAY)

    assert str(finding) == (
        f"deep/example.md:{line}: error: stand-alone: 'It' points outside 'It is old.'. Name what is meant."
    )


def test_a_file_that_cannot_be_read_is_one_finding_and_the_others_are_checked(tmp_path: Path) -> None:
    corpus_file(tmp_path, "broken", year="last year")
    corpus_file(tmp_path, "leaning", HEADING + "It is old.\n")
    (tmp_path / "empty.md").write_text("")
    (tmp_path / "yaml.md").write_text("---\nid: yaml\ntitle: a: b\n---\n")

    findings = lint(tmp_path, TODAY)

    assert [(finding.file, finding.rule) for finding in findings] == [
        ("broken.md", "schema"),
        ("empty.md", "schema"),
        ("leaning.md", "stand-alone"),
        ("yaml.md", "schema"),
    ]
    lines = (tmp_path / "broken.md").read_text("utf-8").splitlines()
    assert lines[findings[0].line - 1].startswith("year:")
    assert findings[3].line == 3


@pytest.mark.parametrize(
    "sentence",
    [
        "It is old.",
        "However, they got better.",
        "These people got better.",
        "The study found less fatigue.",
        "The authors concluded that ketamine did not help.",
        "In the trial, fatigue fell.",
        "Fatigue fell in this trial.",
        "Both groups got better.",
        "Such people got better.",
    ],
)
def test_a_sentence_that_leans_on_another_is_found(tmp_path: Path, sentence: str) -> None:
    assert rules(found(tmp_path, HEADING + sentence + "\n")) == ["stand-alone"]


@pytest.mark.parametrize(
    "sentence",
    [
        "The trial of ketamine in 18 people with MS was small.",
        "However, in the same trial a fatigue score was lower after ketamine.",
        "However, that fall in fatigue was small.",
        "The medicine dantrolene eases stiff muscles.",
        "Neither exercise nor training helped people with MS to think faster.",
        "Itching can be a symptom of MS.",
        "There is no cure for MS.",
    ],
)
def test_a_sentence_that_stands_alone_is_left_alone(tmp_path: Path, sentence: str) -> None:
    assert found(tmp_path, HEADING + sentence + "\n") == []


@pytest.mark.parametrize(
    ("sentence", "short"),
    [
        ("Natalizumab can cause PML.", "PML"),
        ("People with RRMS had fewer relapses.", "RRMS"),
        ("Drugs called SSRIs treat depression in MS.", "SSRI"),
    ],
)
def test_a_short_form_without_its_words_is_found(tmp_path: Path, sentence: str, short: str) -> None:
    (finding,) = found(tmp_path, HEADING + sentence + "\n")

    assert finding.rule == "abbreviation"
    assert finding.problem.startswith(f"{short} is not spelled out")


@pytest.mark.parametrize(
    "sentence",
    [
        "Natalizumab can cause a brain infection called progressive multifocal leukoencephalopathy (PML).",
        "PML (progressive multifocal leukoencephalopathy) is a brain infection.",
        "An MRI shows lesions of MS, and the FDA is the US regulator.",
        "The INKLING-MS trial and the HERCULES trial tested drugs for MS.",
        "A gene called HLA-DRB1 raises the risk of MS.",
        "NEDA stands for no evidence of disease activity.",
    ],
)
def test_a_short_form_that_is_explained_or_a_name_is_left_alone(tmp_path: Path, sentence: str) -> None:
    assert "abbreviation" not in rules(found(tmp_path, HEADING + sentence + "\n"))


def test_a_short_form_with_full_stops_is_found(tmp_path: Path) -> None:
    assert rules(found(tmp_path, HEADING + "Some drugs, e.g. ketamine, act fast.\n")) == ["abbreviation"]


def test_a_name_in_the_title_need_not_be_spelled_out(tmp_path: Path) -> None:
    assert found(tmp_path, HEADING + "The DEFT trial tested cooling in MS.\n", title="The DEFT trial") == []


@pytest.mark.parametrize(
    ("heading", "level", "rule"),
    [
        ("What did the trial give?", "pilot_trial", []),
        ("What did the trial give?", "regulator_label", ["dose"]),
        ("What is known?", "pilot_trial", ["dose"]),
    ],
)
def test_an_amount_may_stand_only_where_a_study_says_what_it_gave(
    tmp_path: Path, heading: str, level: str, rule: list[str]
) -> None:
    body = f"## {heading}\n\nEach of 18 people with MS got ketamine 40 mg once.\n"

    assert rules(found(tmp_path, body, evidence_level=level)) == rule


def test_words_that_tell_the_reader_what_to_do_are_found(tmp_path: Path) -> None:
    assert "directive" in rules(found(tmp_path, HEADING + "People with MS should stop ketamine.\n"))


def test_words_too_strong_for_the_evidence_are_found(tmp_path: Path) -> None:
    body = HEADING + "Ketamine cures fatigue in MS.\n"

    assert rules(found(tmp_path, body, evidence_level="case_report")) == ["overclaim"]


@pytest.mark.parametrize(
    ("body", "rule"),
    [
        ("## Ketamine\n\nKetamine is a drug.\n", "heading"),
        ("## Why?\n\nKetamine is a drug.\n\n## Why?\n\nMS is an illness.\n", "heading"),
        ("## Why?\n\n" + "Ketamine is a drug. " * 7 + "\n", "section"),
        ("## Why?\n\n" + "Ketamine is a drug that people know and " * 8 + "that is all.\n", "length"),
    ],
)
def test_headings_and_lengths_are_checked(tmp_path: Path, body: str, rule: str) -> None:
    assert rule in rules(found(tmp_path, body))


def test_hard_words_are_a_warning_and_very_hard_ones_an_error(tmp_path: Path) -> None:
    hard = "Immunological investigation differentiated the antibody-mediated demyelination.\n"
    harder = hard.replace(".", " of heterogeneous pathophysiological characteristics internationally.")

    assert reading_grade("Heat slows nerves.", 1) < 4 < reading_grade(hard, 1)
    (finding,) = found(tmp_path, HEADING + harder)
    assert (finding.rule, finding.severity) == ("grade", Severity.ERROR)


@pytest.mark.parametrize(
    ("fields", "rule"),
    [
        ({"pmid": "999999999"}, "pmid"),
        ({"doi": "10.1177/1352458520936226."}, "doi"),
        ({"authors": ["Doe J 0000-0002-1825-0098"]}, "orcid"),
        ({"doi": "10.1/x", "url": "https://doi.org/10.1177/other"}, None),
        ({"doi": "10.1177/1352458520936226", "url": "https://doi.org/10.1177/other"}, "url"),
        ({"url": "https://pubmed.ncbi.nlm.nih.gov/32633662/"}, "url"),
        ({"nct": "NCT00000001", "url": "https://clinicaltrials.gov/study/NCT00000002"}, "url"),
    ],
)
def test_an_identifier_that_cannot_be_right_is_found(tmp_path: Path, fields: dict[str, Any], rule: str | None) -> None:
    assert rules(found(tmp_path, **fields)) == [rule or "schema"]


@pytest.mark.parametrize(
    "fields",
    [
        {"authors": ["Doe J 0000-0002-1825-0097"]},
        {"doi": "10.1016/S1474-4422(20)30354-9", "url": "https://doi.org/10.1016/s1474-4422(20)30354-9"},
        {"pmid": "32633662", "url": "https://pubmed.ncbi.nlm.nih.gov/32633662/"},
    ],
)
def test_an_identifier_that_is_right_is_left_alone(tmp_path: Path, fields: dict[str, Any]) -> None:
    assert found(tmp_path, **fields) == []


@pytest.mark.parametrize(
    ("orcid", "right"),
    [
        ("0000-0002-1825-0097", True),
        ("0000-0001-5109-3700", True),
        ("0000-0002-1694-233X", True),
        ("0000-0002-1825-0079", False),
        ("0000-0002-1694-2330", False),
    ],
)
def test_the_last_character_of_an_orcid_checks_the_others(orcid: str, right: bool) -> None:
    assert is_orcid(orcid) is right


def test_two_files_for_one_paper_are_found(tmp_path: Path) -> None:
    other = HEADING + "Heat slows nerves in MS.\n"
    corpus_file(tmp_path, "a", doi="10.1177/1352458520936226", url=None)
    corpus_file(tmp_path, "b", other, doi="10.1177/1352458520936226", url=None)

    (finding,) = lint(tmp_path, TODAY)

    assert (finding.file, finding.rule, finding.severity) == ("b.md", "duplicate", Severity.ERROR)
    assert "a.md" in finding.problem


def test_two_files_with_one_link_are_a_warning(tmp_path: Path) -> None:
    corpus_file(tmp_path, "a")
    corpus_file(tmp_path, "b", HEADING + "Heat slows nerves in MS.\n")

    assert [(f.rule, f.severity) for f in lint(tmp_path, TODAY)] == [("duplicate", Severity.WARNING)]


@pytest.mark.parametrize(("shared", "is_copied"), [(12, True), (11, False)])
def test_twelve_words_in_a_row_of_another_file_are_found(tmp_path: Path, shared: int, is_copied: bool) -> None:
    words = "ketamine one two three four five six seven eight nine ten eleven".split()[:shared]
    others = "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu".split()
    for name, rest in (("a", others[:6]), ("b", others[6:])):
        sentence = " ".join(["Heat", *rest, *words, *rest]) if name == "a" else " ".join(["Cold", *words, *rest])
        corpus_file(tmp_path, name, f"## Why?\n\n{sentence}.\n", url=f"https://example.org/{name}")

    copied = [finding for finding in lint(tmp_path, TODAY) if finding.rule == "copied"]

    assert [finding.file for finding in copied] == (["b.md"] if is_copied else [])


def test_nearly_the_same_notes_are_found(tmp_path: Path) -> None:
    body = "## Why?\n\nHeat slows nerves in MS. Cold helps some people. Fans help at night too.\n"
    corpus_file(tmp_path, "a", body, url="https://example.org/a")
    corpus_file(tmp_path, "b", body.replace("Fans", "Vests"), url="https://example.org/b")

    assert rules(lint(tmp_path, TODAY)) == ["duplicate"]


def test_a_conflict_named_on_one_side_is_found_on_the_other(tmp_path: Path) -> None:
    corpus_file(tmp_path, "a", conflicts_with=[{"source": "b", "on": "whether heat hurts"}])
    path = corpus_file(tmp_path, "b", HEADING + "Heat slows nerves in MS.\n", url="https://example.org/b")

    (finding,) = lint(tmp_path, TODAY)

    assert (finding.file, finding.rule) == ("b.md", "conflict")
    assert path.read_text("utf-8").splitlines()[finding.line - 1].startswith("conflicts_with")


def test_every_link_that_points_nowhere_is_found(tmp_path: Path) -> None:
    corpus_file(tmp_path, "a", conflicts_with=[{"source": "x", "on": "heat"}, {"source": "y", "on": "cold"}])

    assert rules(lint(tmp_path, TODAY)) == ["link", "link"]


@pytest.mark.parametrize(
    ("fields", "findings"),
    [
        ({"checked_on": date(2024, 11, 20)}, [("review", Severity.WARNING)]),
        ({"checked_on": date(2026, 1, 1), "evidence_level": "cohort"}, []),
        ({"checked_on": date(2026, 1, 1), "evidence_level": "registry_entry"}, [("review", Severity.WARNING)]),
        ({"checked_on": date(2026, 11, 22)}, [("date", Severity.ERROR)]),
        ({"as_of": "2027"}, [("date", Severity.ERROR)]),
        ({"as_of": "2026-12"}, [("date", Severity.ERROR)]),
        ({"as_of": "2026-11"}, []),
    ],
)
def test_dates_are_checked(tmp_path: Path, fields: dict[str, Any], findings: list[tuple[str, Severity]]) -> None:
    assert [(f.rule, f.severity) for f in found(tmp_path, **fields)] == findings


def test_what_a_reader_took_from_a_source_may_break_the_rules_of_style(tmp_path: Path) -> None:
    fields = {
        "id": "leaflet",
        "title": "Leaflet",
        "plain_title": "Leaflet",
        "authors": [],
        "year": None,
        "venue": "A clinic",
        "evidence_level": "opinion",
        "population": "not stated",
        "as_of": "2026",
        "topics": ["unsorted"],
        "limits": "Not reviewed.",
        "trust": "D",
    }
    text = compose(
        fields, [("Page 1", "It is 40 mg of PML.")], reader="pdf", origin="leaflet.pdf", retrieved_on=TODAY
    ).text
    (tmp_path / "leaflet.md").write_text(text, encoding="utf-8")

    findings = lint(tmp_path, TODAY)

    assert set(rules(findings)) == {"stand-alone", "abbreviation", "dose"}
    assert {finding.severity for finding in findings} == {Severity.WARNING}
