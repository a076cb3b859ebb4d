"""The feedback queue in the console, and the eval case that is made of feedback: edited, checked, saved whole."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from askms.api.staff.case_file import append, new_id
from askms.api.staff.scoring import PERFECT
from askms.assistant import Assistant
from askms.errors import StaffError
from askms.records import Role, State
from evals import sets
from evals.cases import KINDS as EVAL_KINDS
from evals.cases import read_case
from evals.registry import METRICS
from tests.api.hostile import PAYLOADS
from tests.api.staffed import NAMES, QUESTION, Browser, Staffed, staffed, words
from tests.api.test_staff_receipts import harmless

RELAPSE = "A relapse is a new symptom of MS that lasts longer than 24 hours."
TURNS = {"role0": "user", "turn0": QUESTION, "role1": "assistant", "turn1": RELAPSE}
INFECTION = "An infection can bring old symptoms back without a relapse."
CASE = {
    "question": QUESTION,
    "kind": "answerable",
    "fact0": "A relapse lasts longer than a day.",
    "evidence0": f"relapse | {RELAPSE}",
    "must_not_say": "A relapse lasts an hour.\n\n It is over at once. ",
}


@pytest.fixture
def own(assistant: Assistant, tmp_path: Path) -> Iterator[Staffed]:
    """A console of the test's own, that saves cases beside its records."""
    with staffed(assistant, tmp_path) as made:
        yield made


@pytest.fixture
def editor(own: Staffed) -> Browser:
    """An editor's browser."""
    return own.browser(Role.EDITOR)


def told(own: Staffed, problem: str | None = "Too short.", **fields: Any) -> int:
    """Feedback on a reply; its number."""
    sent = own.ask(**fields)
    own.records.add_feedback(sent["receipt_id"], conversation=sent["conversation"], helpful=False, problem=problem)
    return own.records.queue.tasks(State.OPEN, 1).rows[0].id


def saved(own: Staffed) -> list[dict[str, Any]]:
    """The rows of the file."""
    return [json.loads(line) for line in (own.cases / "staff.jsonl").read_text(encoding="utf-8").splitlines()]


def test_feedback_is_listed_by_state_and_opened_with_its_reply(own: Staffed, editor: Browser) -> None:
    number = told(own, "Too short. Call me on 07700900123")

    listed = words(editor.get("/staff/feedback").text)
    opened = words(editor.get(f"/staff/feedback/{number}").text)

    assert "Not helpful. Too short." in listed
    assert QUESTION in listed
    assert "0900123" not in listed + opened
    assert RELAPSE in opened
    assert QUESTION in opened
    assert own.acts()[0] == ("edith", "look at feedback", str(number))
    assert "0 resolved." in words(editor.get("/staff/feedback?state=resolved").text)
    assert editor.get("/staff/feedback?state=x").status_code == 422
    for none in (999, 0, -1, 2**63, 99999999999999999999999):
        for page in (f"/staff/feedback/{none}", f"/staff/feedback/{none}/case"):
            assert editor.get(page).status_code == 404, page
        assert editor.post(f"/staff/feedback/{none}/assign").status_code == 404
        assert editor.post(f"/staff/feedback/{none}/comment", {"text": "Some words."}).status_code == 404


def test_it_is_assigned_commented_on_and_resolved(own: Staffed, editor: Browser) -> None:
    number = told(own)
    path = f"/staff/feedback/{number}"

    assert editor.post(f"{path}/assign").headers["location"] == path
    assert "With edith, since" in words(editor.get(path).text)
    assert editor.post(f"{path}/comment", {"text": "I shall add a source."}).status_code == 303
    assert "I shall add a source." in words(editor.get(path).text)
    editor.post(f"{path}/resolve")
    assert "1 resolved." in words(editor.get("/staff/feedback?state=resolved").text)
    editor.post(f"{path}/reopen")
    listed = words(editor.get("/staff/feedback").text)
    assert "1 open." in listed
    assert listed.split("With")[1].split("This is research")[0].strip().endswith("answer nobody")
    assert "Opened again by edith" in words(editor.get(path).text)
    assert editor.post(f"{path}/burn").status_code == 404
    whats = [what for _, what, _ in own.acts()]
    assert {"assign feedback", "comment on feedback", "resolve feedback", "reopen feedback"} <= set(whats)
    assert not [on for _, _, on in own.acts() if "source" in on]


