"""Flesch-Kincaid grades against values worked out by hand."""

from __future__ import annotations

import pytest

from evals.cases import Case
from evals.metrics.readability import flesch_kincaid, grade, grade_without_medicines, syllables
from evals.responses import Response, Said
from evals.scores import Unscored

CASE = Case(id="1", kind="answerable", question="?")


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("multiple", 3),  # in the dictionary
        ("Sclerosis", 3),
        ("don't", 1),
        ("don’t", 1),
        ("ocrelizumab", 5),  # not in the dictionary: groups of vowels
        ("natalizumab", 5),
        ("cladribine", 3),
        ("MS", 2),  # letter by letter
        ("MRIs", 3),
        ("WHO", 5),
        ("18", 2),  # a digit each
        ("2021", 4),
        ("0.5", 2),
        ("follow-up", 3),
        ("B12", 3),
    ],
)
def test_syllables_are_those_read_out(word: str, expected: int) -> None:
    assert syllables(word) == expected


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["The cat sat on the mat."], 0.39 * 6 + 11.8 * 6 / 6 - 15.59),
        (["Multiple sclerosis is a disease."], 0.39 * 5 + 11.8 * 10 / 5 - 15.59),
        (["The cat sat. The cat ran.", "The cat ate."], 0.39 * 9 / 3 + 11.8 * 9 / 9 - 15.59),
    ],
)
def test_grades_are_those_of_the_formula(texts: list[str], expected: float) -> None:
    assert flesch_kincaid(texts) == pytest.approx(expected)


def test_names_of_medicines_are_counted_and_left_out() -> None:
    response = Response(text="", said=(Said(text="Ocrelizumab works."), Said(text="This is fixed text.", fixed=True)))

    assert grade(CASE, response) == pytest.approx(0.39 * 2 + 11.8 * 6 / 2 - 15.59)
    assert grade_without_medicines(CASE, response) == pytest.approx(0.39 * 1 + 11.8 * 1 / 1 - 15.59)


def test_what_states_nothing_has_no_grade() -> None:
    with pytest.raises(Unscored, match="nothing stated"):
        grade(CASE, Response(text="", said=(Said(text="I could not find that.", fixed=True),)))
    with pytest.raises(Unscored, match="nothing stated"):
        grade_without_medicines(CASE, Response(text="", said=(Said(text="Ocrelizumab."),)))
