"""Intervals, adjusted p-values, bounds and draws by hand or by their definitions in loops."""

from statistics import NormalDist

import numpy as np
import pytest
from scipy import stats

from pipeline.inference.distribution.checks import amounts, one_length
from pipeline.inference.draws import cluster_counts, generator
from pipeline.inference.few_clusters.multiplicity import minp_level, romano_wolf, westfall_young
from pipeline.inference.few_clusters.permutation import path_coefficients, permutation_test
from pipeline.inference.few_clusters.wild import weight_vectors
from pipeline.inference.intervals import bca, percentile, studentised, two_sided_p
from pipeline.inference.sensitivity import (
    benchmark,
    partial_r2,
    robustness_value,
    robustness_value_at,
)
from pipeline.inference.ties import at_least, rounding

HUNDRED = np.arange(101.0)
NORMAL = NormalDist()


@pytest.mark.parametrize(("level", "low", "high"), [(0.9, 5, 95), (0.5, 25, 75), (0.99, 0.5, 99.5)])
def test_percentile_intervals_lie_between_order_statistics(level, low, high):
    assert percentile(HUNDRED[::-1], level) == pytest.approx((low, high))


@pytest.mark.parametrize("level", [0.9, 0.95])
@pytest.mark.parametrize("estimate", [30.0, 50.5, 88.0])
def test_the_accelerated_interval_by_efrons_formula(level, estimate):
    without = np.array([1.0, 2.0, 2.5, 9.0])
    gaps = [without.sum() / 4 - w for w in without]
    a = sum(g**3 for g in gaps) / (6 * sum(g**2 for g in gaps) ** 1.5)
    z0 = NORMAL.inv_cdf(sum(d < estimate for d in HUNDRED) / 101)
    ends = []
    for tail in ((1 - level) / 2, (1 + level) / 2):
        z = z0 + NORMAL.inv_cdf(tail)
        ends.append(100 * NORMAL.cdf(z0 + z / (1 - a * z)))
    assert bca(estimate, HUNDRED, without, level) == pytest.approx(tuple(ends), rel=1e-9)


@pytest.mark.parametrize(("estimate", "share"), [(-1.0, 0.5 / 101), (1e3, 1 - 0.5 / 101)])
def test_an_estimate_beyond_all_draws_counts_half_a_draw(estimate, share):
    even = np.array([-1.0, 1.0])
    z0 = NORMAL.inv_cdf(share)
    ends = [100 * NORMAL.cdf(2 * z0 + NORMAL.inv_cdf(tail)) for tail in (0.025, 0.975)]
    assert bca(estimate, HUNDRED, even, 0.95) == pytest.approx(tuple(ends), rel=1e-9)


def test_the_studentised_interval_by_hand():
    """t runs from -50 to 50: its 90% are -45 to 45, turned round about the estimate."""
    found = studentised(50.0, 2.0, HUNDRED, np.ones(101), 0.9)
    assert found == pytest.approx((50 - 2 * 45, 50 + 2 * 45))
    skewed = studentised(
        20.0, 0.5, np.append(HUNDRED, 7.0), np.append(np.full(101, 2.0), np.nan), 0.9
    )
    assert skewed == pytest.approx((20 - 0.5 * 37.5, 20 + 0.5 * 7.5)), "a draw without error is out"


@pytest.mark.parametrize(("vanishing", "made"), [(5, True), (6, False)])
def test_draws_whose_error_vanishes_have_no_t(vanishing, made):
    """Up to 5% of them are left out of the studentised interval; more, and there is none."""
    errors = np.r_[np.full(vanishing, 1e-15), np.ones(101 - vanishing)]
    found = studentised(50.0, 2.0, HUNDRED, errors, 0.9)
    low, high = np.quantile(HUNDRED[vanishing:] - 50.0, [0.05, 0.95])
    assert found == (pytest.approx((50 - 2 * high, 50 - 2 * low)) if made else None)


def test_two_sided_p_counts_zeros_on_both_sides():
    draws = np.array([[-1.0, 0.0, 2.0, 3.0], [1, 2, 3, 4], [0, 0, 0, 0]])
    np.testing.assert_allclose(two_sided_p(draws), [1.0, 0.2, 1.0])


