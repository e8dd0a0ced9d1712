"""Minimum detectable effects of a test, by simulation from the residuals of the panel itself.

Simulated outcomes are the effect times the regressor plus residual paths of whole units with random
signs: serial dependence, unequal variances and the leverage of each unit stay as they are.
Residuals are those of the unrestricted model, transformed by the jackknife block of controls and
effects, since plain residuals are smaller than the errors where few units weigh much.

Each outcome is put to the test itself, at its own critical value. What the tests are made of is
linear in the outcome, so that it is computed once for the regressor and once for the path of each
unit: the power at any effect takes no regression after that.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.inference.draws import generator
from pipeline.inference.few_clusters.jackknife import leave_one_out
from pipeline.inference.few_clusters.net import net_of
from pipeline.inference.few_clusters.permutation import path_coefficients
from pipeline.inference.few_clusters.reduced_bias import reduced_bias
from pipeline.inference.few_clusters.wild import Residuals, WildModel, jackknifed, wild_models
from pipeline.inference.moments import Array, Ints, build_moments
from pipeline.inference.ties import at_least
from pipeline.inference.within import crv1_factor

# Which of the simulated outcomes (S,) a test rejects at an effect.
Rejects = Callable[[float], NDArray[np.bool_]]


@dataclass(frozen=True)
class Outcomes:
    """Simulated outcomes of a model: effect x regressor (n,) + paths (n, G) @ signs (S, G)'.

    others: (n, k) beside the regressor; unit effects are absorbed, and year effects unless `year`
    is None
    """

    regressor: Array
    others: Array
    unit: Ints
    year: Ints | None
    paths: Array
    signs: Array


class Linear(NamedTuple):
    """Estimates (G,) of the regressor in each unit's path, and the parts (K, G) of their errors:
    the error of paths @ s is the length of parts @ s."""

    estimates: Array
    parts: Array


def random_signs(seed: int, spec: str, equation: int, draws: int, units: int) -> Array:
    """Signs (draws, units) of residual paths, independent from equation to equation."""
    rng = generator(seed, f"{spec}/outcomes", equation)
    return rng.choice([-1.0, 1.0], (draws, units))


def residual_paths(y: Array, x: Array, others: Array, unit: Ints, year: Ints | None) -> Array:
    """Each unit's transformed residuals (n, G) of y on x beside others, zero in the other units.

    Raises Collinear as `net_of` does.
    """
    net = net_of(y, x, others, unit, year)
    left = net.y - net.estimate * net.x
    paths = jackknifed(left[:, None], net.basis, unit, unit)
    return np.asarray(paths * (unit[:, None] == np.arange(int(unit.max()) + 1)))


def permutation_rejects(of: Outcomes, orders: NDArray[np.signedinteger], size: float) -> Rejects:
    """The test of permuted paths at level `size`, by orders (P, C) of the C complete units.

    Raises ValueError as `path_coefficients` does.
    """
    assert of.year is not None, "paths are those of years"
    beside = of.others, of.unit, of.year, orders
    slope, _ = path_coefficients(of.regressor, of.regressor, *beside)
    found = [path_coefficients(path, of.regressor, *beside) for path in of.paths.T]
    permuted = of.signs @ np.stack([coefficients for coefficients, _ in found])
    own = of.signs @ np.array([estimate for _, estimate in found])

    def rejects(effect: float) -> NDArray[np.bool_]:
        bar = np.abs(effect + own)[:, None]
        extreme = at_least(np.abs(effect * slope + permuted), bar).sum(axis=1)
        return np.asarray((1 + extreme) / (1 + len(orders)) <= size)

    return rejects


def wild_rejects(
    of: Outcomes, residuals: Residuals, v: Array, enumerated: bool, size: float
) -> Rejects:
    """The restricted wild bootstrap at level `size`, by weights v (R, G) of the units, which may
    be all sign vectors that there are.

    Numerators of t* are linear in the effect, squared denominators quadratic: with A the matrix M
    of an outcome without effect and C that of the regressor, |A v|^2 + 2 effect (A v)'(C v) +
    effect^2 |C v|^2.
    """
    beside = of.others, of.unit, of.year, of.unit
    models = wild_models(of.paths, of.regressor, *beside, residuals)
    first = models[0]
    n0, n1 = of.signs @ np.stack([model.p0 for model in models]) @ v.T, v @ first.p1
    c = v @ first.m1.T
    d0, d1, d2 = np.zeros_like(n0), np.zeros_like(n0), (c**2).sum(axis=1)
    for h in range(len(models)):
        along = of.signs @ np.stack([model.m0[h] for model in models]) @ v.T
        d0 += along**2
        d1 += along * c[:, h]
    own, error = _simulated(of, _of_models(models))
    draws = len(v)

    def rejects(effect: float) -> NDArray[np.bool_]:
        squared = ((effect + own) / error) ** 2
        bar = squared[:, None] * (d0 + effect * (2 * d1 + effect * d2))
        extreme = at_least((n0 + effect * n1) ** 2, bar).sum(axis=1)
        p = np.maximum(extreme, 2) / draws if enumerated else (1 + extreme) / (1 + draws)
        return np.asarray(p <= size)

    return rejects


def t_rejects(of: Outcomes, linear: Linear, critical: float) -> Rejects:
    """The t-test with errors of `linear`, which do not depend on the effect; critical: of |t|."""
    own, error = _simulated(of, linear)
    return lambda effect: np.abs(effect + own) >= critical * error


def _simulated(of: Outcomes, linear: Linear) -> tuple[Array, Array]:
    """Estimates and errors (S,) in the outcomes without effect."""
    return of.signs @ linear.estimates, np.linalg.norm(of.signs @ linear.parts.T, axis=1)


def crv1(of: Outcomes) -> Linear:
    """Estimates with CRV1 errors, the declared convention."""
    models = wild_models(of.paths, of.regressor, of.others, of.unit, of.year, of.unit, "WCR11")
    levels = 0 if of.year is None else int(of.year.max())
    factor = crv1_factor(len(of.paths), len(models), of.others.shape[1] + 1, levels)
    estimates, parts = _of_models(models)
    return Linear(estimates, np.sqrt(factor) * parts)


def _of_models(models: Sequence[WildModel]) -> Linear:
    """Estimates with CR0 errors."""
    parts = np.stack([model.scores / model.variation for model in models], axis=1)
    return Linear(np.array([model.estimate for model in models]), parts)


def cr2(of: Outcomes) -> tuple[Linear, float]:
    """Estimates with CR2 errors and the Bell-McCaffrey degrees of freedom, NaN where one unit alone
    identifies the coefficient."""
    nets = [net_of(path, of.regressor, of.others, of.unit, of.year) for path in of.paths.T]
    found = [reduced_bias(net, of.unit) for net in nets]
    parts = np.stack([one.scores for one in found], axis=1)
    return Linear(np.array([one.estimate for one in found]), parts), found[0].df


def crv3(of: Outcomes) -> Linear:
    """Estimates with CRV3 errors, NaN where a unit cannot be left out."""
    units, k = of.paths.shape[1], of.others.shape[1] + 1
    estimates, gaps = np.zeros(units), np.zeros((units, units))
    for g in np.flatnonzero(of.paths.any(axis=0)):
        columns = np.column_stack([of.others, of.regressor, of.paths[:, g]])
        b, without = leave_one_out(build_moments(columns, of.unit, of.year, of.unit), k)
        estimates[g], gaps[:, g] = b[-1], without[:, -1] - b[-1]
    return Linear(estimates, np.sqrt((units - 1) / units) * gaps)


def minimum_detectable(rejects: Rejects, scale: float, power: float) -> float:
    """The smallest effect that the test finds with probability `power`, to 1e-4 of the scale,
    which is far below what the draws decide; infinite where it never does.

    scale: the order of magnitude, as the estimate's error.
    Source: Bloom (1995) for the concept; the residual paths as in MacKinnon, Nielsen and Webb
    (2023).
    """
    low, high = 0.0, 2.0 * scale
    while rejects(high).mean() < power:
        low, high = high, 2 * high
        if high > 1e6 * scale:
            return float("inf")
    while high - low >= 1e-4 * scale:
        middle = (low + high) / 2
        low, high = (low, middle) if rejects(middle).mean() >= power else (middle, high)
    return high


def minimum_detectable_product(
    first: tuple[Rejects, float], second: tuple[Rejects, float], power: float
) -> float:
    """The smallest a x b of which both tests find their part with probability `power`.

    first, second: the test of a and of b with the estimate's error. Many pairs (a, b) have one
    product; this is the pair in which both are equally many errors from zero.
    """
    (a, error_a), (b, error_b) = first, second
    errors = minimum_detectable(lambda k: a(k * error_a) & b(k * error_b), 1.0, power)
    return errors**2 * error_a * error_b
