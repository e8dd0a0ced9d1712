"""Quantiles via moments: an implementation with dummies, refits of duplicated data, properties of
the model."""

import numpy as np
import pytest
import statsmodels.api as sm
from linearmodels.datasets import wage_panel
from scipy import optimize, stats

from pipeline.inference.draws import cluster_counts
from pipeline.inference.varying.quantiles import (
    quantile_model,
    quantile_regression,
    replicates,
    weighted_quantiles,
)

TAUS = np.array([0.1, 0.25, 0.5, 0.75, 0.9])


def with_dummies(y, z, entity, time, taus):
    """Location, scale, quantiles, share of scales not positive: OLS on dummies, numpy's type-2
    quantile."""
    effects = np.column_stack(
        [entity[:, None] == np.unique(entity), time[:, None] == np.unique(time)[1:]]
    )
    full = np.column_stack([z, effects.astype(float)])
    location = sm.OLS(y, full).fit()
    r = location.resid
    # the paper's form of the scale regression, not |R|: 2R(1(R >= 0) - mean) (section 3.1)
    scale = sm.OLS(2 * r * ((r >= 0) - (r >= 0).mean()), full).fit()
    u = r / scale.fittedvalues
    q = np.quantile(u, taus, method="averaged_inverted_cdf")
    k = z.shape[1]
    return location.params[:k], scale.params[:k], q, (scale.fittedvalues <= 0).mean()


def panel(seed, entities=14, years=7, missing=0):
    """y, x, two controls, entity, time, cluster; the spread of y grows with x."""
    rng = np.random.default_rng(seed)
    entity, time = (
        a.ravel() for a in np.meshgrid(np.arange(entities), np.arange(years), indexing="ij")
    )
    controls = rng.normal(size=(len(entity), 2)) * [1, 100]
    x = rng.normal(size=len(entity)) + controls[:, 0]
    y = (
        x
        + controls @ [1, 0.01]
        + 0.3 * entity
        + 0.2 * time
        + (3 + 0.5 * x) * rng.normal(size=len(entity))
    )
    keep = np.ones(len(entity), bool)
    keep[rng.choice(len(entity), missing, replace=False)] = False
    return y[keep], x[keep], controls[keep], entity[keep], time[keep], entity[keep]


def sample(data, taus=TAUS):
    model = quantile_model(*data)
    return replicates(model, np.ones((1, len(model.scores))), taus)


@pytest.mark.parametrize("missing", [0, 13])
def test_estimates_equal_regressions_on_dummies(missing):
    data = panel(1, missing=missing)
    got = quantile_regression(*data, list(TAUS), seed=1, spec="x", draws=20)
    z = np.column_stack([data[1], data[2]])
    b, c, q, share = with_dummies(data[0], z, data[3], data[4], TAUS)
    np.testing.assert_allclose(got.location, b, rtol=1e-9)
    np.testing.assert_allclose(got.scale, c, rtol=1e-8)
    np.testing.assert_allclose(got.quantiles, q, rtol=1e-8)
    np.testing.assert_allclose(got.coefficients, b + q[:, None] * c, rtol=1e-8)
    assert got.not_positive == pytest.approx(share, abs=1e-12)
    assert got.rows == len(data[0])


def test_wages_of_the_linearmodels_panel():
    """Two-way, 120 of the 545 men against explicit dummies; all of them give finite numbers."""
    d = wage_panel.load()
    entity, time = np.unique(d["nr"], return_inverse=True)[1], d["year"].to_numpy() - 1980
    z = d[["union", "married", "hours"]].to_numpy(float)
    y = d["lwage"].to_numpy(float)
    got = sample((y, z[:, 0], z[:, 1:], entity, time, entity))
    keep = entity < 120  # explicit dummies of all would take minutes
    few = sample((y[keep], z[keep, 0], z[keep, 1:], entity[keep], time[keep], entity[keep]))
    b, c, q, share = with_dummies(y[keep], z[keep], entity[keep], time[keep], TAUS)
    np.testing.assert_allclose(few.location[:, 0], b, rtol=1e-8)
    np.testing.assert_allclose(few.scale[:, 0], c, rtol=1e-7)
    np.testing.assert_allclose(few.quantiles[:, 0], q, rtol=1e-8)
    assert few.not_positive[0] == pytest.approx(share, abs=1e-12)
    assert got.kept.all() and np.isfinite(got.coefficients()).all()


