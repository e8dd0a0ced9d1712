"""Gap filling: which gaps, by what, and what multiple imputation makes of the errors."""

import numpy as np
import pytest
import statsmodels.api as sm

from pipeline.construct.filling import fill_gaps
from pipeline.construct.filling.level import level_model
from pipeline.construct.filling.multiple import impute
from pipeline.construct.filling.trend import common_path
from pipeline.inference.within import within_fit
from pipeline.results.pool import rubin
from pipeline.study.schema import Fill


def fill(method, **keys):
    return Fill(variable="x", method=method, reason="a test", **keys)


def rng():
    return np.random.default_rng(1)


def panel(seed=0):
    draw = np.random.default_rng(seed)
    return np.exp(
        6
        + draw.standard_normal((31, 1))
        + np.cumsum(0.08 + 0.03 * draw.standard_normal((31, 14)), axis=1)
    )


def test_inner_gaps_up_to_the_limit_are_filled_and_reported():
    x = np.array([[1.0, np.nan, 3.0, np.nan, np.nan, 6.0], [np.nan, 2.0, 3.0, 4.0, 5.0, np.nan]])
    (filled,), cells = fill_gaps(x, fill("linear"), rng())
    np.testing.assert_array_equal(filled[0], [1, 2, 3, np.nan, np.nan, 6])
    assert np.argwhere(cells).tolist() == [[0, 1]]
    (filled,), cells = fill_gaps(x, fill("linear", max_gap=2), rng())
    np.testing.assert_allclose(filled[0], [1, 2, 3, 4, 5, 6])
    assert np.argwhere(cells).tolist() == [[0, 1], [0, 3], [0, 4]]
    assert np.isnan(filled[1, [0, 5]]).all()


@pytest.mark.parametrize("method", ["linear", "trend", "kalman", "multiple"])
def test_observed_cells_stay_and_only_declared_gaps_are_filled(method):
    x = panel()
    x[3, 5] = x[7, 8:11] = x[5, 13] = x[9, 0] = np.nan
    grids, cells = fill_gaps(x, fill(method, max_gap=2), rng())
    assert np.argwhere(cells).tolist() == [[3, 5]]
    seen = np.isfinite(x)
    assert (grids[:, seen] == x[seen]).all() and np.isnan(grids[:, 7, 9]).all()
    grids, cells = fill_gaps(x, fill(method, max_gap=3, ends=True), rng())
    ends = [] if method == "linear" else [[5, 13], [9, 0]]
    assert sorted(np.argwhere(cells).tolist()) == sorted([[3, 5], [7, 8], [7, 9], [7, 10], *ends])


def test_the_trend_follows_the_nation():
    """A year in which everybody jumps: the straight line misses it, the national trend does not."""
    x = 100 * np.ones((31, 1)) * np.arange(1, 32)[:, None] * np.array([1, 1.1, 2.2, 2.4, 2.6])
    true = x[4, 2]
    x[4, 2] = np.nan
    (by_line,), _ = fill_gaps(x, fill("linear"), rng())
    (by_trend,), _ = fill_gaps(x, fill("trend"), rng())
    assert by_trend[4, 2] == pytest.approx(true, rel=1e-12) and abs(by_line[4, 2] / true - 1) > 0.15


@pytest.mark.parametrize(("walk", "noise"), [(0.03, 0.03), (0.0, 0.05), (0.05, 0.0)])
def test_the_level_is_that_of_statsmodels_and_at_least_as_likely(walk, noise):
    """At the share found statsmodels smooths to the same level; its own optimum is no better."""
    from statsmodels.tsa.statespace.structural import UnobservedComponents

    draw = np.random.default_rng(5)
    y = 6 + np.cumsum(0.08 + walk * draw.standard_normal(15)) + noise * draw.standard_normal(15)
    y[6:8] = np.nan
    model = level_model(y)
    k = model.likeliest
    share, variance = model.shares[k], model.squares[k] / model.df
    theirs = UnobservedComponents(y, level="lldtrend")
    ours = np.array([(1 - share) * variance, share * variance])
    expected = theirs.smooth(ours).smoothed_state[0][6:8]
    np.testing.assert_allclose(model.gaps(k)[0], expected, atol=1e-6)
    assert theirs.loglike(ours) > theirs.fit(disp=False, maxiter=200).llf - 1e-3


