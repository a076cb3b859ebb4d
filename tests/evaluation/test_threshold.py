"""The threshold of confidence keeps the risk that was stated, on draws that it was not chosen on."""

from __future__ import annotations

import math

import numpy as np
import pytest

from training.confidence import threshold_for


@pytest.mark.parametrize("risk", [0.1, 0.3])
@pytest.mark.parametrize("count", [20, 99, 400])
def test_the_next_question_passes_no_more_often_than_stated(risk: float, count: int) -> None:
    rng = np.random.default_rng(5)

    passed = [rng.beta(2, 5) >= threshold_for(risk, rng.beta(2, 5, count)) for _ in range(4000)]

    assert risk - 0.07 < np.mean(passed) < risk + 0.015


def test_too_few_questions_vouch_for_nothing() -> None:
    assert threshold_for(0.05, np.array([0.2, 0.9])) == math.inf


def test_a_question_as_sure_as_the_last_that_is_kept_out_is_kept_out() -> None:
    sure = np.repeat(0.4, 50)

    assert 0.4 < threshold_for(0.2, sure) < 0.4001
