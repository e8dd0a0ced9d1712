"""What each filling gives at the edges of its rule."""

import numpy as np
import pytest

from pipeline.construct.filling import fill_gaps
from pipeline.construct.filling.kalman import smooth
from pipeline.construct.filling.level import level_model
from pipeline.construct.filling.linear import interpolate
from pipeline.construct.filling.multiple import impute
from pipeline.construct.filling.trend import common_path, follow_trend, transformed
from pipeline.study.schema import Fill


def test_with_few_years_all_is_walk_and_gaps_lie_between_their_neighbours():
    """A random walk with drift: the middle of a gap is the mean of its neighbours."""
    y = np.array([1.0, 3.0, np.nan, 4.0, 8.0, 7.0, 9.0, 9.5])
    model = level_model(y)
    assert model.shares.tolist() == [1.0] and model.likeliest == 0 and model.df == 5
    assert model.gaps(0)[0] == pytest.approx([3.5])
    assert len(level_model(np.append(y, 11.0)).shares) == 501
    assert level_model(np.append(y, 11.0)).shares[[0, 1, 500]].tolist() == [0, 0.002, 1]


def test_ends_go_on_with_the_drift():
    """All is walk: the drift is the mean change, from the first to the last observed year."""
    y = np.array([2.0, 5.0, 3.0, 6.0, 6.0, np.nan, np.nan])
    model = level_model(y)
    assert model.gaps(0)[0] == pytest.approx([7.0, 8.0])


@pytest.mark.parametrize(("seen", "filled"), [(4, False), (5, True)])
def test_a_level_needs_five_observed_years(seen, filled):
    x = np.array([[1.0, 2.0, np.nan, 4.0, 8.0, 9.0]])
    x[0, seen + 1 :] = np.nan
    assert np.isfinite(smooth(x)[0, 2]) == filled


@pytest.mark.parametrize(("seen", "filled"), [(7, False), (8, True)])
def test_an_imputation_needs_eight_observed_years(seen, filled):
    x = np.exp(np.random.default_rng(1).normal(size=(4, 10)))
    x[0, 3] = np.nan
    x[0, seen + 1 :] = np.nan
    draws = impute(x, np.empty((0, 4, 10)), 3, np.random.default_rng(2))
    assert np.isfinite(draws[:, 0, 3]).all() == filled
    np.testing.assert_array_equal(draws[:, 1:], np.stack([x[1:]] * 3))


def test_lines_lie_between_observed_years_and_need_two():
    x = np.array([[1.0, np.nan, np.nan, 4.0, np.nan], [np.nan, 2.0, np.nan, np.nan, np.nan]])
    np.testing.assert_array_equal(interpolate(x), [[1, 2, 3, 4, np.nan], x[1]])


@pytest.mark.parametrize(
    ("x", "wanted"),
    [
        ([[1.0, np.e, 0.0]], [[0.0, 1.0, np.nan]]),
        ([[-1.0, 2.0, 3.0]], [[-1.0, 2.0, 3.0]]),
        ([[0.5, 0.25, 0.75]], [[0.0, -np.log(3), np.log(3)]]),
        ([[0.0, 0.5, 1.0]], [[np.log(1e-6 / (1 - 1e-6)), 0.0, -np.log(1e-6 / (1 - 1e-6))]]),
        ([[0.001, 0.002, 0.5]], np.log([[0.001, 0.002, 0.5]])),
        ([[np.nan, np.nan]], [[np.nan, np.nan]]),
    ],
    ids=["amounts", "signed", "shares", "whole shares", "small amounts", "nothing"],
)
def test_scales_and_the_way_back(x, wanted):
    y, back = transformed(np.array(x))
    np.testing.assert_allclose(y, wanted, rtol=1e-9, atol=1e-12)
    known = np.isfinite(y)
    np.testing.assert_allclose(back(y)[known], np.array(x)[known], atol=2e-6)


def test_the_common_path_is_the_median_change_across_years_without_anybody():
    y = np.array([[0.0, 1.0, np.nan, 5.0], [10.0, 13.0, np.nan, 15.0], [np.nan, 4.0, np.nan, 6.0]])
    np.testing.assert_allclose(common_path(y), [0.0, 2.0, 3.0, 4.0])
    np.testing.assert_array_equal(common_path(np.full((2, 3), np.nan)), [0, 0, 0])
    apart = np.array([[1.0, np.nan], [np.nan, 7.0]])
    np.testing.assert_array_equal(common_path(apart), [0, 0])


def test_a_trend_keeps_the_provinces_ratio_at_the_ends():
    """Everybody doubles: 3 before 6, 48 after 24; a province without a value stays without."""
    x = np.array([[1.0, 2, 4, 8, 16], [np.nan, 6, np.nan, 24, np.nan], [np.nan] * 5])
    np.testing.assert_allclose(follow_trend(x), [x[0], [3, 6, 12, 24, 48], x[2]], rtol=1e-12)


def test_filled_cells_are_those_that_every_draw_fills():
    x = np.array([[1.0, np.nan, 3.0, np.nan]])
    fill = Fill(variable="x", method="trend", reason="r", ends=True)
    grids, cells = fill_gaps(x, fill, np.random.default_rng(1))
    assert grids.shape == (1, 1, 4) and cells.tolist() == [[False, True, False, True]]
    np.testing.assert_allclose(grids[0, 0, 3], 3.0)
