"""Inference from few groups of clusters."""

from itertools import product

import numpy as np
import pytest
from scipy import stats

from pipeline.inference.few_clusters.regions import (
    group_estimates,
    group_jackknife,
    ibragimov_mueller,
    sign_changes,
)
from tests.inference.panels import dummies, panel


def slope(y, x, controls, entity, time):
    """The coefficient of x by least squares with dummies."""
    full = np.column_stack([x, dummies(entity, time, controls)])
    return np.linalg.lstsq(full, y, rcond=None)[0][0]


@pytest.mark.parametrize("missing", [0, 12])
def test_estimates_of_groups_equal_refits(missing):
    y, x, c, entity, time = panel(missing, missing=missing)
    group = entity % 4
    found = group_estimates(y, x, c, entity, time, group)
    wanted = [slope(*(v[group == g] for v in (y, x, c, entity, time))) for g in range(4)]
    np.testing.assert_allclose(found.estimates, wanted, rtol=1e-9)
    assert found.used.tolist() == [0, 1, 2, 3] and not found.dropped.size


def test_groups_that_do_not_identify_the_coefficient_are_named():
    """Group 1 is one unit, whose year effects take all; in group 3 the treatment does not move; in
    group 2 a control is constant, which takes nothing."""
    y, x, c, entity, time = panel(1)
    group = np.array([0, 0, 0, 0, 1, 2, 2, 2, 3, 3, 3, 3])[entity]
    x = np.where(group == 3, 0.1 * entity, x)
    c[:, 0] = np.where(group == 2, 1.0, c[:, 0])
    found = group_estimates(y, x, c, entity, time, group)
    assert (found.used.tolist(), found.dropped.tolist()) == ([0, 2], [1, 3])
    wanted = [slope(*(v[group == g] for v in (y, x, c, entity, time))) for g in (0, 2)]
    np.testing.assert_allclose(found.estimates, wanted, rtol=1e-9)
    without_years = group_estimates(y, x, c, entity, None, group)
    assert without_years.dropped.tolist() == [3]


def test_the_t_test_over_groups_is_the_t_test_of_a_mean():
    estimates = np.array([0.3, 0.1, 0.5, -0.1, 0.4])
    found, wanted = ibragimov_mueller(estimates), stats.ttest_1samp(estimates, 0.0)
    t = found.estimate / found.se
    assert (t, found.df) == pytest.approx((wanted.statistic, wanted.df))
    assert found.estimate == pytest.approx(0.24)


@pytest.mark.parametrize("q", [2, 3, 5, 8])
def test_sign_changes_equal_their_enumeration_with_the_t_statistic(q):
    estimates = np.random.default_rng(q).normal(0.4, 1.0, q)
    changed = np.array(list(product([1, -1], repeat=q))) * estimates
    t = np.abs(changed.mean(axis=1) / changed.std(axis=1, ddof=1))
    found = sign_changes(estimates)
    assert found.p == (t >= t[0] * (1 - 1e-9)).mean()
    assert found.smallest == 2 / 2**q


def test_estimates_of_one_sign_give_the_smallest_p_and_equal_ones_tie():
    assert sign_changes(np.array([0.1, 0.7, 0.2, 0.9])).p == 1 / 8
    assert sign_changes(-np.array([0.1, 0.7, 0.2, 0.9])).p == 1 / 8
    assert sign_changes(np.array([1.0, 1 + 1e-15, 1 - 1e-15, -1.0])).p == 10 / 16


def test_too_few_and_too_many_groups_are_refused():
    for test in (ibragimov_mueller, sign_changes):
        with pytest.raises(ValueError, match="1 groups identify"):
            test(np.array([1.0]))
    with pytest.raises(ValueError, match="at most 24"):
        sign_changes(np.ones(25))
    y, x, c, entity, time = panel(1)
    with pytest.raises(ValueError, match="two of them"):
        group_jackknife(y, x, c, entity, time, np.zeros_like(entity))


@pytest.mark.parametrize("missing", [0, 12])
def test_the_jackknife_over_groups_equals_refits(missing):
    y, x, c, entity, time = panel(missing, missing=missing)
    group = entity % 5
    found = group_jackknife(y, x, c, entity, time, group)
    b = slope(y, x, c, entity, time)
    without = [slope(*(v[group != g] for v in (y, x, c, entity, time))) for g in range(5)]
    error = np.sqrt(4 / 5 * ((np.array(without) - b) ** 2).sum())
    assert (found.estimate, found.se, found.df) == pytest.approx((b, error, 4), rel=1e-8)
    assert not found.needed.size


def test_a_group_that_alone_identifies_the_coefficient_leaves_no_error():
    y, x, c, entity, time = panel(2)
    group = entity % 4
    found = group_jackknife(y, np.where(group == 2, x, 0.0), c, entity, time, group)
    assert found.needed.tolist() == [2] and np.isnan(found.se) and np.isfinite(found.estimate)
