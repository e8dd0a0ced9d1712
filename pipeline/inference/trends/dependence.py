"""Are residuals of different units related? Pesaran's CD, and CD* where factors were estimated.

CD adds up the pairwise correlations: it sees dependence whose correlations do not cancel. Residuals
net of estimated factors, year effects among them, add up to nearly zero over units by construction:
their CD tends to -sqrt(T / 2) whatever the errors are, and rejects. CD* takes that out.

Source: Pesaran (2015), Econometric Reviews 34, equation 10 (unbalanced: Pesaran 2004, CESifo
working paper 1229, equation 37); Pesaran and Xie (2021), CESifo working paper 9234.
"""

from dataclasses import dataclass

import numpy as np
from scipy import stats

from pipeline.inference.moments import Array, orthonormal_basis
from pipeline.inference.trends.refusals import (
    LEAST_UNITS,
    NothingLeft,
    TooFewUnits,
    check_complete,
    check_periods,
)


@dataclass(frozen=True)
class DependenceTest:
    """statistic: standard normal under independence, with its two-sided p; mean, mean_absolute: of
    the correlations of `pairs` pairs of units."""

    statistic: float
    p: float
    mean: float
    mean_absolute: float
    pairs: int


class YearEffectsAlone(ValueError):
    """CD* has no distribution: units of equal variance net of year effects add up to zero."""

    def __str__(self) -> str:
        return "residuals net of year effects whose units vary alike say nothing about dependence"


def cd(residuals: Array) -> DependenceTest:
    """CD of residuals (N, T), NaN where missing; each pair on the years that both units have, two
    at least. Not for residuals net of year effects or estimated factors: `cd_star`.

    Raises TooFewUnits below three units with two years, NothingLeft for units without variation.
    """
    residuals = np.asarray(residuals, float)
    residuals = residuals[np.isfinite(residuals).sum(axis=1) > 1]
    if len(residuals) < LEAST_UNITS:
        raise TooFewUnits(len(residuals))
    rho, common = _correlations(residuals)
    pairs = np.triu(common >= 2, 1)
    rho, common = rho[pairs], common[pairs]
    statistic = float((np.sqrt(common) * rho).sum() / np.sqrt(len(rho)))
    return _test(statistic, rho)


def cd_star(residuals: Array, loadings: Array | None = None) -> DependenceTest:
    """CD* of residuals (N, T) net of year effects and of factors with loadings (N, r), None where
    year effects are the only ones; complete units.

    With s_i the standard deviation of unit i's residuals and P the projection on the loadings and
    a constant, a_i = s_i ((I - P) 1/s)_i is the weight that is left of unit i's error in the sum
    over units, theta = 1 - mean a_i^2, and CD* = (CD + sqrt(T/2) theta) / (1 - theta).
    Raises TooFewUnits, Incomplete, NothingLeft, YearEffectsAlone where theta is 1.
    """
    residuals = np.asarray(residuals, float)
    check_complete(residuals)
    check_periods(residuals.shape[1], 3)
    n, t = residuals.shape
    plain = cd(residuals)
    columns = np.column_stack([np.ones(n), np.empty((n, 0)) if loadings is None else loadings])
    basis = orthonormal_basis(columns)
    spread = np.sqrt((residuals**2).mean(axis=1))
    weights = spread * (1 / spread - basis @ (basis.T @ (1 / spread)))
    kept = float((weights**2).mean())
    if kept < 1e-6:
        raise YearEffectsAlone
    statistic = (plain.statistic + np.sqrt(t / 2) * (1 - kept)) / kept
    return DependenceTest(
        float(statistic),
        float(2 * stats.norm.sf(abs(statistic))),
        plain.mean,
        plain.mean_absolute,
        plain.pairs,
    )


def _correlations(residuals: Array) -> tuple[Array, Array]:
    """Pairwise-complete correlations (N, N) and numbers of common years (N, N)."""
    there = np.isfinite(residuals)
    z, here = np.where(there, residuals, 0.0), there.astype(float)
    z = z - here * (z.sum(axis=1) / here.sum(axis=1))[:, None]  # for precision: any level will do
    common = here @ here.T
    sums, squares = z @ here.T, z**2 @ here.T
    share = np.maximum(common, 1)
    variance = squares - sums**2 / share
    still = (variance <= 1e-24 * squares) & (common >= 2)
    if still.any():
        raise NothingLeft(np.flatnonzero(still.any(axis=1)).tolist())
    covariance = z @ z.T - sums * sums.T / share
    scale = np.where(common >= 2, variance * variance.T, 1.0)
    return covariance / np.sqrt(scale), common


def _test(statistic: float, rho: Array) -> DependenceTest:
    p = float(2 * stats.norm.sf(abs(statistic)))
    return DependenceTest(statistic, p, float(rho.mean()), float(np.abs(rho).mean()), len(rho))