def adjusted_by_definition(sample, draws, exact):
    """p of each hypothesis: how often the best of it and all less extreme ones is as extreme."""
    order = np.argsort(-np.abs(sample))
    p, last = np.empty(len(sample)), 0.0
    for k, j in enumerate(order):
        rest = order[k:]
        count = sum(max(abs(row[i]) for i in rest) >= abs(sample[j]) - 1e-12 for row in draws)
        own = count / len(draws) if exact else (1 + count) / (1 + len(draws))
        last = max(last, own)
        p[j] = last
    return p


@pytest.mark.parametrize("exact", [False, True])
@pytest.mark.parametrize("seed", range(4))
def test_step_down_p_values_by_definition(exact, seed):
    rng = np.random.default_rng(seed)
    draws = np.round(rng.normal(size=(60, 4)) @ (np.eye(4) + 0.5), 1)
    sample = np.round(rng.normal(size=4) * 2, 1)
    wanted = adjusted_by_definition(sample, draws, exact)
    np.testing.assert_allclose(romano_wolf(sample, draws, exact), wanted, rtol=1e-12)


@pytest.mark.parametrize("exact", [False, True])
@pytest.mark.parametrize("seed", range(4))
def test_step_down_minimal_p_values_by_definition(exact, seed):
    rng = np.random.default_rng(seed)
    draws = np.round(rng.normal(size=(50, 3)), 1)
    own = np.array([[(np.abs(c) >= abs(v)).mean() for v in c] for c in draws.T]).T
    p = np.array([0.1, 0.02, 0.4])
    order = np.argsort(p)
    wanted, last = np.empty(3), 0.0
    for k, j in enumerate(order):
        count = (own[:, order[k:]].min(axis=1) <= p[j] + 1e-12).sum()
        last = max(last, count / 50 if exact else (1 + count) / 51)
        wanted[j] = last
    np.testing.assert_allclose(westfall_young(p, draws, exact), wanted, rtol=1e-12)
    smallest = np.sort(own.min(axis=1))
    assert minp_level(draws, 0.1) == smallest[int(0.1 * 49)]


def test_what_reaches_a_bar():
    values = np.array([1.0, 1 - 1e-10, 1 - 1e-8, 2.0, np.nan])
    assert at_least(values, 1.0).tolist() == [True, True, False, True, False]
    assert at_least(-values[:3], -1.0).tolist() == [True, True, True]
    assert not at_least(np.array([-1 - 1e-8]), -1.0)[0]
    assert at_least(np.array([1.0, 3.0]), np.array([2.0, 3.0])).tolist() == [False, True]
    assert rounding(np.array([-4.0, np.nan, 3.0])) == pytest.approx(4e-12)
    assert rounding(np.array([])) == 0


def test_arrays_of_one_length():
    a, b = np.zeros(3), np.ones(3)
    assert one_length(a, b) and one_length(a, b, least=3) and not one_length(a, b, least=4)
    assert not one_length(a, np.ones(2)) and not one_length(np.zeros((2, 2)))
    assert not one_length(np.zeros(0)) and one_length(np.zeros(1))


def test_amounts_are_there_not_negative_and_not_all_zero():
    assert amounts(np.array([0.0, 1.0]))
    for wrong in ([0.0, 0.0], [-1.0, 2.0], [np.nan, 1.0], [np.inf, 1.0]):
        assert not amounts(np.array(wrong))


def panel(seed=1):
    rng = np.random.default_rng(seed)
    entity, time = np.repeat(np.arange(6), 4), np.tile(np.arange(4), 6)
    return (*rng.normal(size=(2, 24)), rng.normal(size=(24, 1)), entity, time)


def test_paths_need_two_complete_units_and_a_treatment_that_varies():
    y, x, controls, entity, time = panel()
    keep = (time > 0) | (entity == 2)
    with pytest.raises(ValueError, match="a row in every period"):
        permutation_test(y[keep], x[keep], controls[keep], entity[keep], time[keep], 1, "x", 9)
    with pytest.raises(ValueError, match="no variation"), np.errstate(all="ignore"):
        permutation_test(y, np.zeros(24), controls, entity, time, 1, "x", 9)


def test_a_permutation_p_counts_the_sample_once():
    y, x, controls, entity, time = panel()
    found = permutation_test(y, x, controls, entity, time, 3, "t", 199)
    rng = generator(3, "t/permutation")
    orders = np.argsort(rng.random((199, 6)), axis=1)
    permuted, estimate = path_coefficients(y, x, controls, entity, time, orders)
    extreme = (np.abs(permuted) >= abs(estimate)).sum()
    assert (found.p, found.estimate, found.draws) == ((1 + extreme) / 200, estimate, 199)
    assert found.complete == 6


