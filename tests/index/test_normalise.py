import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from pipeline.index.aggregate import linear
from pipeline.index.normalise import NORMALISATIONS, minmax, nonnegative, rank, zscore
from pipeline.index.weighting import Context, WeightError, entropy

BOTH = np.array([1.0, -1.0])


def raw(seed=1, n=50):
    return np.random.default_rng(seed).gamma(2.0, 3.0, size=(n, 2))


def test_minmax_runs_from_the_worst_to_the_best():
    x = np.array([[1.0, 1.0], [2.0, 2.0], [5.0, 5.0]])
    np.testing.assert_array_equal(minmax(x, BOTH), [[0, 1], [0.25, 0.75], [1, 0]])


def test_zscores_have_mean_0_and_sd_1():
    x = raw()
    np.testing.assert_allclose(zscore(x, BOTH), stats.zscore(x, ddof=1) * BOTH)


def test_ranks_are_average_ranks_between_0_and_1():
    x = np.round(raw(), 0)
    ours = rank(x, BOTH)
    theirs = (stats.rankdata(x * BOTH, axis=0) - 1) / 49
    np.testing.assert_allclose(ours, theirs)


@given(
    st.integers(0, 1000),
    st.floats(0.01, 100),
    st.floats(-100, 100),
    st.sampled_from(sorted(NORMALISATIONS)),
)
def test_units_do_not_count_and_a_negative_direction_mirrors(seed, scale, shift, name):
    x, normalise = np.round(raw(seed), 1), NORMALISATIONS[name]
    base = np.arange(50) < 20
    y = normalise(x, BOTH, base)
    # Ties stay ties only if the change of units keeps them.
    np.testing.assert_allclose(
        normalise(np.round(x * scale + shift, 9), BOTH, base), y, rtol=1e-4, atol=1e-6
    )
    mirrored = normalise(x, -BOTH, base)
    np.testing.assert_allclose(mirrored, (0.0 if name == "zscore" else 1.0) - y, atol=1e-9)


@pytest.mark.parametrize("name", sorted(NORMALISATIONS))
def test_only_the_reference_rows_set_the_scale(name):
    x, base = raw(2), np.arange(50) < 20
    normalise = NORMALISATIONS[name]
    y = normalise(x, BOTH, base)
    np.testing.assert_array_equal(y[:20], normalise(x[:20], BOTH, None))
    later = x.copy()
    later[20:] *= 7
    np.testing.assert_array_equal(normalise(later, BOTH, base)[:20], y[:20])


def test_values_outside_the_reference_range_leave_the_unit_interval():
    x = np.array([[1.0, 1.0], [3.0, 3.0], [5.0, 2.0], [0.0, 4.0], [np.nan, 2.0]])
    base = np.array([True, True, False, False, False])
    np.testing.assert_array_equal(
        minmax(x, BOTH, base), [[0, 1], [1, 0], [2, 0.5], [-0.5, -0.5], [np.nan, 0.5]]
    )
    np.testing.assert_array_equal(
        rank(x, BOTH, base), [[0, 1], [1, 0], [1.5, 0.5], [-0.5, -0.5], [np.nan, 0.5]]
    )


def test_a_published_index_scaled_by_its_base_year(shared):
    """Digital economy of 31 provinces, 2001 to 2020, indicators scaled by the range of 2001: every
    printed score.

    The authors multiply by 10, take absolute values and put 1e-10 for zeros.
    """
    import pandas as pd

    folder = shared / "references/case09b_entropy_weight_china"
    data = pd.read_csv(folder / "data_mingmin_indicators.csv")
    printed = pd.read_csv(folder / "published_mingmin_scores.csv")
    weights = json.loads((folder / "reference.json").read_text())["mingmin"]["weights"]
    x = (
        minmax(data.iloc[:, 2:].to_numpy(float), np.ones(15), (data["年份"] == 2001).to_numpy())
        * 10
    )
    np.testing.assert_allclose(x[:, 0], printed["数字经济规模"], atol=1e-9)
    at = 1
    for dimension, theirs in weights.items():
        part = np.abs(x[:, at : at + len(theirs)])
        at += len(theirs)
        w = entropy.weigh(np.where(part == 0, 1e-10, part), Context(0.0))
        np.testing.assert_allclose(w, theirs, rtol=1e-12)
        np.testing.assert_allclose(linear(part, w), printed[dimension], atol=1e-9)


@pytest.mark.parametrize("name", sorted(NORMALISATIONS))
def test_missing_cells_stay_missing_and_change_nothing_else(name):
    x = raw(3)
    holes = x.copy()
    holes[::7, 1] = np.nan
    y = NORMALISATIONS[name](holes, BOTH, None)
    full = ~np.isnan(holes[:, 1])
    assert np.isnan(y[~full, 1]).all() and np.isfinite(y[:, 0]).all()
    np.testing.assert_allclose(y[full, 1], NORMALISATIONS[name](x[full], BOTH, None)[:, 1])


@pytest.mark.parametrize("name", sorted(NORMALISATIONS))
@pytest.mark.parametrize(("bad", "message"), [(4.2, "vary"), (np.nan, "no value")])
def test_a_column_without_variation_or_value_in_the_reference_rows_is_named(name, bad, message):
    x, base = raw(4), np.arange(50) < 20
    x[base, 1] = bad
    with pytest.raises(WeightError, match=message) as refused:
        NORMALISATIONS[name](x, BOTH, base)
    assert refused.value.column == 1


def test_only_columns_that_reach_below_zero_are_moved():
    x = np.array([[-2.0, 0.5], [1.0, 0.7]])
    np.testing.assert_array_equal(nonnegative(x), [[0.0, 0.5], [3.0, 0.7]])
