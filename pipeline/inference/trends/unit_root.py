"""Do series of all units have a unit root, in the presence of a common factor? Pesaran's CIPS.

The mean over units of the t of y_i,t-1 in augmented Dickey-Fuller regressions to which averages
over units are added (CADF). Not normal: critical values are those that the paper prints.

With 10 to 13 years it has next to no power: at 31 x 12, drift, no lag, it rejects a unit root at 5%
in .07 of panels with AR(.9), .59 with AR(.5), and .04 of panels with a unit root.

Source: Pesaran (2007), Journal of Applied Econometrics 22, tables II(a-c)
(`cips_critical_values.csv`); numbers as plm's `cipstest`.
"""

import csv
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

import numpy as np

from pipeline.inference.moments import Array
from pipeline.inference.trends.refusals import (
    NothingLeft,
    TooFewUnits,
    check_complete,
    check_periods,
)

Deterministics = Literal["none", "drift", "trend"]

_TABLE = Path(__file__).with_name("cips_critical_values.csv")
_LEVELS = ("0.01", "0.05", "0.10")
# The sizes N and T of the table.
_SIZES = (10, 15, 20, 30, 50, 70, 100, 200)
# Intercept and trend of the regressions.
_LINES = {"none": 0, "drift": 1, "trend": 2}
# Bounds on the units' t that keep the mean's moments finite.
_BOUNDS = {"none": (-6.12, 4.16), "drift": (-6.19, 2.61), "trend": (-6.42, 1.70)}


@dataclass(frozen=True)
class UnitRootTest:
    """statistic: CIPS, low values speak against a unit root; critical: (3,) values at 1, 5 and 10%,
    interpolated between the sizes of the table; units: (N,) t of each unit; periods: of the
    regressions."""

    statistic: float
    critical: Array
    units: Array
    periods: int


def cips(
    y: Array, lags: int = 0, deterministics: Deterministics = "drift", truncated: bool = True
) -> UnitRootTest:
    """CIPS of y (N, T) with `lags` lagged changes, of units and of the average.

    truncated: t of the units kept within the paper's bounds, as is needed where T is short.
    Raises TooFewUnits below ten units and TooShort below ten periods that remain or too few for the
    regressions (nothing is published there), Incomplete, NothingLeft for units without error.
    """
    y = np.asarray(y, float)
    check_complete(y)
    n, t = y.shape
    regressors = 3 + 2 * lags + _LINES[deterministics]
    check_periods(t, 1 + lags + max(_SIZES[0], regressors + 1))
    if n < _SIZES[0]:
        raise TooFewUnits(n, _SIZES[0])
    units = _t_of_level(y, lags, deterministics)
    kept = np.clip(units, *_BOUNDS[deterministics]) if truncated else units
    periods = t - 1 - lags
    return UnitRootTest(
        float(kept.mean()), _critical_values(deterministics, truncated, n, periods), units, periods
    )


def _t_of_level(y: Array, lags: int, deterministics: Deterministics) -> Array:
    """t (N,) of y_t-1 in each unit's regression of its changes."""
    own = _lagged(y, lags)
    shared = np.broadcast_to(own.mean(axis=0), own.shape)
    n, t = own.shape[:2]
    line = np.vander(np.arange(t) - (t - 1) / 2, _LINES[deterministics], increasing=True)
    fixed = np.broadcast_to(line, (n, *line.shape))
    # The level last, so that its t comes off the last pivot.
    columns = np.concatenate([fixed, shared, own[..., 2:], own[..., 1:2], own[..., :1]], axis=2)
    triangle = np.asarray(np.linalg.qr(columns, mode="r"))
    pivots = np.abs(np.diagonal(triangle, axis1=1, axis2=2))
    size = np.sqrt((columns**2).sum(axis=1))
    empty = np.flatnonzero((pivots <= 1e-10 * size).any(axis=1))
    if empty.size:
        raise NothingLeft(empty.tolist())
    df = t - (columns.shape[2] - 1)
    sign = np.sign(triangle[:, -2, -2])
    return np.asarray(sign * triangle[:, -2, -1] / pivots[:, -1] * np.sqrt(df))


def _lagged(y: Array, lags: int) -> Array:
    """Change, level of the year before and lagged changes (N, T - 1 - lags, 2 + lags)."""
    change, level = np.diff(y, axis=1), y[:, :-1]
    last = change.shape[1]
    past = [change[:, lags - j : last - j] for j in range(1, lags + 1)]
    return np.stack([change[:, lags:], level[:, lags:], *past], axis=2)


def _critical_values(
    deterministics: Deterministics, truncated: bool, units: int, periods: int
) -> Array:
    """Critical values (3,), linear between the sizes of the table, at its end beyond it."""
    table = _table()[deterministics, truncated]
    by_units = [[np.interp(units, _SIZES, row) for row in level] for level in table]
    return np.array([np.interp(periods, _SIZES, level) for level in by_units])


@lru_cache(maxsize=1)
def _table() -> dict[tuple[str, bool], Array]:
    """Critical values (level, T, N) by deterministics and truncation."""
    with _TABLE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {
        (deterministics, truncated == "yes"): np.array(
            [
                [
                    [float(row[f"n{size}"]) for size in _SIZES]
                    for row in rows
                    if (row["deterministics"], row["truncated"], row["level"])
                    == (deterministics, truncated, level)
                ]
                for level in _LEVELS
            ]
        )
        for deterministics in _BOUNDS
        for truncated in ("no", "yes")
    }
