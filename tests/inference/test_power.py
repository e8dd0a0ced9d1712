"""Minimum detectable effects against outcomes that are built, refitted and tested one by one."""

from dataclasses import replace

import numpy as np
import pytest

from pipeline.inference.few_clusters.wild import weight_vectors, wild_model, wild_test
from pipeline.inference.power import minimum_detectable, minimum_detectable_product

SIZE, POWER = 0.05, 0.8


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
    keep[rng.choice(g * t, missing, replace=False)] = False
    return y[keep], x[keep], controls[keep], entity[keep], time[keep]


def model_of(y, x, controls, entity, time):
    return wild_model(y, x, controls, entity, time, entity, "WCR31")


def signs(g, draws=199, stream="tables/x"):
    return np.concatenate(weight_vectors(5, stream, draws, g, "rademacher")[0])


class Brute:
    """t of every simulated outcome by a regression on dummies, written out, with the plain cluster
    sandwich."""

    def __init__(self, y, x, controls, entity, time, v):
        years = (time[:, None] == np.unique(time)[1:]).astype(float)
        others = np.column_stack([controls, entity[:, None] == np.unique(entity), years])
        annihilator = np.eye(len(y)) - others @ np.linalg.pinv(others)
        beta = np.linalg.lstsq(np.column_stack([x, others]), y, rcond=None)[0][0]
        plain = annihilator @ (y - beta * x)
        residuals = np.zeros(len(y))
        for g in np.unique(entity):
            rows = np.flatnonzero(entity == g)
            block = annihilator[np.ix_(rows, rows)]
            residuals[rows] = np.linalg.pinv(block, rcond=1e-9, hermitian=True) @ plain[rows]
        self.x, self.right, self.entity = x, np.column_stack([x, others]), entity
        self.paths = residuals[:, None] * v.T[entity]
        self.projection = np.linalg.pinv(self.right)
        self.critical = np.quantile(np.abs(self.t(0.0)), 0.95)

    def t(self, effect):
        """t (R,) of outcomes effect x + signed residual paths, each refitted."""
        outcomes = effect * self.x[:, None] + self.paths
        beta = self.projection @ outcomes
        left = outcomes - self.right @ beta
        influence = np.stack(
            [
                self.projection[0, self.entity == g] @ left[self.entity == g]
                for g in np.unique(self.entity)
            ]
        )
        return beta[0] / np.sqrt((influence**2).sum(axis=0))

    def found(self, effect):
        return np.abs(self.t(effect)) >= self.critical


def bisect(power_at, power, high):
    low = 0.0
    while power_at(high) < power:
        low, high = high, 2 * high
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if power_at(middle) < power else (low, middle)
    return high


@pytest.mark.parametrize("power", [0.5, 0.8, 0.95])
@pytest.mark.parametrize("missing", [0, 9])
def test_the_effect_is_the_one_that_refits_find(missing, power):
    data, v = panel(1, missing=missing), signs(12)
    model, brute = model_of(*data), Brute(*data, v)
    least = minimum_detectable(model, v, power, SIZE)
    tolerance = 2e-6 * model.se
    assert least == pytest.approx(
        bisect(lambda d: brute.found(d).mean(), power, model.se), abs=tolerance
    )
    # to the draw: as many outcomes are found at the effect as are asked, and fewer just below it
    asked = int(np.ceil(power * len(v) - 1e-9))
    assert brute.found(least).sum() >= asked > brute.found(least - tolerance).sum()


