"""A question's kind is read from plain cues, and a sentence is of the kind that answers it or not."""

from __future__ import annotations

import pytest

from askms.answering.question import Kind, Question, defines, fit


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("What is a relapse?", Kind.WHAT_IS),
        ("whats an mri", Kind.WHAT_IS),
        ("Does ketamine help fatigue?", Kind.EFFECT),
        ("How many people have MS?", Kind.HOW_MANY),
        ("When was Spravato approved?", Kind.WHEN),
        ("Is it licensed in Europe?", Kind.APPROVED),
        ("Any side effects?", Kind.RISK),
        ("Who can join the trial?", Kind.WHO),
    ],
)
def test_a_cue_names_the_kind_of_question(text: str, kind: Kind) -> None:
    assert kind in Question.of(text).kinds


def test_a_question_without_a_cue_has_no_kind_and_fits_nothing() -> None:
    question = Question.of("ketamine and fatigue")

    assert question.kinds == frozenset()
    assert fit(question.kinds, "Ketamine did not change fatigue in 18 people.") == 0.0


def test_the_kind_comes_from_what_is_new_and_the_terms_from_the_whole_conversation() -> None:
    question = Question.of("ketamine fatigue: and the side effects?", asked="and the side effects?")

    assert question.kinds == {Kind.RISK}
    assert question.asked == "and the side effects?"
    assert question.terms[0] == "ketamin"


def test_fit_is_the_share_of_the_kinds_that_a_sentence_serves() -> None:
    assert fit(frozenset({Kind.HOW_MANY, Kind.RISK}), "About 40 people took part.") == 0.5
    assert fit(frozenset({Kind.HOW_MANY, Kind.RISK}), "Nausea was seen in 4 people.") == 1.0
    assert fit(frozenset({Kind.WHO}), "Ketamine blocks a receptor.") == 0.0


@pytest.mark.parametrize(
    ("question", "sentence", "expected"),
    [
        ("What is a relapse?", "A relapse is a new symptom of MS.", True),
        ("What is a relapse in MS?", "A relapse is a new symptom.", True),
        ("What does relapse mean?", "A relapse means a new symptom.", True),
        ("What is MS?", "MS is a disease of the nerves.", True),
        ("What is a relapse?", "A pseudo-relapse is a return of old symptoms.", False),
        ("What is a relapse?", "Relapses often fade.", False),
        ("Does ketamine help?", "Ketamine is a drug.", False),
    ],
)
def test_a_definition_is_of_the_very_thing_asked_about(question: str, sentence: str, expected: bool) -> None:
    assert defines(question, sentence) is expected
