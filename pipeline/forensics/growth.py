"""How a panel usually moves from year to year: the yardstick by which a cell is out of line.

A panel's common movement is its median change over units in each year. What is left of a unit's
change is scaled by what the unit and the panel usually show; the scale is the larger of two robust
measures, so that a series which hardly ever moves does not make every move a miracle.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from pipeline.forensics.decimals import hardly_moves, rounding
from pipeline.forensics.suspicion import Grid

Kind = Literal["amount", "signed", "share", "index"]


@dataclass(frozen=True)
class Movement:
    """A grid without its common movement.

    level:  (n, T) transformed values: logs of amounts, else levels
    y:      the same less the cumulated median change of each year
    steps:  (n, T-1) changes of y; scale: (n, 1) what a change of the unit usually is
    common: (T-1,) the median changes
    logs:   whether y is in logs
    """

    y: Grid
    level: Grid
    steps: Grid
    scale: Grid
    common: Grid
    logs: bool

    def spike(self) -> Grid:
        """(n, T) by how much a cell stands out from the years around it: the mean of its
        neighbours; at the ends of a series, of the next two years, so that a wrong second year is
        not blamed on the first."""
        gap = np.full((len(self.y), 2), np.nan)
        padded = np.concatenate([gap, self.y, gap], axis=1)
        before2, before, after, after2 = (
            padded[:, :-4],
            padded[:, 1:-3],
            padded[:, 3:-1],
            padded[:, 4:],
        )
        inside = (before + after) / 2
        first = np.where(np.isfinite(after2), (after + after2) / 2, after)
        last = np.where(np.isfinite(before2), (before + before2) / 2, before)
        return self.y - np.where(
            np.isfinite(inside), inside, np.where(np.isfinite(after), first, last)
        )

    def expected(self) -> Grid:
        """(n, T) the value that the neighbours in time let expect, in the units of the grid."""
        out = self.level - self.spike()
        return np.exp(out) if self.logs else out


def movement(x: Grid, kind: Kind) -> Movement:
    """The movement of a grid (n, T).

    Amounts that are all positive are taken in logs (zeros count as missing).
    """
    logs = kind == "amount"
    with np.errstate(divide="ignore", invalid="ignore"):
        level = (
            np.where(x > 0, np.log(np.where(x > 0, x, 1.0)), np.nan)
            if logs
            else np.asarray(x, float)
        )
    steps = np.diff(level, axis=1)
    common = nanmedian(steps, axis=0)
    y = level - np.concatenate([[0.0], np.cumsum(np.nan_to_num(common))])
    left = np.diff(y, axis=1)
    return Movement(y, level, left, np.maximum(scale_of(left), _floor(x, logs)), common, logs)


def _floor(x: Grid, logs: bool) -> Grid:
    """(n, 1) what a change cannot be finer than: two rounding units;
    a twentieth of the level where the variable hardly moves."""
    unit = nanquantile(rounding(x)[None, :], 0.5, axis=1)[0]
    size: Grid = nanmedian(np.abs(np.where(x != 0, x, np.nan)), axis=1)[:, None]
    fine = np.nan_to_num(2 * np.nan_to_num(unit) / (size if logs else 1.0))
    coarse = np.full_like(size, 0.05) if logs else 0.05 * np.nan_to_num(size)
    return np.asarray(np.maximum(fine, coarse if hardly_moves(x) else 0.0))


def scale_of(steps: Grid) -> Grid:
    """(n, 1) the usual size of a unit's change, as a standard deviation.

    For each unit the larger of 1.4826 times its median absolute change and its 75% quantile over
    1.15, averaged in squares with the same of the whole panel, which a short series borrows from.
    Never under a thousandth of the panel's largest change.
    """
    size = np.abs(steps)
    own = np.maximum(1.4826 * nanmedian(size, axis=1), nanquantile(size, 0.75, axis=1) / 1.1503)
    finite = size[np.isfinite(size)]
    if finite.size == 0:
        return np.full((len(steps), 1), np.nan)
    whole = max(
        1.4826 * float(np.median(finite)),
        float(np.quantile(finite, 0.75)) / 1.1503,
        1e-3 * float(finite.max()),
        1e-12,
    )
    own = np.where(np.isfinite(own), own, whole)
    return np.sqrt((own**2 + whole**2) / 2)[:, None]


def nanmedian(x: Grid, axis: int) -> Grid:
    """np.nanmedian without its warning for empty slices."""
    return nanquantile(x, 0.5, axis)


def nanquantile(x: Grid, q: float, axis: int) -> Grid:
    """Quantile over the finite cells along an axis; NaN for an empty slice."""
    moved = np.sort(np.moveaxis(x, axis, -1), axis=-1)  # NaN sorts last
    count = np.isfinite(moved).sum(axis=-1)
    place = q * np.maximum(count - 1, 0)
    low = np.floor(place).astype(int)
    high = np.minimum(low + 1, np.maximum(count - 1, 0))
    a = np.take_along_axis(moved, low[..., None], axis=-1)[..., 0]
    b = np.take_along_axis(moved, high[..., None], axis=-1)[..., 0]
    return np.where(count > 0, a + (place - low) * (b - a), np.nan)
