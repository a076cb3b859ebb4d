"""A receipt is named by its content, and says when that was altered."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from askms.errors import QuestionError
from askms.receipt import VERSION, CitedSpan, FoundPassage, Receipt, differences, read_receipt, read_stripped
from askms.types import Turn, Verdict

RECEIPT = Receipt(
    version=VERSION,
    askms="0.1.0",
    wording="w1",
    snapshot="s1",
    model="fake",
    settings={"fusion": "score", "dense_weight": 0.6, "nested": {"list": [1, None, True]}},
    question="Why am I tired? é 日本",
    history=(Turn(role="user", content="Hello"), Turn(role="assistant", content="Hello.")),
    locale="uk",
    searched="Why am I tired?",
    route="answer",
    flags=("pii",),
    verdicts=(Verdict(guard="dosing", allowed=True, reason="none"),),
    hits=(FoundPassage(passage_key="k", source_id="heat", dense=0.1 + 0.2, keyword=1e-17, fused=1.0),),
    citations=(CitedSpan(source_id="heat", content_hash="h", passage_key="k", start=0, end=9),),
    confidence=0.75,
    writer="quoting",
    text_sha256="t",
).sealed()


def altered(**changes: object) -> str:
    return json.dumps(json.loads(RECEIPT.to_json()) | changes)


def test_receipt_is_read_back_as_written() -> None:
    assert read_receipt(RECEIPT.to_json()) == RECEIPT


@given(st.floats(allow_nan=False, allow_infinity=False), st.text(), st.none() | st.floats(0, 1))
def test_every_score_and_question_survives_writing(score: float, question: str, confidence: float | None) -> None:
    hit = replace(RECEIPT.hits[0], dense=score)
    receipt = replace(RECEIPT, hits=(hit,), question=question, confidence=confidence).sealed()

    assert read_receipt(receipt.to_json()) == receipt


def test_id_is_24_hex_digits_and_the_same_for_the_same_content() -> None:
    assert len(RECEIPT.id) == 24
    assert int(RECEIPT.id, 16)
    assert replace(RECEIPT, id="anything").sealed().id == RECEIPT.id


CHANGES: list[dict[str, Any]] = [
    {"question": "Why?"},
    {"snapshot": "s2"},
    {"wording": "w2"},
    {"settings": {}},
    {"history": ()},
    {"verdicts": (Verdict(guard="dosing", allowed=False, reason="none"),)},
    {"hits": ()},
    {"citations": (CitedSpan(source_id="heat", content_hash="h2", passage_key="k", start=0, end=9),)},
    {"confidence": None},
    {"text_sha256": "t2"},
]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: next(iter(change)))
def test_other_content_has_another_id(change: dict[str, Any]) -> None:
    assert replace(RECEIPT, **change).sealed().id != RECEIPT.id


@pytest.mark.parametrize(
    "change",
    [{"question": "Why?"}, {"text_sha256": "t2"}, {"id": "0" * 24}, {"route": "boundary"}, {"confidence": 0.76}],
    ids=lambda change: next(iter(change)),
)
def test_altered_receipt_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(QuestionError, match="was altered: its content does not match its id"):
        read_receipt(altered(**change))


@pytest.mark.parametrize(
    "text", ["", "{", "null", "[]", "{}", '{"version": 1}', altered(hits="none"), altered(version=None)]
)
def test_text_that_is_no_receipt_is_refused(text: str) -> None:
    with pytest.raises(QuestionError, match=r"Not a receipt: \d+ field\(s\) wrong. Save one with askms ask --receipt"):
        read_receipt(text)


def test_receipts_of_the_same_content_do_not_differ() -> None:
    assert differences(RECEIPT, read_receipt(RECEIPT.to_json())) == []


def test_each_field_that_differs_is_one_line() -> None:
    other = replace(RECEIPT, snapshot="s2", confidence=None).sealed()

    assert differences(RECEIPT, other) == [
        'snapshot: "s1" -> "s2"',
        "confidence: 0.75 -> null",
        f'id: "{RECEIPT.id}" -> "{other.id}"',
    ]


def test_long_difference_is_cut() -> None:
    (line, _) = differences(RECEIPT, replace(RECEIPT, question="why " * 100).sealed())

    assert line.startswith("question: ")
    assert line.endswith("...")
    assert len(line) < 260


def test_a_receipt_without_words_keeps_everything_else_and_its_id() -> None:
    stripped = RECEIPT.without_words()

    assert (stripped.question, stripped.history, stripped.searched) == ("", (), "")
    assert differences(replace(RECEIPT, question="", history=(), searched=""), stripped) == []
    assert stripped.without_words() == stripped


def test_a_verdict_without_words_keeps_its_reason_and_not_the_word_that_gave_it() -> None:
    said = ("claim 0: says more than its quotation: zanzibar", "failed: ValueError", "none", "scope:far gave way")
    verdicts = tuple(Verdict(guard="verify", allowed=False, reason=reason) for reason in said)

    stripped = replace(RECEIPT, verdicts=verdicts).without_words()

    assert [verdict.reason for verdict in stripped.verdicts] == ["claim 0: says more than its quotation", *said[1:]]


def test_a_receipt_without_words_is_checked_by_its_seal() -> None:
    stripped = RECEIPT.without_words()
    seal = stripped.digest

    assert read_stripped(stripped.to_json(), seal) == stripped
    with pytest.raises(QuestionError, match="was altered"):
        read_receipt(stripped.to_json())
    with pytest.raises(QuestionError, match="what is left of it does not match its seal"):
        read_stripped(replace(stripped, route="boundary").to_json(), seal)
    with pytest.raises(QuestionError, match="Not a receipt"):
        read_stripped("{}", seal)
