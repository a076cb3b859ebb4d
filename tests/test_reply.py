"""A reply cannot exist without its disclaimer, nor cite what it does not list."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from askms.reply import DISCLAIMER, Card, Contact, Reply, Suggestion
from askms.testing import document
from askms.types import Citation, Claim, Flag, Route

HEAT = document("heat", plain_title="Heat and MS", year=2019, n=None, evidence_level="cohort", url="https://a.org/1")
TRIAL = document("trial", plain_title="A ketamine trial", year=None, n=18, url=None, doi="10.1000/x")
CARD = Card(kind="crisis", title="Help now", text="Call now.", contacts=(Contact(label="Lifeline: 988", tel="988"),))


def cite(source_id: str, quote: str = "Heat slows nerves.") -> Citation:
    source = {"heat": HEAT, "trial": TRIAL}.get(source_id, HEAT)
    return Citation(
        source_id=source_id,
        passage_key="0" * 16,
        start=0,
        end=len(quote),
        quote=quote,
        evidence_level=source.evidence_level,
        year=source.year,
        n=source.n,
        checked_on=source.checked_on,
    )


CLAIM = Claim(text="Heat slows nerves.", citations=(cite("heat"),))


@given(
    route=st.sampled_from([route for route in Route if route is not Route.ANSWER]),
    note=st.none() | st.text(),
    strength=st.none() | st.text(),
    words=st.lists(st.text(), max_size=3),
)
def test_text_of_every_reply_ends_with_the_disclaimer(
    route: Route, note: str | None, strength: str | None, words: list[str]
) -> None:
    claims = tuple(Claim(text=text) for text in words)

    reply = Reply(route=route, claims=claims, note=note, strength=strength)

    assert reply.text.endswith(DISCLAIMER)
    assert reply.to_dict()["disclaimer"] == DISCLAIMER


def test_disclaimer_says_these_words() -> None:
    assert DISCLAIMER == (
        "This is research information, not medical advice. Consult your neurologist before you act on it."
    )


def test_disclaimer_cannot_be_passed_in() -> None:
    arguments: dict[str, Any] = {"route": Route.OFFTOPIC, "disclaimer": ""}

    with pytest.raises(TypeError, match="disclaimer"):
        Reply(**arguments)


def test_disclaimer_of_a_reply_cannot_be_changed() -> None:
    reply = Reply(route=Route.OFFTOPIC)

    with pytest.raises((AttributeError, TypeError)):  # which of them depends on the Python version
        reply.disclaimer = ""  # type: ignore[misc]

    assert reply.text.endswith(DISCLAIMER)


def test_disclaimer_cannot_be_replaced() -> None:
    changes: dict[str, Any] = {"disclaimer": ""}

    with pytest.raises(TypeError):
        replace(Reply(route=Route.OFFTOPIC), **changes)


@pytest.mark.parametrize("claims", [(), (Claim(text="Trust me."),)])
def test_answer_without_a_citation_cannot_be_made(claims: tuple[Claim, ...]) -> None:
    with pytest.raises(ValueError, match="must cite a passage"):
        Reply(route=Route.ANSWER, claims=claims, sources=(HEAT,))


def test_citation_of_a_source_that_is_not_listed_is_refused() -> None:
    with pytest.raises(ValueError, match="citation of 'heat', which is not among the sources"):
        Reply(route=Route.ANSWER, claims=(CLAIM,), sources=(TRIAL,))


def test_text_has_cards_sentences_strength_note_suggestions_sources_and_disclaimer_in_this_order() -> None:
    reply = Reply(
        route=Route.ANSWER,
        cards=(CARD,),
        claims=(Claim(text="Here is what is known."), CLAIM),
        strength="One cohort.",
        note="Written by quotation.",
        suggestions=(Suggestion(label="Why heat?"), Suggestion(label="PubMed", url="https://b.org")),
        sources=(HEAT, TRIAL),
    )

    assert reply.text == "\n\n".join(
        [
            "Help now\nCall now.\n- Lifeline: 988",
            "Here is what is known.",
            "Heat slows nerves. [1]",
            "One cohort.",
            "Written by quotation.",
            "- Why heat?\n- PubMed: https://b.org",
            "Sources:\n"
            "[1] Heat and MS (Study that followed people over time, 2019; checked 2026-11-21). https://a.org/1\n"
            "[2] A ketamine trial (Small early trial, no year, 18 studied; checked 2026-11-21).",
            DISCLAIMER,
        ]
    )


def test_sentence_resting_on_two_sources_carries_each_mark_once_in_order() -> None:
    claim = Claim(text="Both.", citations=(cite("trial"), cite("heat"), cite("trial")))

    reply = Reply(route=Route.ANSWER, claims=(claim,), sources=(HEAT, TRIAL))

    assert "Both. [1] [2]" in reply.text


def test_card_without_a_title_starts_with_its_text() -> None:
    card = Card(kind="urgent", title="", text="Act today.", contacts=(Contact(label="Text HOME to 741741", tel=""),))

    assert Reply(route=Route.URGENT, cards=(card,)).text.startswith("Act today.\n- Text HOME to 741741\n\n")


def test_wire_form_survives_json_and_holds_what_the_contract_names() -> None:
    reply = Reply(
        route=Route.ANSWER,
        flags=frozenset({Flag.PII, Flag.INJECTION}),
        cards=(CARD,),
        claims=(CLAIM,),
        sources=(HEAT,),
        receipt_id="r1",
        snapshot="s1",
    )

    wire = json.loads(json.dumps(reply.to_dict()))

    assert wire["route"] == "answer"
    assert wire["flags"] == ["injection", "pii"]
    assert wire["cards"][0]["contacts"] == [{"label": "Lifeline: 988", "tel": "988"}]
    assert wire["sentences"] == [
        {
            "text": "Heat slows nerves.",
            "template": False,
            "citations": [
                {
                    "source_id": "heat",
                    "passage_key": "0" * 16,
                    "start": 0,
                    "end": 18,
                    "quote": "Heat slows nerves.",
                    "evidence_level": "cohort",
                    "evidence_label": "Study that followed people over time",
                    "year": 2019,
                    "n": None,
                    "checked_on": "2026-11-21",
                }
            ],
        }
    ]
    assert wire["sources"][0]["title"] == "Heat and MS"
    assert wire["sources"][0]["status"] == "current"
    assert (wire["text"], wire["receipt_id"], wire["snapshot"]) == (reply.text, "r1", "s1")
