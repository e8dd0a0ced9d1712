"""Markov matrices against giddy, against counting by hand, and of chains that are known."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from pipeline.inference.distribution.markov import (
    ergodic,
    homogeneity,
    lag_classes,
    paths_over_map,
    quantile_classes,
    spatial_markov,
    transitions,
)
from pipeline.inference.draws import generator
from pipeline.panel.provinces import contiguity
from tests.conftest import ROOT

NUMBERS = json.loads((ROOT / "tests/reference/markov/numbers.json").read_text())
NEIGHBOURS = json.loads((ROOT / "tests/reference/moran/numbers.json").read_text())["neighbours"]


def chain(p, n, years, seed):
    """Paths (n, years) of a chain with matrix p."""
    rng = np.random.default_rng(seed)
    out = np.zeros((n, years), int)
    out[:, 0] = rng.integers(0, len(p), n)
    for t in range(1, years):
        out[:, t] = (rng.random(n)[:, None] > np.cumsum(p, axis=1)[out[:, t - 1]]).sum(axis=1)
    return out


@pytest.mark.parametrize("name", ["quintiles", "short"])
def test_the_states_as_giddy(name):
    stored = NUMBERS[name]
    k, income = stored["k"], np.array(NUMBERS["income"])[:, : stored["years"]]
    w = np.zeros((48, 48))
    for i, neighbours in enumerate(NEIGHBOURS):
        w[i, neighbours] = 1 / len(neighbours)
    relative = income / income.mean(axis=0)
    classes, cuts = quantile_classes(relative, k)
    lag_classes, lag_cuts = quantile_classes(w @ relative, k)
    np.testing.assert_allclose(cuts, stored["cuts"], rtol=1e-12)
    np.testing.assert_allclose(lag_cuts, stored["lag_cuts"], rtol=1e-12)
    result = spatial_markov(classes, lag_classes, k, k)
    assert result.all.counts.tolist() == stored["counts"]
    assert [g.counts.tolist() for g in result.given] == stored["given"]
    np.testing.assert_allclose(result.all.probabilities, stored["probabilities"], rtol=1e-14)
    np.testing.assert_allclose(result.all.ergodic, stored["ergodic"], rtol=1e-10)
    for given_lag, theirs in zip(result.given, stored["ergodic_given"] or [], strict=False):
        np.testing.assert_allclose(given_lag.ergodic, theirs, rtol=1e-9)
    test = result.test
    np.testing.assert_allclose(
        [test.likelihood_ratio, test.pearson],
        [stored["likelihood_ratio"], stored["pearson"]],
        rtol=1e-12,
    )
    assert test.df == stored["df"]
    np.testing.assert_allclose(
        [test.p_likelihood_ratio, test.p_pearson],
        [stored["p_likelihood_ratio"], stored["p_pearson"]],
        atol=1e-14,
    )


def test_rows_that_nobody_was_in_are_nan():
    short = NUMBERS["short"]["given"][0]
    assert np.sum(short, axis=1).tolist()[-2:] == [0, 0]
    result = transitions([[0, 0, 1], [1, 0, 3]], k=4)
    assert np.isnan(result.probabilities[2:]).all()
    np.testing.assert_allclose(result.probabilities[:2], [[1 / 3, 1 / 3, 0, 1 / 3], [1, 0, 0, 0]])
    assert np.isnan(
        result.ergodic
    ).all()  # class 3 is entered and never left: nobody knows what follows


@given(
    st.lists(st.lists(st.integers(-1, 3), min_size=5, max_size=5), min_size=1, max_size=12),
    st.integers(1, 4),
    st.data(),
)
def test_counts_are_those_of_loops(paths, horizon, data):
    lags = data.draw(
        st.lists(
            st.lists(st.integers(-1, 2), min_size=5, max_size=5),
            min_size=len(paths),
            max_size=len(paths),
        )
    )
    expected = np.zeros((3, 4, 4), int)
    everyone = np.zeros((4, 4), int)
    for path, lag in zip(paths, lags, strict=True):
        for t in range(5 - horizon):
            if path[t] >= 0 and path[t + horizon] >= 0:
                everyone[path[t], path[t + horizon]] += 1
                if lag[t] >= 0:
                    expected[lag[t], path[t], path[t + horizon]] += 1
    result = spatial_markov(paths, lags, 4, 3, horizon)
    assert transitions(paths, 4, horizon).counts.tolist() == everyone.tolist()
    assert [g.counts.tolist() for g in result.given] == expected.tolist()
    assert result.all.counts.tolist() == expected.sum(axis=0).tolist()
    np.testing.assert_allclose(
        np.nansum(result.all.probabilities, axis=1), (expected.sum(axis=(0, 2)) > 0), rtol=1e-12
    )


def test_the_test_of_two_by_two_is_the_contingency_test():
    """With one row the statistic is that of a table of regimes by destinations."""
    table = np.array([[12, 30, 8], [20, 10, 9], [4, 3, 11]])
    counts = np.zeros((3, 3, 3))
    counts[:, 1] = table
    result = homogeneity(counts)
    for lambda_, mine, p in (
        ("log-likelihood", result.likelihood_ratio, result.p_likelihood_ratio),
        ("pearson", result.pearson, result.p_pearson),
    ):
        theirs = stats.chi2_contingency(table, correction=False, lambda_=lambda_)
        assert mine == pytest.approx(theirs.statistic, rel=1e-12)
        assert p == pytest.approx(theirs.pvalue, rel=1e-10)
        assert result.df == theirs.dof == 4


def test_moves_that_nobody_made_take_no_degrees_of_freedom():
    """Row 0: 3 destinations in 2 matrices, 2. Row 1: one matrix, 0. Row 2: 2 destinations in 2
    matrices, 1."""
    first = [[5, 3, 2], [0, 4, 4], [0, 6, 6]]
    second = [[2, 2, 2], [0, 0, 0], [0, 9, 1]]
    assert homogeneity([first, second]).df == 3
    alone = homogeneity([first])
    assert (alone.df, alone.likelihood_ratio, alone.pearson) == (0, 0, 0)
    assert np.isnan(alone.p_likelihood_ratio)


def test_the_test_has_its_size_and_finds_a_difference():
    p = np.array([[0.8, 0.2, 0.0], [0.1, 0.8, 0.1], [0.0, 0.3, 0.7]])
    rng = np.random.default_rng(1)
    ps = []
    for seed in range(300):
        classes = chain(p, 150, 12, seed)
        ps.append(
            spatial_markov(classes, rng.integers(0, 3, classes.shape), 3, 3).test.p_likelihood_ratio
        )
    assert np.mean(np.array(ps) < 0.05) == pytest.approx(0.05, abs=0.04)
    other = np.array([[0.5, 0.5, 0.0], [0.1, 0.5, 0.4], [0.0, 0.3, 0.7]])
    both = [transitions(chain(q, 60, 12, 1), 3).counts for q in (p, other)]
    assert homogeneity(both).p_likelihood_ratio < 1e-6


def persistent(seed):
    """31 provinces in 13 years, autoregression .97, nothing of the neighbours in it."""
    rng = np.random.default_rng(seed)
    values = rng.normal(size=(31, 13))
    values[:, 0] /= np.sqrt(1 - 0.97**2)
    for year in range(1, 13):
        values[:, year] += 0.97 * values[:, year - 1]
    return values


def test_paths_over_the_map_keep_their_size_where_values_persist():
    """At most .05 and three binomial errors (.06) of 120 panels; the chi-square rejects .27."""
    near, rejected = contiguity() > 0, np.zeros(2)
    for seed in range(120):
        values = persistent(seed)
        classes, _ = quantile_classes(values, 4)
        lags, _ = lag_classes(values, classes, near, 4)
        chi_square = spatial_markov(classes, lags, 4, 4).test.p_likelihood_ratio
        p = paths_over_map(values, near, 4, seed, "x", 59).p
        rejected += np.array([p, chi_square]) <= 0.05
    assert rejected[0] / 120 < 0.11 and rejected[1] / 120 > 0.15


def test_paths_over_the_map_find_neighbours_that_matter():
    """Provinces move towards the mean of their neighbours."""
    near, w = contiguity() > 0, contiguity()
    rng = np.random.default_rng(1)
    values = rng.normal(size=(31, 13))
    for year in range(1, 13):
        before = values[:, year - 1]
        values[:, year] = 0.3 * before + 0.9 * w @ before + 0.2 * rng.normal(size=31)
    found = paths_over_map(values, near, 3, 1, "x", 199)
    assert found.p == 1 / 200 and found.draws == 199


def test_paths_over_the_map_are_those_of_refits_with_gaps():
    near = contiguity() > 0
    values = persistent(3)
    values[4, 2:5], values[9] = np.nan, np.nan
    rng = generator(5, "x/map")

    def ratio(v):
        classes, _ = quantile_classes(v, 3)
        lags, _ = lag_classes(v, classes, near, 3)
        return spatial_markov(classes, lags, 3, 3).test.likelihood_ratio

    drawn = [ratio(values[rng.permutation(31)]) for _ in range(40)]
    extreme = sum(r >= ratio(values) * (1 - 1e-9) for r in drawn)
    assert paths_over_map(values, near, 3, 5, "x", 40).p == (1 + extreme) / 41


def test_no_p_where_no_draw_differs():
    """Nobody moves between classes."""
    still = np.repeat(np.arange(31.0)[:, None], 5, axis=1)
    assert paths_over_map(still, contiguity() > 0, 2, 1, "x", 20).p is None


def test_the_long_run_of_known_chains():
    p = np.array([[0.5, 0.25, 0.25], [0.5, 0.0, 0.5], [0.25, 0.25, 0.5]])
    np.testing.assert_allclose(ergodic(p), [0.4, 0.2, 0.4], rtol=1e-14)
    np.testing.assert_allclose(ergodic(p), np.linalg.matrix_power(p, 200)[1], rtol=1e-12)
    np.testing.assert_allclose(
        ergodic([[0.5, 0.5, 0.0], [0.2, 0.7, 0.1], [0, 0, 1]]), [0, 0, 1], atol=1e-14
    )
    assert np.isnan(
        ergodic([[0.5, 0.5, 0], [0.2, 0.8, 0], [0, 0, 1]])
    ).all()  # two chains, no one long run
    nan = [np.nan] * 3
    np.testing.assert_allclose(
        ergodic([[0.5, 0.5, 0], nan, nan][:1] + [[0.2, 0.8, 0], nan]), [2 / 7, 5 / 7, 0]
    )
    assert np.isnan(ergodic([nan, nan, nan])).all()


def test_estimates_approach_the_matrix_of_the_chain():
    p = np.array([[0.7, 0.3, 0.0], [0.1, 0.8, 0.1], [0.0, 0.2, 0.8]])
    paths = chain(p, 500, 60, seed=2)
    np.testing.assert_allclose(transitions(paths, 3).probabilities, p, atol=0.02)
    np.testing.assert_allclose(
        transitions(paths, 3, horizon=3).probabilities, np.linalg.matrix_power(p, 3), atol=0.02
    )


def test_classes_hold_their_upper_cut_and_equal_values_stay_together():
    classes, cuts = quantile_classes([[1, 2, 3], [4, 5, np.nan]], 2)
    assert cuts.tolist() == [3]
    assert classes.tolist() == [[0, 0, 0], [1, 1, -1]]
    tied, cuts = quantile_classes([0, 0, 0, 0, 0, 0, 1, 2], 4)
    assert cuts.tolist() == [0, 0, 0.25]
    assert tied.tolist() == [0, 0, 0, 0, 0, 0, 3, 3]
    sizes = np.bincount(
        quantile_classes(np.random.default_rng(1).normal(size=(30, 10)), 4)[0].ravel()
    )
    assert sizes.tolist() == [75] * 4


def test_what_makes_no_chain_is_refused():
    for values, k in (([1, 2], 3), ([1, 2, 3], 1), ([1, 2, np.inf], 2)):
        with pytest.raises(ValueError, match="classes need"):
            quantile_classes(values, k)
    with pytest.raises(ValueError, match="horizon"):
        transitions([[0, 1, 0]], 2, horizon=3)
    with pytest.raises(ValueError, match="not below 2"):
        transitions([[0, 2]], 2)
    with pytest.raises(ValueError, match="one shape"):
        spatial_markov([[0, 1]], [[0, 1, 1]], 2, 2)
