"""What the measures of a distribution ask of their arrays."""

import numpy as np
from numpy.typing import NDArray

from pipeline.inference.moments import Array


def one_length(*arrays: NDArray[np.generic], least: int = 1) -> bool:
    """Whether all arrays are (n,) with one n, no smaller than `least`."""
    shapes = {a.shape for a in arrays}
    return len(shapes) == 1 and arrays[0].ndim == 1 and len(arrays[0]) >= least


def amounts(x: Array) -> bool:
    """Whether all numbers are there, none is negative and one is positive."""
    return bool(np.isfinite(x).all() and (x >= 0).all() and x.any())
