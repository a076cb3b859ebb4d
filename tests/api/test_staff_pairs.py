"""Two receipts side by side in the console: what patients saw, and every field in which the two differ."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import fields, replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update

from askms.api.staff.contrasting import FIELDS, contrasts
from askms.assistant import Assistant
from askms.receipt import Receipt, differences
from askms.records import Role
from askms.records.database import Database
from askms.records.tables import ASKED
from askms.types import Turn, Verdict
from tests.api.hostile import PAYLOADS
from tests.api.staffed import QUESTION, Browser, Staffed, staffed, words
from tests.api.test_staff_receipts import harmless
from tests.records.made import receipt, reply

HEAT = "Why does heat make MS worse?"
CHANGES: dict[str, Any] = {
    "version": 7,
    "askms": "9.9",
    "wording": "other words",
    "snapshot": "other",
    "model": "other",
    "settings": {"dense_weight": 0.9},
    "question": "What is MS?",
    "history": (Turn(role="user", content="Hello"),),
    "locale": "ie",
    "searched": "something",
    "route": "dosing",
    "flags": ("pii",),
    "verdicts": (Verdict(guard="dosing", allowed=False, reason="amount"),),
    "hits": (),
    "citations": (),
    "confidence": 0.01,
    "writer": "model",
    "text_sha256": "f" * 64,
}


@pytest.fixture
def own(assistant: Assistant, tmp_path: Path) -> Iterator[Staffed]:
    """A console of the test's own."""
    with staffed(assistant, tmp_path) as made:
        yield made


@pytest.fixture
def viewer(own: Staffed) -> Browser:
    """A viewer's browser."""
    return own.browser(Role.VIEWER)


def test_every_field_of_a_receipt_is_compared() -> None:
    assert FIELDS.keys() == CHANGES.keys() == {field.name for field in fields(Receipt)} - {"id"}


@given(st.sets(st.sampled_from(sorted(CHANGES))))
def test_the_page_tells_the_same_fields_as_the_command(changed: set[str]) -> None:
    one = receipt(QUESTION)
    other = replace(one, **{field: CHANGES[field] for field in changed}).sealed()

    told = contrasts(one, other)

    assert {each.field for each in told} == changed
    assert {line.partition(":")[0] for line in differences(one, other)} - {"id"} == changed
    assert not any(each.sides.same for each in told), "what differs has to be seen"


def test_two_receipts_stand_side_by_side_with_what_differs(own: Staffed, viewer: Browser) -> None:
    one, other = own.ask(), own.ask(HEAT)
    ids = [each["receipt_id"] for each in (one, other)]

    response = viewer.get("/staff/receipts/compare", params={"receipt": ids})

    text = words(response.text)
    assert response.status_code == 200
    assert QUESTION in text
    assert HEAT in text
    for sentence in (*one["sentences"], *other["sentences"]):
        assert sentence["text"] in re.sub(r" \[only here: | end\]", "", text) or not sentence["citations"]
    assert "They differ in: masked question, citations" in text
    assert re.search(r'<del><span class="unseen">\[only earlier: </span>What is a relapse\?', response.text)
    assert re.search(r'<ins><span class="unseen">\[only later: </span>Why does heat', response.text)
    assert "snapshot" not in text.split("What differs")[1].lower()
    assert own.acts()[0] == ("vera", "compare receipts", " ".join(ids))


def test_the_earlier_one_stands_first(own: Staffed, viewer: Browser) -> None:
    ids = [own.ask(question)["receipt_id"] for question in (QUESTION, HEAT)]
    with closing(Database(f"sqlite:///{own.file}")) as database, database.writing() as connection:
        connection.execute(update(ASKED).where(ASKED.c.receipt_id == ids[1]).values(asked_on=date(2020, 1, 5)))

    text = words(viewer.get("/staff/receipts/compare", params={"receipt": ids}).text)

    assert f"Earlier: receipt {ids[1][:8]}" in text
    assert f"Later: receipt {ids[0][:8]}" in text


def test_of_one_day_the_earlier_one_stands_first_in_whatever_order_they_are_named(
    own: Staffed, viewer: Browser
) -> None:
    ids = [own.ask(question)["receipt_id"] for question in (QUESTION, HEAT)]

    for named in (ids, ids[::-1]):
        text = words(viewer.get("/staff/receipts/compare", params={"receipt": named}).text)

        assert f"Earlier: receipt {ids[0][:8]}" in text
        assert f"Later: receipt {ids[1][:8]}" in text


