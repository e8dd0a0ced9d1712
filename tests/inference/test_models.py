"""Sensitivity, subsets of controls, weights rebuilt in replicates: against refits and published
numbers."""

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.index.normalise import minmax
from pipeline.index.weighting import Context, entropy
from pipeline.inference.draws import cluster_counts
from pipeline.inference.mediation import mediation_effects
from pipeline.inference.moments import build_moments, cross_products, eliminate
from pipeline.inference.reweight import SLOPES, contract
from pipeline.inference.sensitivity import (
    benchmark,
    indirect_at_rho,
    oster_delta,
    partial_r2,
    rho_at_zero,
    robustness_value,
    robustness_value_at,
)
from pipeline.inference.subsets import subset_models
from pipeline.inference.within import within_fit


def panel(seed, g=12, t=6, k=5, missing=0):
    rng = np.random.default_rng(seed)
    entity, time = (a.ravel() for a in np.meshgrid(np.arange(g), np.arange(t), indexing="ij"))
    keep = np.ones(g * t, bool)
    keep[rng.choice(g * t, missing, replace=False)] = False
    z = rng.normal(size=(g * t, k)) + 0.2 * entity[:, None]
    z[:, -2] += 0.5 * z[:, -3]
    z[:, -1] += 0.5 * z[:, -2] + 0.3 * z[:, -3]
    return z[keep], entity[keep], time[keep]


@pytest.mark.parametrize("missing", [0, 7])
def test_every_subset_equals_its_own_regression(missing):
    z, entity, time = panel(1, k=6, missing=missing)  # three controls, treatment, two outcomes
    z[:, 4] += z[:, 0]
    moments = build_moments(z, entity, time, entity, whiten=False)
    found = subset_models(moments, 3, [3], [4, 5])
    for y in (4, 5):
        models = found[3, y]
        assert len(models.estimate) == 8 and not models.collinear.any()
        for b, se, included in zip(models.estimate, models.se, models.included, strict=True):
            x = np.column_stack([z[:, 3], z[:, :3][:, included]])
            fit = within_fit(z[:, y], x, entity, time, entity)
            assert b == pytest.approx(fit.beta[0], rel=1e-9)
            assert se == pytest.approx(np.sqrt(fit.covariance[0, 0]), rel=1e-9)


def test_collinear_subsets_are_marked():
    z, entity, time = panel(2, k=6)
    z[:, 2] = z[:, 0] - 2 * z[:, 1]
    found = subset_models(build_moments(z, entity, time, entity, whiten=False), 3, [3], [5])[3, 5]
    assert found.collinear.tolist() == [bool(i.all()) for i in found.included]


def test_robustness_value_of_the_darfur_study():
    """Cinelli and Hazlett (2020), table 1: t = 4.18, df = 783: partial R² 2.2%, RV 13.9%."""
    assert partial_r2(4.18, 783) == pytest.approx(0.0219, abs=1e-4)
    assert robustness_value(4.18, 783) == pytest.approx(0.139, abs=6e-4)
    assert robustness_value_at(4.18, 783, 0.05) == pytest.approx(0.076, abs=6e-4)


def test_the_benchmark_is_the_bias_of_leaving_the_covariate_out():
    """With one covariate as the bench mark and strength 1, a confounder with exactly its R²s gives
    the omitted estimate."""
    rng = np.random.default_rng(3)
    n = 4000
    z, w = rng.normal(size=(2, n))
    d = 0.4 * z + 0.4 * w + rng.normal(size=n)
    y = 0.5 * d + 0.4 * z + 0.4 * w + rng.normal(size=n)
    short = sm.OLS(y, np.column_stack([d, w])).fit()
    only_d = sm.OLS(d, w).fit()
    with_z_d = sm.OLS(d, np.column_stack([z, w])).fit()
    r2_dz = (only_d.ssr - with_z_d.ssr) / only_d.ssr
    full = sm.OLS(y, np.column_stack([d, z, w])).fit()
    r2_yz = (short.ssr - full.ssr) / short.ssr
    bias = short.bse[0] * np.sqrt(short.df_resid) * np.sqrt(r2_yz * r2_dz / (1 - r2_dz))
    assert short.params[0] - bias == pytest.approx(full.params[0], abs=1e-6)
    # w is as strong as z: the bound made from w is close to that bias
    r2_dw = partial_r2(only_d.tvalues[0], int(only_d.df_resid))
    r2_yw = partial_r2(short.tvalues[1], int(short.df_resid))
    bound = benchmark(short.params[0], short.bse[0], int(short.df_resid), r2_dw, r2_yw)
    assert (
        bound.adjusted == pytest.approx(full.params[0], abs=0.05)
        and bound.adjusted < short.params[0]
    )