def test_the_likelihood_of_the_shares_is_that_of_statsmodels():
    """Up to a constant, each share with its own likeliest scale."""
    from statsmodels.tsa.statespace.structural import UnobservedComponents

    draw = np.random.default_rng(8)
    y = 6 + np.cumsum(0.08 + 0.03 * draw.standard_normal(15)) + 0.03 * draw.standard_normal(15)
    y[6:8] = np.nan
    model, theirs = level_model(y), UnobservedComponents(y, level="lldtrend")
    chosen = [5, 50, 150, 300, 450, 495]
    shares, scales = model.shares[chosen], model.squares[chosen] / model.df
    expected = [
        theirs.loglike(np.array([1 - s, s]) * v) for s, v in zip(shares, scales, strict=True)
    ]
    np.testing.assert_allclose(np.ptp(expected - model.likelihood[chosen]), 0, atol=1e-3)


def test_draws_have_mean_and_variance_of_their_posterior():
    """The normal regression on effects, the known variable and the line between neighbours, by
    statsmodels: predictions under a flat prior are t with the residuals' degrees of freedom."""
    draw = np.random.default_rng(9)
    z = draw.standard_normal((12, 10))
    x = np.cumsum(draw.standard_normal((12, 10)), axis=1) + z - 20
    x[0, 4] = np.nan
    drawn = impute(x, z[None], 8_000, rng())[:, 0, 4]
    y = x - common_path(x)
    line = np.full(y.shape, np.nan)
    line[:, 1:-1] = (y[:, :-2] + y[:, 2:]) / 2
    unit, year = np.indices(y.shape)
    columns = [*(unit == i for i in range(12)), *(year == t for t in range(2, 9)), z, line]
    design = np.stack(columns).astype(float)
    rows = np.isfinite(y) & np.isfinite(line)
    fit = sm.OLS(y[rows], design[:, rows].T).fit()
    wanted = fit.get_prediction(design[:, 0, 4])
    assert drawn.mean() == pytest.approx(wanted.predicted_mean[0] + common_path(x)[4], abs=0.05)
    spread = wanted.se_obs[0] * np.sqrt(fit.df_resid / (fit.df_resid - 2))
    assert drawn.std() == pytest.approx(spread, rel=0.03)


def test_draws_that_know_the_outcome_leave_its_coefficient():
    """A truth of 1 with 20% of cells missing: .96, covered in .93; without the outcome .72, .15."""
    found = {given: [] for given in (True, False)}
    for seed in range(30):
        draw = np.random.default_rng(seed)
        control, error = draw.normal(size=(2, 31, 12))
        x = draw.normal(size=(31, 12)) + 0.5 * control + 2 * draw.normal(size=(31, 1))
        y = x + 0.5 * control + error
        gaps = draw.random(x.shape) < 0.2
        gaps &= (~gaps).sum(axis=1, keepdims=True) >= 8
        seen = np.where(gaps, np.nan, x)
        for given, columns in found.items():
            known = np.stack([y, control] if given else [control])
            grids = impute(seen, known, 10, np.random.default_rng(seed))
            columns.append(pooled(grids, y, control))
    values = {given: np.mean([p.value for p in rows]) for given, rows in found.items()}
    covered = {g: np.mean([abs(p.value - 1) < 2.1 * p.error for p in r]) for g, r in found.items()}
    assert abs(values[True] - 1) < 0.06 and covered[True] > 0.95 - 3 * np.sqrt(0.05 * 0.95 / 30)
    assert values[False] < 0.85 and covered[False] < 0.6


def pooled(grids, y, control):
    """The coefficient of each grid in the two-way model of y, pooled."""
    unit, year = (i.ravel() for i in np.indices(y.shape))
    fits = [
        within_fit(y.ravel(), np.column_stack([x.ravel(), control.ravel()]), unit, year, unit)
        for x in grids
    ]
    return rubin([f.beta[0] for f in fits], [np.sqrt(f.covariance[0, 0]) for f in fits], 30)


