import numpy as np
import pytest

from pipeline.index.diagnosis import contributions, obstacles, rank_correlation
from pipeline.index.weighting import WeightError

X = np.array([[0.2, 0.8], [1.0, 1.0], [0.0, 0.0]])
W = np.array([0.25, 0.75])


def test_contributions_and_obstacles_by_hand():
    np.testing.assert_allclose(
        contributions(X, W), [[0.05 / 0.65, 0.6 / 0.65], [0.25, 0.75], [np.nan, np.nan]]
    )
    np.testing.assert_allclose(
        obstacles(X, W), [[0.2 / 0.35, 0.15 / 0.35], [np.nan, np.nan], [0.25, 0.75]]
    )


def test_a_row_may_have_weights_of_its_own():
    rows = np.array([[0.5, 0.5], [0.25, 0.75], [1.0, 0.0]])
    np.testing.assert_allclose(contributions(X, rows)[0], [0.2, 0.8])
    np.testing.assert_allclose(obstacles(X, rows)[[0, 2]], [[0.8, 0.2], [1, 0]])


def test_a_shortfall_from_beyond_the_best_is_refused():
    with pytest.raises(WeightError, match="above 1") as refused:
        obstacles(np.array([[0.5, 1.2]]), W)
    assert refused.value.column == 1


def test_rank_correlations_by_counting_pairs():
    a, b = np.array([1.0, 2, 3, 4]), np.array([1.0, 3, 2, 4])
    scores = np.column_stack([a, b, -a])
    tau, rho = rank_correlation(scores, "kendall"), rank_correlation(scores, "spearman")
    np.testing.assert_allclose(tau, [[1, 4 / 6, -1], [4 / 6, 1, -4 / 6], [-1, -4 / 6, 1]])
    np.testing.assert_allclose(rho, [[1, 1 - 6 * 2 / 60, -1], [0.8, 1, -0.8], [-1, -0.8, 1]])
