"""Calibration against values worked out by hand."""

from __future__ import annotations

import pytest

from evals.metrics.calibration import brier, calibration_error, calibration_interval, reliability

SURE = [0.1] * 5 + [0.9] * 5


def test_equal_confidences_share_a_bin() -> None:
    # One of five right at 0.1, four of five at 0.9: both are off by 0.1.
    rights = [1, 0, 0, 0, 0, 1, 1, 1, 1, 0]

    low, high = reliability(SURE, rights)

    assert (low.confidence, low.right, low.of) == pytest.approx((0.1, 0.2, 5))
    assert (high.confidence, high.right, high.of) == pytest.approx((0.9, 0.8, 5))
    assert calibration_error(SURE, rights) == pytest.approx(0.1)


def test_bins_hold_as_many_items_each() -> None:
    confidences = [0.5, 0.51, 0.52, 0.53, 0.54, 0.55, 0.9, 0.99]

    found = reliability(confidences, [1] * 8, bins=4)

    assert [point.of for point in found] == [2, 2, 2, 2]
    assert found[-1].confidence == pytest.approx(0.945)


def test_bins_weigh_by_their_items() -> None:
    # Six of 0.5 of which all are right (off by 0.5), two of 1.0 of which none is (off by 1).
    assert calibration_error([0.5] * 6 + [1.0] * 2, [1] * 6 + [0] * 2, bins=2) == pytest.approx((6 * 0.5 + 2 * 1) / 8)


def test_brier_is_the_mean_square() -> None:
    assert brier([0.8, 0.4], [1, 0]) == pytest.approx((0.04 + 0.16) / 2)
    assert brier([0.9], [1]) == pytest.approx(0.01)


def test_the_interval_is_the_same_each_time_and_is_about_the_value() -> None:
    rights = [1, 0, 0, 0, 0, 1, 1, 1, 1, 0] * 4
    found = calibration_interval(SURE * 4, rights)

    assert found.value == pytest.approx(0.1)
    assert found.low < found.value < found.high
    assert found == calibration_interval(SURE * 4, rights)
    assert calibration_interval([0.8], [1]).low == pytest.approx(0.2)


def test_nothing_has_no_calibration() -> None:
    assert reliability([], []) == []
    for measure in (calibration_error, brier):
        with pytest.raises(ValueError, match="no items"):
            measure([], [])
