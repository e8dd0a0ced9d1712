"""Indicators brought to one scale and one direction, over all cells or over the range of reference
rows (a base period).

Every normalisation takes x (N, k), signs (k,) of +1 and -1 and a mask (N,) of the reference rows
(None: all), whose minimum, maximum, mean, deviation or ranks are used. Missing cells are passed
over and stay missing.
"""

from collections.abc import Callable

import numpy as np

from pipeline.index.contract import Array, Mask, check_varying
from pipeline.inference.reweight import minmax as scaled

Normalisation = Callable[[Array, Array, Mask | None], Array]


def minmax(x: Array, signs: Array, reference: Mask | None = None) -> Array:
    """Direction-aware min-max: (x - min) / range for +, (max - x) / range for -; in [0, 1] on the
    reference rows.

    Raises WeightError for an indicator without a value or without variation in the reference rows.
    """
    oriented = signs * x
    rows = _reference(oriented, reference)
    low = np.nanmin(rows, axis=0)
    return scaled(oriented, low, np.nanmax(rows, axis=0) - low)


def zscore(x: Array, signs: Array, reference: Mask | None = None) -> Array:
    """Signed z-scores, +-(x - mean) / sd with divisor n - 1.

    Raises WeightError as `minmax`. They are negative for half the cells: entropy weights move them
    up by their minimum (`nonnegative`), and so must whoever aggregates them geometrically.
    """
    rows = _reference(x, reference)
    return np.asarray(signs * (x - np.nanmean(rows, axis=0)) / np.nanstd(rows, axis=0, ddof=1))


def rank(x: Array, signs: Array, reference: Mask | None = None) -> Array:
    """Average ranks scaled to [0, 1]: (rank - 1) / (n - 1) among the n reference values, ties
    sharing their mean rank.

    A cell that is not a reference row and ties with none lies half a rank from its neighbours, so
    that one beyond all reference values lies half a rank outside [0, 1]. Raises WeightError as
    `minmax`.
    """
    rows = _reference(x, reference)
    out = np.full(x.shape, np.nan)
    for j, sign in enumerate(signs):
        here = np.isfinite(x[:, j])
        values = np.sort(sign * rows[np.isfinite(rows[:, j]), j])
        cell = sign * x[here, j]
        below, upto = np.searchsorted(values, cell, "left"), np.searchsorted(values, cell, "right")
        out[here, j] = (below + upto - 1) / 2 / (len(values) - 1)
    return out


NORMALISATIONS: dict[str, Normalisation] = {"minmax": minmax, "zscore": zscore, "rank": rank}


def nonnegative(x: Array) -> Array:
    """x (N, k) with every column that reaches below 0 moved up by its minimum; the others as they
    are."""
    return np.asarray(x - np.minimum(x.min(axis=0), 0.0))


def _reference(x: Array, reference: Mask | None) -> Array:
    rows = x if reference is None else x[reference]
    check_varying(rows)
    return rows
