"""Dependence between units, slopes, serial correlation, unit roots: numbers written another way,
sizes on panels of which the truth is known, refusals."""

import numpy as np
import pytest
from scipy import stats

from pipeline.inference.collinear import Collinear
from pipeline.inference.trends.dependence import OneMeasure, cd, cd_star
from pipeline.inference.trends.designs import autoregression
from pipeline.inference.trends.refusals import (
    Incomplete,
    NothingLeft,
    TooFewUnits,
    TooManyFactors,
    TooShort,
)
from pipeline.inference.trends.serial import difference_test, within_test
from pipeline.inference.trends.slopes import slope_test
from pipeline.inference.trends.unit_root import cips

N, T = 31, 12


def share(rejected):
    return float(np.mean(list(rejected)))


def near(found, expected, draws, errors=3.5):
    """Whether a share of draws is what is expected, up to its binomial error."""
    return abs(found - expected) < errors * np.sqrt(expected * (1 - expected) / draws)


def test_cd_pair_by_pair():
    rng = np.random.default_rng(1)
    e = rng.normal(size=(6, 9))
    e[rng.random(e.shape) < 0.25] = np.nan
    e[4, 1:] = np.nan  # one year: no pair
    e[1], e[2, :4] = [1.0, 2.0, 0.5, 3.0, 1.5, *[np.nan] * 4], np.nan
    e[2, 4:] = [2.0, 1.0, 4.0, 0.0, 1.0]  # one year with the unit before: no pair
    total, pairs, rhos = 0.0, 0, []
    for i in range(6):
        for j in range(i):
            both = np.isfinite(e[i]) & np.isfinite(e[j])
            if both.sum() >= 2:
                rhos.append(np.corrcoef(e[i, both], e[j, both])[0, 1])
                total += np.sqrt(both.sum()) * rhos[-1]
                pairs += 1
    test = cd(e)
    assert test.pairs == pairs == 9
    assert test.statistic == pytest.approx(total / np.sqrt(pairs), rel=1e-10)
    assert test.mean == pytest.approx(np.mean(rhos), rel=1e-10)
    assert test.mean_absolute == pytest.approx(np.mean(np.abs(rhos)), rel=1e-10)
    assert test.p == pytest.approx(2 * stats.norm.sf(abs(test.statistic)))


def test_cd_star_as_its_authors_write_it():
    """Pesaran and Xie's gamma, phi and a_i, loadings scaled to mean square one."""
    rng = np.random.default_rng(2)
    y = rng.normal(1, 1, (N, 2)) @ rng.normal(size=(2, T)) + rng.normal(size=(N, T))
    z = (y - y.mean(axis=1, keepdims=True)) / y.std(axis=1, keepdims=True)
    u, d, v = np.linalg.svd(z, full_matrices=False)
    gamma = u[:, :2] * np.sqrt(N)
    residuals = (u[:, 2:] * d[2:]) @ v[2:]
    sigma = np.sqrt((residuals**2).mean(axis=1))
    phi = (gamma / sigma[:, None]).mean(axis=0)
    theta = 1 - ((1 - sigma * (gamma @ phi)) ** 2).mean()
    expected = (cd(residuals).statistic + np.sqrt(T / 2) * theta) / (1 - theta)
    assert cd_star(y, 2).statistic == pytest.approx(expected, rel=1e-10)


def test_year_effects_ruin_cd_and_cd_star_holds():
    rng = np.random.default_rng(3)
    draws = 300
    plain, star, spatial = [], [], []
    for _ in range(draws):
        e = rng.normal(size=(N, T)) * np.exp(0.5 * rng.normal(size=(N, 1)))
        y = e + rng.normal(1, 0.5, (N, 1)) * rng.normal(size=T)
        plain.append(cd(y - y.mean(axis=0)).p < 0.05)
        star.append(cd_star(y, 1).p < 0.05)
        near_by = e + 0.8 * np.roll(e, 1, axis=0) + 0.8 * np.roll(e, 2, axis=0)
        spatial.append(cd_star(near_by + y - e, 1).p < 0.05)
    assert near(share(star), 0.05, draws)
    assert share(plain) > 0.2
    assert share(spatial) > 0.4


def test_dependence_refuses():
    rng = np.random.default_rng(4)
    e = rng.normal(size=(5, 8))
    with pytest.raises(TooFewUnits):
        cd(np.where(np.arange(5)[:, None] > 1, np.nan, e))
    still = e.copy()
    still[3] = 2.0
    with pytest.raises(NothingLeft, match="3"):
        cd(still)
    with pytest.raises(Incomplete):
        cd_star(np.where(np.arange(8) == 2, np.nan, e), 1)
    with pytest.raises(TooManyFactors):
        cd_star(e, 3)
    with pytest.raises(TooManyFactors):
        cd_star(e, 0)
    with pytest.raises(NothingLeft, match="3"):
        cd_star(still, 1)
    one, two, three = np.linalg.qr(np.column_stack([np.ones(8), rng.normal(size=(8, 3))]))[0].T[1:]
    with pytest.raises(OneMeasure):
        cd_star(9 * one + np.stack([two, -two, three, -three]), 1)


def slope_panels(draws, spread, persistence, seed=5):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(draws, N, T, 1))
    b = 1 + spread * rng.normal(size=(draws, N, 1))
    e = autoregression((draws, N, T), persistence, rng)
    return zip(b * x[..., 0] + e + rng.normal(size=(draws, N, 1)), x, strict=True)


