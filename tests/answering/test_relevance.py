"""Signals and the ranker's word come to a probability."""

from __future__ import annotations

import json
import math
from dataclasses import asdict
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from askms.answering.relevance import relevance
from askms.answering.scoring import Signals

FITTED = json.loads(files("askms.answering").joinpath("relevance.json").read_text(encoding="utf-8"))
SIGNALS = st.builds(Signals, **dict.fromkeys(Signals.__dataclass_fields__, st.floats(0, 1)))


@given(SIGNALS, st.none() | st.floats(-10, 10))
def test_relevance_is_a_probability(signals: Signals, logit: float | None) -> None:
    assert 0 < relevance(asdict(signals), logit) < 1


@given(SIGNALS, st.floats(-8, 8))
def test_what_the_ranker_likes_better_is_likelier(signals: Signals, logit: float) -> None:
    assert relevance(asdict(signals), logit + 0.5) > relevance(asdict(signals), logit)


def test_nearness_counts_where_nothing_was_read() -> None:
    near, far = (asdict(Signals(**dict.fromkeys(Signals.__dataclass_fields__, 0.5))) for _ in range(2))

    assert relevance({**near, "cosine": 0.9}, None) > relevance({**far, "cosine": 0.1}, None)


@pytest.mark.parametrize("precedents", [True, False])
@pytest.mark.parametrize(("kind", "besides"), [("signals", set()), ("ranker", {"logit"})])
def test_every_signal_has_a_fitted_weight_and_no_other(kind: str, besides: set[str], precedents: bool) -> None:
    wanted = set(Signals.__dataclass_fields__) | besides
    kind, wanted = (f"{kind}+precedents", wanted) if precedents else (kind, wanted - {"graded"})
    assert set(FITTED[kind]["weights"]) == wanted
    assert all(math.isfinite(weight) for weight in FITTED[kind]["weights"].values())