def test_of_one_day_without_times_none_is_called_the_earlier(own: Staffed, viewer: Browser) -> None:
    sent = [own.ask(question) for question in (QUESTION, HEAT)]
    own.records.erase(sent[0]["conversation"])
    first, second = sorted(each["receipt_id"] for each in sent)

    for named in ([first, second], [second, first]):
        page = viewer.get("/staff/receipts/compare", params={"receipt": named}).text

        text = words(page)
        assert f"The one: receipt {first[:8]}" in text
        assert f"The other: receipt {second[:8]}" in text
        assert "[only the one: " in text
        assert "Earlier" not in text
        assert "Later" not in text


def test_words_that_were_erased_are_said_to_be(own: Staffed, viewer: Browser) -> None:
    one, other = own.ask(), own.ask(HEAT)
    own.records.erase(one["conversation"])

    text = words(
        viewer.get("/staff/receipts/compare", params={"receipt": [one["receipt_id"], other["receipt_id"]]}).text
    )

    assert "The patient's words were erased." in text
    assert "The text of the reply is not kept any more." in text
    assert QUESTION not in text
    assert "Citations" in text


def test_what_is_not_two_receipts_is_asked_for_again(own: Staffed, viewer: Browser) -> None:
    receipt_id = own.ask()["receipt_id"]
    for ids, status, said in (
        ([], 200, "Write the whole id of each"),
        ([receipt_id], 200, f'value="{receipt_id}"'),
        ([receipt_id, receipt_id], 422, "Other receipt: name two that are not the same."),
        (["", ""], 422, "Other receipt: name two"),
        ([receipt_id, "nowhere"], 422, "No receipt 'nowhere' is kept."),
        ([receipt_id, "a", "b"], 422, "Two can be compared. You marked 3."),
    ):
        response = viewer.get("/staff/receipts/compare", params={"receipt": ids})

        assert response.status_code == status, ids
        assert said in words(response.text) + response.text.replace("&#39;", "'"), ids
    assert not [what for _, what, _ in own.acts() if what == "compare receipts"]


def test_both_ways_lead_there(own: Staffed, viewer: Browser) -> None:
    ids = [own.ask(question)["receipt_id"] for question in (QUESTION, HEAT)]

    listed = viewer.get("/staff/receipts").text
    shown = viewer.get(f"/staff/receipts/{ids[0]}").text

    assert '<form method="get" action="/staff/receipts/compare">' in listed
    assert [f'name="receipt" value="{each}"' in listed for each in ids] == [True, True]
    assert f'href="/staff/receipts/compare?receipt={ids[0]}"' in shown


def test_of_one_receipt_the_others_of_the_same_question_are_offered(own: Staffed, viewer: Browser) -> None:
    first, later, apart = own.ask(), own.ask(locale="uk"), own.ask(HEAT)

    page = viewer.get(f"/staff/receipts/compare?receipt={first['receipt_id']}").text

    assert f'/staff/receipts/compare?receipt={first["receipt_id"]}&amp;receipt={later["receipt_id"]}"' in page
    assert apart["receipt_id"] not in page
    assert own.acts()[0] == ("vera", "search receipts", f"same question as {first['receipt_id']}")


def test_an_altered_receipt_is_refused(own: Staffed, viewer: Browser) -> None:
    made, other = replace(receipt("one"), writer="somebody else"), receipt("two")
    for each in (made, other):
        own.records.keep(each, reply(each))

    response = viewer.get("/staff/receipts/compare", params={"receipt": [made.id, other.id]})

    assert response.status_code == 422
    assert "was altered" in words(response.text)


@pytest.mark.parametrize("payload", PAYLOADS)
def test_hostile_words_are_text(own: Staffed, viewer: Browser, payload: str) -> None:
    made = [receipt(payload), receipt(f"{payload} and {payload}")]
    for each in made:
        own.records.keep(each, reply(each))

    assert harmless(viewer.get("/staff/receipts/compare", params={"receipt": [each.id for each in made]}))
    assert harmless(viewer.get("/staff/receipts/compare", params={"receipt": [payload, made[0].id]}))