def test_bounds_of_a_confounder_by_hand():
    """t = 4 with 84 degrees: partial R2 16/100, f2 = 16/84; half of the estimate with q = 0.5."""
    assert partial_r2(4.0, 84) == pytest.approx(0.16)
    f2 = 16 / 84
    assert robustness_value(-4.0, 84) == pytest.approx((np.sqrt(f2**2 + 4 * f2) - f2) / 2)
    assert robustness_value(8.0, 84, 0.5) == pytest.approx(robustness_value(4.0, 84))
    found = benchmark(-1.0, 0.25, 96, 0.2, 0.1)
    r2_dz, r2_zx = 0.25, 0.04 / 0.64
    r2_yz = ((1 + np.sqrt(r2_zx)) / np.sqrt(1 - r2_zx)) ** 2 * 0.1 / 0.9
    assert (found.r2_treatment, found.r2_outcome) == pytest.approx((r2_dz, r2_yz))
    bias = 0.25 * np.sqrt(96 * r2_yz * r2_dz / (1 - r2_dz))
    assert found.adjusted == pytest.approx(-(1 - bias))
    assert benchmark(1.0, 0.25, 96, 0.5, 0.1) is None
    above = benchmark(1.0, 0.25, 96, 0.2, 0.95)  # (1 + 1/4)^2 / (15/16) x 0.95 / 0.05
    assert above.r2_outcome == pytest.approx(95 / 3) and above.adjusted is None
    assert benchmark(1.0, 0.25, 96, 0.2, 0.1, 4.0) is None


def test_draws_are_those_that_the_seed_and_the_name_have_always_given():
    """Every bootstrapped number of every study rests on them."""
    assert generator(1, "tables/x").integers(0, 1000, 4).tolist() == [869, 756, 286, 470]
    assert generator(1, "tables/x", 2).integers(0, 1000, 4).tolist() == [927, 950, 695, 826]


def test_counts_add_up_in_chunks():
    chunks = list(cluster_counts(1, "x", 25, 6, 10))
    assert [c.shape for c in chunks] == [(10, 6), (10, 6), (5, 6)]
    assert all((c.sum(axis=1) == 6).all() for c in chunks)
    picks = generator(1, "x", 2).integers(0, 6, (10, 6))
    wanted = [[(row == g).sum() for g in range(6)] for row in picks[:5]]
    np.testing.assert_array_equal(chunks[2], wanted)


def test_weights_of_clusters():
    """All 2^3 sign vectors for eight draws, not for seven; Webb's have variance one."""
    (every,), enumerated = weight_vectors(1, "x", 8, 3, "rademacher")
    assert enumerated and {tuple(v) for v in every} == {
        (a, b, c) for a in (1, -1) for b in (1, -1) for c in (1, -1)
    }
    (some,), enumerated = weight_vectors(1, "x", 7, 3, "rademacher")
    assert not enumerated and some.shape == (7, 3) and set(np.unique(some)) == {-1, 1}
    chunks, enumerated = weight_vectors(1, "x", 10_000, 3, "webb")
    assert not enumerated and [len(c) for c in chunks] == [8192, 1808]
    webb = np.concatenate(chunks)
    np.testing.assert_allclose(np.unique(webb**2), [0.5, 1, 1.5])
    assert webb.var() == pytest.approx(1, abs=0.03) and abs(webb.mean()) < 0.03
    assert not chunks[0].flags.writeable and not every.flags.writeable


def test_a_robustness_value_at_a_level_is_where_the_test_stops_rejecting():
    """A confounder with that partial R2 with both leaves a t at the critical value: t' = (f - R2 /
    sqrt(1 - R2)) sqrt(df - 1) for the bias and error that it brings; nothing to take below it."""
    t, df = 5.0, 60
    r2 = robustness_value_at(t, df, 0.05)
    bias = r2 / np.sqrt(1 - r2) * np.sqrt(df)
    shrunk = np.sqrt(df / (df - 1))
    assert (t - bias) / shrunk == pytest.approx(stats.t.isf(0.025, df - 1), rel=1e-9)
    assert robustness_value_at(1.9, df, 0.05) == 0.0
    f, critical = 100 / np.sqrt(df), stats.t.isf(0.025, df - 1) / np.sqrt(df - 1)
    far = (f**2 - critical**2) / (1 + f**2)
    assert robustness_value_at(100.0, df, 0.05) == pytest.approx(far)
