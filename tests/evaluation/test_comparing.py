"""Comparing two runs: differences worked out by hand, pairs kept together, nothing dropped."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pytest

from evals.comparing import Change, compare
from evals.scores import Metric, Score

RIGHT = Metric(name="right", meaning="", paper="")
WRONG = Metric(name="wrong", meaning="", paper="", better="lower")
RECALL = Metric(name="recall", meaning="", paper="", kind="mean")
TOOK = Metric(name="took", meaning="", paper="", kind="median", better="lower")
SLOWEST = Metric(name="slowest", meaning="", paper="", kind="p95", better="lower")
METRICS = {metric.name: metric for metric in (RIGHT, WRONG, RECALL, TOOK, SLOWEST)}


def scores(metric: Metric, values: Sequence[float | None], suite: str = "answers") -> list[Score]:
    return [
        Score(suite=suite, item=str(at), kind="answerable", metric=metric.name, value=value)
        for at, value in enumerate(values)
    ]


def change(metric: Metric, before: Sequence[float | None], after: Sequence[float | None]) -> Change:
    (found,) = compare(scores(metric, before), scores(metric, after), METRICS)
    return found


def test_a_share_that_fell_on_most_items_is_worse() -> None:
    found = change(RIGHT, [1.0] * 20, [0.0] * 15 + [1.0] * 5)

    assert (found.before, found.after, found.difference, found.of) == (1.0, 0.25, -0.75, 20)
    assert -1.0 < found.low < -0.75 < found.high < 0.0
    assert found.verdict == "worse"
    assert found.lost == tuple(str(at) for at in range(15))
    assert found.gained == ()


def test_the_same_fall_is_better_where_lower_is_better() -> None:
    found = change(WRONG, [1.0] * 20, [0.0] * 15 + [1.0] * 5)

    assert found.verdict == "better"
    assert (len(found.gained), len(found.lost)) == (15, 0)


def test_flips_both_ways_that_cancel_out_are_unclear_and_named() -> None:
    found = change(RIGHT, [1.0, 0.0] + [1.0] * 18, [0.0, 1.0] + [1.0] * 18)

    assert found.difference == 0.0
    assert found.verdict == "unclear"
    assert (found.gained, found.lost) == (("1",), ("0",))


def test_one_flip_of_twenty_may_be_chance() -> None:
    found = change(RIGHT, [1.0] * 20, [0.0] + [1.0] * 19)

    assert found.high == 0.0
    assert found.verdict == "unclear"


def test_the_interval_is_of_pairs_and_not_of_two_samples() -> None:
    # Items differ by much more than the runs do: as two samples, a fall of 0.01 each would be lost among them.
    before = [at / 20 for at in range(1, 21)]
    found = change(RECALL, before, [value - (0.01 if at % 2 else 0.012) for at, value in enumerate(before)])

    assert found.difference == pytest.approx(-0.011)
    assert -0.0121 < found.low < found.high < -0.0099
    assert found.verdict == "worse"


def test_runs_that_are_the_same_differ_by_nothing() -> None:
    found = change(RECALL, [0.2, 0.5, 1.0] * 5, [0.2, 0.5, 1.0] * 5)

    assert (found.difference, found.low, found.high, found.verdict) == (0.0, 0.0, 0.0, "unclear")


def test_few_pairs_are_never_clear() -> None:
    assert change(RIGHT, [1.0] * 5, [0.0] * 5).verdict == "unclear"
    assert change(RIGHT, [1.0] * 6, [0.0] * 6).verdict == "worse"


def test_medians_and_percentiles_are_differences_of_that_statistic() -> None:
    before, after = [float(value) for value in range(100, 200)], [float(value) for value in range(150, 250)]
    median, slowest = change(TOOK, before, after), change(SLOWEST, before, after)

    assert (median.before, median.after, median.difference) == (149.5, 199.5, 50.0)
    assert (slowest.before, slowest.after) == pytest.approx((194.05, 244.05))
    assert median.verdict == slowest.verdict == "worse"
    assert (median.gained, median.lost) == ((), ())


def test_a_percentile_moved_by_one_item_is_unclear() -> None:
    found = change(SLOWEST, [10.0] * 40, [10.0] * 37 + [900.0] * 3)

    assert found.difference > 0
    assert found.verdict == "unclear"


def test_what_is_in_one_run_alone_or_unscored_is_counted() -> None:
    before = scores(RIGHT, [1.0, 1.0, None, None, 1.0])
    new = Score(suite="answers", item="new", kind="answerable", metric="right", value=1.0)
    after = [*scores(RIGHT, [1.0, None, 1.0, None]), new]
    (found,) = compare(before, after, METRICS)

    assert found.of == 1
    assert found.now_unscored == ("1",)
    assert found.now_scored == ("2",)
    assert found.never_scored == ("3",)
    assert found.only_before == ("4",)
    assert found.only_after == ("new",)
    assert "1 now unscored; 1 now scored; 1 never scored; 1 only before; 1 only after" in found.line()


def test_a_metric_of_one_run_alone_is_told_and_says_nothing() -> None:
    (found,) = compare(scores(RIGHT, [1.0, 0.0]), [], METRICS)

    assert (found.of, found.verdict, found.low, found.high) == (0, "unclear", -math.inf, math.inf)
    assert found.only_before == ("0", "1")
    assert found.line() == "answers, right: unclear; 2 only before"


def test_suites_are_kept_apart() -> None:
    found = compare(
        scores(RIGHT, [1.0] * 6) + scores(RIGHT, [1.0] * 6, "other"),
        scores(RIGHT, [0.0] * 6) + scores(RIGHT, [1.0] * 6, "other"),
        METRICS,
    )

    assert [(one.suite, one.verdict) for one in found] == [("answers", "worse"), ("other", "unclear")]


def test_a_line_says_how_sure_the_change_is() -> None:
    assert change(RIGHT, [1.0] * 6, [0.0] * 6).line() == (
        "answers, right: worse, 1 -> 0 over 6 items, difference -1 (95% -1 to -1); 6 worse"
    )


def test_an_item_scored_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="answers, right, item '0': scored twice"):
        compare(scores(RIGHT, [1.0]) * 2, [], METRICS)


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_a_value_that_is_no_number_is_refused(value: float) -> None:
    with pytest.raises(ValueError, match=f"answers, right, item '0': the value is {value}"):
        compare(scores(RIGHT, [1.0]), scores(RIGHT, [value]), METRICS)


def test_an_unknown_metric_is_named() -> None:
    with pytest.raises(ValueError, match="'right', which no suite measures"):
        compare(scores(RIGHT, [1.0]), [], {})
