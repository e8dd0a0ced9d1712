"""Are errors correlated over years? Wooldridge's tests, valid with unit effects and few years.

Demeaning within units correlates residuals by -1 / (T - 1), differencing by -1/2, where the errors
are not correlated at all: the tests ask whether the autoregression of the residuals, clustered by
unit, finds that number. At 31 x 12 the 5% tests reject in .05 to .07 of panels with independent
errors, year effects or not, and in all with AR(.5).

Source: Wooldridge (2010), Econometric Analysis of Cross Section and Panel Data, sections 10.5.4
and 10.6.3; numbers as plm's `pwartest` and `pwfdtest`.
"""

from dataclasses import dataclass

import numpy as np
from scipy import stats

from pipeline.inference.moments import Array
from pipeline.inference.trends.refusals import LEAST_UNITS, NothingLeft, TooFewUnits, check_periods


@dataclass(frozen=True)
class SerialTest:
    """rho: autoregressive coefficient of the residuals; expected: its value without serial
    correlation; f: the squared cluster-robust t of their difference, with p of F(1, df); df: units
    less one; rows: residuals with a predecessor."""

    rho: float
    expected: float
    f: float
    p: float
    df: int
    rows: int


def within_test(residuals: Array) -> SerialTest:
    """Serial correlation of the errors from residuals (N, T) of a within regression, NaN where
    missing. Raises TooFewUnits, TooShort, NothingLeft."""
    periods = np.asarray(residuals).shape[1]
    check_periods(periods, 3)
    return _test(residuals, -1 / (periods - 1))


def difference_test(residuals: Array, differenced: bool = False) -> SerialTest:
    """Serial correlation of the errors in levels, or `differenced`, from residuals (N, T - 1) of a
    regression in first differences, NaN where missing. Raises as `within_test`."""
    check_periods(np.asarray(residuals).shape[1] + 1, 3)
    return _test(residuals, 0.0 if differenced else -0.5)


def _test(residuals: Array, expected: float) -> SerialTest:
    """Pooled regression with a constant of residuals on those of the year before."""
    e = np.asarray(residuals, float)
    now, before = e[:, 1:], e[:, :-1]
    unit, year = np.nonzero(np.isfinite(now) & np.isfinite(before))
    groups = len(np.unique(unit))
    if groups < LEAST_UNITS:
        raise TooFewUnits(groups)
    y, x = now[unit, year], before[unit, year]
    x = x - x.mean()
    size = float(x @ x)
    if size <= 1e-24 * float(np.nansum(e**2)) or size == 0:
        raise NothingLeft(np.unique(unit).tolist())
    rho = float(x @ y) / size
    scores = np.bincount(unit, x * (y - y.mean() - rho * x))
    f = ((rho - expected) * size) ** 2 / float(scores @ scores)
    return SerialTest(rho, expected, f, float(stats.f.sf(f, 1, groups - 1)), groups - 1, len(unit))
