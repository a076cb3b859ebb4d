"""Never one side alone: recorded conflicts bring both sources, disputes bring their answer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from askms.answering.choice import choose
from askms.answering.contrast import both_sides, conflict_on_point, dispute_of, find_sentence, hits_of
from askms.answering.question import Question
from askms.answering.scoring import Candidate, candidates
from askms.testing import SmallIndex, document, small_index

POINT = "whether ketamine helps MS fatigue"
ASKED = "whether ketamine helps MS fatigue?"
YES = "Ketamine helps MS fatigue in a survey of users."
NO = "Whether ketamine helps MS fatigue is not shown by the review of trials."


def sides(**other: Any) -> dict[str, dict[str, Any]]:
    return {
        "survey": {
            "body": f"## Does ketamine help MS fatigue?\n\n{YES}\n",
            "evidence_level": "survey",
            "conflicts_with": [{"source": "review", "on": POINT}],
        },
        "review": {
            "body": f"## Does ketamine help MS fatigue?\n\n{NO}\n",
            "evidence_level": "systematic_review",
            **other,
        },
        "heat": {"body": "## Heat\n\nHeat slows nerves.\n"},
    }


def ranked(small: SmallIndex, text: str) -> list[Candidate]:
    return candidates(small.snapshot, Question.of(text), small.embedder.embed_question(text), small.hits(text))


def everything(candidate: Candidate) -> bool:
    return True


def nothing(candidate: Candidate) -> bool:
    return False


def test_a_question_on_the_point_finds_the_conflict_and_both_sides(tmp_path: Path) -> None:
    small = small_index(tmp_path, sides())
    vector = small.embedder.embed_question(ASKED)
    points = {POINT: small.embedder.embed_question(POINT)}

    conflict = conflict_on_point(small.snapshot, vector, points, choose(ranked(small, ASKED)))

    assert conflict is not None
    assert (conflict.one, conflict.other, conflict.on) == ("survey", "review", POINT)
    found = both_sides(small.snapshot, Question.of(ASKED), points[POINT], conflict, everything)
    assert found is not None
    assert (found.one.candidate.text, found.other.candidate.text) == (YES, NO)
    assert both_sides(small.snapshot, Question.of(ASKED), points[POINT], conflict, nothing) is None


@pytest.mark.parametrize(("question", "other"), [("Who answered the survey?", {}), (ASKED, {"status": "retracted"})])
def test_no_conflict_is_brought_up_off_the_point_or_with_a_retracted_source(
    tmp_path: Path, question: str, other: dict[str, Any]
) -> None:
    small = small_index(tmp_path, sides(**other))
    points = {POINT: small.embedder.embed_question(POINT)}

    picks = [pick for pick in choose(ranked(small, question)) if pick.source_id == "survey"]

    assert conflict_on_point(small.snapshot, small.embedder.embed_question(question), points, picks) is None


def test_without_picks_there_is_no_conflict(tmp_path: Path) -> None:
    small = small_index(tmp_path, sides())

    assert conflict_on_point(small.snapshot, small.embedder.embed_question(ASKED), {}, []) is None


def test_a_dispute_is_found_by_the_very_sentence() -> None:
    body = "## Claims\n\nKetamine cures MS. Ketamine is a drug.\n"
    dispute = {
        "sentence": "Ketamine cures MS.",
        "why": "No.",
        "answered_by": [{"source": "x", "sentence": "It does not."}],
    }
    source = document(body=body, disputed_by=[dispute])

    found = dispute_of(source, "Ketamine cures MS.")

    assert found is not None
    assert found.answered_by[0].sentence == "It does not."
    assert dispute_of(source, "Ketamine is a drug.") is None


def test_a_sentence_is_found_where_it_stands_or_not_at_all(tmp_path: Path) -> None:
    small = small_index(tmp_path, sides())

    place = find_sentence(small.snapshot, "review", NO)

    assert place is not None
    assert place[0].sentence(place[1]) == NO
    assert find_sentence(small.snapshot, "review", YES) is None
    assert find_sentence(small.snapshot, "nobody", NO) is None


def test_every_passage_of_a_source_is_a_hit_with_its_cosine(tmp_path: Path) -> None:
    small = small_index(tmp_path, sides())

    hits = hits_of(small.snapshot, small.embedder.embed_question(NO), "review")

    assert [hit.passage for hit in hits] == list(small.snapshot.passages_of("review"))
    assert all(-1 <= hit.dense <= 1.0001 for hit in hits)
