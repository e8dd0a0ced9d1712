"""Comparisons that rounding does not decide.

The last bits of a number depend on the processor that computed it. Where numbers that are equal by
construction meet (a draw that repeats the sample, a permutation and its mirror image, two units
with one value), a plain >= would be decided by those bits, and a p-value or a class with it.
"""

import numpy as np
from numpy.typing import NDArray

from pipeline.inference.moments import Array

# Far above what rounding moves a statistic, far below what a table prints.
_SLACK = 1e-9
# Values that come from the data by a few operations are closer to exact than statistics.
_ROUNDING = 1e-12


def at_least(values: Array, bar: float | Array) -> NDArray[np.bool_]:
    """Whether values (...) reach the bar, equality up to rounding included; NaN does not."""
    return np.asarray(values >= bar - _SLACK * np.abs(bar))


def rounding(values: Array) -> float:
    """How far apart two of the values may lie and yet be one; missing ones are passed over."""
    return _ROUNDING * float(np.nanmax(np.abs(values), initial=0.0))
