"""Two rankings become one: by score or by rank, 0 to 1, worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from askms.retrieval import Fusion, fuse
from askms.retrieval.fusion import Scores


def array(*values: float) -> Scores:
    return np.array(values, dtype=np.float32)


def test_scores_are_scaled_from_their_least_possible_value_to_the_best_found() -> None:
    # dense from -1 to the best, 1: (2/2, 1.5/2, 0/2); keyword from 0 to the best, 4: (0, 1, 0.5).
    fused = fuse(array(1.0, 0.5, -1.0), array(0, 4, 2), fusion=Fusion.SCORE, dense_weight=0.6)

    assert fused.tolist() == pytest.approx([0.6, 0.6 * 0.75 + 0.4, 0.4 * 0.5])


def test_ranks_are_combined_by_their_reciprocals_over_61() -> None:
    # dense order: 1, 2, 3; keyword order: 3, 1, 2; each place gives 61 / (60 + rank).
    fused = fuse(array(0.9, 0.8, 0.1), array(1, 3, 2), fusion=Fusion.RANK, dense_weight=0.5)

    assert fused.tolist() == pytest.approx([(1 + 61 / 63) / 2, (61 / 62 + 1) / 2, (61 / 63 + 61 / 62) / 2])


@pytest.mark.parametrize("fusion", Fusion)
@pytest.mark.parametrize(("weight", "best"), [(1.0, 0), (0.0, 1)])
def test_weight_of_one_side_alone_gives_that_sides_order(fusion: Fusion, weight: float, best: int) -> None:
    fused = fuse(array(0.9, 0.2), array(1, 5), fusion=fusion, dense_weight=weight)

    assert int(fused.argmax()) == best
    assert float(fused.max()) == pytest.approx(1.0)


@pytest.mark.parametrize("fusion", Fusion)
def test_nothing_found_by_words_leaves_the_dense_order(fusion: Fusion) -> None:
    fused = fuse(array(0.9, 0.5, 0.1), array(0, 0, 0), fusion=fusion, dense_weight=0.6)

    assert fused.argsort().tolist() == [2, 1, 0]


@pytest.mark.parametrize("fusion", Fusion)
def test_no_passages_give_no_scores(fusion: Fusion) -> None:
    assert fuse(array(), array(), fusion=fusion, dense_weight=0.6).shape == (0,)


_pairs = st.lists(st.tuples(st.floats(-1, 1, width=32), st.floats(0, 50, width=32)), min_size=1, max_size=30)


@pytest.mark.parametrize("fusion", Fusion)
@given(pairs=_pairs, weight=st.floats(0, 1))
def test_fused_scores_lie_between_0_and_1(fusion: Fusion, pairs: list[tuple[float, float]], weight: float) -> None:
    dense, keyword = array(*(d for d, _ in pairs)), array(*(k for _, k in pairs))

    fused = fuse(dense, keyword, fusion=fusion, dense_weight=weight)

    assert fused.dtype == np.float32
    assert np.all((fused >= -1e-6) & (fused <= 1 + 1e-6))


@pytest.mark.parametrize("fusion", Fusion)
@given(pairs=_pairs, weight=st.floats(0, 1))
def test_passage_that_is_better_on_both_sides_is_not_behind(
    fusion: Fusion, pairs: list[tuple[float, float]], weight: float
) -> None:
    dense, keyword = array(*(d for d, _ in pairs)), array(*(k for _, k in pairs))

    fused = fuse(dense, keyword, fusion=fusion, dense_weight=weight)

    for one in range(len(pairs)):
        for other in range(len(pairs)):
            if dense[one] > dense[other] and keyword[one] > keyword[other]:
                assert fused[one] >= fused[other] - 1e-6


def test_one_more_bad_candidate_does_not_move_the_others() -> None:
    before = fuse(array(0.8, 0.4), array(3, 1), fusion=Fusion.SCORE, dense_weight=0.6)
    after = fuse(array(0.8, 0.4, -0.5), array(3, 1, 0), fusion=Fusion.SCORE, dense_weight=0.6)

    assert after[:2].tolist() == before.tolist()
