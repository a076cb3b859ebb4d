"""Times are those of the reply, and a failed one has none."""

from __future__ import annotations

import pytest

from evals.cases import Case
from evals.metrics.latency import METRICS, times, took
from evals.responses import Response
from evals.scores import Unscored, interval

CASE = Case(id="1", kind="answerable", question="?")


def after(ms: float) -> Response:
    return Response(text="", ms=ms)


def test_times_and_their_ratio() -> None:
    assert took(CASE, after(120)) == 120
    assert times(CASE, after(120), after(40)) == 3


def test_a_failure_has_no_time() -> None:
    broken = Response(text="", error="down")
    with pytest.raises(Unscored, match="down"):
        took(CASE, broken)
    with pytest.raises(Unscored, match="down"):
        times(CASE, after(1), broken)
    with pytest.raises(Unscored, match="took no time"):
        times(CASE, after(1), after(0))


def test_median_and_95th_percentile_are_summed_up_as_such() -> None:
    summed = {metric.name: interval([1.0, 2.0, 3.0, 4.0, 100.0], metric.kind)[0] for metric in METRICS}

    assert summed["ms_p50"] == 3
    assert summed["ms_p95"] == pytest.approx(4 + 0.8 * 96)  # four fifths of the way from the 4th to the 5th