def test_what_a_colleague_works_on_is_not_taken_away_without_a_word(own: Staffed, editor: Browser) -> None:
    path = f"/staff/feedback/{told(own)}"
    ada = own.browser(Role.ADMIN)
    seen = ada.get(path).text
    editor.post(f"{path}/assign")

    taken = ada.post(f"{path}/assign", {"held_by": ""})  # of the page as it was
    assert "Assign to me" in seen
    assert taken.status_code == 422
    assert '<a href="#to">edith has taken it meanwhile. Take it over if you mean to.' in taken.text
    assert "With edith, since" in words(taken.text)
    assert "Take it over from edith" in taken.text
    assert 'name="held_by" value="edith"' in taken.text

    assert ada.post(f"{path}/assign", {"held_by": "edith"}).status_code == 303
    assert "With ada, since" in words(ada.get(path).text)


def test_feedback_is_given_to_any_member_of_staff(own: Staffed, editor: Browser) -> None:
    path = f"/staff/feedback/{told(own)}"

    for to in NAMES.values():
        assert f'<option value="{to}"' in editor.get(path).text
        held = re.search(r'name="held_by" value="(\w*)"', editor.get(path).text)
        assert held
        assert editor.post(f"{path}/assign", {"to": to, "held_by": held[1]}).status_code == 303
        assert f"With {to}, since" in words(editor.get(path).text)

    assert ("edith", "assign feedback", f"{path.split('/')[-1]} to vera") in own.acts()
    nobody = editor.post(f"{path}/assign", {"to": "nobody", "held_by": "ada"})
    assert nobody.status_code == 422
    assert "is no member of staff" in words(nobody.text)


def test_an_empty_comment_is_said_to_be(own: Staffed, editor: Browser) -> None:
    response = editor.post(f"/staff/feedback/{told(own)}/comment", {"text": "  "})

    assert response.status_code == 422
    assert '<a href="#text">A comment needs words.' in response.text


def test_the_form_of_a_case_takes_nothing_that_the_reply_says_for_right(own: Staffed, editor: Browser) -> None:
    path = f"/staff/feedback/{told(own)}/case"
    page = editor.get(path).text

    typed = re.findall(r'<textarea id="(?:fact|evidence)\d"[^>]*>([^<]*)</textarea>', page)
    assert QUESTION in words(page)
    assert typed == [""] * 12
    assert f'<label for="pick0">relapse | {RELAPSE}</label>' in page
    assert '<option value="">Choose one</option>' in page
    assert "A saved case stays when the chat is erased." in words(page)
    sent = editor.post(path, {"question": QUESTION, "kind": "answerable", "do": "check"})
    assert sent.status_code == 422
    assert "Fact 1: write what a good reply says." in words(sent.text)


def test_a_quotation_of_the_reply_is_picked_as_evidence(own: Staffed, editor: Browser) -> None:
    path = f"/staff/feedback/{told(own)}/case"
    form = {"question": QUESTION, "kind": "answerable", "fact1": "It lasts more than a day.", "pick0": "2"}

    checked = editor.post(path, {**form, "do": "check"}).text
    editor.post(path, {**form, "do": "save"})

    assert re.search(r'<textarea id="evidence0"[^>]*>' + re.escape(f"relapse | {RELAPSE}"), checked)
    (row,) = saved(own)
    assert row["facts"][0]["evidence"] == [{"source": "relapse", "quote": RELAPSE}]


def test_a_case_is_judged_as_the_evals_judge_it(own: Staffed, editor: Browser) -> None:
    path = f"/staff/feedback/{told(own)}/case"
    late = {**CASE, "kind": "false_premise", "must_not_say": ""}
    partly = {**CASE, "kind": "partly", "not_covered": "How often they come.", "must_not_say": ""}

    said = words(editor.post(path, {**CASE, "must_not_say": RELAPSE, "do": "check"}).text)
    premise = words(editor.post(path, {**late, "do": "check"}).text)
    some = words(editor.post(path, {**partly, "do": "check"}).text)
    silent = words(editor.post(path, {"question": QUESTION, "kind": "unanswerable", "do": "check"}).text)

    assert "Today's askms does not pass" in said
    assert f'Not passed: must not say. "{RELAPSE}" says "{RELAPSE}"' in said
    assert "Passed: premise corrected." in premise
    assert "No metric looks whether the reply says what is not covered: How often they come." in some
    assert "Not passed: unanswerable abstained. answered: " in silent