def test_oster_delta_solves_its_own_model():
    """Simulated selection: observables and unobservables equally strong, so delta at the true R²max
    is near one when beta = 0."""
    rng = np.random.default_rng(4)
    n = 200_000
    c, u = rng.normal(size=(2, n))
    x = c + u + rng.normal(size=n)
    y = c + u + rng.normal(size=n)
    short = sm.OLS(y, np.column_stack([x, np.ones(n)])).fit()
    long = sm.OLS(y, np.column_stack([x, c, np.ones(n)])).fit()
    full = sm.OLS(y, np.column_stack([x, c, u, np.ones(n)])).fit()
    tau = sm.OLS(x, np.column_stack([c, np.ones(n)])).fit().ssr / n
    delta = oster_delta(
        short.params[0],
        short.rsquared,
        long.params[0],
        long.rsquared,
        full.rsquared,
        y.var(),
        x.var(),
        tau,
    )
    assert delta == pytest.approx(1.0, abs=0.03)


def test_indirect_effect_along_rho():
    z, entity, time = panel(5)
    moments = build_moments(z, entity, time, entity)
    got = mediation_effects(moments, 2, 1, np.ones((1, 12)))
    rho = rho_at_zero(got.rest, 0)
    np.testing.assert_allclose(
        indirect_at_rho(got.a[0], got.rest, 0, 0.0), got.indirect[0], rtol=1e-10
    )
    np.testing.assert_allclose(indirect_at_rho(got.a[0], got.rest, 0, float(rho[0])), 0, atol=1e-12)


@settings(max_examples=20)
@given(st.integers(0, 10_000))
def test_parallel_parts_and_chains_add_up_to_the_total(seed):
    z, entity, time = panel(seed, k=6)
    got = mediation_effects(
        build_moments(z, entity, time, entity), 1, 3, next(cluster_counts(seed, "x", 5, 12))
    )
    b, direct = got.parallel()
    np.testing.assert_allclose(direct + (got.a * b).sum(axis=0), got.total, rtol=1e-8, atol=1e-10)
    paths = got.chain(0, 2)
    np.testing.assert_allclose(sum(paths.values()), got.total, rtol=1e-8, atol=1e-10)


def test_parallel_b_is_the_joint_regression_and_a_chain_its_two():
    z, entity, time = panel(6, k=6)
    got = mediation_effects(build_moments(z, entity, time, entity), 1, 3, np.ones((1, 12)))
    joint = within_fit(z[:, 5], z[:, [2, 3, 4, 1, 0]], entity, time, entity).beta
    b, direct = got.parallel()
    np.testing.assert_allclose(b[:, 0], joint[:3], rtol=1e-9)
    assert direct[0] == pytest.approx(joint[3], rel=1e-9)
    second = within_fit(
        z[:, 4], z[:, [1, 2, 0]], entity, time, entity
    ).beta  # third mediator on treatment, first
    last = within_fit(z[:, 5], z[:, [4, 2, 1, 0]], entity, time, entity).beta
    paths = got.chain(0, 2)
    assert paths["both"][0] == pytest.approx(got.a[0, 0] * second[1] * last[0], rel=1e-9)
    assert paths["second"][0] == pytest.approx(second[0] * last[0], rel=1e-9)
    assert paths["direct"][0] == pytest.approx(last[2], rel=1e-9)


