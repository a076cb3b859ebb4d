"""Health in the console: alarms, rates by day, gaps, sources past review, and the latest run of the evals."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from askms.api.staff.charts import HEIGHT, charts
from askms.api.staff.gaps import gaps
from askms.api.staff.runs import SUITES, latest_runs
from askms.assistant import Assistant
from askms.index import LiveIndex
from askms.records import Day, Role, Unanswered
from askms.settings import Settings
from askms.testing import FakeEmbedder
from askms.types import Route, Verdict
from askms.wording import line
from evals import registry
from tests.api.hostile import PAYLOADS
from tests.api.staffed import Browser, Staffed, staffed, words
from tests.api.test_staff_receipts import harmless
from tests.records.made import receipt, reply

ROW = {
    "suite": "answers",
    "metric": {"name": "fact_recall", "meaning": "Share of facts."},
    "kind": "all",
    "value": 0.8,
    "low": 0.7,
    "high": 0.9,
    "holds": False,
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


def test_rates_are_drawn_by_day_with_their_figures_behind(own: Staffed, viewer: Browser) -> None:
    for question in ("What is a relapse?", "What is a relapse?", "How much baclofen should I take?", "Is zanzibar MS?"):
        own.ask(question)

    response = viewer.get("/staff/health")

    text = words(response.text)
    assert "Answered: 2 of 4 replies, 50%." in text
    assert "Declined: 1 of 4 replies, 25%." in text
    assert "Safety card first: 0 of 4 replies, 0%." in text
    assert response.text.count("<svg") == response.text.count("<details><summary>Table:") == 5
    assert own.acts()[0] == ("vera", "look at health", "last 30 days")


def test_the_rates_of_a_day_add_up_to_all_its_replies() -> None:
    routes = {route.value: 1 for route in Route}

    drawn = charts([Day(on=date(2026, 11, 22), by_route=routes)], date(2026, 11, 22), date(2026, 11, 22))

    assert sum(bar.count for chart in drawn for bar in chart.bars) == len(Route)


def test_a_reply_with_a_limit_that_found_nothing_counts_as_that_and_is_listed(own: Staffed, viewer: Browser) -> None:
    sent = own.ask("Should I take zanzibar root with food?")
    assert (sent["route"], sent["sources"]) == ("boundary", [])

    text = words(viewer.get("/staff/health").text)

    assert "Found nothing: 1 of 1 replies, 100%." in text
    assert "Answered with a limit: 0 of 1 replies" in text
    assert "Should I take zanzibar root with food? 1" in text


@pytest.mark.parametrize("reason", ["failed:RuntimeError", "failed: RuntimeError"])
def test_a_guard_that_fails_is_an_alarm(own: Staffed, viewer: Browser, reason: str) -> None:
    assert "failed with" not in words(viewer.get("/staff/health").text)
    bad = replace(receipt(), verdicts=(Verdict(guard="dosing", allowed=False, reason=reason),)).sealed()
    typed = receipt('"reason": "failed:TypedError"')
    for each in (bad, bad, typed):
        own.records.keep(each, reply(each))

    page = viewer.get("/staff/health").text

    assert "The guard dosing failed with RuntimeError in 2 replies of the last 7 days" in words(page)
    assert f'href="/staff/receipts/{bad.id}"' in page
    assert "TypedError" not in words(page).split("Replies of the last")[0]
    own.clock.pass_by(days=9)
    assert "failed with" not in words(own.browser(Role.VIEWER).get("/staff/health").text)


def test_a_rail_that_raises_while_somebody_asks_is_an_alarm(
    own: Staffed, viewer: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> object:
        raise RuntimeError

    monkeypatch.setattr("askms.engine.review", fail)
    own.ask()

    assert "The guard output failed with RuntimeError in 1 reply" in words(viewer.get("/staff/health").text)


@pytest.mark.parametrize("note", ["model_down", "model_unsupported"])
def test_a_chat_model_that_is_down_is_an_alarm(own: Staffed, viewer: Browser, note: str) -> None:
    kept, said = receipt(), "as the chat model did not"
    own.records.keep(kept, reply(kept))
    assert said not in words(viewer.get("/staff/health").text)

    own.records.keep(kept, {**reply(kept), "note": line(note)})

    page = viewer.get("/staff/health").text
    assert f"In the last 7 days 1 reply was quotations only, {said}" in words(page)
    assert f'href="/staff/receipts/{kept.id}"' in page


def test_bars_are_shares_of_their_day() -> None:
    days = [
        Day(on=date(2026, 11, 20), by_route={"answer": 3, "no_evidence": 1}),
        Day(on=date(2026, 11, 22), by_route={"crisis": 1, "boundary": 1}),
    ]

    drawn = {chart.title: chart for chart in charts(days, date(2026, 11, 20), date(2026, 11, 22))}

    answered = drawn["Answered"].bars
    assert [(bar.count, bar.total, bar.height) for bar in answered] == [(3, 4, HEIGHT * 0.75), (0, 0, 0), (0, 2, 0)]
    assert [bar.percent for bar in answered] == ["75%", "no replies", "0%"]
    assert [bar.x for bar in answered] == [0, 200, 400]
    assert drawn["Safety card first"].bars[2].percent == "50%"
    assert drawn["Declined"].summary == "Declined: 0 of 6 replies, 0%."


def test_without_replies_there_is_nothing_to_share_out() -> None:
    assert charts([], date(2026, 11, 22), date(2026, 11, 22))[0].summary == "Answered: 0 of 0 replies."


def test_questions_that_found_nothing_are_put_together_where_alike(own: Staffed, viewer: Browser) -> None:
    for question in (
        "Does zanzibar root help MS?",
        "Does zanzibar root help MS soon?",
        "Does quinoa bread ease MS?",
        "Does zanzibar root help MS?",
    ):
        own.ask(question)

    text = words(viewer.get("/staff/health").text)
    found = text.split("Times asked")[1].split("Sources that need")[0].strip()

    assert found == ("Does zanzibar root help MS? Does zanzibar root help MS soon? 3 Does quinoa bread ease MS? 1")


def test_groups_are_as_alike_as_their_first_question(tmp_path: Path) -> None:
    folder = tmp_path / "nothing"
    nobody = Assistant(Settings(index_dir=folder), FakeEmbedder(), LiveIndex(folder))
    asked = [
        Unanswered(question=question, receipt_id="r", times=times)
        for question, times in (("zanzibar root", 1), ("quinoa bread", 5), ("root of zanzibar", 1))
    ]

    found = gaps(asked, nobody)

    assert [[each.question for each in gap.questions] for gap in found] == [
        ["quinoa bread"],
        ["zanzibar root", "root of zanzibar"],
    ]
    assert [gap.times for gap in found] == [5, 2]
    assert gaps([], nobody) == []


def test_alarms_tell_of_what_has_to_be_mended(own: Staffed, viewer: Browser) -> None:
    before = words(viewer.get("/staff/health").text)
    for n in range(10):
        own.browser().sign_in(f"somebody{n}", "wrong" * 3)
    own.clock.pass_by(minutes=5)

    text = words(viewer.get("/staff/health").text)

    assert "sign-ins failed" not in before
    assert "No clinician has signed off" in before
    assert "10 sign-ins failed in the last day." in text


def test_without_an_index_the_page_says_that_nothing_can_be_answered(tmp_path: Path) -> None:
    folder = tmp_path / "nothing"
    with staffed(Assistant(Settings(index_dir=folder), FakeEmbedder(), LiveIndex(folder)), tmp_path) as own:
        response = own.browser(Role.VIEWER).get("/staff/health")

    assert response.status_code == 200
    assert "Nothing can be answered: No index in" in words(response.text)


def test_sources_past_review_are_named_with_what_to_do(own: Staffed) -> None:
    assert "fatigue" not in words(own.browser(Role.VIEWER).get("/staff/health").text)
    own.clock.now = datetime(2046, 1, 1, tzinfo=UTC)

    text = words(own.browser(Role.VIEWER).get("/staff/health").text)

    assert "Past review: last checked on 2026-11-21" in text
    assert "Compare it with its source, then set checked_on." in text
    assert "The fixed words were last checked on" in text


def made(folder: Path, name: str, at: str, **told: Any) -> None:
    """A run of the evals."""
    whole = {"target": "askms s1", "set": "dev", "suites": sorted(SUITES), "at": f"2026-11-{at}T10:00:00+00:00", **told}
    (folder / name).mkdir(parents=True)
    (folder / name / "run.json").write_text(json.dumps(whole), encoding="utf-8")
    (folder / name / "summary.json").write_text(json.dumps([ROW, {**ROW, "kind": "partly"}]), encoding="utf-8")


def test_the_latest_full_run_of_askms_comes_before_all_others(tmp_path: Path) -> None:
    made(tmp_path, "old", "18")
    made(tmp_path, "full", "19")
    made(tmp_path, "other", "20", target="langchain")
    made(tmp_path, "gate", "21", suites=["answers"])
    made(tmp_path, "broken", "22")
    (tmp_path / "broken" / "summary.json").write_text("{", encoding="utf-8")

    runs = latest_runs(tmp_path)

    assert [run.name for run in runs] == ["full", "gate", "other", "old"]
    assert [measure.name for measure in runs[0].measures] == ["fact_recall"]
    assert latest_runs(None) == latest_runs(tmp_path / "nowhere") == []


def test_a_full_run_is_one_by_every_suite() -> None:
    assert set(registry.SUITES) == SUITES


def test_runs_are_on_the_page_with_what_was_asked_of_whom(own: Staffed, viewer: Browser) -> None:
    assert "None is found." in words(viewer.get("/staff/health").text)
    made(own.runs, "20261120-dev", "20", target="langchain:openai:x")
    assert "No full run of askms itself is found." in words(viewer.get("/staff/health").text)
    made(own.runs, "20261119-dev", "19", target="askms snapshot-7", set="heldout")
    (own.runs / "20261119-dev" / "report.html").write_text("", encoding="utf-8")

    text = words(viewer.get("/staff/health").text)

    assert "itself: 20261119-dev, set heldout, 19 November 2026, 10:00 UTC, index snapshot-7." in text
    assert str(own.runs / "20261119-dev" / "report.html") in text
    assert "20261119-dev: 1 of 1 measures miss their floor" in text
    assert "fact_recall: Share of facts. 0.8 0.7 to 0.9 missed" in text
    others = text.split("Other runs, the latest first")[1]
    assert "20261120-dev 20 November 2026, 10:00 UTC langchain:openai:x dev all" not in others
    assert "20261120-dev 20 November 2026, 10:00 UTC langchain:openai:x dev abstention, answers" in others


def test_hostile_gaps_are_text(own: Staffed, viewer: Browser) -> None:
    for payload in PAYLOADS:
        own.ask(f"zanzibar {payload}")

    assert harmless(viewer.get("/staff/health"))