def test_the_measures_that_count_are_those_of_the_evals() -> None:
    assert PERFECT.keys() <= METRICS.keys()
    for name, value in PERFECT.items():
        assert value == (1.0 if METRICS[name].better == "higher" else 0.0), name


def test_where_the_evals_are_not_installed_nothing_is_said_to_pass(
    own: Staffed, editor: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "evals.cases", None)

    page = words(editor.post(f"/staff/feedback/{told(own)}/case", {**CASE, "do": "check"}).text)

    assert "Whether it passes cannot be told here, as the evals cannot be loaded" in page
    assert "Today's askms was asked" in page
    assert "Passed" not in page


def test_loading_the_page_of_a_saved_case_again_saves_nothing(own: Staffed, editor: Browser) -> None:
    path = f"/staff/feedback/{told(own)}/case"
    sent = editor.post(path, {**CASE, "do": "save"})

    for _ in range(2):
        shown = words(editor.get(sent.headers["location"]).text)
    again = editor.post(path, {**CASE, "do": "save"})

    (row,) = saved(own)
    assert sent.status_code == 303
    assert f"Saved as {row['id']} in staff.jsonl." in shown
    assert "Today's askms passes" in shown
    assert again.headers["location"] == sent.headers["location"]
    assert "Saved as" not in words(editor.get(f"{path}?saved=staff-00000000").text)


@pytest.mark.parametrize(
    ("question", "route"),
    [
        ("How much baclofen should I take?", "dosing"),
        ("My throat is closing up after my Copaxone injection", "emergency"),
    ],
)
def test_of_a_card_or_a_refusal_no_wrong_kind_is_offered(
    own: Staffed, editor: Browser, question: str, route: str
) -> None:
    path = f"/staff/feedback/{told(own, question=question)}/case"

    page = editor.get(path).text
    editor.post(path, {**CASE, "do": "save"})

    text = words(page)
    assert "<select" not in page
    assert f"This reply is on the route {route}." in text
    assert "evals/datasets/guardrails_dev.jsonl" in text
    assert f'"message": "{question}"' in text
    assert not own.cases.exists()


def test_a_case_is_checked_against_todays_askms_without_saving(own: Staffed, editor: Browser) -> None:
    path = f"/staff/feedback/{told(own)}/case"

    right = words(editor.post(path, {**CASE, "do": "check"}).text)
    heat = {"fact1": "Heat slows nerves.", "evidence1": "heat | Heat slows signals in nerves that MS has damaged."}
    wrong = words(editor.post(path, {**CASE, **heat, "do": "check"}).text)

    assert "Today's askms passes" in right
    assert "Passed: fact recall." in right
    assert "Passed: must not say." in right
    assert "Today's askms does not pass" in wrong
    assert "Not passed: fact recall. not stated: Heat slows nerves." in wrong
    assert not own.cases.exists()


def test_a_case_is_saved_as_the_evals_read_it(own: Staffed, editor: Browser) -> None:
    path = f"/staff/feedback/{told(own)}/case"

    page = words(editor.get(editor.post(path, {**CASE, "do": "save"}).headers["location"]).text)
    editor.post(path, {"question": "Who is Pele?", "kind": "offtopic", "do": "save"})

    first, second = saved(own)
    assert re.fullmatch("staff-[0-9a-f]{8}", first["id"])
    assert f"Saved as {first['id']} in staff.jsonl." in page
    assert first == {
        "id": first["id"],
        "kind": "answerable",
        "register": "plain",
        "question": QUESTION,
        "history": [],
        "full": "",
        "facts": [{"fact": CASE["fact0"], "evidence": [{"source": "relapse", "quote": RELAPSE}]}],
        "must_not_say": ["A relapse lasts an hour.", "It is over at once."],
    }
    assert (second["kind"], second["facts"]) == ("offtopic", [])
    assert second["id"] != first["id"]
    assert read_case(first).facts[0].evidence[0].quote == RELAPSE
    assert [on for _, what, on in own.acts() if what == "save case"] == [
        f"{row['id']} of feedback {path.split('/')[3]}" for row in (second, first)
    ]
    assert [path.name for path in own.cases.iterdir() if not path.name.endswith(".lock")] == ["staff.jsonl"]