def test_prediction_errors_have_the_covariance_stated():
    """Gaps of simulated series, less what is predicted: their products average the covariance."""
    draw = np.random.default_rng(6)
    share, years, gaps = 0.4, np.arange(1, 13), [4, 5, 11]
    walk = np.cumsum(np.sqrt(share) * draw.standard_normal((20_000, 12)), axis=1)
    y = 2 + 0.3 * years + walk + np.sqrt(1 - share) * draw.standard_normal(walk.shape)
    seen = y.copy()
    seen[:, gaps] = np.nan
    k = int(np.argmin(np.abs(level_model(seen[0]).shares - share)))
    root = level_model(seen[0]).gaps(k)[1]
    basis = [level_model(np.where(np.isnan(seen[0]), np.nan, row)).gaps(k)[0] for row in np.eye(12)]
    errors = y[:, gaps] - np.nan_to_num(seen) @ np.array(basis)
    np.testing.assert_allclose(errors.T @ errors / len(y), root @ root.T, rtol=0.05, atol=0.02)


def test_a_series_on_a_line_is_filled_on_it():
    line = np.exp(np.array([[5], [6], [7]]) + np.array([[0.1], [0.0], [0.2]]) * np.arange(12))
    x = line.copy()
    x[0, 4:6] = x[0, 11] = np.nan
    for method in ("kalman", "multiple"):
        grids, _ = fill_gaps(x, fill(method, max_gap=2, ends=True), rng())
        np.testing.assert_allclose(grids, np.broadcast_to(line, grids.shape), rtol=1e-7)


def test_draws_spread_as_the_gap_is_unknown():
    """Random walk with drift of sd s: the middle of a gap of two between observed years has sd near
    s sqrt(2/3)."""
    errors, spreads = [], []
    for seed in range(40):
        x = panel(seed)
        true = np.log(x[4, 6])
        x[4, 6:8] = np.nan
        grids, _ = fill_gaps(
            x, fill("multiple", max_gap=2, imputations=50), np.random.default_rng(seed)
        )
        draws = np.log(grids[:, 4, 6])
        errors.append(draws.mean() - true)
        spreads.append(draws.std(ddof=1))
    assert np.std(errors) == pytest.approx(0.03 * np.sqrt(2 / 3), rel=0.35)
    assert np.mean(spreads) == pytest.approx(np.std(errors), rel=0.4)


def test_the_same_seed_gives_the_same_draws():
    x = panel()
    x[3, 5] = np.nan
    one, two = (fill_gaps(x, fill("multiple"), np.random.default_rng(7))[0] for _ in range(2))
    assert (one == two).all() and len(one) == 20


def test_a_zero_somewhere_changes_nothing_elsewhere():
    x = panel()
    true = x[5, :2].copy()
    x[5, :2] = np.nan
    x[0, 0] = 0.0
    for method in ("trend", "multiple"):
        grids, _ = fill_gaps(x, fill(method, max_gap=2, ends=True), rng())
        np.testing.assert_allclose(grids[:, 5, :2].mean(axis=0), true, rtol=0.15)
        assert (grids > 0).all() or (grids[:, 0, 0] == 0).all()


def test_shares_stay_shares_and_years_that_nobody_has_are_crossed():
    draw = np.random.default_rng(0)
    share = 1 / (
        1
        + np.exp(
            -(
                2.5
                + draw.standard_normal((31, 1)) * 0.3
                + 0.2 * np.arange(13)
                + 0.05 * draw.standard_normal((31, 13))
            )
        )
    )
    share[4, 11:] = np.nan
    for method in ("trend", "kalman", "multiple"):
        grids, cells = fill_gaps(share, fill(method, max_gap=2, ends=True), rng())
        assert (
            cells[4, 11:].all() and (grids[:, 4, 11:] < 1).all() and (grids[:, 4, 11:] > 0.5).all()
        )
    x = panel()
    true = x[3, 8]
    x[:, 4], x[3, 8] = np.nan, np.nan
    for method in ("trend", "multiple"):
        grids, cells = fill_gaps(x, fill(method), rng())
        assert cells[3, 8] and cells[:, 4].all() and abs(grids[:, 3, 8].mean() / true - 1) < 0.15
