"""Comparisons that rounding does not decide.

The last bits of a number depend on the processor that computed it. Where numbers that are equal by
construction meet (a draw that repeats the sample, a permutation and its mirror image, two units
with one value), a plain >= would be decided by those bits, and a p-value or a class with it.
"""

from typing import overload

import numpy as np
from numpy.typing import NDArray

from pipeline.inference.moments import Array

# Relative to the bar: far above what rounding moves, far below what a table prints.
SLACK = 1e-9


@overload
def at_least(values: Array, bar: float | Array) -> NDArray[np.bool_]: ...
@overload
def at_least(values: float, bar: float) -> np.bool_: ...
def at_least(values: Array | float, bar: float | Array) -> NDArray[np.bool_] | np.bool_:
    """Whether values reach the bar, equality up to rounding included; NaN does not."""
    return values >= bar - SLACK * np.abs(bar)


def settled(values: Array) -> Array:
    """Values (n,), each that is equal to its next larger one but for rounding replaced by that one.

    Values are compared in ascending order, at 1e-12 of the largest absolute value.
    """