def test_the_quantile_solves_the_moment_condition():
    """share(U <= q) = tau: the root of the check function's subgradient, found by bisection."""
    rng = np.random.default_rng(2)
    u, w = rng.normal(size=(3, 41)), rng.integers(0, 4, size=(3, 41)).astype(float)
    taus = np.array([0.137, 0.503, 0.91])
    got = weighted_quantiles(u, w, taus)
    for r in range(3):
        for t, tau in enumerate(taus):
            root = optimize.bisect(
                lambda v, r=r, tau=tau: (w[r] * (u[r] <= v)).sum() / w[r].sum() - tau,
                -9,
                9,
                xtol=1e-14,
            )
            assert got[t, r] == pytest.approx(root, abs=1e-12)


def test_flat_stretches_of_the_distribution_give_the_middle():
    values, weights = (
        np.array([[4.0, 1.0, 3.0, 2.0, np.nan]]),
        np.array([[1.0, 2.0, 1.0, 1.0, 0.0]]),
    )
    taus = np.array([0.2, 0.4, 0.5, 0.6, 0.9])
    want = np.quantile([1, 1, 2, 3, 4], taus, method="averaged_inverted_cdf")
    np.testing.assert_allclose(weighted_quantiles(values, weights, taus)[:, 0], want, rtol=1e-15)
    np.testing.assert_allclose(want, [1, 1.5, 2, 2.5, 4])
    # 0.07 * 100 and 0.57 * 100 miss the whole number in floating point, on either side
    hundred = np.arange(1.0, 101.0)[None]
    np.testing.assert_allclose(
        weighted_quantiles(hundred, np.ones((1, 100)), np.array([0.07, 0.57]))[:, 0], [7.5, 57.5]
    )


@pytest.mark.parametrize(("missing", "per_cluster"), [(0, 1), (13, 1), (9, 2)])
def test_replicates_equal_refits_of_duplicated_data(missing, per_cluster):
    y, x, controls, entity, time, _ = panel(3, missing=missing)
    cluster = entity // per_cluster
    model = quantile_model(y, x, controls, entity, time, cluster)
    counts = next(cluster_counts(5, "x", 40, int(cluster.max()) + 1))
    got = replicates(model, counts, TAUS)
    assert got.kept.all()
    for r in (0, 1, 2, 39):
        copies = [
            (np.flatnonzero(cluster == g), copy)
            for g in range(counts.shape[1])
            for copy in range(int(counts[r, g]))
        ]
        rows = np.concatenate([member for member, _ in copies])
        ids = np.concatenate([entity[member] + 1000 * copy for member, copy in copies])
        b, c, q, share = with_dummies(
            y[rows], np.column_stack([x, controls])[rows], ids, time[rows], TAUS
        )
        np.testing.assert_allclose(got.location[:, r], b, rtol=1e-8)
        np.testing.assert_allclose(got.scale[:, r], c, rtol=1e-7)
        np.testing.assert_allclose(got.quantiles[:, r], q, rtol=1e-7)
        np.testing.assert_allclose(got.coefficients()[:, :, r], b + q[:, None] * c, rtol=1e-7)
        assert got.not_positive[r] == pytest.approx(share, abs=1e-12)


def test_a_year_that_no_drawn_cluster_has():
    """The last year is seen in two clusters only; the second replicate has neither."""
    data = panel(4)
    seen = (data[4] != 6) | (data[3] < 2)
    y, x, controls, entity, time, cluster = (a[seen] for a in data)
    counts = np.ones((2, 14))
    counts[1, :2] = 0
    got = replicates(quantile_model(y, x, controls, entity, time, cluster), counts, TAUS)
    assert got.kept.all()
    for r, rows in enumerate((entity >= 0, entity >= 2)):
        b, c, q, _ = with_dummies(
            y[rows], np.column_stack([x, controls])[rows], entity[rows], time[rows], TAUS
        )
        np.testing.assert_allclose(got.coefficients()[:, :, r], b + q[:, None] * c, rtol=1e-7)


def test_bootstrap_summaries():
    data = panel(6)
    got = quantile_regression(*data, list(TAUS), seed=2, spec="x", draws=99, level=0.9)
    counts = next(cluster_counts(2, "x/quantiles", 99, 14))
    all_draws = replicates(quantile_model(*data), counts, TAUS)
    assert got.dropped == 0
    np.testing.assert_allclose(got.draws, all_draws.coefficients(), rtol=1e-12)
    np.testing.assert_allclose(got.se, got.draws.std(axis=2, ddof=1), rtol=1e-12)
    np.testing.assert_allclose(
        got.intervals[..., 1], np.quantile(got.draws, 0.95, axis=2), rtol=1e-12
    )
    np.testing.assert_allclose(
        got.intervals[..., 0], np.quantile(got.draws, 0.05, axis=2), rtol=1e-12
    )
    np.testing.assert_allclose(got.scale_se, all_draws.scale.std(axis=1, ddof=1), rtol=1e-12)
    np.testing.assert_allclose(got.location_se, all_draws.location.std(axis=1, ddof=1), rtol=1e-12)


