"""Mutations: each changes one fact of a sentence, says which, and is the same each time."""

from __future__ import annotations

import re

import pytest

from evals.mutations import KINDS, mutations

SENTENCES = (
    "In a 2021 trial of 18 people with MS, ketamine (Ketalar) may have eased fatigue more than midazolam.",
    "Natalizumab is not approved for primary progressive MS in the US.",
    "About 6 in 10 men with MS had no erection problems before treatment.",
    "In mice, arketamine reduced the loss of myelin.",
)


def of_kind(kind: str, sentence: str, seed: int = 0) -> str | None:
    return next((m.text for m in mutations(sentence, seed) if m.kind == kind), None)


@pytest.mark.parametrize("sentence", SENTENCES)
def test_every_mutation_differs_and_is_of_a_known_kind(sentence: str) -> None:
    made = mutations(sentence)

    assert made
    assert len({m.kind for m in made}) == len(made)
    assert all(m.kind in KINDS and m.text != sentence for m in made)
    assert all(m.text[0].isupper() for m in made)


@pytest.mark.parametrize("sentence", SENTENCES)
def test_the_same_seed_gives_the_same_and_others_give_others(sentence: str) -> None:
    assert mutations(sentence, 3) == mutations(sentence, 3)
    assert len({tuple(m.text for m in mutations(sentence, seed)) for seed in range(8)}) > 1


@pytest.mark.parametrize("seed", range(20))
def test_a_number_keeps_its_look_and_changes_its_value(seed: int) -> None:
    mutated = of_kind("number", "The odds were 0.03 in 1,200 people.", seed)

    assert mutated is not None
    found = re.fullmatch(r"The odds were (\d\.\d\d) in (\d,\d{3}) people\.", mutated)
    assert found
    assert (found[1] != "0.03") + (found[2] != "1,200") == 1


def test_numbers_inside_names_and_years_beside_other_numbers_stay() -> None:
    for seed in range(20):
        mutated = of_kind("number", "HLA-DRB1 was found in 52 people in 2019.", seed)
        assert mutated is not None
        assert "HLA-DRB1" in mutated
        assert "2019" in mutated


@pytest.mark.parametrize(
    ("sentence", "mutated"),
    [
        ("Ketamine is not approved for MS.", "Ketamine is approved for MS."),
        ("Ketamine cannot cure MS.", "Ketamine can cure MS."),
        ("Ketamine is approved for MS.", "Ketamine is not approved for MS."),
        ("There were no deaths.", "There were some deaths."),
        ("Four had a relapse.", None),
    ],
)
def test_negation_is_turned(sentence: str, mutated: str | None) -> None:
    assert of_kind("negation", sentence) == mutated


def test_a_medicine_changes_all_through_the_sentence() -> None:
    mutated = of_kind("drug", "Ocrelizumab cut relapses, and ocrelizumab is a drip.")

    assert mutated is not None
    assert "ocrelizumab" not in mutated.lower()


def test_what_holds_no_fact_of_a_kind_has_no_mutation_of_it() -> None:
    assert mutations("Myelin covers nerves.") == []
