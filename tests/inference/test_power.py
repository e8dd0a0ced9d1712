"""Detectable effects against outcomes that are built, refitted and tested one by one."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from pipeline.inference.few_clusters.jackknife import crv3, leave_one_out
from pipeline.inference.few_clusters.net import net_of
from pipeline.inference.few_clusters.permutation import (
    complete_units,
    permutation_test,
    random_orders,
)
from pipeline.inference.few_clusters.reduced_bias import reduced_bias
from pipeline.inference.few_clusters.wild import weight_vectors, wild_model, wild_test
from pipeline.inference.moments import build_moments
from pipeline.inference.power import (
    Outcomes,
    cr2,
    crv1,
    minimum_detectable,
    minimum_detectable_product,
    permutation_rejects,
    random_signs,
    residual_paths,
    t_rejects,
    wild_rejects,
)
from pipeline.inference.power import crv3 as crv3_of
from pipeline.inference.within import within_fit

SIZE, POWER, DRAWS = 0.05, 0.8, 199
TESTS = ["paths", "WCR11", "WCR31", "cr2", "crv3", "t"]


def panel(seed, g=12, t=6, missing=0):
    """y, x, two controls, entity, time with serially dependent errors, larger in some provinces."""
    rng = np.random.default_rng(seed)
    entity, time = (a.ravel() for a in np.meshgrid(np.arange(g), np.arange(t), indexing="ij"))
    x = (rng.normal(size=(g, t)).cumsum(axis=1) * (1 + (np.arange(g) % 3 == 0))[:, None]).ravel()
    error = (rng.normal(size=(g, t)) + rng.normal(size=(g, t)).cumsum(axis=1)) * rng.uniform(
        0.5, 2, (g, 1)
    )
    controls = rng.normal(size=(g * t, 2)) + 0.4 * x[:, None]
    y = 0.3 * x + controls @ [1, -1] + 0.2 * entity + error.ravel()
    keep = np.ones(g * t, bool)
    keep[rng.choice(g * t // 2, missing, replace=False)] = False
    return y[keep], x[keep], controls[keep], entity[keep], time[keep]


def outcomes(y, x, controls, entity, time, equation=0, draws=60):
    signs = random_signs(5, "x", equation, draws, int(entity.max()) + 1)
    paths = residual_paths(y, x, controls, entity, time)
    return Outcomes(x, controls, entity, time, paths, signs)


def rejects(of, test, size=SIZE, draws=DRAWS):
    """The test of simulated outcomes, by its name."""
    units = of.paths.shape[1]
    if test == "paths":
        complete = len(complete_units(of.unit, of.year))
        return permutation_rejects(of, random_orders(1, "x", draws, complete), size)
    if test in ("WCR11", "WCR31"):
        chunks, every = weight_vectors(1, "x", draws, units, "rademacher")
        return wild_rejects(of, test, np.concatenate(chunks), every, size)
    if test == "cr2":
        linear, df = cr2(of)
        return t_rejects(of, linear, stats.t.isf(size / 2, df))
    linear = crv3_of(of) if test == "crv3" else crv1(of)
    return t_rejects(of, linear, stats.t.isf(size / 2, units - 1))


def p_value(of, y, test, draws=DRAWS):
    """p of one outcome y (n,), by the test as it is made of data."""
    columns, unit, time = (y, of.regressor, of.others), of.unit, of.year
    g = of.paths.shape[1]
    if test == "paths":
        return permutation_test(*columns, unit, time, 1, "x", draws).p
    if test in ("WCR11", "WCR31"):
        return wild_test(wild_model(*columns, unit, time, unit, test), 1, "x", draws).p
    if test == "cr2":
        found = reduced_bias(net_of(*columns, unit, time), unit)
        return 2 * stats.t.sf(abs(found.estimate / found.se), found.df)
    right = np.column_stack([of.others, of.regressor])
    if test == "crv3":
        moments = build_moments(np.column_stack([right, y]), unit, time, unit)
        b, without = leave_one_out(moments, right.shape[1])
        error = np.sqrt(crv3(b, without)[-1, -1])
        return 2 * stats.t.sf(abs(b[-1] / error), g - 1)
    fit = within_fit(y, right, unit, time, unit)
    return 2 * stats.t.sf(abs(fit.beta[-1]) / np.sqrt(fit.covariance[-1, -1]), g - 1)


def refitted(of, effect, test, size=SIZE):
    """Which outcomes are rejected where each is built and tested."""
    built = effect * of.regressor + of.signs @ of.paths.T
    return np.array([p_value(of, y, test) for y in built]) <= size


@pytest.mark.parametrize("missing", [0, 9])
@pytest.mark.parametrize("test", TESTS)
def test_each_outcome_is_rejected_where_its_refit_is(test, missing):
    """At no effect, at a negative one and at one that is found about as often as not."""
    of = outcomes(*panel(1, missing=missing))
    found = rejects(of, test)
    half = minimum_detectable(found, 1.0, 0.5)
    for effect in (0.0, -0.8 * half, half):
        np.testing.assert_array_equal(found(effect), refitted(of, effect, test), str(effect))
    assert 0.5 <= found(half).mean() < 0.6


def test_all_sign_vectors_of_few_units():
    of = outcomes(*panel(3, g=7))
    chunks, every = weight_vectors(1, "x", DRAWS, 7, "rademacher")
    assert every and len(chunks[0]) == 2**7
    for effect in (0.0, 2.0):
        found = rejects(of, "WCR31")(effect)
        np.testing.assert_array_equal(found, refitted(of, effect, "WCR31"))


def test_a_level_beyond_the_draws_is_never_reached():
    of = outcomes(*panel(1))
    assert minimum_detectable(rejects(of, "WCR31", size=0.004), 1.0, POWER) == np.inf
    assert minimum_detectable(rejects(of, "paths", size=0.004), 1.0, POWER) == np.inf


def test_paths_are_the_residuals_divided_by_their_block_of_the_annihilator():
    """By a regression on dummies, written out."""
    y, x, controls, entity, time = panel(2, missing=5)
    years = (time[:, None] == np.unique(time)[1:]).astype(float)
    others = np.column_stack([controls, entity[:, None] == np.unique(entity), years])
    annihilator = np.eye(len(y)) - others @ np.linalg.pinv(others)
    beta = np.linalg.lstsq(np.column_stack([x, others]), y, rcond=None)[0][0]
    plain, paths = annihilator @ (y - beta * x), residual_paths(y, x, controls, entity, time)
    for g in np.unique(entity):
        own = entity == g
        block = annihilator[np.ix_(own, own)]
        expected = np.linalg.pinv(block, rcond=1e-9, hermitian=True) @ plain[own]
        np.testing.assert_allclose(paths[own, g], expected, atol=1e-9)
        assert not paths[~own, g].any()


@pytest.mark.parametrize("test", ["paths", "WCR31", "cr2"])
def test_the_effect_is_found_as_often_as_promised_in_other_outcomes(test):
    data = panel(9, g=16)
    of = outcomes(*data, draws=400)
    least = minimum_detectable(rejects(of, test), 1.0, POWER)
    other = replace(of, signs=random_signs(6, "other", 0, 200, 16))
    error = np.sqrt(POWER * (1 - POWER) * (1 / 200 + 1 / 400))
    assert refitted(other, least, test).mean() == pytest.approx(POWER, abs=3 * error)


@pytest.mark.parametrize("test", ["paths", "WCR11", "WCR31"])
def test_without_an_effect_a_fair_test_rejects_at_its_level(test):
    """Units that differ in nothing but chance: the share over panels is the size."""
    shares = []
    for seed in range(8):
        rng = np.random.default_rng(seed)
        entity, time = (a.ravel() for a in np.meshgrid(range(20), range(6), indexing="ij"))
        y, x = rng.normal(size=(2, 120))
        of = outcomes(y, x, np.empty((120, 0)), entity, time, draws=200)
        shares.append(rejects(of, test)(0.0).mean())
    assert np.mean(shares) == pytest.approx(SIZE, abs=0.02)


@pytest.mark.parametrize("test", TESTS)
def test_larger_effects_are_found_more_often(test):
    of = outcomes(*panel(7), draws=200)
    found = rejects(of, test)
    shares = [found(effect).mean() for effect in np.linspace(0, 6, 13)]
    assert shares == sorted(shares) and shares[-1] > 0.9
    least = [minimum_detectable(found, 1.0, power) for power in (0.3, 0.5, 0.8)]
    assert least == sorted(least) and found(least[2]).mean() >= 0.8 > found(least[2] - 2e-4).mean()


def test_a_test_that_few_draws_decide_finds_less_than_one_that_rejects_too_often():
    """The point of it: no critical value that only a simulation knows. With one unit that carries
    the regressor CRV1 finds what the wild bootstrap does not."""
    y, x, controls, entity, time = panel(4, g=16)
    x = np.where(entity == 0, 4 * x, x)
    of = outcomes(y, x, controls, entity, time, draws=200)
    t, wild = (minimum_detectable(rejects(of, test), 1.0, POWER) for test in ("t", "WCR31"))
    assert wild > 1.3 * t


@pytest.mark.parametrize("test", ["paths", "WCR31", "cr2"])
@pytest.mark.parametrize(("of_y", "of_x"), [(10.0, 1.0), (1e-3, 1e3)])
def test_units_scale_the_effect(test, of_y, of_x):
    y, x, *rest = panel(5)
    least = minimum_detectable(rejects(outcomes(y, x, *rest), test), 1.0, POWER)
    scaled = outcomes(of_y * y, of_x * x, *rest)
    found = minimum_detectable(rejects(scaled, test), of_y / of_x, POWER)
    assert found == pytest.approx(least * of_y / of_x, rel=1e-5)


def test_the_effect_in_the_sample_does_not_matter():
    y, x, *rest = panel(6)
    first, second = (residual_paths(one, x, *rest) for one in (y, y + 7 * x))
    np.testing.assert_allclose(first, second, atol=1e-9)


def test_a_product_is_the_one_of_which_both_refits_find_their_part():
    y, x, controls, entity, time = panel(2)
    m = 0.8 * x + np.random.default_rng(3).normal(size=len(y))
    of_a = outcomes(m, x, controls, entity, time)
    of_b = outcomes(y, m, np.column_stack([x, controls]), entity, time, equation=1)
    tests = rejects(of_a, "paths"), rejects(of_b, "WCR31")
    least = minimum_detectable_product((tests[0], 0.2), (tests[1], 0.5), POWER)
    errors = np.sqrt(least / 0.1)
    a, b = refitted(of_a, errors * 0.2, "paths"), refitted(of_b, errors * 0.5, "WCR31")
    assert (a & b).mean() >= POWER
    less = errors - 2e-4
    assert (tests[0](less * 0.2) & tests[1](less * 0.5)).mean() < POWER
    alone = [minimum_detectable(t, e, POWER) for t, e in zip(tests, (0.2, 0.5), strict=True)]
    assert least > np.prod(alone)


def test_equations_have_signs_of_their_own():
    first, second = (random_signs(1, "x", equation, 400, 8) for equation in (0, 1))
    assert set(np.unique(first)) == {-1.0, 1.0}
    assert abs((first * second).mean()) < 0.08
    np.testing.assert_array_equal(first, random_signs(1, "x", 0, 400, 8))


def test_an_effect_that_is_never_found_is_infinite():
    assert minimum_detectable(lambda _: np.zeros(5, bool), 1.0, POWER) == np.inf
