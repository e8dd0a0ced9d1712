"""Linear trends of each unit taken out beside unit and year effects, and differences over years.

What is left are rows on which every test of the house runs with `time=None`: unit effects and
trends lie within units, hence within clusters, and the year effects, net of them, are columns to be
put before the controls. By the theorem of Frisch, Waugh and Lovell coefficients and residuals are
those of the regression with all the dummies and trends in it, on unbalanced panels too; scores and
jackknives of clusters are as well, since trends of a dropped unit touch no other unit. Where
leaving a unit out empties a year of its region, `leave_one_out` says NaN.

At 31 x 12, AR(.9) errors (`benchmarks/trends.py`, 500 panels), 5% tests with WCR31 reject a true
null in .04 of panels with independent errors and .04 with unit trends whose slopes are those of the
treatment in part, against .06 and .78 of CRV3 without trends. Trends do not stand for other common
factors: with two AR(.9) factors they reject in .83.

Source: Wooldridge (2010), Econometric Analysis of Cross Section and Panel Data, section 11.7.
"""

from dataclasses import dataclass

import numpy as np

from pipeline.inference.moments import Array, Ints, codes, demean, orthonormal_basis
from pipeline.inference.trends.refusals import LEAST_UNITS, TooFewUnits, TooShort

_LEAST_PERIODS = 3


@dataclass(frozen=True)
class Detrended:
    """columns: (n, m) net of each unit's line; effects: (n, q) orthonormal basis of the year
    effects (of each region) net of the same: nuisance columns of any regression on `columns`."""

    columns: Array
    effects: Array


@dataclass(frozen=True)
class Differences:
    """columns: (n', m) changes; rows: (n',) position of the later row of each pair among the rows
    given, by which its unit, year and cluster are found."""

    columns: Array
    rows: Ints


def detrend(columns: Array, entity: Ints, year: Array, region: Ints | None = None) -> Detrended:
    """Columns (n, m) net of intercept and linear trend of each entity, with the year effects, or
    region x year effects, that belong beside them.

    year: (n,) calendar years, gaps counted as they are; region: (n,) a region of each entity.
    Raises TooShort where an entity has fewer than three rows (its line leaves nothing of it),
    TooFewUnits where a region has one entity only (its region x year effects leave nothing).
    """
    counts = np.bincount(entity)
    if counts.min() < _LEAST_PERIODS:
        raise TooShort(int(counts.min()), _LEAST_PERIODS)
    if len(counts) < LEAST_UNITS:
        raise TooFewUnits(len(counts))
    trend = demean(np.asarray(year, float)[:, None], entity)[:, 0]
    cells = codes(year) if region is None else _cells(entity, codes(year), region)
    dummies = (cells[:, None] == np.arange(1, cells.max() + 1)).astype(float)
    net = _net_of_lines(np.column_stack([columns, dummies]), entity, trend)
    m = np.asarray(columns).shape[1]
    return Detrended(net[:, :m], orthonormal_basis(net[:, m:]))


def _cells(entity: Ints, time: Ints, region: Ints) -> Ints:
    """Codes (n,) of region and year together; raises TooFewUnits for a region of one entity."""
    pairs = np.unique(np.column_stack([entity, region]), axis=0)
    sizes = np.bincount(codes(pairs[:, 1]))
    if sizes.min() < 2:
        raise TooFewUnits(int(sizes.min()), 2)
    return codes(codes(region) * (time.max() + 1) + time)


def _net_of_lines(z: Array, entity: Ints, trend: Array) -> Array:
    """Columns z (n, k) less each entity's least-squares line on its demeaned trend (n,)."""
    z = demean(z, entity)
    size = np.bincount(entity, trend**2)
    slopes = np.stack([np.bincount(entity, c * trend) for c in z.T], axis=1) / size[:, None]
    return np.asarray(z - slopes[entity] * trend[:, None])


def differences(columns: Array, entity: Ints, year: Array, lag: int = 1) -> Differences:
    """Changes of columns (n, m) over `lag` years within entities.

    Pairs of rows exactly `lag` years apart, never across a gap. With lag > 1 pairs overlap: errors
    are then correlated within units, which clustering by unit allows for. A test that absorbs unit
    effects in the differences allows for linear trends in the levels.
    Raises ValueError for a lag below 1, TooShort where no entity has such a pair.
    """
    if lag < 1:
        raise ValueError(f"differences over {lag} years: the lag must be 1 or more")
    year = np.asarray(year)
    place = {key: row for row, key in enumerate(zip(entity.tolist(), year.tolist(), strict=True))}
    found = [place.get((e, y - lag), -1) for e, y in place]
    earlier = np.array(found, np.int64)
    later = np.flatnonzero(earlier >= 0)
    if not later.size:
        raise TooShort(int(np.bincount(entity).max()), lag + 1)
    columns = np.asarray(columns, float)
    return Differences(columns[later] - columns[earlier[later]], later)