def test_slopes_size_and_power():
    draws = 400
    same = [slope_test(y, x) for y, x in slope_panels(draws, 0, 0)]
    assert near(share(t.p_adjusted < 0.05 for t in same), 0.05, draws)
    different = [slope_test(y, x).p_adjusted for y, x in slope_panels(100, 0.5, 0)]
    assert share(p < 0.05 for p in different) > 0.95


def test_slopes_refuse():
    rng = np.random.default_rng(6)
    y, x = rng.normal(size=(5, 6)), rng.normal(size=(5, 6, 3))
    slope_test(y, x)
    with pytest.raises(TooShort, match="5 periods where at least 6"):
        slope_test(y[:, :5], x[:, :5])
    still = x.copy()
    still[1, :, 2] = 0.0
    with pytest.raises(Collinear) as error:
        slope_test(y, still)
    assert error.value.column == 2
    with pytest.raises(NothingLeft):
        slope_test(x @ [1.0, 2.0, 3.0], x)


@pytest.mark.parametrize("rho", [0.0, 0.5])
def test_serial_correlation_size_and_power(rho):
    rng = np.random.default_rng(7)
    draws = 400
    e = autoregression((draws, N, T), rho, rng)
    within = e - e.mean(axis=2, keepdims=True)
    levels = share(within_test(w - w.mean(axis=0)).p < 0.05 for w in within)
    changes = share(difference_test(np.diff(w, axis=1)).p < 0.05 for w in e)
    if rho:
        assert levels > 0.8 and changes > 0.8
    else:
        assert near(levels, 0.05, draws) and near(changes, 0.05, draws)


def test_a_random_walk_has_no_correlation_in_differences():
    rng = np.random.default_rng(8)
    walks = np.diff(rng.normal(size=(400, N, T)).cumsum(axis=2), axis=2)
    assert near(share(difference_test(d, True).p < 0.05 for d in walks), 0.05, 400)


def test_gaps_are_not_bridged():
    rng = np.random.default_rng(9)
    e = rng.normal(size=(5, 8))
    e[1, 3] = np.nan
    test = within_test(e)
    assert test.rows == 5 * 7 - 2
    assert test.df == 4
    assert test.expected == -1 / 7
    with pytest.raises(TooFewUnits):
        within_test(e[:2])
    with pytest.raises(TooShort):
        within_test(e[:, :2])
    with pytest.raises(NothingLeft):
        within_test(np.ones((5, 8)))


@pytest.mark.parametrize("lags", [0, 1, 2])
@pytest.mark.parametrize("deterministics", ["none", "drift", "trend"])
def test_cips_unit_by_unit(deterministics, lags):
    """Each regression written out; truncation keeps every t within the paper's bounds."""
    rng = np.random.default_rng(10)
    y = autoregression((10, 22), -0.95, rng)  # far from a unit root: t beyond the bounds
    mean, found = y.mean(axis=0), []
    for own in y:
        now = np.arange(lags + 1, 22)
        columns = [own[now - 1], mean[now - 1], mean[now] - mean[now - 1]]
        for series in (own, mean):
            columns += [series[now - j] - series[now - j - 1] for j in range(1, lags + 1)]
        columns += [np.ones(len(now)), now * 1.0][
            : ("none", "drift", "trend").index(deterministics)
        ]
        x, z = np.column_stack(columns), own[now] - own[now - 1]
        b, left = np.linalg.lstsq(x, z, rcond=None)[:2]
        s2 = left[0] / (len(now) - x.shape[1])
        found.append(b[0] / np.sqrt(s2 * np.linalg.inv(x.T @ x)[0, 0]))
    test = cips(y, lags, deterministics, truncated=False)
    np.testing.assert_allclose(test.units, found, rtol=1e-8)
    low, high = {"none": (-6.12, 4.16), "drift": (-6.19, 2.61), "trend": (-6.42, 1.70)}[
        deterministics
    ]
    kept = cips(y, lags, deterministics).statistic
    assert kept == pytest.approx(np.clip(found, low, high).mean(), rel=1e-8)
    assert lags or kept > test.statistic


def test_critical_values_are_those_of_the_table_and_between_them():
    """Pesaran (2007), table II(b): drift, N = 20 and 30, T = 10, 15 and 20."""
    rng = np.random.default_rng(11)

    def critical(n, t):
        return cips(rng.normal(size=(n, t + 1)), truncated=False).critical

    np.testing.assert_allclose(critical(20, 10), [-2.64, -2.33, -2.18])
    np.testing.assert_allclose(critical(30, 20), [-2.32, -2.15, -2.07])
    np.testing.assert_allclose(critical(25, 10), [-2.575, -2.29, -2.15])
    np.testing.assert_allclose(critical(30, 12), [-2.51 + 0.4 * 0.17, -2.218, -2.10])


def test_a_unit_root_is_kept_at_the_size_and_white_noise_is_not():
    rng = np.random.default_rng(12)
    draws = 300
    walks = rng.normal(size=(draws, N, T)).cumsum(axis=2)
    tests = [cips(w) for w in walks]
    assert near(share(t.statistic < t.critical[1] for t in tests), 0.05, draws)
    noise = [cips(w) for w in rng.normal(size=(50, N, T))]
    assert share(t.statistic < t.critical[1] for t in noise) > 0.9


def test_unit_roots_refuse():
    y = np.random.default_rng(13).normal(size=(12, 12)).cumsum(axis=1)
    with pytest.raises(TooShort, match="12 periods where at least 13"):
        cips(y, lags=2)
    with pytest.raises(TooFewUnits, match="9 units where at least 10"):
        cips(y[:9])
    with pytest.raises(Incomplete):
        cips(np.where(y == y[0, 0], np.nan, y))
    still = y.copy()
    still[4] = 1.0
    with pytest.raises(NothingLeft, match="4"):
        cips(still)
