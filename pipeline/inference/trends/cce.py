"""Common correlated effects: averages over units of outcome and regressors, with loadings of each
unit, stand for the common factors.

    y_it = x_it'b_i + a_i + g_i'(mean y_t, mean x_t) + e_it

Pooled (CCEP): one b; mean group (CCEMG): the mean of the units' b_i. Both estimate the mean of the
b_i where these differ by chance. Year effects are among what the averages take out. They span the
factors only if the loadings of y and x have full rank on average (the rank condition).

At 31 x 12 (`benchmarks/trends.py`, 500 panels) 5% tests of the pooled estimate reject a true null
in .05 to .10 of panels with the nonparametric errors and in .00 to .06 with CRV3, be there no
common trend, unit trends, two factors, or loadings in spatial order. Where all mean loadings are
zero the rank condition fails: .67 and .20. CRV3 is the safer and costs a tenth to a third of the
power.

Source: Pesaran (2006), Econometrica 74, 967-1012, sections 4 and 5; numbers as plm's `pcce`.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from pipeline.inference.collinear import Collinear
from pipeline.inference.few_clusters.jackknife import crv3
from pipeline.inference.moments import Array
from pipeline.inference.trends.refusals import check_complete, check_periods


@dataclass(frozen=True)
class CceFit:
    """beta: (k,); covariance: (k, k) nonparametric, from the spread of the units' coefficients;
    crv3: (k, k) by leaving out one unit, the averages made anew; units: (N, k) coefficients of
    each unit; df: N - 1."""

    beta: Array
    covariance: Array
    crv3: Array
    units: Array
    df: int


@dataclass(frozen=True)
class _Products:
    """Cross products of the units net of the averages: xx (..., N, k, k), xy (..., N, k)."""

    xx: Array
    xy: Array

    def units(self) -> Array:
        """Coefficients (..., N, k) of each unit."""
        return np.asarray(np.linalg.solve(self.xx, self.xy[..., None])[..., 0])

    def mean(self) -> Array:
        """Mean (..., k) of the units' coefficients."""
        return np.asarray(self.units().mean(axis=-2))

    def pooled(self) -> Array:
        """Coefficients (..., k) of all units together."""
        return np.asarray(
            np.linalg.solve(self.xx.sum(axis=-3), self.xy.sum(axis=-2)[..., None])[..., 0]
        )


def pooled(y: Array, x: Array) -> CceFit:
    """CCEP of y (N, T) on x (N, T, k). Raises as `mean_group`."""
    return _fit(y, x, _Products.pooled, _pooled_covariance)


def mean_group(y: Array, x: Array) -> CceFit:
    """CCEMG of y (N, T) on x (N, T, k).

    Raises TooFewUnits, Incomplete, TooShort below 2k + 3 periods (k regressors, k + 1 averages, an
    intercept, one degree of freedom of each unit), Collinear where a regressor of a unit has no
    variation beside the averages.
    """
    return _fit(y, x, _Products.mean, _mean_covariance)


def _fit(
    y: Array,
    x: Array,
    estimate: Callable[[_Products], Array],
    covariance: Callable[[_Products], Array],
) -> CceFit:
    z = np.concatenate([np.asarray(y, float)[..., None], np.asarray(x, float)], axis=2)
    check_complete(z)
    n, t, columns = z.shape
    check_periods(t, 2 * columns + 1)
    sample = _products(z, z.mean(axis=0))
    others = np.array([np.delete(np.arange(n), g) for g in range(n)])
    without = _products(z[others], z[others].mean(axis=1))
    beta = estimate(sample)
    return CceFit(beta, covariance(sample), crv3(beta, estimate(without)), sample.units(), n - 1)


def _products(z: Array, means: Array) -> _Products:
    """Cross products of units z (..., N, T, 1 + k), y first, net of an intercept and the averages
    means (..., T, 1 + k); raises Collinear."""
    averages = np.concatenate([np.ones_like(means[..., :1]), means], axis=-1)
    basis = np.linalg.qr(averages)[0][..., None, :, :]
    net = z - basis @ (np.swapaxes(basis, -2, -1) @ z)
    raw, x = z[..., 1:], net[..., 1:]
    own = raw - raw.mean(axis=-2, keepdims=True)
    triangle = np.linalg.qr(x, mode="r")
    pivots = np.abs(np.diagonal(triangle, axis1=-2, axis2=-1))
    size, whole = (np.sqrt((c**2).sum(axis=-2)) for c in (own, raw))
    weak = (pivots <= 1e-9 * size) | (size <= 1e-10 * whole)
    if weak.any():
        raise Collinear(int(np.argwhere(weak)[0, -1]))
    transposed = np.swapaxes(x, -2, -1)
    return _Products(transposed @ x, (transposed @ net[..., :1])[..., 0])


def _mean_covariance(products: _Products) -> Array:
    """sum (b_i - b)(b_i - b)' / (N (N - 1))."""
    units = products.units()
    gaps = units - units.mean(axis=0)
    return np.asarray(gaps.T @ gaps / (len(units) * (len(units) - 1)))


def _pooled_covariance(products: _Products) -> Array:
    """N / (N - 1) A^-1 [sum A_i (b_i - mean)(b_i - mean)' A_i] A^-1, A_i = X_i'M X_i, A their
    sum."""
    units, bread = products.units(), np.linalg.inv(products.xx.sum(axis=0))
    spread = np.einsum("ikl,il->ik", products.xx, units - units.mean(axis=0))
    n = len(units)
    return np.asarray(n / (n - 1) * bread @ spread.T @ spread @ bread)
