"""Coverage: topics counted from what may be quoted, questions counted by what their replies come to."""

from __future__ import annotations

from pathlib import Path

import pytest

from askms.errors import CorpusError
from askms.testing import document
from askms.types import EvidenceLevel, Route
from askms.upkeep import ask_all, by_topic, read_questions

CORPUS = Path(__file__).parents[2] / "corpus"


def test_topics_are_counted_by_level_the_thinnest_first() -> None:
    sources = [
        document("a", topics=["sleep", "heat"], evidence_level="cohort"),
        document("b", topics=["sleep"], evidence_level="news"),
        document("c", topics=["pain"], status="retracted"),
    ]

    topics = by_topic(sources)

    assert list(topics) == ["heat", "sleep"]
    assert topics["sleep"] == {EvidenceLevel.COHORT: 1, EvidenceLevel.NEWS: 1}


def test_questions_are_read_with_their_groups(tmp_path: Path) -> None:
    (tmp_path / "questions.txt").write_text("\ufeffWhat is MS?\n\n# sleep\nWhy am I tired?\n  And you?  \n", "utf-8")

    assert read_questions(tmp_path) == [("other", "What is MS?"), ("sleep", "Why am I tired?"), ("sleep", "And you?")]


@pytest.mark.parametrize("content", [None, b"", b"# only a group\n", b"\xff\xfe\x00"])
def test_a_list_without_questions_is_refused(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "questions.txt").write_bytes(content)

    with pytest.raises(CorpusError) as caught:
        read_questions(tmp_path)

    assert caught.value.file == "questions.txt"
    assert caught.value.fix.endswith(".")


def test_a_question_is_covered_unless_the_sources_do_not_answer_it() -> None:
    routes = {"a": Route.ANSWER, "b": Route.NO_EVIDENCE, "c": Route.BOUNDARY}

    asked = list(ask_all([("g", "a"), ("g", "b"), ("h", "c")], routes.__getitem__))

    assert [(one.group, one.question, one.is_covered) for one in asked] == [
        ("g", "a", True),
        ("g", "b", False),
        ("h", "c", True),
    ]


def test_the_list_of_this_repository_is_long_and_asks_nothing_twice() -> None:
    questions = [question for _, question in read_questions(CORPUS)]

    assert len(questions) >= 150
    assert len(questions) == len({question.casefold() for question in questions})
