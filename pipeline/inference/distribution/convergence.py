"""Sigma and beta convergence of a positive variable over provinces and years.

Nickell bias: with province effects and few years the within estimate of beta is too low by about (1
+ rho) / (T - 1), rho = 1 + b, so that convergence looks faster than it is: with rho = 0.9 and T =
12, b is near -0.27 where -0.1 is true. It does not shrink with the number of provinces: without any
convergence the within t test finds it in every panel. `corrected` takes the bias out. Without
province effects b is biased upwards instead where provinces have steady states of their own; the
two bracket it (Bond 2002). Year effects do not change this.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.polynomial.polynomial import polyval
from numpy.typing import ArrayLike, NDArray

from pipeline.inference.draws import generator
from pipeline.inference.moments import Array, Ints, codes, orthonormal_basis, partial_out
from pipeline.inference.ties import at_least
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
class Slope:
    """The coefficient b of growth on the initial level, its error, and what follows from them."""

    b: float
    error: float

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


@dataclass(frozen=True)
class Beta(Slope):
    """Growth on the initial level: `fit` holds b first, then the controls' coefficients, with CRV1
    by cluster.

    rows: observations used
    """

    fit: WithinFit
    rows: int


@dataclass(frozen=True)
class Corrected(Slope):
    """b with province effects net of its Nickell bias, error of the jackknife over provinces, and
    the two-sided p of b = 0 by the bootstrap that imposes it."""

    p: float


@dataclass(frozen=True)
class _Growth:
    """Growth (n, T - 1), the level and the controls (n, T - 1, k) at its start; `used`: all are
    there."""

    growth: Array
    start: Array
    controls: Array
    used: NDArray[np.bool_]

    @property
    def codes(self) -> tuple[Ints, Ints]:
        """Provinces and years of the used rows."""
        cells = np.argwhere(self.used)
        return codes(cells[:, 0]), codes(cells[:, 1])


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
    rows = _growth(y, controls)
    n, periods = rows.growth.shape
    x = np.column_stack([rows.start.ravel(), rows.controls.reshape(n * periods, -1)])
    province, year = (i.ravel() for i in np.indices((n, periods)))
    return _fit(
        rows.growth.ravel(),
        x,
        province if province_effects else np.zeros_like(province),
        year if year_effects else np.zeros_like(year),
        codes(np.arange(n) if cluster is None else cluster)[province],
    )


def corrected(
    y: ArrayLike, controls: ArrayLike | None, seed: int, spec: str, draws: int = 999
) -> Corrected:
    """b of `beta` with province and year effects net of the bias of few years, and the test of
    b = 0.

    The within estimate is off by -s^2 h(1 + b) / S: S the variation of the level net of effects and
    controls, s^2 the variance of the errors at b, h the sum over provinces of rho^(t - 1 - r) / T_i
    over the pairs of years r < t. The corrected b solves b = within + s^2(b) h(1 + b) / S, from the
    within estimate upwards (where there is no solution, as near a unit root, b where the two sides
    are nearest). It holds wherever provinces start from. With 31 provinces, 9 or 12 years and rho
    of .6 to 1, bias and root mean square error are -.07 to .01 and .03 to .10; of the half-panel
    jackknife (Dhaene and Jochmans 2015) -.07 to .09 and .07 to .11, of the within estimate -.31 to
    -.06 and .06 to .32.

    The p-value compares the corrected b over its clustered error with those of walks without
    convergence: growth is the controls' part and the residuals at b = 0 with random signs of every
    cell, year effects out. Without convergence it rejects in .03 to .08 of panels at 5%, the within
    t test in all. Raises as `beta`. Source: Bun and Carree (2005), Journal of Business and Economic
    Statistics 23, 200-210.
    """
    rows = _growth(y, controls)
    sample = _solve(rows, rows.start[..., None], rows.growth[..., None])
    null = _solve(rows, *_walks(rows, generator(seed, f"{spec}/convergence"), draws))
    extreme = at_least(np.abs(null.t), abs(float(sample.t[0]))).sum()
    without = np.array([_without(rows, int(i)) for i in np.flatnonzero(rows.used.any(axis=1))])
    n, b = len(without), float(sample.b[0])
    error = float(np.sqrt((n - 1) / n * ((without - b) ** 2).sum()))
    return Corrected(b, error, float((1 + extreme) / (1 + draws)))


@dataclass(frozen=True)
class _Solved:
    """Corrected coefficients (R,), and these over the clustered errors of the within estimates."""

    b: Array
    t: Array


def _solve(rows: _Growth, start: Array, growth: Array) -> _Solved:
    """The corrected b of R panels with levels and growth (n, T - 1, R)."""
    province, year = rows.codes
    stacked = np.column_stack([start[rows.used], growth[rows.used]])
    net, basis = partial_out(stacked, rows.controls[rows.used], province, year)
    x, g = np.split(net, 2, axis=1)
    variation = (x**2).sum(axis=0)
    within = (x * g).sum(axis=0) / variation
    residuals = g - within * x
    provinces = int(province.max()) + 1
    df = len(province) - provinces - basis.shape[1] - 1
    lags = _lags(rows.used) * (1 - 1 / provinces)  # year effects cost one province
    squares = (residuals**2).sum(axis=0)

    def gap(step: Array) -> Array:
        """By how much within + bias exceeds b = within + step, (..., R) or (..., 1)."""
        variance = (squares + step**2 * variation) / df
        return np.asarray(variance * polyval(1 + within + step, lags) / variation - step)

    scores = np.stack([np.bincount(province, c) for c in (x * residuals).T], axis=1)
    errors = np.sqrt((scores**2).sum(axis=0)) / variation
    b = within + _first_root(gap)
    return _Solved(b, np.asarray(b / errors))


def _lags(used: NDArray[np.bool_]) -> Array:
    """Sum over provinces of the pairs of used years d + 1 apart over the number of used years, for
    d = 0, 1, ..."""
    counts = np.maximum(used.sum(axis=1), 1)
    periods = used.shape[1]
    pairs = [(used[:, :-d] & used[:, d:]).sum(axis=1) / counts for d in range(1, periods)]
    return np.array([p.sum() for p in pairs])


def _first_root(gap: Callable[[Array], Array]) -> Array:
    """The first of 400 steps in [0, 1] at which the gap (R,) closes, by halving; else where it is
    smallest."""
    steps = np.linspace(0, 1, 401)
    gaps = gap(steps[:, None])
    closed = gaps <= 0
    first = np.where(closed.any(axis=0), closed.argmax(axis=0), gaps.argmin(axis=0))
    low, high = steps[np.maximum(first - 1, 0)], steps[first]
    for _ in range(40):
        middle = (low + high) / 2
        low, high = np.where(gap(middle) > 0, [middle, high], [low, middle])
    return np.asarray(np.where(closed.any(axis=0), high, steps[first]))


def _walks(rows: _Growth, rng: np.random.Generator, draws: int) -> tuple[Array, Array]:
    """Levels and growth (n, T - 1, R) of walks: the controls' part and the residuals of growth at
    b = 0 with random signs, of their usual size in cells without."""
    used = rows.used
    province, year = rows.codes
    whole = np.column_stack([rows.growth[used], rows.controls[used]])
    net, _ = partial_out(whole, np.empty((len(whole), 0)), province, year)
    basis = orthonormal_basis(net[:, 1:])  # whatever the controls' units
    part = basis @ (basis.T @ net[:, 0])
    drift, errors = np.zeros(used.shape), np.full(used.shape, np.std(net[:, 0] - part))
    drift[used], errors[used] = part, net[:, 0] - part
    signs = rng.choice([-1.0, 1.0], size=(draws, *used.shape)).transpose(1, 2, 0)
    growth = drift[..., None] + signs * errors[..., None]
    return np.cumsum(growth, axis=1) - growth, growth


def _without(rows: _Growth, province: int) -> float:
    """The corrected b without a province."""
    used = rows.used.copy()
    used[province] = False
    rest = replace(rows, used=used)
    return float(_solve(rest, rows.start[..., None], rows.growth[..., None]).b[0])


def _growth(y: ArrayLike, controls: ArrayLike | None) -> _Growth:
    z = _logs(y)
    extra = np.empty((*z.shape, 0)) if controls is None else np.asarray(controls, float)
    if extra.ndim != 3 or extra.shape[:2] != z.shape:
        raise ValueError("controls must have the shape (n, T, k) of y and k controls")
    growth, extra = np.diff(z, axis=1), extra[:, :-1]
    used = np.isfinite(growth) & np.isfinite(extra).all(axis=2)
    return _Growth(growth, z[:, :-1], extra, used)


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
    b, error = float(fit.beta[0]), float(np.sqrt(fit.covariance[0, 0]))
    return Beta(b, error, fit, int(rows.sum()))