def test_weights_rebuilt_in_a_replicate_are_those_of_the_stacked_sample():
    z, entity, time = panel(7, k=6)
    indicators, signs = np.exp(z[:, :3]), np.array([1.0, -1.0, 1.0])
    counts = np.concatenate([np.ones((1, 12)), next(cluster_counts(3, "x", 4, 12))])
    slopes = SLOPES["entropy"](indicators, signs, entity, counts, 1e-4)
    moments = build_moments(
        np.column_stack([z[:, 3], indicators, z[:, 5]]), entity, time, entity, whiten=False
    )
    scaled = (
        cross_products(moments, counts)
        * np.outer(np.diag(moments.factor), np.diag(moments.factor))[:, :, None]
    )
    s = contract(scaled, [(1, None), (3, slopes), (1, None)])
    beta = eliminate(s, 2)[0][1, 0]
    for r, w in enumerate(counts):
        rows = np.concatenate(
            [np.flatnonzero(entity == g) for g in range(12) for _ in range(int(w[g]))]
        )
        ids = np.concatenate(
            [np.full((entity == g).sum(), 100 * g + c) for g in range(12) for c in range(int(w[g]))]
        )
        x = minmax(indicators[rows], signs)
        index = x @ entropy.weigh(x, Context(1e-4))
        ids = np.unique(ids, return_inverse=True)[1]
        fit = within_fit(z[rows, 5], np.column_stack([index, z[rows, 3]]), ids, time[rows], ids)
        assert beta[r] == pytest.approx(fit.beta[0], rel=1e-8)


@pytest.mark.parametrize("missing", [0, 7])
def test_a_variable_that_only_the_years_move_is_marked_in_every_subset(missing):
    z, entity, time = panel(8, k=6, missing=missing)
    z[:, 3] = np.random.default_rng(1).normal(size=6)[time]
    found = subset_models(build_moments(z, entity, time, entity, whiten=False), 3, [3], [5])[3, 5]
    assert found.collinear.all()
    z[:, 3], z[:, 1] = z[:, 4], z[:, 3]
    found = subset_models(build_moments(z, entity, time, entity, whiten=False), 3, [3], [5])[3, 5]
    assert found.collinear.tolist() == [bool(i[1]) for i in found.included]


def test_mediators_that_collapse_on_each_other_are_dropped_jointly():
    z, entity, time = panel(9, g=14, k=5)
    z[:, 3] = np.where(entity < 2, z[:, 3], z[:, 2])
    moments = build_moments(z, entity, time, entity)
    weights = np.ones((2, 14))
    weights[0, :2], weights[0, 2:4] = 0, 2
    got = mediation_effects(moments, 1, 2, weights)
    assert got.kept.all() and got.jointly.tolist() == [False, True]


@pytest.mark.parametrize("column", [0, 1])
def test_within_fits_refuse_what_the_effects_explain(column):
    z, entity, time = panel(10)
    x = z[:, :2].copy()
    x[:, column] = time**2.0 + entity
    with pytest.raises(np.linalg.LinAlgError, match=f"column {column} "):
        within_fit(z[:, 4], x, entity, time, entity)


def test_the_scale_of_row_weights_does_not_matter():
    z, entity, time = panel(11)
    w = np.random.default_rng(3).uniform(0.5, 2, len(z))
    a, b = (
        mediation_effects(
            build_moments(z, entity, time, entity, weights=w * s), 2, 1, np.ones((1, 12))
        )
        for s in (1, 1e-12)
    )
    np.testing.assert_allclose(a.indirect, b.indirect, rtol=1e-10)


def test_no_bound_where_no_confounder_can_be_so_strong():
    assert (
        benchmark(0.5, 0.1, 300, 0.3, 0.1, 3) is None
        and benchmark(0.5, 0.1, 300, 0.1, 0.1, 3) is not None
    )


def test_equal_slopes_move_the_mean_of_min_max_values():
    """One unit of an indicator moves the index of the clusters drawn by its slope."""
    z, entity, _ = panel(8, k=6)
    x, signs = np.exp(z[:, :3]), np.array([1.0, -1.0, 1.0])
    counts = next(cluster_counts(3, "x", 4, 12))
    for slope, drawn in zip(SLOPES["equal"](x, signs, entity, counts, 0.0), counts, strict=True):
        rows = x[drawn[entity] > 0]
        index = minmax(rows, signs).mean(axis=1)
        moved = rows @ slope
        np.testing.assert_allclose(np.diff(index), np.diff(moved), rtol=1e-9, atol=1e-12)
    x[:, 1] = 5.0
    assert np.isnan(SLOPES["equal"](x, signs, entity, counts, 0.0)[:, 1]).all()
