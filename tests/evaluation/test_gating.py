"""The gate: what closes it, what does not, and what a broken baseline says."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from askms.errors import AskmsError
from evals.gating import BaselineUnreadable, Failure, gate, read_baseline, write_baseline
from evals.scores import NOTHING_STATED, Metric, Score

RIGHT = Metric(name="right", meaning="", paper="")
EXACT = Metric(name="exact", meaning="", paper="", floor=1.0)
METRICS = {"right": RIGHT, "exact": EXACT}
ROW = {"suite": "answers", "item": "a", "kind": "answerable", "metric": "right", "value": 1.0}


def scores(values: Sequence[float | None], metric: str = "right") -> list[Score]:
    return [
        Score(suite="answers", item=f"q{at}", kind="answerable", metric=metric, value=value, why="because")
        for at, value in enumerate(values)
    ]


def failures(before: Sequence[float | None], now: Sequence[float | None]) -> list[Failure]:
    return gate(scores(before), scores(now), METRICS, {})


def test_the_same_scores_pass() -> None:
    assert failures([1.0, 0.0, None] * 5, [1.0, 0.0, None] * 5) == []


def test_a_fall_beyond_chance_fails_and_names_what_was_lost() -> None:
    (found,) = failures([1.0] * 20, [0.0] * 10 + [1.0] * 10)

    assert found.items == tuple(f"q{at}" for at in range(10))
    assert found.line().startswith("answers, right: worse: 1 -> 0.5, difference -0.5 (95% -0.")
    assert found.line().endswith("over 20 items (q0, q1, q2, q3, q4, ...)")


def test_a_fall_that_may_be_chance_and_a_rise_pass() -> None:
    assert failures([1.0] * 20, [0.0] + [1.0] * 19) == []
    assert failures([0.0] * 20, [1.0] * 20) == []


def test_a_score_lost_fails_even_when_the_rest_got_better() -> None:
    (found,) = failures([1.0] + [0.0] * 9, [None] + [1.0] * 9)

    assert found.line() == "answers, right: 1 can no longer be scored (q0)"


def test_a_reply_that_now_abstains_is_left_to_the_measures_of_abstention() -> None:
    now = [*scores([1.0] * 9), replace(scores([None] * 10)[9], why=NOTHING_STATED)]

    assert gate(scores([1.0] * 10), now, METRICS, {}) == []


def test_an_item_that_is_missing_fails() -> None:
    (found,) = failures([1.0] * 10, [1.0] * 8)

    assert found.line() == "answers, right: 2 missing now (q8, q9)"


def test_new_items_and_items_that_were_never_scored_pass() -> None:
    assert failures([1.0, None], [1.0, None, 0.0, None]) == []


def test_a_metric_that_no_suite_measures_any_more_fails() -> None:
    assert gate(scores([1.0], "gone") + scores([1.0]), scores([1.0]), METRICS, {}) == [
        Failure(suite="answers", metric="gone", problem="no suite measures it any more")
    ]


def test_a_broken_promise_fails_though_the_baseline_broke_it_too() -> None:
    (found,) = gate(scores([0.0, 1.0], "exact"), scores([0.0, 1.0], "exact"), METRICS, {"exact": 1.0})

    assert found.line() == "answers, exact: must be 1 everywhere, is not in 1 (q0)"


@pytest.mark.parametrize("now", [[], [None, None]])
def test_a_promise_that_was_not_measured_fails(now: Sequence[float | None]) -> None:
    found = gate(scores([None, None], "exact"), scores(now, "exact"), METRICS, {"exact": 1.0})

    assert Failure(suite="", metric="exact", problem="must be 1 everywhere, and no item was scored") in found


def test_a_promise_that_is_kept_passes_where_some_items_have_nothing_to_score() -> None:
    kept = scores([1.0, None], "exact")

    assert gate(kept, kept, METRICS, {"exact": 1.0}) == []


def test_a_baseline_comes_back_without_its_reasons_and_in_order(tmp_path: Path) -> None:
    file = tmp_path / "baseline.jsonl"
    write_baseline(reversed(scores([1.0, None, 0.25])), file)

    assert [(one.item, one.value, one.why) for one in read_baseline(file)] == [
        ("q0", 1.0, ""),
        ("q1", None, ""),
        ("q2", 0.25, ""),
    ]
    assert "why" not in file.read_text(encoding="utf-8")


def test_a_missing_baseline_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(BaselineUnreadable, match=r"nowhere\.jsonl: .*No such file.* askms eval gate --accept"):
        read_baseline(tmp_path / "nowhere.jsonl")


@pytest.mark.parametrize(
    ("second", "problem"),
    [
        ("{oops", "Invalid JSON"),
        ("", "Invalid JSON"),
        ("[]", "should be an object"),
        (json.dumps({**ROW, "value": "1"}), "value: Input should be a valid number"),
        (json.dumps({**ROW, "value": math.nan}), "value: nan is no number"),
        (json.dumps({**ROW, "extra": 1}), "extra: Unexpected"),
        (json.dumps({key: ROW[key] for key in ROW if key != "metric"}), "metric: Field required"),
        (json.dumps(ROW), "a second score of answers, right, a"),
    ],
)
def test_a_malformed_line_is_named_with_the_way_out(tmp_path: Path, second: str, problem: str) -> None:
    file = tmp_path / "baseline.jsonl"
    file.write_text(json.dumps(ROW) + f"\n{second}\n", encoding="utf-8")

    with pytest.raises(AskmsError) as caught:
        read_baseline(file)

    assert f"{file}, line 2: " in str(caught.value)
    assert problem in str(caught.value)
    assert str(caught.value).endswith("askms eval gate --accept")


@pytest.mark.parametrize(("content", "problem"), [(b"", "holds no scores"), (b"\xff\xfe", "not UTF-8")])
def test_a_baseline_that_holds_nothing_readable_never_passes_a_run(
    tmp_path: Path, content: bytes, problem: str
) -> None:
    file = tmp_path / "baseline.jsonl"
    file.write_bytes(content)

    with pytest.raises(BaselineUnreadable, match=f"baseline.jsonl: {problem}.*askms eval gate --accept"):
        read_baseline(file)


@pytest.mark.parametrize("bad", [[], scores([math.nan])])
def test_what_cannot_be_a_baseline_leaves_the_old_one(tmp_path: Path, bad: list[Score]) -> None:
    file = tmp_path / "baseline.jsonl"
    write_baseline(scores([1.0]), file)

    with pytest.raises(ValueError, match=r"no scores to accept|not JSON compliant"):
        write_baseline(bad, file)

    assert len(read_baseline(file)) == 1
