"""Mediation by algebra: a, b, direct, indirect and total of every replicate from one elimination."""

from dataclasses import dataclass

import numpy as np

from pipeline.inference.moments import Array, Moments, cross_products, eliminate

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
    s = cross_products(moments, weights)
    coefficients, rest, smallest = eliminate(s, controls + 1)
    unscaled = _undo_whitening(moments, coefficients, rest, controls + 1)
    effects, residual = unscaled
    a, total = effects[-1, :-1], effects[-1, -1]
    variance = residual[np.arange(mediators), np.arange(mediators)]
    full = (moments.factor[controls + 1 :, controls + 1 : -1] ** 2).sum(axis=0)  # net of controls and treatment
    smallest = np.minimum(smallest, (variance / full[:, None]).min(axis=0))
    with np.errstate(divide="ignore", invalid="ignore"):
        b = residual[:-1, -1] / variance
    return MediationDraws(a, b, total, smallest > TOLERANCE)


def _undo_whitening(moments: Moments, coefficients: Array, rest: Array, order: int) -> tuple[Array, Array]:
    """Coefficients and residual cross products in the units of the data.

    With Z = W R, R upper triangular: the first block of Z is W1 R11, the later block is W1 R12 + W2 R22. Hence
    beta = R11^-1 (beta_w R22 + R12) and the residual products are R22' rest R22.
    """
    r11, r12, r22 = (moments.factor[:order, :order], moments.factor[:order, order:], moments.factor[order:, order:])
    whitened = np.einsum("ijr,jk->ikr", coefficients, r22) + r12[:, :, None]
    shape = whitened.shape
    beta = np.linalg.solve(r11, whitened.reshape(order, -1)).reshape(shape)
    return beta, np.einsum("ji,jkr,kl->ilr", r22, rest, r22)


def percentile_interval(draws: Array, level: float) -> tuple[float, float]:
    """Percentile interval with linear interpolation between order statistics (R's quantile type 7)."""
    tail = (1 - level) / 2
    low, high = np.quantile(draws, [tail, 1 - tail])
    return float(low), float(high)
