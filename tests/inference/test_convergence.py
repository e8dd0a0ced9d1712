"""Sigma by hand; beta against linearmodels, least squares, and series that converge at a known
speed."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from linearmodels.panel import PanelOLS

from pipeline.inference.distribution.convergence import beta, corrected, sigma
from pipeline.inference.within import crv1_factor


def panel(rho=0.8, n=31, years=14, seed=1, spread=0.5, noise=0.05):
    """Log-linear convergence to province levels: ln y_it = rho ln y_i,t-1 + (1 - rho) level_i +
    year_t + noise."""
    rng = np.random.default_rng(seed)
    level, common = spread * rng.normal(size=n), 0.03 * rng.normal(size=years)
    z = np.empty((n, years))
    z[:, 0] = level + rng.normal(size=n)
    for t in range(1, years):
        z[:, t] = rho * z[:, t - 1] + (1 - rho) * level + common[t] + noise * rng.normal(size=n)
    return np.exp(z)


def linearmodels_fit(y, controls, entity, time, cluster):
    """PanelOLS with the declared factor: coefficients and errors, initial level first."""
    n, periods = y.shape
    index = pd.MultiIndex.from_product([range(n), range(periods - 1)])
    growth = pd.Series(np.diff(np.log(y), axis=1).ravel(), index)
    x = pd.DataFrame({"start": np.log(y)[:, :-1].ravel()}, index)
    for k in range(controls.shape[2]):
        x[f"c{k}"] = controls[:, :-1, k].ravel()
    slopes = x.shape[1]
    if not entity and not time:
        x["constant"] = 1.0
    clusters = pd.DataFrame({"cluster": np.repeat(cluster, periods - 1)}, index)
    used = growth.notna() & x.notna().all(axis=1)
    fit = PanelOLS(growth[used], x[used], entity_effects=entity, time_effects=time).fit(
        cov_type="clustered",
        clusters=clusters[used],
        auto_df=False,
        count_effects=False,
        group_debias=False,
        debiased=False,
    )
    years = len(used[used].index.get_level_values(1).unique()) - 1 if time else 0
    factor = crv1_factor(int(used.sum()), len(np.unique(cluster)), slopes, years)
    return fit.params.to_numpy()[:slopes], np.sqrt(np.diag(fit.cov)[:slopes] * factor)


@pytest.mark.parametrize("entity", [True, False])
@pytest.mark.parametrize("time", [True, False])
@pytest.mark.parametrize("gaps", [0, 9])
def test_the_panel_form_as_linearmodels(entity, time, gaps):
    rng = np.random.default_rng(gaps)
    y, controls = panel(), rng.normal(size=(31, 14, 2))
    y.ravel()[rng.choice(y.size, gaps, replace=False)] = np.nan
    regions = np.arange(31) % 8
    for cluster in (None, regions):
        result = beta(y, controls, province_effects=entity, year_effects=time, cluster=cluster)
        b, errors = linearmodels_fit(
            y, controls, entity, time, np.arange(31) if cluster is None else regions
        )
        np.testing.assert_allclose(result.fit.beta, b, rtol=1e-9, atol=1e-12)
        np.testing.assert_allclose(np.sqrt(np.diag(result.fit.covariance)), errors, rtol=1e-9)
        assert result.fit.df == (30 if cluster is None else 7)
        assert (result.b, result.error) == (
            result.fit.beta[0],
            np.sqrt(result.fit.covariance[0, 0]),
        )
    assert result.rows == np.isfinite(np.diff(np.log(y), axis=1)).sum()


def test_absolute_convergence_is_least_squares_of_growth_on_the_level():
    y = panel()
    growth, start = np.diff(np.log(y), axis=1).ravel(), np.log(y)[:, :-1].ravel()
    expected = sm.OLS(growth, sm.add_constant(start)).fit(
        cov_type="cluster", cov_kwds={"groups": np.repeat(range(31), 13)}
    )
    result = beta(y, province_effects=False, year_effects=False)
    assert result.b == pytest.approx(expected.params[1], rel=1e-10)
    assert result.error == pytest.approx(expected.bse[1], rel=1e-9)  # K = 2 in both


def test_speed_and_half_life_of_exact_convergence():
    """ln y halves its distance in ln 2 / -ln rho years, year by year."""
    rho, years = 0.93, 11
    first = np.exp(np.linspace(-1, 2, 20))
    path = np.exp(0.4 + rho ** np.arange(years + 1) * (np.log(first)[:, None] - 0.4))
    noise = np.exp(
        1e-9 * np.random.default_rng(1).normal(size=path.shape)
    )  # without any residual errors are 0 / 0
    result = beta(path * noise, province_effects=False, year_effects=False)
    assert result.b == pytest.approx(rho - 1, rel=1e-6)
    assert result.speed == pytest.approx(-np.log(rho), rel=1e-6)
    assert result.half_life == pytest.approx(np.log(2) / -np.log(rho), rel=1e-6)
    assert rho**result.half_life == pytest.approx(0.5, rel=1e-6)


def test_the_error_of_the_speed_is_its_derivative():
    result = beta(panel())
    step = 1e-6
    slope = (np.log1p(result.b - step) - np.log1p(result.b + step)) / (2 * step)
    assert result.speed_error == pytest.approx(abs(slope) * result.error, rel=1e-6)


def test_a_known_rho_is_recovered_and_short_panels_are_biased():
    """With 200 years the within estimate finds rho - 1; with 12 it is too low by about (1 + rho) /
    (T - 1)."""
    long = beta(panel(rho=0.8, n=60, years=200, seed=3))
    assert long.b == pytest.approx(-0.2, abs=0.02)
    assert abs(long.b + 0.2) < 4 * long.error + 1.8 / 199
    short = [beta(steady(0.9, seed)).b for seed in range(20)]
    assert -0.1 - np.mean(short) == pytest.approx(1.9 / 11, abs=0.05)


def steady(rho, seed):
    """12 growth periods of 100 provinces in their stationary state."""
    return panel(rho, n=100, years=100, seed=seed, noise=0.3)[:, -13:]


def walks(seed, n=31, years=13):
    """No convergence: walks with common years."""
    rng = np.random.default_rng(seed)
    return np.exp(np.cumsum(0.05 * rng.normal(size=(n, years)) + 0.03, axis=1))


def test_without_convergence_the_corrected_coefficient_keeps_its_size():
    """At most .05 and three binomial errors (.10) of 40 walks; the within t test rejects all.
    The correction takes four fifths of the bias of -.24."""
    panels = [walks(seed) for seed in range(40)]
    found = [corrected(y, None, seed, "x", 39) for seed, y in enumerate(panels)]
    within = [beta(y) for y in panels]
    assert np.mean([f.p <= 0.05 for f in found]) < 0.155
    assert np.mean([abs(w.b / w.error) > 2.04 for w in within]) == 1
    assert np.mean([w.b for w in within]) < -0.2 and abs(np.mean([f.b for f in found])) < 0.07


@pytest.mark.parametrize("gaps", [0, 25])
def test_the_corrected_coefficient_finds_a_known_rho(gaps):
    """Stationary provinces and those that start far away; the within estimate is off by .17 and
    .05."""
    rng = np.random.default_rng(1)
    makes = (
        lambda seed: panel(0.8, 31, 100, seed, noise=0.3)[:, -13:],
        lambda seed: panel(0.8, 31, 13, seed),
    )
    for make in makes:
        found = []
        for seed in range(10):
            y = make(seed).copy()
            y.ravel()[rng.choice(y.size, gaps, replace=False)] = np.nan
            found.append(corrected(y, None, seed, "x", 1))
        assert np.mean([f.b for f in found]) == pytest.approx(-0.2, abs=0.06)
        spread = np.std([f.b for f in found])
        assert np.mean([f.error for f in found]) == pytest.approx(spread, rel=0.6)


def test_the_corrected_coefficient_solves_its_equation_by_loops():
    rng = np.random.default_rng(2)
    y, controls = panel(0.8, n=31, years=10, noise=0.1), rng.normal(size=(31, 10, 2))
    y[3, 4] = y[5, 0] = np.nan
    b = corrected(y, controls, 1, "x", 1).b
    fit = beta(y, controls)
    z = np.log(y)
    used = np.isfinite(np.diff(z, axis=1))
    index = pd.MultiIndex.from_product([range(31), range(9)])[used.ravel()]
    level = pd.Series(z[:, :-1][used], index)
    right = pd.DataFrame({j: controls[:, :-1, j][used] for j in range(2)}, index)
    net = PanelOLS(level, right, entity_effects=True, time_effects=True).fit().resids
    variation = float((net**2).sum())
    df = used.sum() - 31 - 8 - 2 - 1
    squares = (fit.fit.residuals**2).sum() + (b - fit.b) ** 2 * variation
    h = 0.0
    for row in used:
        years = np.flatnonzero(row)
        pairs = [(1 + b) ** (t - 1 - r) for t in years for r in years if r < t]
        h += sum(pairs) / len(years)
    assert b == pytest.approx(fit.b + squares / df * h * 30 / 31 / variation, abs=1e-9)


def test_convergence_is_found_where_it_is():
    assert corrected(steady(0.7, 1), None, 1, "x", 99).p == 0.01


def test_speed_is_undefined_beyond_minus_one_and_negative_in_divergence():
    rng = np.random.default_rng(1)
    away = np.exp(
        np.cumsum(np.full((9, 6), 0.1), axis=1) * np.arange(1, 10)[:, None]
        + 1e-3 * rng.normal(size=(9, 6))
    )
    apart = beta(away, province_effects=False)
    assert apart.b > 0
    assert apart.speed < 0
    assert np.isnan(apart.half_life)
    swing = beta(
        np.exp(np.where(np.arange(6) % 2, 1.5, -1.0) * np.arange(1, 10)[:, None]),
        year_effects=False,
    )
    assert swing.b < -1
    assert np.isnan([swing.speed, swing.speed_error, swing.half_life]).all()


def test_sigma_by_hand():
    """Logs 0, a, 2a have standard deviation a; values 1, 2, 3 a coefficient of variation of 1/2."""
    base = np.array([0.0, 1.0, 2.0])[:, None]
    result = sigma(np.exp(base * np.array([0.5, 0.4, 0.3, 0.2])))
    np.testing.assert_allclose(result.log_sd, [0.5, 0.4, 0.3, 0.2], rtol=1e-12)
    assert result.trends[0] == pytest.approx(-0.1, rel=1e-12)
    np.testing.assert_allclose(
        sigma(np.array([[1.0, 2.0], [2.0, 2.0], [3.0, 2.0]])).variation, [0.5, 0.0], atol=1e-12
    )


def test_sigma_and_its_trends_province_by_province():
    y = panel(n=9, years=7)
    result = sigma(y)

    def trends(values):
        sd, cv = (
            np.log(values).std(axis=0, ddof=1),
            values.std(axis=0, ddof=1) / values.mean(axis=0),
        )
        return np.array([np.polyfit(range(7), sd, 1)[0], np.polyfit(range(7), cv, 1)[0]])

    without = np.array([trends(np.delete(y, i, axis=0)) for i in range(9)])
    np.testing.assert_allclose(result.trends, trends(y), rtol=1e-10)
    np.testing.assert_allclose(
        result.errors, np.sqrt(8 / 9 * ((without - trends(y)) ** 2).sum(axis=0)), rtol=1e-8
    )
    np.testing.assert_allclose(result.variation, y.std(axis=0, ddof=1) / y.mean(axis=0), rtol=1e-12)
    assert result.df == 8


def test_the_trend_of_sigma_covers_zero_when_nothing_changes():
    """Persistent provinces: an error that takes years for independent would reject far too
    often."""
    rng = np.random.default_rng(5)
    reject = []
    for _ in range(300):
        walk = np.sqrt(0.98) * rng.normal(size=(31, 1)) + 0.2 * np.cumsum(
            rng.normal(size=(31, 12)), axis=1
        )
        last = walk - walk.mean(axis=0)
        scale = np.sqrt(
            0.98 + 0.04 * np.arange(1, 13)
        )  # the variance of the walk, so that the spread stays the same
        result = sigma(np.exp(last / scale))
        reject.append(abs(result.trends[0]) > 2.04 * result.errors[0])
    assert np.mean(reject) == pytest.approx(0.05, abs=0.04)


def test_what_has_no_growth_is_refused():
    y = panel(n=4, years=4)
    for bad in (np.where(y == y[0, 0], -1.0, y), np.where(y == y[0, 0], np.inf, y)):
        with pytest.raises(ValueError, match="positive"):
            beta(bad)
        with pytest.raises(ValueError, match="positive"):
            sigma(bad)
    with pytest.raises(ValueError, match="without gaps"):
        sigma(np.where(y == y[0, 0], np.nan, y))
    with pytest.raises(ValueError, match="controls must have"):
        beta(y, np.ones((4, 3, 1)))
    with pytest.raises(ValueError, match="two clusters"):
        beta(np.where(np.arange(4)[:, None] == 0, y, np.nan))
    with pytest.raises(np.linalg.LinAlgError, match="column 1 is collinear"):
        beta(y, np.ones((4, 4, 1)))