@pytest.mark.parametrize(
    ("more", "has"),
    [
        ({"kind": "partly", "not_covered": "How often."}, {"not_covered": "How often."}),
        ({"kind": "false_premise"}, {"correction": 0}),
        (
            {"kind": "contested", "side0": "1", "side1": "2", "fact1": "B", "evidence1": f"relapse | {INFECTION}"},
            {"sides": [[0], [1]]},
        ),
    ],
)
def test_each_kind_has_the_fields_that_the_evals_ask_for(
    own: Staffed, editor: Browser, more: dict[str, str], has: dict[str, Any]
) -> None:
    editor.post(f"/staff/feedback/{told(own)}/case", {**CASE, **more, "do": "save"})

    (row,) = saved(own)
    assert row.items() >= has.items()
    assert read_case(row).kind in EVAL_KINDS


def test_a_follow_up_brings_what_was_said_before(own: Staffed, editor: Browser) -> None:
    history = [{"role": "user", "content": QUESTION}, {"role": "assistant", "content": RELAPSE}]
    path = f"/staff/feedback/{told(own, question='How long does it last?', history=history)}/case"
    form = {**CASE, "question": "How long does it last?", "with_history": "yes", **TURNS}

    page = editor.get(path).text
    assert re.search(rf'<textarea id="turn0"[^>]*>{re.escape(QUESTION)}</textarea>', page)
    assert "say the follow-up" in words(editor.post(path, {**form, "do": "save"}).text)
    editor.post(path, {**form, "full": "How long does a relapse last?", "do": "save"})

    (row,) = saved(own)
    assert row["full"] == "How long does a relapse last?"
    assert row["history"] == history


def test_what_was_said_before_is_mended_or_left_out(own: Staffed, editor: Browser) -> None:
    history = [{"role": "user", "content": QUESTION}, {"role": "assistant", "content": RELAPSE}]
    path = f"/staff/feedback/{told(own, question='How long does it last?', history=history)}/case"
    form = {**CASE, **TURNS, "full": QUESTION, "do": "save"}
    mended = {"with_history": "yes", "turn0": "What is a relapse? Write to jane.doe@example.com", "turn1": " "}

    editor.post(path, {**form, **mended})
    editor.post(path, form)

    one, other = saved(own)
    assert one["history"] == [{"role": "user", "content": "What is a relapse? Write to [e-mail]"}]
    assert other["history"] == []
    assert other["full"] == ""


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"question": ""}, "question"),
        ({"kind": "nothing"}, "kind"),
        ({"kind": "unanswerable"}, "kind"),
        ({"fact0": "", "evidence0": ""}, "fact0"),
        ({"fact0": ""}, "fact0"),
        ({"evidence0": ""}, "evidence0"),
        ({"evidence0": "relapse | It never says that."}, "evidence0"),
        ({"evidence0": f"nowhere | {RELAPSE}"}, "evidence0"),
        ({"evidence0": "relapse |"}, "evidence0"),
        ({"kind": "partly"}, "not_covered"),
        ({"kind": "contested"}, "side0"),
    ],
)
def test_what_is_no_case_is_not_saved_and_says_why(
    own: Staffed, editor: Browser, more: dict[str, str], field: str
) -> None:
    response = editor.post(f"/staff/feedback/{told(own)}/case", {**CASE, **more, "do": "save"})

    assert response.status_code == 422
    assert f'<a href="#{field}">' in response.text
    assert not own.cases.exists()


def test_cases_saved_at_the_same_time_are_all_there(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: append(tmp_path, {"id": n}), range(16)))

    lines = (tmp_path / "staff.jsonl").read_text(encoding="utf-8").splitlines()
    assert sorted(json.loads(line)["id"] for line in lines) == list(range(16))


