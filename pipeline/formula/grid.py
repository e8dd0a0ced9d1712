"""What a grid is, and how a function of grids marks the cells in which it has no value."""

import numpy as np
from numpy.typing import NDArray

# Shape (provinces, years); NaN marks a missing cell.
Grid = NDArray[np.float64]


def settle(result: Grid, *inputs: Grid) -> Grid:
    """The result; NaN where an input is missing, infinite where all are there and the result is not
    finite.

    The infinite cells are those outside a function's domain (a zero under a logarithm): `evaluate`
    reports them as undefined with province and year, and leaves missing ones alone.
    """
    there = np.isfinite(inputs).all(axis=0)
    return np.where(there, np.where(np.isfinite(result), result, np.inf), np.nan)


def accumulate(ufunc: np.ufunc, step: Grid, present: NDArray[np.bool_]) -> Grid:
    """Running sum or product of yearly steps along each province,
    the ufunc's identity in its first present year.

    A step that is missing later breaks the chain: the level is missing from there on, as nothing
    says what it is.
    """
    begun = np.cumsum(present, axis=1)
    level = ufunc.accumulate(
        np.where((begun == 0) | ((begun == 1) & present), ufunc.identity, step), axis=1
    )
    return np.where(begun == 0, np.nan, level)
