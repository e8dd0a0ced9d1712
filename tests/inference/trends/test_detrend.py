"""Unit trends beside unit and year effects: against least squares with every dummy and trend."""

import numpy as np
import pytest

from pipeline.inference.few_clusters.jackknife import crv3, leave_one_out
from pipeline.inference.few_clusters.wild import wild_model
from pipeline.inference.moments import build_moments, codes
from pipeline.inference.trends.detrend import detrend, differences
from pipeline.inference.trends.refusals import TooFewUnits, TooShort
from pipeline.inference.within import within_fit

N, T = 9, 8
REGION = np.array([0, 0, 0, 1, 1, 1, 2, 2, 2])


def panel(missing, seed=0):
    rng = np.random.default_rng(seed)
    entity, time = (a.ravel() for a in np.indices((N, T)))
    keep = np.ones(N * T, bool)
    keep[rng.choice(N * T, missing, replace=False)] = False
    entity, year = entity[keep], 2000 + time[keep]
    z = rng.normal(size=(keep.sum(), 3)) + rng.normal(size=(N, 3))[entity] * year[:, None]
    return z, entity, year


def dummies(entity, year, region):
    """Every unit effect, unit trend and (region x) year effect, written out."""
    units = (entity[:, None] == np.arange(N)).astype(float)
    cells = codes(region[entity] * 10_000 + year)
    years = (cells[:, None] == np.arange(cells.max() + 1)).astype(float)
    return np.column_stack([units, units * (year - year.mean())[:, None], years])


def on_rows(z, entity, year, region):
    d = detrend(z, entity, year, None if region is None else region[entity])
    return d, np.column_stack([d.effects, d.columns[:, 2:]])


@pytest.mark.parametrize("region", [None, REGION])
@pytest.mark.parametrize("missing", [0, 6])
def test_coefficients_and_residuals_are_those_with_all_dummies(missing, region):
    z, entity, year = panel(missing)
    d, nuisance = on_rows(z, entity, year, region)
    fit = within_fit(
        d.columns[:, 0],
        np.column_stack([d.columns[:, 1], nuisance]),
        entity,
        np.zeros_like(entity),
        entity,
    )
    full = np.column_stack(
        [z[:, 1:], dummies(entity, year, np.zeros(N, int) if region is None else region)]
    )
    beta = np.linalg.lstsq(full, z[:, 0], rcond=None)[0]
    assert fit.beta[0] == pytest.approx(beta[0], rel=1e-9)
    np.testing.assert_allclose(fit.residuals, z[:, 0] - full @ beta, atol=1e-8)


@pytest.mark.parametrize(("missing", "region"), [(0, None), (6, None), (0, REGION)])
def test_leaving_a_unit_out_is_the_regression_without_it(missing, region):
    z, entity, year = panel(missing, 1)
    d, nuisance = on_rows(z, entity, year, region)
    moments = build_moments(np.column_stack([nuisance, d.columns[:, [1, 0]]]), entity, None, entity)
    estimate, without = leave_one_out(moments, nuisance.shape[1] + 1)
    for unit in range(N):
        rows = entity != unit
        full = np.column_stack(
            [z[:, 1:], dummies(entity, year, np.zeros(N, int) if region is None else region)]
        )[rows]
        beta = np.linalg.lstsq(full, z[rows, 0], rcond=None)[0]
        assert without[unit, -1] == pytest.approx(beta[0], rel=1e-7)
    assert crv3(estimate, without)[-1, -1] > 0


@pytest.mark.parametrize("residuals", ["WCR11", "WCR31"])
@pytest.mark.parametrize("missing", [0, 6])
def test_the_wild_bootstrap_is_that_of_the_whole_regression(missing, residuals):
    """One set of signs, the bootstrap sample written out and refitted with every dummy."""
    z, entity, year = panel(missing, 2)
    d, nuisance = on_rows(z, entity, year, None)
    model = wild_model(d.columns[:, 0], d.columns[:, 1], nuisance, entity, None, entity, residuals)
    full = np.column_stack([z[:, 2], dummies(entity, year, np.zeros(N, int))])
    off = np.eye(len(z)) - full @ np.linalg.pinv(full)
    u, x = off @ z[:, 0], off @ z[:, 1]
    if residuals == "WCR31":
        for unit in range(N):
            rows = np.flatnonzero(entity == unit)
            u[rows] = np.linalg.pinv(off[np.ix_(rows, rows)], rcond=1e-9) @ u[rows]
    signs = np.random.default_rng(3).choice([-1.0, 1.0], N)
    again = off @ (signs[entity] * u)
    slope = x @ again / (x @ x)
    scores = np.bincount(entity, x * (again - slope * x))
    p, m = signs @ model.p0, model.m0 @ signs
    assert p == pytest.approx(x @ again, rel=1e-7)
    np.testing.assert_allclose(m, scores, rtol=1e-6, atol=1e-8)


def test_what_has_no_line_or_no_neighbour_is_refused():
    z, entity, year = panel(0)
    short = (entity != 4) | (year < 2002)
    with pytest.raises(TooShort, match="2 periods where at least 3"):
        detrend(z[short], entity[short], year[short])
    with pytest.raises(TooFewUnits, match="1 units where at least 2"):
        detrend(z, entity, year, np.where(entity == 8, 3, REGION[entity]))
    with pytest.raises(TooFewUnits, match="2 units where at least 3"):
        detrend(z[entity < 2], entity[entity < 2], year[entity < 2])


@pytest.mark.parametrize("lag", [1, 3])
def test_differences_pair_rows_a_lag_apart_and_no_others(lag):
    z, entity, year = panel(12, 5)
    order = np.random.default_rng(6).permutation(len(z))
    z, entity, year = z[order], entity[order], year[order]
    d = differences(z, entity, year, lag)
    grid = np.full((N, T, 3), np.nan)
    grid[entity, year - 2000] = z
    changes = np.full_like(grid, np.nan)
    changes[:, lag:] = grid[:, lag:] - grid[:, :-lag]
    assert len(d.columns) == np.isfinite(changes[..., 0]).sum()
    np.testing.assert_array_equal(d.columns, changes[entity[d.rows], year[d.rows] - 2000])


def test_differences_need_a_pair_and_a_lag():
    z, entity, year = panel(0)
    with pytest.raises(TooShort):
        differences(z, entity, year, T)
    with pytest.raises(ValueError, match="lag must be 1"):
        differences(z, entity, year, 0)
