"""Words that are stronger than the evidence are found, and denials, doubts and reports are not."""

from __future__ import annotations

import pytest

from askms import EvidenceLevel
from askms.wording import connecting
from evals.cases import Case
from evals.metrics.overclaim import WEAK, overclaimed, overclaims, strong
from evals.responses import Quoted, Response, Said
from evals.scores import Unscored

CASE = Case(id="c", kind="answerable", question="?")


def said(text: str, *levels: str, quote: str = "") -> Said:
    quote = quote or text
    return Said(text=text, citations=tuple(Quoted(source="s", passage=quote, quote=quote, level=one) for one in levels))


def reply(*sentences: Said) -> Response:
    return Response(text="", said=sentences)


@pytest.mark.parametrize(
    "sentence",
    [
        "Ketamine cures MS fatigue.",
        "It is proven to help.",
        "The diet is safe.",
        "The diet is completely safe.",
        "It works.",
        "It is not cheap, but it works.",
        "It definitely helps.",
        "Whether it helps children is unknown; in adults it always helps.",
    ],
)
def test_strong_words_on_weak_evidence(sentence: str) -> None:
    assert overclaims(CASE, reply(said(sentence, "opinion"))) == 1


@pytest.mark.parametrize(
    "sentence",
    [
        "Ketamine does not cure MS fatigue, and nothing is proven.",
        "It has not been proven to help.",
        "No diet cures MS.",
        "Whether the diet is safe is unknown.",
        "The diet may be safe, and perhaps it is effective.",
        "Early results suggest that it works.",
        "One user said that it works.",
        "According to the company, it is effective.",
        "In mice, the substance reverses damage.",
        "Ocrelizumab works by removing B cells.",
        "Sleep was better after the course.",
    ],
)
def test_no_strong_claim(sentence: str) -> None:
    assert strong(sentence) is None
    assert overclaims(CASE, reply(said(sentence, "opinion"))) == 0


def test_one_strong_source_carries_strong_words_for_all() -> None:
    sentence = "It is effective."

    assert overclaims(CASE, reply(said(sentence, "randomised_trial"))) == 0
    assert overclaims(CASE, reply(said(sentence, "opinion", "randomised_trial"))) == 0
    assert overclaims(CASE, reply(said(sentence, "opinion", "animal"))) == 1


@pytest.mark.parametrize(
    ("text", "quote", "value"),
    [
        ("Ketamine eases tiredness.", "Ketamine may ease tiredness.", 1),
        ("Ketamine may ease tiredness.", "Ketamine may ease tiredness.", 0),
        ("Ketamine might ease tiredness.", "Ketamine may ease tiredness.", 0),
        ("Ketamine eases tiredness.", "Ketamine eases tiredness. Ketamine may ease tiredness for days.", 0),
        ("Ketamine eased tiredness.", "Ketamine eased tiredness, and this may be chance alone in so few people.", 0),
    ],
)
def test_a_lost_doubt_counts_on_any_evidence(text: str, quote: str, value: float) -> None:
    assert overclaims(CASE, reply(said(text, "systematic_review", quote=quote))) == value


def test_a_statement_without_a_citation_is_left_to_citation_recall() -> None:
    assert overclaims(CASE, reply(said("It is new.", "news"), Said(text="It cures MS."))) == 0


def test_what_is_wrong_is_told() -> None:
    response = reply(said("It cures.", "news"), said("It helps sleep.", "guideline", quote="It may help sleep."))

    assert overclaimed(CASE, response) == (
        '"cures" on weak evidence: It cures.',
        '"may" of the quote is lost: It helps sleep.',
    )


def test_a_claim_that_the_reply_calls_disputed_is_not_its_own() -> None:
    response = reply(Said(text=connecting("disputed"), fixed=True), said("It cures MS.", "opinion"))

    assert overclaims(CASE, response) == 0


def test_a_reply_that_states_nothing_claims_nothing_and_one_without_evidence_is_unscored() -> None:
    assert overclaims(CASE, Response(text="I cannot say.", answered=False)) == 0
    with pytest.raises(Unscored, match="no statement shows"):
        overclaims(CASE, Response(text="It cures MS."))


def test_weak_levels_are_levels() -> None:
    assert {level.value for level in EvidenceLevel} > WEAK
