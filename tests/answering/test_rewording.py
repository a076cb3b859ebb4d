"""A faithful rewording passes; what changes the meaning of real corpus sentences does not."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from askms.answering.rewording import why_unfaithful
from askms.guardrails import named_medicines
from askms.sentences import split_sentences
from askms.sources import load_corpus

CORPUS: Final = Path(__file__).parents[2] / "corpus"

FATIGUE = "In a 2021 trial of 18 people with MS, one ketamine infusion did not change daily fatigue over 7 days."
DAY_28 = "However, in the same trial a fatigue score was lower after ketamine than after midazolam on day 28."

ROWS: Final = [
    json.loads(line) for line in (Path(__file__).parent / "rewordings.jsonl").read_text(encoding="utf-8").splitlines()
]
"""Real sentences and rewritings; `why` is what the refusal says, "any" if that is open, null if it is faithful."""


def judge(sentence: str, *quotes: str) -> str | None:
    return why_unfaithful(sentence, quotes, named_medicines)


@pytest.mark.parametrize("row", [row for row in ROWS if row["why"]], ids=lambda row: row["sentence"][:60])
def test_a_false_rewriting_is_refused_for_what_is_wrong_with_it(row: dict[str, str]) -> None:
    found = judge(row["sentence"], row["quote"])

    assert found is not None
    assert row["why"] in (found, "any")


@pytest.mark.parametrize("row", [row for row in ROWS if not row["why"]], ids=lambda row: row["sentence"][:60])
def test_a_faithful_rewording_passes(row: dict[str, str]) -> None:
    assert judge(row["sentence"], row["quote"]) is None


def test_two_quotations_may_be_joined_clause_by_clause() -> None:
    joined = (
        "One ketamine infusion did not change daily fatigue over 7 days, but a fatigue score was lower after ketamine "
        "than after midazolam on day 28."
    )

    assert judge(joined, FATIGUE, DAY_28) is None


@pytest.mark.parametrize(
    ("sentence", "quotes"),
    [
        (
            "Spravato is approved in the US for fatigue.",
            ("Spravato is approved in the US for depression.", "Fatigue is common in MS."),
        ),
        (
            "Esketamine is approved for fatigue.",
            ("Esketamine is approved for depression, and fatigue is common in MS.",),
        ),
    ],
)
def test_halves_of_two_statements_do_not_make_a_third(sentence: str, quotes: tuple[str, ...]) -> None:
    assert judge(sentence, *quotes) == "joins what its quotation does not"


def test_a_sentence_that_limits_the_one_before_goes_with_it_and_it_with_the_other() -> None:
    both = f"{FATIGUE} {DAY_28}"

    assert judge(FATIGUE, both) == "limit left out: howev"
    assert judge(DAY_28, both) == "leaves out what its quotation limits"
    assert judge(both, both) is None


@cache
def corpus_sentences() -> tuple[str, ...]:
    return tuple(
        sentence
        for source in load_corpus(CORPUS)
        for section in source.sections
        for sentence in split_sentences(source.body[section.start : section.end])
    )


def test_every_sentence_of_the_corpus_is_a_faithful_rewording_of_itself() -> None:
    assert [(s, why) for s in corpus_sentences() if (why := judge(s, s))] == []


def test_typing_does_not_matter() -> None:
    typed = str.maketrans({"'": "’", '"': "“", "-": "–", " ": "\u00a0"})

    assert [(s, why) for s in corpus_sentences() if (why := judge(s.translate(typed), s))] == []


def _sub(pattern: str, by: str) -> Callable[[str], str]:
    return lambda sentence: re.sub(pattern, by, sentence, count=1)


MUTATIONS: Final = {
    "negation dropped": _sub(r"\b(?:not|no|never|without|cannot) ", ""),
    "did not X becomes Xed": _sub(r"\bdid not (\w+)", r"\1"),
    "fell becomes rose": _sub(r"\b(?:fell|lower|reduced?|eased|lowered)\b", "increased"),
    "hedge dropped": _sub(r"\b(?:may|might|could|can) ", ""),
    "mice become people": _sub(r"\b(?:mice|rats|rodents)\b", "people"),
    "more becomes less": _sub(r"\bmore\b", "less"),
    "range cut": _sub(r"\b[\d.]+ to ([\d.]+)", r"\1"),
    "about dropped": _sub(r"\b(?:about|at least|up to|more than|less than|nearly|almost|only) (\d)", r"\1"),
    "most becomes every": _sub(r"\b(?:Most|Some|Few) (\w)", r"Every \1"),
    "the rest after but dropped": _sub(r",? (?:but|although|while|because|unless|if|except) .*", "."),
    "who dropped": _sub(r" (?:who|whose) [^,.]*", ""),
    "ketamine becomes esketamine": _sub(r"(?<= )ketamine\b", "esketamine"),
    "approved": _sub(r"\b(?:tested|studied)\b", "approved"),
    "cures": _sub(r"\b(?:helps?|eased|improved?|reduced)\b", "cures"),
    "a word added": _sub(r"\.$", " and is safe."),
}


@pytest.mark.parametrize("name", MUTATIONS)
def test_mutations_of_the_whole_corpus_are_refused(name: str) -> None:
    mutated = [(sentence, MUTATIONS[name](sentence)) for sentence in corpus_sentences()]
    passed = [wrong for sentence, wrong in mutated if wrong != sentence and judge(wrong, sentence) is None]

    assert passed == []


@given(st.sampled_from(corpus_sentences()), st.sampled_from(corpus_sentences()))
def test_another_sentence_is_no_rewording(one: str, other: str) -> None:
    assert one == other or judge(one, other) is not None
