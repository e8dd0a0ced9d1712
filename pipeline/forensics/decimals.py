"""How finely numbers are written: decimals of a cell, rounding unit of a year."""

import numpy as np

from pipeline.forensics.suspicion import Grid

_MOST = 9


def decimals_of(x: Grid) -> Grid:
    """Decimals of each number, 0 to 8; 9 for a number that is reckoned, not rounded. Binary noise (0.4298000000000024)
    does not count: agreement to nine significant digits does."""
    out = np.where(np.isfinite(x), float(_MOST), np.nan)
    for d in range(_MOST - 1, -1, -1):
        scaled = x * 10.0**d
        with np.errstate(invalid="ignore"):
            out = np.where(np.abs(scaled - np.round(scaled)) <= 1e-9 * np.abs(scaled), float(d), out)
    return out


def rounding(x: Grid) -> Grid:
    """(T,) the rounding unit of each year: the power of ten whose multiples 95% of the year's values are."""
    out = np.full(x.shape[1], np.nan)
    for t in range(x.shape[1]):
        column = x[:, t][np.isfinite(x[:, t]) & (x[:, t] != 0)]
        for k in range(-6, 10):
            scaled = column * 10.0**k
            if len(column) and np.mean(np.abs(scaled - np.round(scaled)) <= 1e-9 * np.abs(scaled)) >= 0.95:
                out[t] = 10.0**-k
                break
        else:
            out[t] = 0.0
    return out
