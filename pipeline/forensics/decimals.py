"""How finely numbers are written and whether they move:
decimals of a cell, rounding unit of a year, constant variables."""

import numpy as np

from pipeline.forensics.suspicion import Grid

_MOST = 9


def decimals_of(x: Grid) -> Grid:
    """Decimals of each number, 0 to 8; 9 for a number that is reckoned, not rounded.

    Binary noise (0.4298000000000024) does not count: agreement to nine significant digits does.
    """
    out = np.where(np.isfinite(x), float(_MOST), np.nan)
    for d in range(_MOST - 1, -1, -1):
        scaled = x * 10.0**d
        with np.errstate(invalid="ignore"):
            out = np.where(
                np.abs(scaled - np.round(scaled)) <= 1e-9 * np.abs(scaled), float(d), out
            )
    return out


def rounding(x: Grid) -> Grid:
    """(T,) the rounding unit of each year: the power of ten whose multiples 95% of the year's
    values are."""
    powers = 10.0 ** np.arange(-6, 10)
    known = np.isfinite(x) & (x != 0)
    with np.errstate(invalid="ignore"):
        scaled = x[None] * powers[:, None, None]
        whole = known & (np.abs(scaled - np.round(scaled)) <= 1e-9 * np.abs(scaled))
    count = known.sum(axis=0)
    fits = whole.sum(axis=1) >= 0.95 * np.maximum(count, 1)
    return np.where(
        count == 0, np.nan, np.where(fits.any(axis=0), 1 / powers[np.argmax(fits, axis=0)], 0.0)
    )


def hardly_moves(x: Grid) -> bool:
    """A variable four in ten of whose cells equal the year before (land area) says nothing by not
    changing."""
    steps = np.diff(x, axis=1)
    known = np.isfinite(steps)
    return (
        not known.any()
        or float(np.mean(np.abs(steps[known]) <= 1e-9 * np.abs(x[:, 1:][known]))) > 0.4
    )