def test_an_id_comes_once_also_when_the_rows_before_it_were_moved_away() -> None:
    assert len({new_id() for _ in range(100)}) == 100


@pytest.mark.parametrize("sign", ["\u2028", "\u2029", "\u0085", "\v", "\f", "\x1e", "\r"])
def test_signs_that_break_lines_in_a_case_keep_no_other_from_being_saved(tmp_path: Path, sign: str) -> None:
    rows = [{"id": "one", "question": f"What is{sign}a relapse?"}, {"id": "two", "question": "What is MS?"}]

    for row in rows:
        append(tmp_path, row)

    assert sets.rows(tmp_path / "staff.jsonl") == rows


@pytest.mark.parametrize("field", ["question", "full", "fact0", "not_covered", "must_not_say", "turn0"])
def test_identifiers_that_staff_type_are_masked_before_a_case_is_saved(
    own: Staffed, editor: Browser, field: str
) -> None:
    history = [{"role": "user", "content": QUESTION}, {"role": "assistant", "content": RELAPSE}]
    path = f"/staff/feedback/{told(own, question='How long does it last?', history=history)}/case"
    form = {**CASE, "kind": "partly", "not_covered": "How often.", "with_history": "yes", "full": QUESTION, **TURNS}
    typed = f"{form[field]} Write to jane.doe@example.com"

    page = editor.get(editor.post(path, {**form, field: typed, "do": "save"}).headers["location"]).text

    file = (own.cases / "staff.jsonl").read_text(encoding="utf-8")
    assert "[e-mail]" in file
    assert "jane" not in file + page


@pytest.mark.parametrize("more", [{"question": ""}, {"question": "x" * 20_000}, {}])
def test_whoever_sends_the_form_of_a_case_is_written_down_as_having_seen_it(
    own: Staffed, editor: Browser, more: dict[str, str]
) -> None:
    number = told(own)

    editor.post(f"/staff/feedback/{number}/case", {**CASE, **more, "do": "check"})

    assert ("edith", "look at feedback", str(number)) in own.acts()


def test_a_case_is_written_down_before_it_is_saved(own: Staffed, editor: Browser) -> None:
    path = f"/staff/feedback/{told(own)}/case"
    (own.cases / "staff.draft").mkdir(parents=True)  # so that it cannot be saved

    response = editor.post(path, {**CASE, "do": "save"})

    assert response.status_code == 422
    assert own.acts()[0][1] == "save case"


def test_a_file_that_cannot_be_read_is_left_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "staff.jsonl"
    file.write_text("not JSON\n", encoding="utf-8")

    with pytest.raises(StaffError, match="cannot be written"):
        append(tmp_path, {"id": "one"})
    assert file.read_text(encoding="utf-8") == "not JSON\n"


def test_what_fails_half_way_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    append(tmp_path, {"id": "one"})
    before = (tmp_path / "staff.jsonl").read_bytes()
    (tmp_path / "staff.draft").mkdir()  # so that it cannot be written

    with pytest.raises(StaffError):
        append(tmp_path, {"id": "one"})
    assert (tmp_path / "staff.jsonl").read_bytes() == before


@pytest.mark.parametrize("payload", PAYLOADS)
def test_hostile_feedback_comments_and_cases_are_text(own: Staffed, editor: Browser, payload: str) -> None:
    number = told(own, payload)
    path = f"/staff/feedback/{number}"
    editor.post(f"{path}/comment", {"text": payload})

    assert harmless(editor.get("/staff/feedback"))
    assert harmless(editor.get(path))
    assert harmless(editor.get(f"{path}/case"))
    hostile = dict.fromkeys(("question", "full", "kind", "fact0", "evidence0", "side0", "not_covered"), payload)
    assert harmless(editor.post(f"{path}/case", {**hostile, "do": "check"}))
    kept = editor.post(f"{path}/case", {**CASE, "question": f"What is a relapse? {payload}", "do": "save"})
    assert harmless(editor.get(kept.headers["location"]))
    guarded = told(own, payload, question=f"How much baclofen should I take? {payload}")
    assert harmless(editor.get(f"/staff/feedback/{guarded}/case"))
