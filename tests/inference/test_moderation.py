"""Slopes that change with a lever: every replicate against linearmodels' refits, marginal effects,
moderated mediation."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from linearmodels.panel import PanelOLS

from pipeline.inference.draws import cluster_counts
from pipeline.inference.moments import build_moments
from pipeline.inference.varying.moderation import ModeratedEffects, marginal_effects, slopes
from pipeline.inference.within import within_fit

NAMES = ["c1", "c2", "lever", "x", "inter", "y"]


def panel(seed, *, constant, missing=0, g=14, t=7):
    """Columns [two controls, lever, x, x times lever, y], entity, time; the lever is constant in
    time if asked."""
    rng = np.random.default_rng(seed)
    entity, time = (a.ravel() for a in np.meshgrid(np.arange(g), np.arange(t), indexing="ij"))
    controls = rng.normal(size=(g * t, 2)) * [1, 50]
    lever = rng.normal(size=g)[entity] if constant else rng.normal(size=g * t) + 0.3 * entity
    x = rng.normal(size=g * t) + controls[:, 0] + 0.2 * time
    y = (
        (1 + 0.5 * lever) * x
        + 0.4 * lever
        + controls @ [1, 0.02]
        + 0.1 * entity
        + rng.normal(size=g * t)
    )
    keep = np.ones(g * t, bool)
    keep[rng.choice(g * t, missing, replace=False)] = False
    columns = np.column_stack([controls, lever, x, x * lever, y])
    return columns[keep], entity[keep], time[keep]


def refit(columns, names, entity, time, counts):
    """PanelOLS on the stacked resample: a cluster drawn twice is two entities."""
    rows = [np.flatnonzero(entity == g) for g, n in enumerate(counts.astype(int)) for _ in range(n)]
    ids = np.repeat(np.arange(len(rows)), [len(r) for r in rows])
    rows = np.concatenate(rows)
    frame = (
        pd.DataFrame(columns[rows], columns=names)
        .assign(id=ids, t=time[rows])
        .set_index(["id", "t"])
    )
    return (
        PanelOLS(frame["y"], frame[names[:-1]], entity_effects=True, time_effects=True)
        .fit()
        .params.to_numpy()
    )


@pytest.mark.parametrize("missing", [0, 13])
@pytest.mark.parametrize("constant", [False, True])
def test_replicates_equal_refits(constant, missing):
    columns, entity, time = panel(3, constant=constant, missing=missing)
    names = [n for n in NAMES if not (constant and n == "lever")]
    columns = columns[:, [NAMES.index(n) for n in names]]
    moments = build_moments(columns, entity, time, entity)
    assert (moments.year_sums is not None) == (missing == 0)
    counts = next(cluster_counts(7, "tables/x", 12, 14))
    assert counts.max() > 1 and counts.min() == 0
    found, kept = slopes(moments, counts)
    assert kept.all() and found.shape == (len(names) - 1, 12)
    for r, drawn in enumerate(counts):
        np.testing.assert_allclose(
            found[:, r], refit(columns, names, entity, time, drawn), rtol=1e-8
        )


def test_the_sample_itself_gives_the_within_regression():
    columns, entity, time = panel(4, constant=False, missing=9)
    found, _ = slopes(build_moments(columns, entity, time, entity), np.ones((1, 14)))
    want = within_fit(columns[:, -1], columns[:, :-1], entity, time, entity).beta
    np.testing.assert_allclose(found[:, 0], want, rtol=1e-10)


def test_a_replicate_in_which_the_interaction_collapses_is_marked():
    """The lever differs from zero in two provinces alone: without them there is no interaction to
    estimate."""
    columns, entity, time = panel(5, constant=True)
    columns[:, 4] = columns[:, 3] * np.where(entity < 2, columns[:, 2], 0.0)
    moments = build_moments(columns[:, [0, 1, 3, 4, 5]], entity, time, entity)
    weights = np.ones((2, 14))
    weights[0, :2], weights[0, 2:4] = 0, 2
    assert slopes(moments, weights)[1].tolist() == [False, True]


def test_marginal_effects_are_the_quadratic_form_of_the_covariance():
    columns, entity, time = panel(6, constant=False)
    fit = within_fit(columns[:, -1], columns[:, :-1], entity, time, entity)
    z = np.quantile(columns[:, 2], [0.0, 0.1, 0.5, 0.9, 1.0])
    effects, errors = marginal_effects(
        fit.beta[3], fit.beta[4], fit.covariance[np.ix_([3, 4], [3, 4])], z
    )
    for at, effect, error in zip(z, effects, errors, strict=True):
        gradient = np.array([0, 0, 0, 1, at])
        assert effect == pytest.approx(gradient @ fit.beta, rel=1e-12)
        assert error == pytest.approx(np.sqrt(gradient @ fit.covariance @ gradient), rel=1e-12)


def test_the_marginal_effect_is_the_slope_of_the_model_centred_there():
    """Moving the lever's zero to z makes the treatment's coefficient the effect at z, its error
    included."""
    columns, entity, time = panel(7, constant=False, missing=5)
    fit = within_fit(columns[:, -1], columns[:, :-1], entity, time, entity)
    effect, error = marginal_effects(
        fit.beta[3], fit.beta[4], fit.covariance[np.ix_([3, 4], [3, 4])], np.array([1.7])
    )
    columns[:, 2] -= 1.7
    columns[:, 4] = columns[:, 2] * columns[:, 3]
    moved = within_fit(columns[:, -1], columns[:, :-1], entity, time, entity)
    assert effect[0] == pytest.approx(moved.beta[3], rel=1e-10)
    assert error[0] == pytest.approx(np.sqrt(moved.covariance[3, 3]), rel=1e-10)


def effects(seed, **zero):
    draws = dict(
        zip(
            ("a", "a_change", "b", "b_change", "direct", "direct_change"),
            np.random.default_rng(seed).normal(size=(6, 20)),
            strict=True,
        )
    )
    return ModeratedEffects(**{k: 0 * v if k in zero else v for k, v in draws.items()})


@given(st.integers(0, 10_000))
def test_the_index_is_the_slope_of_the_indirect_effect_at_zero(seed):
    found = effects(seed)
    # a quadratic: the central difference is its derivative but for rounding, whatever the step
    np.testing.assert_allclose(
        found.index, (found.indirect(1.0) - found.indirect(-1.0)) / 2, rtol=1e-9, atol=1e-12
    )


def test_the_index_of_one_moved_path_is_its_change_times_the_other():
    first, second = effects(1, b_change=0), effects(1, a_change=0)
    np.testing.assert_array_equal(first.index, first.a_change * first.b)
    np.testing.assert_array_equal(second.index, second.a * second.b_change)
    for found in (
        first,
        second,
    ):  # then the indirect effect is a line, and the index its slope anywhere
        np.testing.assert_allclose(
            found.indirect(3.0) - found.indirect(2.0), found.index, rtol=1e-9, atol=1e-12
        )


def test_the_direct_path_moves_no_index():
    found, still = effects(2), effects(2, direct=0, direct_change=0)
    np.testing.assert_array_equal(found.index, still.index)
