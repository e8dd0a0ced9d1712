"""Structure: shares of industries, of town and country,
of groups that services should reach alike."""

import numpy as np
from numpy.typing import NDArray

from pipeline.formula.grid import Grid, accumulate, settle


def _shares(parts: list[Grid]) -> NDArray[np.float64]:
    """Shares of the parts in their sum, (parts, provinces, years);
    NaN where one is negative or all are 0."""
    stacked = np.stack(parts)
    valid = np.where((stacked >= 0).all(axis=0), stacked, np.nan)
    return np.asarray(valid / stacked.sum(axis=0))


@np.errstate(all="ignore")
def layer(parts: list[Grid]) -> Grid:
    """Layer coefficient of industry (产业结构层次系数) sum_i i s_i:
    layer([va1, va2, va3]) = s1 + 2 s2 + 3 s3, in [1, 3].

    Units: one for all parts; they are listed from the lowest layer to the highest. Data: value
    added, none negative.
    Missing: a cell without one part has no shares. Source: Xu and Jiang (2015, 徐敏、姜勇).
    """
    ranks = np.arange(1, len(parts) + 1)[:, None, None]
    return settle((ranks * _shares(parts)).sum(axis=0), *parts)


@np.errstate(all="ignore")
def herfindahl(parts: list[Grid]) -> Grid:
    """Herfindahl index of concentration sum_i s_i^2, from 1/n (all parts equal) to 1 (one part
    only).

    Units: one for all parts. Data: none negative. Missing: a cell without one part has no shares.
    Source: Hirschman (1964).
    """
    return settle((_shares(parts) ** 2).sum(axis=0), *parts)


@np.errstate(all="ignore")
def equality(parts: list[Grid]) -> Grid:
    """Equality of n groups or areas: normalised entropy -(1/ln n) sum_i s_i ln s_i, in [0, 1];
    1 = all equal.

    Units: one for all parts, per head where the groups differ in size (beds per head in town and
    country). A group with 0 adds 0. Data: none negative. Missing: a cell without one group has no
    shares. Source: Shannon (1948).
    """
    shares = _shares(parts)
    terms = np.where(shares == 0, 0.0, shares * np.log(shares))
    return settle(-terms.sum(axis=0) / np.log(len(parts)), *parts)


@np.errstate(all="ignore")
def moore(parts: list[Grid]) -> Grid:
    """Moore's structural change: the angle between the share vectors of two successive years,
    in radians.

    theta_t = arccos( sum_i s_it s_i(t-1) / (|s_t| |s_(t-1)|) ), in [0, pi/2]; 0 where no share
    moved.
    Units: one for all parts. Data: none negative. Missing: none in the first year, nor in a year
    whose own or previous parts are not all there. Source: Moore (1978).
    """
    shares = _shares(parts)
    unit = shares / np.sqrt((shares**2).sum(axis=0))
    before, after = unit[..., :-1], unit[..., 1:]
    # The half-angle form: an arccos of nearly 1 keeps half of the digits only.
    apart, along = (np.sqrt(((after + sign * before) ** 2).sum(axis=0)) for sign in (-1, 1))
    angle = np.full_like(parts[0], np.nan)
    angle[:, 1:] = 2 * np.arctan2(apart, along)
    return np.where(np.isinf(settle(shares.sum(axis=0), *parts)), np.inf, angle)


def moore_sum(parts: list[Grid]) -> Grid:
    """Moore's structural change summed since the province's first year, in radians, 0 in that year.

    Units, data and source as `moore`. Missing: a gap ends the sum, as the change across it is not
    known.
    """
    return accumulate(np.add, moore(parts), np.asarray(np.isfinite(parts).all(axis=0)))


@np.errstate(all="ignore")
def dual_contrast(va1: Grid, va23: Grid, l1: Grid, l23: Grid) -> Grid:
    """Contrast of the dual economy (二元对比系数): labour productivity of farming over that of the
    rest.

    (VA1/L1) / (VA23/L23); 1 = no dualism, China's provinces lie below. Units: one for both value
    added, one for both employments. Data: value added and employment of the primary sector, and of
    the secondary and tertiary together; the first at least 0, the others positive. Missing: a cell
    without one of the four. Source: Kuznets (1971).
    """
    within = (va1 >= 0) & (va23 > 0) & (l1 > 0) & (l23 > 0)
    return settle(np.where(within, (va1 / l1) / (va23 / l23), np.nan), va1, va23, l1, l23)