def test_scaling_and_shifting_the_outcome():
    """y -> 5 + 3y multiplies every coefficient by 3; y -> -y turns tau into 1 - tau."""
    y, *rest = panel(7, missing=5)
    base = sample((y, *rest)).coefficients()
    np.testing.assert_allclose(sample((5 + 3 * y, *rest)).coefficients(), 3 * base, rtol=1e-8)
    np.testing.assert_allclose(sample((-y, *rest)).coefficients(), -base[::-1], rtol=1e-8)
    entity = rest[2]
    np.testing.assert_allclose(sample((y + 7.0 * entity, *rest)).coefficients(), base, rtol=1e-7)


def test_the_effect_grows_with_tau_where_the_scale_does():
    got = sample(panel(8), np.linspace(0.05, 0.95, 19))
    assert got.scale[0, 0] > 0
    assert (np.diff(got.coefficients()[:, 0, 0]) >= 0).all()


def test_a_location_scale_process_is_recovered():
    """60 entities, 60 years, b = 1, c = 0.5, skewed U with E|U| = 1: b + c q(tau) within four
    errors of 30 samples."""
    rng = np.random.default_rng(9)
    entity, time = (a.ravel() for a in np.meshgrid(np.arange(60), np.arange(60), indexing="ij"))
    unit = stats.gamma(2)  # less its mean, over its mean absolute deviation: 8 exp(-2)
    found = []
    for _ in range(30):
        x = rng.uniform(0, 2, size=3600)
        u = (unit.rvs(size=3600, random_state=rng) - 2) / (8 * np.exp(-2))
        y = x + 0.1 * entity + 0.05 * time + (1 + 0.02 * entity + 0.5 * x) * u
        found.append(
            sample((y, x, np.zeros((3600, 0)), entity, time, entity)).coefficients()[:, 0, 0]
        )
    want = 1 + 0.5 * (unit.ppf(TAUS) - 2) / (8 * np.exp(-2))
    error = np.std(found, axis=0, ddof=1) / np.sqrt(30)
    assert (np.abs(np.mean(found, axis=0) - want) < 4 * error).all()
    assert (error < 0.04).all()


def test_entities_seen_once_and_row_order_do_not_matter():
    data = panel(10, missing=6)
    order = np.random.default_rng(0).permutation(len(data[0]))
    want = sample(data)
    np.testing.assert_allclose(
        sample([a[order] for a in data]).coefficients(), want.coefficients(), rtol=1e-8
    )
    once = [np.concatenate([a, a[3:4]]) for a in data]
    once[3][-1] = once[5][-1] = 99
    assert quantile_regression(*once, [0.5], seed=1, spec="x", draws=9).rows == len(data[0])
    np.testing.assert_allclose(sample(once).coefficients(), want.coefficients(), rtol=1e-12)


def test_province_effects_alone():
    y, x, controls, entity, _, cluster = panel(11, missing=6)
    got = sample((y, x, controls, entity, np.zeros(len(y), int), cluster))
    b, c, q, _ = with_dummies(
        y, np.column_stack([x, controls]), entity, np.zeros(len(y), int), TAUS
    )
    np.testing.assert_allclose(got.coefficients()[:, :, 0], b + q[:, None] * c, rtol=1e-8)


def test_collapsed_draws_are_dropped_and_counted():
    """The treatment hardly varies but in two clusters: a draw without both has no treatment
    left."""
    y, x, controls, entity, time, cluster = panel(12)
    x = np.where(entity < 2, x, 1e-6 * x)
    counts = next(cluster_counts(1, "x/quantiles", 200, 14))
    without = (counts[:, :2].sum(axis=1) == 0).sum()
    got = quantile_regression(
        y, x, controls, entity, time, cluster, [0.5], seed=1, spec="x", draws=200
    )
    assert got.dropped == without > 0
    assert got.draws.shape == (1, 3, 200 - without) and np.isfinite(got.draws).all()


def test_what_has_no_answer_is_refused():
    y, x, controls, *keys = panel(13)
    with pytest.raises(ValueError, match="between 0 and 1"):
        quantile_regression(y, x, controls, *keys, [0.5, 1.0], seed=1, spec="x")
    with pytest.raises(ValueError, match="column 1 is collinear"):
        quantile_model(y, x, np.column_stack([2 * x, controls]), *keys)