@pytest.mark.parametrize("missing", [0, 9])
def test_the_product_is_the_one_that_refits_of_both_equations_find(missing):
    y, x, controls, entity, time = panel(2, missing=missing)
    m = 0.8 * x + np.random.default_rng(3).normal(size=len(y))
    v = signs(12)
    equations = (
        (m, x, controls, entity, time),
        (y, m, np.column_stack([x, controls]), entity, time),
    )
    models, brutes = [model_of(*e) for e in equations], [Brute(*e, v) for e in equations]

    def found(size):
        return np.logical_and(*(b.found(size * w.se) for b, w in zip(brutes, models, strict=True)))

    least, unit = minimum_detectable_product(models, v, POWER, SIZE), models[0].se * models[1].se
    size = bisect(lambda s: found(s).mean(), 0.8, 1.0)
    assert least == pytest.approx(size**2 * unit, rel=1e-5)
    size = np.sqrt(least / unit)
    assert found(size).mean() >= 0.8 > found(size - 2e-6).mean()


def test_a_product_takes_more_than_one_coefficient():
    """Both tests must reject: the effect of either path alone at that power is too small."""
    y, x, controls, entity, time = panel(4)
    m = 0.8 * x + np.random.default_rng(4).normal(size=len(y))
    v = signs(12, 999)
    models = [
        model_of(m, x, controls, entity, time),
        model_of(y, m, np.column_stack([x, controls]), entity, time),
    ]
    assert minimum_detectable_product(models, v, POWER, SIZE) > np.prod(
        [minimum_detectable(w, v, POWER, SIZE) for w in models]
    )


@pytest.mark.parametrize(("of_y", "of_x"), [(10.0, 1.0), (1.0, 10.0), (1e-3, 1e3)])
def test_units_scale_the_effect(of_y, of_x):
    (y, x, *rest), v = panel(5, missing=4), signs(12)
    least = minimum_detectable(model_of(y, x, *rest), v, POWER, SIZE)
    assert minimum_detectable(model_of(of_y * y, of_x * x, *rest), v, POWER, SIZE) == pytest.approx(
        least * of_y / of_x, rel=3e-6
    )


def test_the_effect_in_the_sample_does_not_matter():
    (y, x, *rest), v = panel(6), signs(12)
    shifted = minimum_detectable(model_of(y + 7 * x, x, *rest), v, POWER, SIZE)
    assert shifted == pytest.approx(
        minimum_detectable(model_of(y, x, *rest), v, POWER, SIZE), rel=3e-6
    )


def test_more_power_takes_a_larger_effect():
    model, v = model_of(*panel(7)), signs(12, 999)
    least = [minimum_detectable(model, v, p, SIZE) for p in (0.3, 0.5, 0.8, 0.95)]
    assert least == sorted(least) and least[0] < least[-1]
    assert (
        2.0 * model.se < least[2] < 6.0 * model.se
    )  # 2.8 errors with many provinces, more with twelve


@pytest.mark.parametrize("seed", range(3))
def test_larger_panels_find_smaller_effects(seed):
    small, large = panel(seed, g=12), panel(seed, g=96)
    ratio = minimum_detectable(model_of(*large), signs(96, 999), POWER, SIZE) / minimum_detectable(
        model_of(*small), signs(12, 999), POWER, SIZE
    )
    assert ratio < 0.6  # eight times the provinces: about 0.35


def test_an_effect_that_is_never_found_is_infinite():
    model = model_of(*panel(8))
    assert minimum_detectable(replace(model, variation=0.0), signs(12), POWER, SIZE) == np.inf


def test_the_wild_test_finds_the_effect_as_often_as_promised():
    """Outside the simulation's own critical value: the WCR31 test of outcomes built at the
    effect."""
    y, x, controls, entity, time = panel(9, g=31)
    v = signs(31, 999)
    least = minimum_detectable(model_of(y, x, controls, entity, time), v, POWER, SIZE)
    brute = Brute(y, x, controls, entity, time, signs(31, 100, "tables/other"))
    outcomes = least * x[:, None] + brute.paths
    p = [wild_test(model_of(o, x, controls, entity, time), 3, "x", 299).p for o in outcomes.T]
    assert np.mean(np.array(p) < 0.05) == pytest.approx(0.8, abs=3.5 * np.sqrt(0.8 * 0.2 / 100))
