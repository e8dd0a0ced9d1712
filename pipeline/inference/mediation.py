"""Mediation by algebra: a, b, direct, indirect and total of every replicate from one elimination."""

from dataclasses import dataclass

import numpy as np

from pipeline.inference.moments import Array, Moments, reduce

TOLERANCE = 1e-6


@dataclass(frozen=True)
class MediationDraws:
    """Arrays (mediators, R) of effects, one mediator at a time; total (R,); kept (R,) false for collapsed replicates."""

    a: Array
    b: Array
    total: Array
    kept: np.ndarray

    @property
    def indirect(self) -> Array:
        return self.a * self.b

    @property
    def direct(self) -> Array:
        return self.total - self.indirect


def mediation_effects(moments: Moments, controls: int, mediators: int, weights: Array) -> MediationDraws:
    """Effects for cluster weights (R, G); columns of the moments are [controls, treatment, mediators, outcome].

    M_k = a_k X + C + effects; Y = c'_k X + b_k M_k + C + effects; Y = c X + C + effects on one sample, so that
    c = c'_k + a_k b_k exactly. A replicate whose smallest pivot is below `TOLERANCE` is marked as not kept.
    """
    effects, residual, smallest = reduce(moments, weights, controls + 1)
    a, total = effects[-1, :-1], effects[-1, -1]
    variance = residual[np.arange(mediators), np.arange(mediators)]
    full = (moments.factor[controls + 1 :, controls + 1 : -1] ** 2).sum(axis=0)  # net of controls and treatment
    smallest = np.minimum(smallest, (variance / full[:, None]).min(axis=0))
    with np.errstate(divide="ignore", invalid="ignore"):
        b = residual[:-1, -1] / variance
    return MediationDraws(a, b, total, smallest > TOLERANCE)


def percentile_interval(draws: Array, level: float) -> tuple[float, float]:
    """Percentile interval with linear interpolation between order statistics (R's quantile type 7)."""
    tail = (1 - level) / 2
    low, high = np.quantile(draws, [tail, 1 - tail])
    return float(low), float(high)
