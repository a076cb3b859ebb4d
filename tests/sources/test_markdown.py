"""A well-formed file becomes a document; every other file is refused by name, field and fix."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from askms.errors import CorpusError
from askms.sources import read_markdown
from askms.testing import BODY, corpus_file
from askms.types import Conflict, Correction, Dispute, EvidenceLevel, SourceStatus, Trust


def refused(path: Path) -> CorpusError:
    """The complaint about a file; it always names the file, the field and what to do."""
    with pytest.raises(CorpusError) as caught:
        read_markdown(path)
    error = caught.value
    assert error.file == path.name
    assert str(error) == f"{path.name}: {error.field}: {error.problem}. {error.fix}"
    assert error.field
    assert error.fix.endswith(".")
    return error


def raw(folder: Path, content: bytes | str, name: str = "example.md") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def test_valid_file_becomes_a_document(tmp_path: Path) -> None:
    path = corpus_file(
        tmp_path,
        "doe-2021-heat",
        "## Why?\n\nHeat slows\nnerves. Cold helps.\n\n## How long?\n\nAn hour.\n",
        doi="10.1177/1352458520936226",
        pmid="32633662",
        nct="NCT03500289",
        year=2021,
        as_of=2021,
        conflicts_with=[{"source": "other", "on": "whether it helps"}],
        disputed_by=[
            {"sentence": "An hour.", "why": "It varies.", "answered_by": [{"source": "b", "sentence": "It varies."}]}
        ],
        trust="D",
        status="corrected",
        evidence_level="news",
    )

    source = read_markdown(path)

    assert (source.id, source.year, source.as_of, source.checked_on) == (
        "doe-2021-heat",
        2021,
        "2021",
        date(2026, 11, 21),
    )
    assert (source.doi, source.pmid, source.nct) == ("10.1177/1352458520936226", "32633662", "NCT03500289")
    assert (source.evidence_level, source.status, source.trust) == (EvidenceLevel.NEWS, SourceStatus.CORRECTED, Trust.D)
    assert source.authors == ("Doe J",)
    assert source.topics == ("ketamine", "fatigue")
    assert source.conflicts_with == (Conflict(source_id="other", on="whether it helps"),)
    assert source.disputed_by == (
        Dispute(sentence="An hour.", why="It varies.", answered_by=(Correction(source_id="b", sentence="It varies."),)),
    )


def test_sections_are_the_text_between_headings_with_wrapped_lines_joined(tmp_path: Path) -> None:
    source = read_markdown(corpus_file(tmp_path, body="## Why?\n\nHeat slows\n  nerves.\n\n## How long?\n\nAn hour.\n"))

    texts = {section.heading: source.body[section.start : section.end].strip() for section in source.sections}

    assert texts == {"Why?": "Heat slows nerves.", "How long?": "An hour."}


def test_questions_in_other_words_belong_to_their_section(tmp_path: Path) -> None:
    asked_as = {"Does ketamine help MS fatigue?": ["will special  k wake me up", "Is it any use?"]}
    read = read_markdown(corpus_file(tmp_path, asked_as=asked_as))

    known = {section.heading: section.asked_as for section in read.sections if section.asked_as}

    assert known == {"Does ketamine help MS fatigue?": ("will special k wake me up", "Is it any use?")}
    assert "special" not in read.body


def test_content_hash_covers_front_matter_and_text(tmp_path: Path) -> None:
    path = corpus_file(tmp_path)

    assert read_markdown(path).content_hash == sha256(path.read_bytes()).hexdigest()
    assert read_markdown(corpus_file(tmp_path, n=19)).content_hash != sha256(path.read_bytes() + b" ").hexdigest()


@pytest.mark.parametrize("change", [{"n": 19}, {"trust": "B"}, {"body": BODY + "\nOne more.\n"}])
def test_any_change_gives_another_content_hash(tmp_path: Path, change: dict[str, Any]) -> None:
    before = read_markdown(corpus_file(tmp_path)).content_hash

    assert read_markdown(corpus_file(tmp_path, **change)).content_hash != before


def test_windows_line_ends_and_byte_order_mark_make_no_difference(tmp_path: Path) -> None:
    path = corpus_file(tmp_path)
    plain = read_markdown(path)

    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))

    assert read_markdown(path) == plain


@pytest.mark.parametrize("word", ["on", "off", "yes", "no", "y", "n", "On", "NO", "false relapse", "true or not"])
def test_yaml_words_for_true_and_false_stay_words(tmp_path: Path, word: str) -> None:
    path = corpus_file(tmp_path)
    text = path.read_text(encoding="utf-8")
    text = text.replace("conflicts_with: []", f"conflicts_with:\n  - source: other\n    on: {word}")
    path.write_text(text.replace("limits: Only 18 people took part.", f"limits: {word}"), encoding="utf-8")

    source = read_markdown(path)

    assert source.conflicts_with == (Conflict(source_id="other", on=word),)
    assert source.limits == word


@pytest.mark.parametrize(
    "field",
    """id title plain_title authors year venue url evidence_level population n as_of checked_on topics limits
    conflicts_with disputed_by status trust""".split(),
)
def test_missing_field_is_named(tmp_path: Path, field: str) -> None:
    left_out: dict[str, Any] = {field: ...}

    error = refused(corpus_file(tmp_path, **left_out))

    assert (error.field, error.problem, error.fix) == (field, "is missing", f"Add '{field}:' to the front matter.")


@pytest.mark.parametrize("field", ["doi", "pmid", "nct"])
def test_identifier_may_be_left_out(tmp_path: Path, field: str) -> None:
    assert getattr(read_markdown(corpus_file(tmp_path)), field) is None


@pytest.mark.parametrize("field", ["licence", "on", "Title", "1"])
def test_unknown_field_is_named(tmp_path: Path, field: str) -> None:
    error = refused(corpus_file(tmp_path, **{field: "x"}))

    assert (error.field, error.problem) == (field, "is not a field of the format")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("id", "Example"),
        ("id", "an example"),
        ("id", "-example"),
        ("id", None),
        ("id", 7),
        ("title", ""),
        ("title", " "),
        ("title", None),
        ("title", ["a"]),
        ("title", "x" * 1001),
        ("plain_title", "x" * 91),
        ("authors", "Doe J"),
        ("authors", [1]),
        ("authors", None),
        ("year", "2021"),
        ("year", 20.21),
        ("year", True),
        ("year", 1799),
        ("year", 2101),
        ("n", 0),
        ("n", -3),
        ("n", "18"),
        ("doi", "https://doi.org/10.1177/1"),
        ("doi", "10.12/x"),
        ("doi", "10.1177/a b"),
        ("doi", "doi:10.1177/1"),
        ("pmid", 32633662),
        ("pmid", "032633662"),
        ("pmid", "PMC123"),
        ("pmid", ""),
        ("nct", "NCT0350028"),
        ("nct", "nct03500289"),
        ("nct", "NCT035002890"),
        ("url", "http://example.org"),
        ("url", "example.org"),
        ("url", "javascript:alert(1)"),
        ("url", 'https://example.org/"><script>'),
        ("url", "https://example.org/a b"),
        ("evidence_level", "meta_analysis"),
        ("evidence_level", None),
        ("status", "CURRENT"),
        ("trust", "E"),
        ("trust", ["A"]),
        ("as_of", "21"),
        ("as_of", "2021-7"),
        ("as_of", "2021-13"),
        ("as_of", "2021-02-30"),
        ("as_of", "0000"),
        ("as_of", "July 2021"),
        ("as_of", None),
        ("checked_on", "2026-11-21"),
        ("checked_on", 2026),
        ("checked_on", None),
        ("topics", []),
        ("topics", ["ketamine", "astrology"]),
        ("topics", "ketamine"),
        ("asked_as", ["why am I tired"]),
        ("asked_as", {"Does ketamine help MS fatigue?": []}),
        ("asked_as", {"Does ketamine help MS fatigue?": ["why am I tired"] * 13}),
        ("asked_as", {"Does ketamine help MS fatigue?": ["x" * 401]}),
        ("asked_as", {"Does ketamine help MS fatigue?": "why am I tired"}),
        ("asked_as", {"No such heading?": ["why am I tired"]}),
        ("asked_as", {7: ["why am I tired"]}),
        ("conflicts_with", None),
        ("conflicts_with", ["other"]),
        ("conflicts_with", [{"source": "other"}]),
        ("disputed_by", {}),
        ("disputed_by", [{"sentence": "x", "why": "y"}]),
        ("disputed_by", [{"sentence": "x", "answered_by": []}]),
        ("disputed_by", [{"sentence": "x", "why": "y", "answered_by": []}]),
        ("disputed_by", [{"sentence": "x", "why": "y", "answered_by": [{"source": "b"}]}]),
    ],
)
def test_wrong_value_is_named(tmp_path: Path, field: str, value: object) -> None:
    wrong: dict[str, Any] = {field: value}

    error = refused(corpus_file(tmp_path, **wrong))

    assert error.field.split(".")[0] == field


def test_moment_is_no_date(tmp_path: Path) -> None:
    path = corpus_file(tmp_path)
    path.write_text(path.read_text("utf-8").replace("checked_on: 2026-11-21", "checked_on: 2026-11-21 10:00:00"))

    assert refused(path).field == "checked_on"


def test_impossible_date_is_named(tmp_path: Path) -> None:
    path = corpus_file(tmp_path)
    path.write_text(path.read_text("utf-8").replace("checked_on: 2026-11-21", "checked_on: 2026-02-31"))

    assert "impossible value" in refused(path).problem


def test_file_name_that_is_not_the_id_is_refused(tmp_path: Path) -> None:
    path = corpus_file(tmp_path, "example").rename(tmp_path / "renamed.md")

    error = refused(path)

    assert (error.field, error.problem) == ("id", "'example' is not the file name")
    assert error.fix == "Write id: renamed."


def test_source_that_nobody_can_open_is_refused(tmp_path: Path) -> None:
    error = refused(corpus_file(tmp_path, url=None))

    assert error.problem == "no doi, pmid, nct or url"


def test_source_with_a_trial_number_alone_is_read(tmp_path: Path) -> None:
    assert read_markdown(corpus_file(tmp_path, url=None, nct="NCT03500289")).url is None


@pytest.mark.parametrize(
    ("content", "field", "problem"),
    [
        (b"", "file", "is empty"),
        (b" \n\n", "file", "is empty"),
        (b"---\nid: x\x00\n---\n", "file", "holds a NUL character"),
        ("---\nid: café\n---\n".encode("latin-1"), "file", "is not UTF-8 (byte 11)"),
        ("---\nid: x\n---\n".encode("utf-16"), "file", "is not UTF-8 (byte 0)"),
        (b"x" * 1_000_001, "file", "has 1000001 bytes, more than 1000000"),
        (b"# Just text\n", "front matter", "none found"),
        (b"---\nid: x\n", "front matter", "none found"),
        (b"---\ntitle: Ketamine: a review\n---\n", "line 2", "is not YAML (mapping values are not allowed here)"),
        (b"---\nid: x\ntitle: 'open\n---\n", "line 4", "is not YAML (found unexpected end of stream)"),
        (b"---\n\tid: x\n---\n", "line 2", "is not YAML (found character '\\t' that cannot start any token)"),
        (b"---\nid: \x07\n---\n", "front matter", "is not YAML (special characters are not allowed)"),
        (b"---\n- id\n---\n", "front matter", "is not a list of fields"),
        (b"---\njust words\n---\n", "front matter", "is not a list of fields"),
        (b"---\n\n---\n", "front matter", "is not a list of fields"),
    ],
)
def test_file_that_is_no_source_is_refused(tmp_path: Path, content: bytes, field: str, problem: str) -> None:
    error = refused(raw(tmp_path, content))

    assert (error.field, error.problem) == (field, problem)


@pytest.mark.parametrize(
    "value", ["!!python/object/apply:os.system ['true']", "!!bool maybe", "!!timestamp x", "[" * 9999]
)
def test_yaml_that_asks_for_more_than_values_is_refused(tmp_path: Path, value: str) -> None:
    refused(raw(tmp_path, f"---\nid: {value}\n---\n"))


def test_field_written_twice_is_refused(tmp_path: Path) -> None:
    path = corpus_file(tmp_path)
    path.write_text(path.read_text("utf-8").replace("trust: A", "trust: D\ntrust: A"))

    error = refused(path)

    assert "trust" in f"{error.field} {error.problem}"


@pytest.mark.parametrize(
    ("body", "field", "problem"),
    [
        ("", "body", "has text outside a section"),
        ("Text alone.\n", "body", "has text outside a section"),
        ("Text.\n\n## Why?\n\nBecause.\n", "body", "has text outside a section"),
        ("## Why?\n", "section 'Why?'", "is empty"),
        ("## Why?\n\n## How?\n\nSo.\n", "section 'Why?'", "is empty"),
        ("## Why?\n\nBecause.\n\n## How?\n", "section 'How?'", "is empty"),
        ("##Why?\n\nBecause.\n", "body", "line '##Why?' is no heading"),
        ("## Why?\n\nBecause.\n\n##How?\n\nLost.\n", "body", "line '##How?' is no heading"),
        ("## Why?\n\n### Deeper\n\nBecause.\n", "body", "line '### Deeper' is no heading"),
        ("# Title\n\n## Why?\n\nBecause.\n", "body", "line '# Title' is no heading"),
    ],
)
def test_body_that_would_lose_words_is_refused(tmp_path: Path, body: str, field: str, problem: str) -> None:
    error = refused(corpus_file(tmp_path, body=body))

    assert (error.field, error.problem) == (field, problem)


def test_folder_named_like_a_source_is_refused(tmp_path: Path) -> None:
    (tmp_path / "example.md").mkdir()

    assert "cannot be read" in refused(tmp_path / "example.md").problem


@pytest.mark.fuzz
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=200))
def test_no_bytes_raise_anything_but_a_corpus_error(tmp_path: Path, content: bytes) -> None:
    refused(raw(tmp_path, content))


_yaml = st.text(st.sampled_from("ab:-[]{}&*!|>'\"%@`,#? \n\t0129.~<=é"), max_size=60)


@pytest.mark.fuzz
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(_yaml, st.sampled_from(["title", "topics", "conflicts_with", "checked_on", "n"]))
def test_no_value_of_a_field_raises_anything_but_a_corpus_error(tmp_path: Path, value: str, field: str) -> None:
    left_out: dict[str, Any] = {field: ...}
    path = corpus_file(tmp_path, **left_out)
    path.write_text(path.read_text("utf-8").replace("---\n\n", f"{field}: {value}\n---\n\n"), encoding="utf-8")

    with suppress(CorpusError):  # anything else fails the test
        read_markdown(path)
