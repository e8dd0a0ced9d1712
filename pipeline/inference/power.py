"""Minimum detectable effects, by simulation from the residuals of the panel itself.

Simulated outcomes are the effect times the regressor plus residual paths of whole provinces with
random signs: serial dependence, unequal variances and the leverage of each province stay as they
are. Residuals are those of the unrestricted model, transformed by the jackknife block of controls
and effects, since plain residuals are smaller than the errors where few provinces weigh much. Only
the numerator of t depends on the effect, so that one set of draws gives the power at every effect.
"""

from collections.abc import Callable, Sequence

import numpy as np

from pipeline.inference.few_clusters.wild import WildModel
from pipeline.inference.moments import Array


def _simulated(model: WildModel, v: Array, size: float) -> tuple[Array, Array, float]:
    """Numerators and denominators of t (R,) in outcomes without effect, and the 1 - size quantile
    of |t|."""
    p, m = model.p0 - model.estimate * model.p1, model.m0 - model.estimate * model.m1
    numerator, denominator = v @ p, np.sqrt(((v @ m.T) ** 2).sum(axis=1))
    return numerator, denominator, float(np.quantile(np.abs(numerator / denominator), 1 - size))


def minimum_detectable(model: WildModel, v: Array, power: float, size: float) -> float:
    """The smallest effect that a test of the coefficient at level `size` finds with probability
    `power`.

    model: of `wild_model(..., residuals="WCR31")`; v: sign vectors (R, G). The critical value is
    the simulated one.
    Source: Bloom (1995) for the concept; the residual paths as in MacKinnon, Nielsen and Webb
    (2023).
    """
    numerator, denominator, critical = _simulated(model, v, size)

    def found(effect: float) -> float:
        return float(
            (np.abs(effect * model.variation + numerator) >= critical * denominator).mean()
        )

    return _solve(found, model.se, power)


def minimum_detectable_product(
    models: Sequence[WildModel], v: Array, power: float, size: float
) -> float:
    """The smallest a*b that the joint test (both coefficients differ from zero at level `size`)
    finds with probability `power`.

    Many pairs (a, b) have one product; this is the pair in which both are equally many standard
    errors from zero.
    """
    parts = [_simulated(m, v, size) for m in models]

    def found(errors: float) -> float:
        rejected = [
            np.abs(errors * m.se * m.variation + n) >= c * d
            for m, (n, d, c) in zip(models, parts, strict=True)
        ]
        return float(np.logical_and(*rejected).mean())

    first, second = models
    return _solve(found, 1.0, power) ** 2 * first.se * second.se


def _solve(found: Callable[[float], float], scale: float, power: float) -> float:
    """The effect at which the power reaches `power`, by bisection; infinite where it never does."""
    low, high = 0.0, 2.0 * scale
    while found(high) < power:
        low, high = high, 2 * high
        if high > 1e6 * scale:
            return float("inf")
    for _ in range(50):
        middle = (low + high) / 2
        low, high = (middle, high) if found(middle) < power else (low, middle)
        if high - low < 1e-6 * scale:
            break
    return high
