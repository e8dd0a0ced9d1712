"""What every weighting takes and gives, and how it refuses."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]


class WeightError(ValueError):
    """Indicators from which no weights can be made; `column` is the position of the one at fault,
    if one is."""

    def __init__(self, message: str, column: int | None = None) -> None:
        super().__init__(message)
        self.column = column


@dataclass(frozen=True, eq=False)
class Context:
    """What a weighting may need besides the indicators.

    shift: added to the values before shares are taken of them, so that a zero has a logarithm
    years, provinces: (N,) codes of the rows, for weights over time and for resampling
    expert: (k,) weights given from outside; comparisons: (k, k) pairwise judgements; combine: names
    of weightings
    """

    shift: float = 1e-4
    years: Ints | None = None
    provinces: Ints | None = None
    expert: Array | None = None
    comparisons: Array | None = None
    combine: tuple[str, ...] = ()

    def at(self, rows: Mask | Ints) -> "Context":
        """The same context for some of the rows: a mask (N,) or their positions, which may
        repeat."""
        return replace(
            self,
            years=None if self.years is None else self.years[rows],
            provinces=None if self.provinces is None else self.provinces[rows],
        )


Weigher = Callable[[Array, Context], Array]


def check_varying(x: Array) -> None:
    """Raise WeightError for the first column of x (N, k) that is empty or does not vary; missing
    cells are passed over."""
    seen = np.isfinite(x)
    empty = np.flatnonzero(~seen.any(axis=0))
    if empty.size:
        raise WeightError("the indicator has no value", int(empty[0]))
    low = np.where(seen, x, np.inf).min(axis=0)
    high = np.where(seen, x, -np.inf).max(axis=0)
    flat = np.flatnonzero(high - low <= 1e-12 * np.maximum(np.abs(high), np.abs(low)))
    if flat.size:
        raise WeightError("the indicator does not vary", int(flat[0]))


def check_indicators(x: Array) -> None:
    """Raise WeightError unless every column of x (N, k) is complete and varies: what weights made
    from data need."""
    check_varying(x)
    gaps = np.flatnonzero(~np.isfinite(x).all(axis=0))
    if gaps.size:
        raise WeightError(
            "the indicator has missing cells: weights are taken over complete rows", int(gaps[0])
        )
