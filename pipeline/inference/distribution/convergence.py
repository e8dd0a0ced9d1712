"""Sigma and beta convergence of a positive variable over provinces and years.

Nickell bias: with province effects and few years the within estimate of beta is too low by about (1
+ rho) / (T - 1), rho = 1 + b, so that convergence looks faster than it is: with rho = 0.9 and T =
12, b is near -0.27 where -0.1 is true. It does not shrink with the number of provinces. Without
province effects b is biased upwards instead where provinces have steady states of their own; the
two bracket it (Bond 2002). Year effects do not change this.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from pipeline.inference.moments import Array, Ints, codes
from pipeline.inference.within import WithinFit, within_fit


@dataclass(frozen=True)
class Sigma:
    """Dispersion by year and its linear trends.

    log_sd, variation: (T,) standard deviation of the logs and coefficient of variation, both with n
    - 1
    trends, errors: (2,) slopes a year of log_sd and of variation, and their errors; df: n - 1, for
    t
    """

    log_sd: Array
    variation: Array
    trends: Array
    errors: Array
    df: int


@dataclass(frozen=True)
class Beta:
    """Growth on the initial level: `fit` holds b first, then the controls' coefficients, with CRV1
    by cluster.

    rows: observations used
    """

    fit: WithinFit
    rows: int

    @property
    def b(self) -> float:
        return float(self.fit.beta[0])

    @property
    def error(self) -> float:
        return float(np.sqrt(self.fit.covariance[0, 0]))

    @property
    def speed(self) -> float:
        """Speed of convergence a year, -ln(1 + b): below 0 if b > 0, NaN if b <= -1
        (overshooting)."""
        return float(-np.log1p(self.b)) if self.b > -1 else np.nan

    @property
    def speed_error(self) -> float:
        """Its error by the delta method, error of b / (1 + b)."""
        return self.error / (1 + self.b) if self.b > -1 else np.nan

    @property
    def half_life(self) -> float:
        """Years until half of the gap is closed, ln 2 / speed; NaN without convergence (speed <= 0
        or undefined)."""
        return float(np.log(2) / self.speed) if self.speed > 0 else np.nan


def sigma(y: ArrayLike) -> Sigma:
    """Sigma convergence of y (n, T) > 0, complete: dispersion by year, and its least-squares trend.

    The errors of the trends are jackknife errors over provinces (CRV3): the dispersions of
    successive years are one sample of provinces, so that the T years must not pass for independent.
    Raises ValueError for values that are missing or not positive, n < 3 or T < 2. Source: Barro and
    Sala-i-Martin (1992), Journal of Political Economy 100.
    """
    y = np.asarray(y, float)
    if y.ndim != 2 or len(y) < 3 or y.shape[1] < 2 or not (np.isfinite(y).all() and (y > 0).all()):
        raise ValueError(
            "sigma convergence needs positive values (n, T) without gaps, n >= 3, T >= 2"
        )
    n, periods = y.shape
    years = np.arange(periods) - (periods - 1) / 2
    slope = years / (years @ years)
    without = np.ones((n, n)) - np.eye(n)
    everyone = _dispersion(y, np.ones((1, n)))[:, 0]
    trends = everyone @ slope
    gaps = _dispersion(y, without) @ slope - trends[:, None]
    return Sigma(
        everyone[0], everyone[1], trends, np.sqrt((n - 1) / n * (gaps**2).sum(axis=1)), n - 1
    )


def _dispersion(y: Array, samples: Array) -> Array:
    """(2, R, T): standard deviation of logs and coefficient of variation in samples (R, n) of
    provinces, 0 or 1."""
    size = samples.sum(axis=1)[:, None]
    means = samples @ y / size
    out = []
    for z in (np.log(y), y):
        z = z - z.mean(axis=0)
        squares = samples @ z**2 - (samples @ z) ** 2 / size
        out.append(np.sqrt(np.maximum(squares, 0) / (size - 1)))
    return np.stack([out[0], out[1] / means])


def beta(
    y: ArrayLike,
    controls: ArrayLike | None = None,
    *,
    province_effects: bool = True,
    year_effects: bool = True,
    cluster: ArrayLike | None = None,
) -> Beta:
    """Beta convergence on a panel: ln(y_it / y_i,t-1) = b ln y_i,t-1 + c' controls_i,t-1 (+
    effects) + error.

    y (n, T) > 0 in consecutive years, NaN where missing; controls (n, T, k) enter with the values
    at the start of each period (those of the last year are not used); cluster (n,) defaults to
    provinces. Absolute convergence has neither controls nor province effects; conditional
    convergence has either. Errors as in `within_fit` (Stata's xtreg, fe vce(cluster)), a pooled
    constant counted where province effects are left out. Nickell bias: see the module. Raises
    ValueError for values not positive or without a usable row; Collinear as
    `within_fit`.
    Source: Barro and Sala-i-Martin (1992); the panel form as Islam (1995), Quarterly Journal of
    Economics 110.
    """
    z = _logs(y)
    n, periods = z.shape
    extra = np.empty((n, periods, 0)) if controls is None else np.asarray(controls, float)
    if extra.ndim != 3 or extra.shape[:2] != z.shape:
        raise ValueError("controls must have the shape (n, T, k) of y and k controls")
    growth, start = np.diff(z, axis=1).ravel(), z[:, :-1].ravel()
    x = np.column_stack([start, extra[:, :-1].reshape(n * (periods - 1), -1)])
    province, year = (i.ravel() for i in np.indices((n, periods - 1)))
    return _fit(
        growth,
        x,
        province if province_effects else np.zeros_like(province),
        year if year_effects else np.zeros_like(year),
        codes(np.arange(n) if cluster is None else cluster)[province],
    )


def _logs(y: ArrayLike) -> Array:
    y = np.asarray(y, float)
    if y.ndim != 2 or y.shape[1] < 2:
        raise ValueError("convergence needs values of at least two years, shape (n, T)")
    if (y <= 0).any() or np.isinf(y).any():
        raise ValueError("growth of logs needs positive finite values (NaN where missing)")
    return np.asarray(np.log(y))


def _fit(growth: Array, x: Array, entity: Ints, time: Ints, cluster: Ints) -> Beta:
    rows = np.isfinite(growth) & np.isfinite(x).all(axis=1)
    if len(np.unique(cluster[rows])) < 2:
        raise ValueError("beta convergence needs growth in at least two clusters")
    fit = within_fit(
        growth[rows], x[rows], codes(entity[rows]), codes(time[rows]), codes(cluster[rows])
    )
    return Beta(fit, int(rows.sum()))
