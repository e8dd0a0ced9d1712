"""Errors that depend on each other across all units and over time."""

import numpy as np

from pipeline.inference.dependence.paths import bartlett, lagged
from pipeline.inference.moments import Array, Ints


def driscoll_kraay(influence: Array, time: Ints, lags: int) -> Array:
    """Covariance (k, k) of estimates whose rows' parts (n, k) are summed by period first, Bartlett
    weights 1 - j / (lags + 1) after that.

    time: periods as integers, so that a gap is a gap. No small-sample factor: its critical values
    are those of `fixed_b` with b = (lags + 1) / T. With few periods it rejects far too often.
    Source: Driscoll and Kraay (1998); Vogelsang (2012).
    """
    periods = time - time.min()
    sums = np.stack([np.bincount(periods, column) for column in influence.T], axis=1, dtype=float)
    paths = sums[:, None, :]
    covariance = sums.T @ sums
    for lag, weight in enumerate(bartlett(lags), start=1):
        covariance = covariance + weight * lagged(paths, lag)
    return np.asarray(covariance)
