"""Interactive fixed effects: common factors with loadings of each unit, beside unit and year
effects.

    y_it = x_it'b + alpha_i + xi_t + lambda_i'f_t + e_it

Unit and year effects are demeaned out first, so that factors sum to zero over periods and loadings
over units (Bai 2009, section 8).

At 31 x 12 (`benchmarks/trends.py`, AR(.9) and AR(.5) errors, 300 to 500 panels) 5% tests of a true
null reject with two factors in

    CRV1   .05 to .09 without common factors, .05 with unit trends, .08 to .14 with two factors
           whose loadings are correlated with the treatment's, .09 to .13 in spatial order
    CRV3   .03, .02 to .05, .05, .03 to .07

and CRV1 with one factor where there are two in .19 to .59: too few are worse than too many. With
the number that BIC_3 finds, at most four: CRV1 .06 to .10, CRV3 .02 to .07. CRV3, which finds the
factors anew without each unit, is recommended; it costs a fifth of the power.

Source: Bai (2009), Econometrica 77.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from pipeline.inference.collinear import Collinear
from pipeline.inference.few_clusters.jackknife import crv3
from pipeline.inference.moments import Array
from pipeline.inference.trends.factor_search import ROUNDS, search
from pipeline.inference.trends.refusals import (
    NotConverged,
    NothingLeft,
    TooManyFactors,
    check_complete,
)
from pipeline.inference.within import crv1_factor

Criterion = Literal["IC_p1", "IC_p2", "BIC_3"]


@dataclass(frozen=True)
class InteractiveFit:
    """One panel's fit, or R panels' with a first axis of R on every array.

    beta: (k,), covariance: (k, k) CRV1 by unit, NaN where the search of one of many panels did not
    settle; df: of the t distribution, N - 1
    bias: (k,) what unequal variances over units and over periods add to beta
    loadings: (N, r) in the units of y; factors: (T, r), orthonormal; residuals: (N, T)
    """

    beta: Array
    covariance: Array
    df: int
    bias: Array
    loadings: Array
    factors: Array
    residuals: Array


def jackknife(y: Array, x: Array, factors: int) -> Array:
    """CRV3 covariance (k, k) of `interactive`, factors found anew without each unit; t(N - 1).

    Raises what `interactive` raises, for the panel or for what is left of it without a unit.
    """
    fit = interactive(y, x, factors)
    units = np.arange(len(y))
    others = np.array([np.delete(units, g) for g in units])
    without = interactive_panels(np.asarray(y)[others], np.asarray(x)[others], factors).beta
    if np.isnan(without).any():
        raise NotConverged(ROUNDS)
    return crv3(fit.beta, without)


def most_factors(units: int, periods: int) -> int:
    """The most factors that a panel (N, T) allows: fewer than min(N, T) / 2."""
    return (min(units, periods) - 1) // 2


def interactive(y: Array, x: Array, factors: int) -> InteractiveFit:
    """Interactive fixed effects of y (N, T) on x (N, T, k) with r `factors` beside unit and year
    effects; r = 0 is the two-way within regression. Complete units only.

    The factor of CRV1 counts slopes, year effects and the r (N + T - 2 - r) free numbers of factors
    and loadings, since estimated factors, unlike known trends, are fitted to the errors.
    `bias` is Bai's B / N + C / T (theorem 3) for errors independent over units and over years, not
    for dynamic panels. At 31 x 12 it takes out half of that pull at no cost; a half-panel jackknife
    raises the standard deviation of beta by 50 to 90%.
    Raises TooFewUnits, Incomplete, TooManyFactors, Collinear, NotConverged, and NothingLeft for a
    perfect fit.
    """
    y, x = np.asarray(y, float), np.asarray(x, float)
    check_complete(y, x)
    fit = interactive_panels(y[None], x[None], factors)
    if np.isnan(fit.beta).any():
        raise NotConverged(ROUNDS)
    if (fit.residuals**2).sum() <= 1e-20 * (two_way_demeaned(y) ** 2).sum():
        raise NothingLeft(range(len(y)))
    return InteractiveFit(
        fit.beta[0],
        fit.covariance[0],
        fit.df,
        fit.bias[0],
        fit.loadings[0],
        fit.factors[0],
        fit.residuals[0],
    )


def interactive_panels(y: Array, x: Array, factors: int) -> InteractiveFit:
    """`interactive` of R panels y (R, N, T) on x (R, N, T, k) side by side.

    A panel whose search does not settle is NaN. Raises TooManyFactors and Collinear.
    """
    columns = _demeaned_columns(y, x)
    n, t = columns.shape[2:]
    if not 0 <= factors <= most_factors(n, t):
        raise TooManyFactors(factors, most_factors(n, t))
    found = search(columns, factors)
    beta = np.where(found.settled[:, None], found.beta, np.nan)
    return _fit(columns, found.beta, beta, factors)


def number_of_factors(y: Array, x: Array, most: int, criterion: Criterion = "BIC_3") -> int:
    """Number of factors of y (N, T) beside x (N, T, k), unit and year effects, from 0 to `most`.

    The criteria of Bai and Ng (2002), Econometrica 70, on y - x'b with b of `most` factors, N
    and T less the degree of freedom that the effects take. At 31 x 12 with two factors and `most`
    four, IC_p1 and IC_p2 find all four in .7 to 1 of panels with AR(.5) errors and in nearly all
    with AR(.9); BIC_3 finds two in half of the panels with AR(.5) and rarely fewer, three or more
    with AR(.9).
    Raises what `interactive` raises.
    """
    fit = interactive(y, x, most)
    columns = _demeaned_columns(y[None], x[None])[0]
    w = columns[0] - np.tensordot(fit.beta, columns[1:], 1)
    n, t = len(w) - 1, w.shape[1] - 1
    squares = np.linalg.svd(w, compute_uv=False) ** 2
    unexplained = (squares.sum() - np.concatenate([[0.0], squares.cumsum()])[: most + 1]) / (n * t)
    r, share = np.arange(most + 1), (n + t) / (n * t)
    values = {
        "IC_p1": np.log(unexplained) - r * share * np.log(share),
        "IC_p2": np.log(unexplained) + r * share * np.log(min(n, t)),
        "BIC_3": unexplained / unexplained[-1] + r * (n + t - r) / (n * t) * np.log(n * t),
    }
    return int(np.argmin(values[criterion]))


def two_way_demeaned(z: Array) -> Array:
    """Balanced columns (..., N, T) less unit means and year means."""
    z = z - z.mean(axis=-1, keepdims=True)
    return np.asarray(z - z.mean(axis=-2, keepdims=True))


def _demeaned_columns(y: Array, x: Array) -> Array:
    """y and x of R panels, demeaned (R, 1 + k, N, T); raises Collinear, and NothingLeft of an
    outcome that the effects explain."""
    raw = np.concatenate([y[:, None], np.moveaxis(x, -1, 1)], axis=1)
    columns = two_way_demeaned(raw)
    left, before = ((c**2).sum(axis=(2, 3)) for c in (columns, raw))
    still = np.flatnonzero((left <= 1e-20 * before).any(axis=0))
    if still.size and still[0] == 0:
        raise NothingLeft(range(raw.shape[2]))
    if still.size:
        raise Collinear(int(still[0]) - 1)
    return columns


def _fit(columns: Array, at: Array, beta: Array, r: int) -> InteractiveFit:
    """The parts of fits of columns (R, 1 + k, N, T), factors and loadings those at `at` (R, k)."""
    n, t = columns.shape[2:]
    x = columns[:, 1:]
    k = x.shape[1]
    w = columns[:, 0] - np.einsum("rk,rknt->rnt", at, x)
    left, sizes, right = np.linalg.svd(w, full_matrices=False)
    left, sizes, right = left[..., :r], sizes[:, None, :r], right[:, :r]
    net = _Net.of(x, left, right)
    residuals = w - (left * sizes) @ right
    bread = _inverse(net.both, x)
    scores = np.einsum("rknt,rnt->rnk", net.both, residuals)
    factor = crv1_factor(n * t, n, k + r * (n + t - 2 - r), t - 1)
    covariance = factor * bread @ np.swapaxes(scores, 1, 2) @ scores @ bread
    bias = -(bread @ net.pull(residuals, (left / sizes) @ right)[..., None])[..., 0]
    lost = np.isnan(beta[:, :1])
    return InteractiveFit(
        beta,
        np.where(lost[..., None], np.nan, covariance),
        n - 1,
        np.where(lost, np.nan, bias),
        left * sizes,
        np.swapaxes(right, 1, 2),
        residuals,
    )


@dataclass(frozen=True)
class _Net:
    """Regressors (R, k, N, T) net of the factors, of the loadings, of both."""

    of_factors: Array
    of_loadings: Array
    both: Array

    @classmethod
    def of(cls, x: Array, left: Array, right: Array) -> "_Net":
        """x (R, k, N, T) net of orthonormal loadings (R, N, r) and factors (R, r, T)."""
        left, right = left[:, None], right[:, None]
        by_factors = x - (x @ np.swapaxes(right, -2, -1)) @ right
        by_loadings = x - left @ (np.swapaxes(left, -2, -1) @ x)
        both = by_factors - left @ (np.swapaxes(left, -2, -1) @ by_factors)
        return cls(by_factors, by_loadings, both)

    def pull(self, residuals: Array, inverse: Array) -> Array:
        """What unequal variances of periods and of units add to the score (R, k), with `inverse`
        L (L'L)^-1 (F'F)^-1 F' (R, N, T)."""
        variances = residuals**2
        periods = np.einsum("rt,rknt,rnt->rk", variances.sum(axis=1), self.of_factors, inverse)
        units = np.einsum("rn,rknt,rnt->rk", variances.sum(axis=2), self.of_loadings, inverse)
        return np.asarray(periods + units)


def _inverse(net: Array, x: Array) -> Array:
    """Inverse (R, k, k) of the cross products of net (R, k, N, T); raises Collinear where nothing
    is left of x in any panel."""
    flat, whole = (c.reshape(*c.shape[:2], -1) for c in (net, x))
    triangle = np.linalg.qr(np.swapaxes(flat, 1, 2), mode="r")
    pivots = np.abs(np.diagonal(triangle, axis1=1, axis2=2))
    size = np.sqrt((whole**2).sum(axis=2))
    weak = np.flatnonzero((pivots <= 1e-9 * size).any(axis=0))
    if weak.size:
        raise Collinear(int(weak[0]))
    inverse = np.linalg.inv(triangle)
    return np.asarray(inverse @ np.swapaxes(inverse, 1, 2))
